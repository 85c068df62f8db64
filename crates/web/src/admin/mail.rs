//! The mail outbox: what was written to whom, what became of it, and each message as it arrives.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::id::MailId;
use domain::status::MailState;
use jiff::tz::TimeZone;
use service::error::Result;
use service::identity::business;
use service::messaging::mail::{
    self, Filter, Mail, MailKind, MailLine, NEWEST, ORDERS, StateCount,
};
use service::store::list::Window;
use service::{App, Work};

use super::session::Admin;
use crate::csv::Sheet;
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::form::PostForm;
use crate::list::ListState;
use crate::middleware::APP_POLICY;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};
use crate::{flash, html};

const PATH: &str = "/admin/mail";

/// A message as it arrives: its own styles and nothing else; no scripts, no links, no forms, only inside our page.
const PREVIEW_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/mail", get(list))
        .route("/admin/mail.csv", get(export))
        .route("/admin/mail/{id}", get(show))
        .route("/admin/mail/{id}/preview", get(preview))
        .route("/admin/mail/{id}/send", post(send_again))
}

/// A state for people.
const fn state_word(state: MailState) -> (&'static str, Tone) {
    match state {
        MailState::Queued => ("Queued", Tone::Warning),
        MailState::Sent => ("Sent", Tone::Success),
        MailState::Kept => ("Kept here", Tone::Neutral),
        MailState::Failed => ("Failed", Tone::Error),
    }
}

fn kind_label(word: &str) -> String {
    MailKind::from_word(word).map_or_else(
        || crate::ui::status_label(word),
        |kind| kind.label().to_owned(),
    )
}

struct MailRow {
    id: String,
    href: String,
    name: String,
    address: String,
    subject: String,
    kind: String,
    state: &'static str,
    tone: Tone,
    error: String,
    written: Moment,
}

#[derive(Template)]
#[template(path = "admin/mail/list.html")]
struct MailsPage {
    shell: AdminShell,
    filters: Filters,
    heads: [SortHead; 3],
    rows: Vec<MailRow>,
    pager: Pager,
    csv_href: String,
    has_server: bool,
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "-created");
    state.keep_sort(&[ORDERS]);
    let kind = state
        .filter::<String>("kind")
        .filter(|word| MailKind::from_word(word).is_some());
    let filter = Filter {
        state: state.filter("state"),
        kind,
        search: state.search(),
    };
    (state, filter)
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(mail::count(&mut work, &filter).await?);
    let lines = mail::list(&mut work, &filter, state.window(ORDERS)).await?;
    let counts = mail::count_by_state(&mut work).await?;
    let zone = business::zone_of(&admin.business)?;
    let selects = vec![
        state.select(
            "state",
            "State",
            "Any state",
            MailState::ALL
                .iter()
                .map(|state| (state.as_str(), counted(*state, &counts))),
        ),
        state.select(
            "kind",
            "About",
            "Everything",
            MailKind::ALL
                .iter()
                .map(|kind| (kind.as_str(), kind.label())),
        ),
    ];
    let page = MailsPage {
        shell: admin.shell(&mut work, "Mail", AdminItem::Mail).await?,
        filters: state.filters("Search name, address or subject", selects),
        heads: [
            state.head("to", "To", false),
            state.head("subject", "Subject", false),
            state.head("created", "Written", true),
        ],
        rows: lines.into_iter().map(|line| row(line, &zone)).collect(),
        pager: state.pager("message", "messages"),
        csv_href: state.csv_href(),
        has_server: admin.app.settings().mail_server,
    };
    html::page(&page)
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(mail::count(&mut work, &filter).await?);
    let today = admin.today(&work)?;
    export::answer(work, &state, ORDERS, today, Exported(filter)).await
}

/// Messages as they are exported: without their texts, which may open something.
struct Exported(Filter);

impl Rows for Exported {
    type Row = MailLine;
    type Id = MailId;
    const NAME: &'static str = "mail";
    const COLUMNS: &'static [&'static str] = &[
        "Id",
        "Written",
        "About",
        "To",
        "Address",
        "Subject",
        "State",
        "Sent",
        "Last answer",
    ];
    const NEWEST: &'static str = NEWEST;

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<MailLine>> {
        mail::list(work, &self.0, window).await
    }

    fn id(line: &MailLine) -> MailId {
        line.id
    }

    fn write(line: MailLine, sheet: &mut Sheet) {
        sheet.row(vec![
            line.id.to_string().into(),
            line.created_at_ms.into(),
            line.kind.into(),
            line.to_name.into(),
            line.to_address.into(),
            line.subject.into(),
            line.state.as_str().into(),
            line.sent_at_ms.into(),
            line.last_error.into(),
        ]);
    }
}

