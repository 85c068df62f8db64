//! Sends a queued mail.
//!
//! A message keeps its `Message-ID`, which ends in the sender's domain, over all attempts, so that a mail server which took it just before
//! the connection broke lets the mailbox see it once. What the server refuses for good fails at once;
//! everything else is tried again.

use std::time::{Duration, SystemTime};

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use service::domain::id::BusinessId;
use service::job::{self, Job};
use service::messaging::mail::{self, Mail, Outcome, SEND_JOB, SendPayload, ToSend};
use service::{App, ServiceError, Work};

use crate::runner::{BoxFuture, Handler, JobError};

/// How long one command to the mail server may take.
const SMTP_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers at which the fault is the server's set-up or ours, not the message's: authentication
/// (530, 534, 535, 538) and a sender address it does not let us use by policy (571).
const SET_UP_CODES: &[u16] = &[530, 534, 535, 538, 571];

/// Where mail is handed over.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtp://user:password@host:587?tls=required`, `smtps://…` or `smtp://127.0.0.1:1025`.
    pub url: String,
    /// The address mail comes from; without one `no-reply@` and the host of the base URL.
    pub from: Option<String>,
}

/// The mail server cannot be used as configured.
#[derive(Debug, thiserror::Error)]
pub enum MailConfigError {
    /// The address of the server is not understood.
    #[error("the mail server's address is not usable: {0}")]
    Url(#[source] smtp::Error),
    /// The sender's address is none.
    #[error("'{0}' is not an e-mail address to send from")]
    From(String),
}

/// Sends queued mail over SMTP; without a mail server it keeps what was queued before.
pub struct Mailer {
    server: Option<Server>,
}

struct Server {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl Mailer {
    /// A mailer for this configuration; `base_url` gives the names in sender and Message-ID.
    ///
    /// # Errors
    /// [`MailConfigError`].
    pub fn new(config: Option<&MailConfig>, base_url: &str) -> Result<Self, MailConfigError> {
        let Some(MailConfig { url, from }) = config else {
            return Ok(Self { server: None });
        };
        let host = host_of(base_url);
        let from = from.clone().unwrap_or_else(|| format!("no-reply@{host}"));
        let from: Address = from.parse().map_err(|_| MailConfigError::From(from))?;
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(MailConfigError::Url)?
            .timeout(Some(SMTP_TIMEOUT))
            .hello_name(smtp::extension::ClientId::Domain(host))
            .build();
        Ok(Self {
            server: Some(Server { transport, from }),
        })
    }

    async fn send(&self, app: &App, job: &Job) -> Result<(), JobError> {
        let (business, SendPayload { mail_id }) = subject(job)?;
        let mut work = app.view(&App::system(business)).await?;
        let found = mail::to_send(&mut work, mail_id).await?;
        drop(work); // no transaction stays open while a server is waited for
        let outcome = match (&found, &self.server) {
            (None, _) => None,
            (Some(_), None) => Some(Outcome::NoServer),
            (Some(message), Some(server)) => Some(server.hand_over(message).await),
        };
        let mut work = app.begin(&App::system(business)).await?;
        if let Some(outcome) = &outcome {
            mail::record_outcome(&mut work, mail_id, outcome).await?;
        }
        match outcome {
            Some(Outcome::Delayed(error)) => {
                work.commit().await?;
                Err(JobError::Later(error))
            }
            _ => finish(work, job).await,
        }
    }
}

/// Completes the job in the work that has its effect.
async fn finish(mut work: Work, job: &Job) -> Result<(), JobError> {
    job::complete(&mut work, job).await?;
    Ok(work.commit().await?)
}

fn subject(job: &Job) -> Result<(BusinessId, SendPayload), JobError> {
    let payload =
        serde_json::from_str(&job.payload).map_err(|error| JobError::Never(error.to_string()))?;
    let business = job
        .business_id
        .ok_or_else(|| JobError::Never("a mail without a business".to_owned()))?;
    Ok((business, payload))
}

impl Handler for Mailer {
    fn kind(&self) -> &'static str {
        SEND_JOB
    }

