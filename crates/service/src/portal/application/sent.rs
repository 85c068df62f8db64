//! What is sent with the form: checked, held within its budgets, and kept until it is taken on.

use std::collections::BTreeMap;

use domain::id::{ApplicationId, BusinessId, QuestionId};
use domain::text::fold;
use domain::time::{DAY_MS, UnixMs};
use store::portal::application::{self as rows, Form};

use super::form::{Sheet, sheet};
use super::kept::{Kept, TakePayload};
use super::take::{TAKE_JOB, take_on};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict};
use crate::identity::seal;
use crate::job;
use crate::portal::account::Account;
use crate::portal::question::{self, Question};
use crate::programme::affiliate;
use crate::work::Work;

/// The field of the refusal of a form that came so quickly that a person may not have filled it in; the token is good.
pub const QUICK: &str = "quick";

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A person needs longer than this to fill in the form.
pub const QUICKEST_MS: i64 = 3_000;
/// What somebody quicker than that is told.
const TOO_QUICK: &str =
    "That was very quick. Look once more whether all is right, then send it again.";
/// How long a form can be open before it is sent.
const OPEN_MS: i64 = DAY_MS;
/// The same values again within this time are the same application.
const SAME_WITHIN_MS: i64 = 5 * MINUTE_MS;
/// Forms from one network within an hour: an office's worth.
pub const OF_NETWORK_HOURLY: i64 = 10;
/// Forms of one business within an hour: beyond it somebody fills it by machine.
const OF_BUSINESS_HOURLY: i64 = 300;
/// How long it is remembered that a form was sent.
const ATTEMPTS_KEPT_MS: i64 = DAY_MS;
const AUDIENCE_LENGTH_MAX: usize = 2_000;

/// A form that was sent.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What [`token`] gave with the page.
    pub token: String,
    /// The field that people do not see.
    pub trap: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub email: String,
    /// As typed.
    pub website: String,
    /// As typed.
    pub audience: String,
    /// Whether the terms were agreed to.
    pub agreed: bool,
    /// Answers by question.
    pub answers: BTreeMap<QuestionId, String>,
    /// The network it came from.
    pub ip_prefix: Option<String>,
    /// What the link said about who brought them; anything else than an affiliate who may is nothing.
    pub by: String,
    /// The account of who is logged in; name and address are the account's then.
    pub account: Option<Account>,
}

fn purpose(business: BusinessId) -> String {
    format!("application form of {business}")
}

/// A text for the form's page that says when it was shown.
#[must_use]
pub fn token(app: &App, business: BusinessId) -> String {
    seal::close(app, &purpose(business), &app.now().0.to_string())
}

/// The name of an answer's field.
#[must_use]
pub fn answer_field(id: QuestionId) -> String {
    format!("answer_{id}")
}

/// Takes a form that was sent. Whether the address is known makes no difference to the answer, nor to the
/// time it takes: the form is kept sealed, and a job does the rest. Who is logged in to an account has proven
/// the address, and finds at once what became of the form.
///
/// # Errors
/// Not found while the form is closed; invalid by field (`token` for a form that was sent too quickly or
/// was open too long); [`ServiceError::TooMany`]; a conflict when the account is an affiliate already.
pub async fn submit(app: &App, business: BusinessId, sent: Sent) -> Result<()> {
    let account = sent.account.as_ref();
    let mut work = app.begin(&App::system(business)).await?;
    let Some((id, kept)) = accept(&mut work, &sent).await? else {
        return Ok(());
    };
    if account.is_some() {
        take_on(&mut work, id, kept, account).await?;
    } else {
        let payload = TakePayload::seal(&work, id, &kept)?;
        job::enqueue(&mut work, TAKE_JOB, &payload).await?;
    }
    work.commit().await
}

/// As [`submit`], with all that follows done at once: for who fills an installation, where nobody measures
/// how long it takes.
///
/// # Errors
/// As [`submit`].
pub async fn submit_whole(app: &App, business: BusinessId, sent: Sent) -> Result<()> {
    let mut work = app.begin(&App::system(business)).await?;
    if let Some((id, kept)) = accept(&mut work, &sent).await? {
        take_on(&mut work, id, kept, sent.account.as_ref()).await?;
    }
    work.commit().await
}