/// A state with how many messages are in it.
fn counted(state: MailState, counts: &[StateCount]) -> String {
    let mails = counts
        .iter()
        .find(|count| count.state == state)
        .map_or(0, |count| count.mails);
    format!("{} ({mails})", state_word(state).0)
}

fn row(line: MailLine, zone: &TimeZone) -> MailRow {
    let MailLine {
        id,
        kind,
        to_address,
        to_name,
        subject,
        state,
        last_error,
        created_at_ms,
        sent_at_ms: _,
    } = line;
    let (word, tone) = state_word(state);
    MailRow {
        id: id.to_string(),
        href: format!("{PATH}/{id}"),
        name: if to_name.is_empty() {
            to_address.clone()
        } else {
            to_name
        },
        address: to_address,
        subject,
        kind: kind_label(&kind),
        state: word,
        tone,
        error: last_error
            .filter(|_| state != MailState::Kept)
            .unwrap_or_default(),
        written: Moment::new(created_at_ms, zone),
    }
}

#[derive(Template)]
#[template(path = "admin/mail/show.html")]
struct MailPage {
    shell: AdminShell,
    subject: String,
    name: String,
    address: String,
    kind: String,
    state: &'static str,
    tone: Tone,
    advice: &'static str,
    attempts: i64,
    error: String,
    written: Moment,
    sent: Option<Moment>,
    text: String,
    preview_href: String,
    send_action: String,
    may_send: bool,
}

const fn advice(state: MailState, has_server: bool) -> &'static str {
    match (state, has_server) {
        (MailState::Queued, _) => {
            "It is sent within seconds; a mail server that is busy is tried again, with growing waits."
        }
        (MailState::Sent, _) => "The mail server took it.",
        (MailState::Kept, false) => {
            "No mail server is configured. Copy the text, or its link, and send it yourself."
        }
        (MailState::Kept, true) => {
            "It was written before a mail server was configured. You can send it now."
        }
        (MailState::Failed, _) => {
            "It was refused or could not be handed over. Check the address, then send it again."
        }
    }
}

async fn show(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: MailId = id.parse().map_err(|_| PageError::not_found())?;
    let mut work = admin.app.view(&admin.actor).await?;
    let found = mail::get(&mut work, id).await?;
    let may_send = mail::can_send_again(&work, found.state);
    let Mail {
        kind,
        to_address,
        to_name,
        subject,
        body_text,
        body_html: _,
        state,
        attempts,
        last_error,
        created_at_ms,
        sent_at_ms,
        ..
    } = found;
    let zone = business::zone_of(&admin.business)?;
    let (word, tone) = state_word(state);
    let page = MailPage {
        shell: admin.shell(&mut work, "Message", AdminItem::Mail).await?,
        subject,
        name: to_name,
        address: to_address,
        kind: kind_label(&kind),
        state: word,
        tone,
        advice: advice(state, admin.app.settings().mail_server),
        attempts,
        error: last_error.unwrap_or_default(),
        written: Moment::new(created_at_ms, &zone),
        sent: sent_at_ms.map(|at| Moment::new(at, &zone)),
        text: body_text,
        preview_href: format!("{PATH}/{id}/preview"),
        send_action: format!("{PATH}/{id}/send"),
        may_send,
    };
    may_frame(html::page(&page)?)
}

/// Lets a page frame previews of mails; no other page frames anything.
pub(super) fn may_frame(mut response: Response) -> Result<Response, PageError> {
    let policy = HeaderValue::from_str(&format!("{APP_POLICY}; frame-src 'self'"))
        .map_err(|error| PageError::internal(error.to_string()))?;
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// A mail's document, for a frame of a page that [`may_frame`].
pub(super) fn framed(document: String) -> Response {
    let headers = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PREVIEW_POLICY),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ];
    (headers, Html(document)).into_response()
}

async fn preview(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: MailId = id.parse().map_err(|_| PageError::not_found())?;
    let mut work = admin.app.view(&admin.actor).await?;
    Ok(framed(mail::get(&mut work, id).await?.body_html))
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn send_again(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: MailId = id.parse().map_err(|_| PageError::not_found())?;
    let mut work = admin.app.begin(&admin.actor).await?;
    mail::send_again(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &format!("{PATH}/{id}"),
        "The message is queued and sent within seconds.",
    ))
}