    fn run<'a>(&'a self, app: &'a App, job: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(self.send(app, job))
    }

    fn given_up<'a>(
        &'a self,
        app: &'a App,
        job: &'a Job,
        error: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            let Ok((business, SendPayload { mail_id })) = subject(job) else {
                return Ok(());
            };
            let mut work = app.begin(&App::system(business)).await?;
            mail::record_outcome(&mut work, mail_id, &Outcome::GivenUp(error.to_owned())).await?;
            work.commit().await
        })
    }
}

impl Server {
    async fn hand_over(&self, message: &ToSend) -> Outcome {
        let message = match self.message(message) {
            Ok(message) => message,
            Err(error) => return Outcome::Refused(error),
        };
        match self.transport.send(message).await {
            Ok(_) => Outcome::Sent,
            Err(error) => verdict(&error),
        }
    }

    fn message(&self, message: &ToSend) -> Result<Message, String> {
        let ToSend {
            mail,
            sender,
            unsubscribe,
        } = message;
        let Mail {
            id,
            to_address,
            to_name,
            subject,
            body_text,
            body_html,
            created_at_ms,
            ..
        } = mail;
        let to: Address = to_address
            .parse()
            .map_err(|_| "not an e-mail address".to_owned())?;
        let name = Some(to_name.clone()).filter(|name| !name.is_empty());
        let written = SystemTime::UNIX_EPOCH
            + Duration::from_millis(u64::try_from(created_at_ms.0).unwrap_or(0));
        let mut message = Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.domain())))
            .date(written)
            .from(Mailbox::new(Some(sender.name.clone()), self.from.clone()))
            .to(Mailbox::new(name, to))
            .subject(subject)
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(address) = unsubscribe {
            // One click in the mail program, without a page (RFC 8058).
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
                .raw_header(header(
                    "List-Unsubscribe-Post",
                    "List-Unsubscribe=One-Click",
                ));
        }
        if let Some(Ok(reply_to)) = sender
            .support_email
            .as_ref()
            .map(|address| address.parse::<Address>())
        {
            message = message.reply_to(Mailbox::new(Some(sender.name.clone()), reply_to));
        }
        message
            .multipart(MultiPart::alternative_plain_html(
                body_text.clone(),
                body_html.clone(),
            ))
            .map_err(|error| error.to_string())
    }
}

/// A header that lettre has no type for; `name` is written here, so it is one.
fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// What an error of the mail server means for the message.
fn verdict(error: &smtp::Error) -> Outcome {
    let code = error.status().map(u16::from);
    let text = error.to_string();
    if error.is_permanent() && !code.is_some_and(|code| SET_UP_CODES.contains(&code)) {
        Outcome::Refused(text)
    } else {
        Outcome::Delayed(text)
    }
}

/// The host name of a web address, without its port.
fn host_of(base_url: &str) -> String {
    let rest = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    if host.is_empty() {
        "localhost".to_owned()
    } else {
        host.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_base_url() {
        for (url, host) in [
            ("https://partners.example.com", "partners.example.com"),
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("http://localhost:8080/x", "localhost"),
            ("", "localhost"),
        ] {
            assert_eq!(host_of(url), host);
        }
    }

    #[test]
    fn a_wrong_configuration_is_told_at_the_start() {
        let config = |url: &str, from: Option<&str>| MailConfig {
            url: url.to_owned(),
            from: from.map(str::to_owned),
        };
        assert!(matches!(
            Mailer::new(Some(&config("mailto:x", None)), "https://x.test"),
            Err(MailConfigError::Url(_))
        ));
        assert!(matches!(
            Mailer::new(
                Some(&config("smtp://127.0.0.1:1025", Some("nobody"))),
                "https://x.test"
            ),
            Err(MailConfigError::From(_))
        ));
        assert!(
            Mailer::new(
                Some(&config("smtp://127.0.0.1:1025", None)),
                "https://x.test"
            )
            .is_ok()
        );
        assert!(Mailer::new(None, "https://x.test").is_ok());
    }
}