/// Checks a form and notes that it was sent; none when there is nothing to take on. It looks at nothing that
/// depends on whether the address is an affiliate's.
async fn accept(work: &mut Work, sent: &Sent) -> Result<Option<(ApplicationId, Kept)>> {
    let Sheet { form, questions } = sheet(work).await?;
    if !sent.trap.is_empty() {
        // Whatever fills in what nobody sees is told that all went well.
        return Ok(None);
    }
    if let Some(account) = &sent.account
        && account.affiliate_id.is_some()
    {
        return Err(conflict("You take part already"));
    }
    let (mut kept, fingerprint) = checked(work, &form, &questions, sent)?;
    let folded = fold(&kept.email);
    rows::order(&mut work.tx).await?;
    let day = work.now.plus_ms(-DAY_MS);
    let before = rows::attempts_of_address(&mut work.tx, &folded, day).await?;
    let repeated = before.iter().any(|attempt| {
        attempt.fingerprint == fingerprint && work.now.0 - attempt.created_at_ms.0 < SAME_WITHIN_MS
    });
    if repeated {
        return Ok(None);
    }
    within_budget(work, sent.ip_prefix.as_deref()).await?;
    let id = work.new_id();
    rows::insert_attempt(
        &mut work.tx,
        rows::NewAttempt {
            id,
            email_folded: &folded,
            fingerprint: &fingerprint,
            ip_prefix: sent.ip_prefix.as_deref(),
            created_at_ms: work.now,
        },
    )
    .await?;
    kept.first_today = before.is_empty();
    Ok(Some((id, kept)))
}

/// Checks everything at once: what is kept, and a fingerprint of all that was typed.
fn checked(
    work: &Work,
    form: &Form,
    questions: &[Question],
    sent: &Sent,
) -> Result<(Kept, String)> {
    let Sent {
        token,
        trap: _,
        name,
        email,
        website,
        audience,
        agreed,
        answers: typed,
        ip_prefix: _,
        by,
        account,
    } = sent;
    let mut checks = Checks::new();
    let shown_at = seal::open(&work.app, &purpose(work.business()), token)
        .and_then(|text| text.parse().ok())
        .map(UnixMs);
    match shown_at.map(|at| work.now.0 - at.0) {
        Some(..QUICKEST_MS) => checks.fail(QUICK, TOO_QUICK),
        Some(QUICKEST_MS..OPEN_MS) => {}
        _ => checks.fail(
            "token",
            "The page was open for too long. What you typed is kept; send it again.",
        ),
    }
    let (name, email) = match account {
        Some(account) => (account.name.clone(), account.email.clone()),
        None => (
            affiliate::one_line(&mut checks, "name", name, 1, 120),
            checks.email("email", email),
        ),
    };
    let website = match website.trim() {
        "" => String::new(),
        typed => question::web_address(&mut checks, "website", typed),
    };
    let audience = checks.text(
        "audience",
        &audience.replace("\r\n", "\n"),
        0..=AUDIENCE_LENGTH_MAX,
    );
    checks.that(
        form.terms_url.is_empty() || *agreed,
        "agreed",
        "is needed to take part",
    );
    let mut answers = Vec::new();
    for question in questions {
        let field = answer_field(question.id);
        let typed = typed.get(&question.id).map_or("", String::as_str);
        let answer = question::checked_answer(&mut checks, &field, question, typed);
        answers.push((question.kind, question.label.clone(), answer));
    }
    checks.done()?;
    let values: Vec<&str> = [&name, &email, &website, &audience]
        .into_iter()
        .chain(answers.iter().map(|(_, _, answer)| answer))
        .map(String::as_str)
        .collect();
    let values = serde_json::to_string(&values)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let fingerprint = seal::fingerprint(&work.app, "application", &values);
    let kept = Kept {
        name,
        email,
        website,
        audience,
        terms_url: form.terms_url.clone(),
        answers,
        by: by.clone(),
        first_today: true,
        sent_at: work.now,
    };
    Ok((kept, fingerprint))
}

async fn within_budget(work: &mut Work, ip_prefix: Option<&str>) -> Result<()> {
    let since = work.now.plus_ms(-HOUR_MS);
    let of_network = match ip_prefix {
        Some(network) => rows::count_of_network(&mut work.tx, network, since).await?,
        None => 0,
    };
    if of_network >= OF_NETWORK_HOURLY
        || rows::count_attempts(&mut work.tx, since).await? >= OF_BUSINESS_HOURLY
    {
        return Err(ServiceError::TooMany {
            retry_after_s: HOUR_MS / 1000,
        });
    }
    Ok(())
}

/// Forgets which forms were sent; the applications stay. Answers how many.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<u64> {
    let until = work.now.plus_ms(-ATTEMPTS_KEPT_MS);
    Ok(rows::delete_attempts(&mut work.tx, until).await?)
}
