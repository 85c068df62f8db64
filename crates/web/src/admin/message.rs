//! The conversations with affiliates: the list, one of them, and a message to many.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::AffiliateId;
use domain::money::group_thousands;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::messaging::message::{self, Filter, ORDERS, ThreadLine};
use service::programme::affiliate::{self, Selection};
use service::store::list::Window;
use service::{App, ServiceError, Work};

use super::act::back_to;
use super::affiliate::{status_label, status_tone};
use super::session::Admin;
use crate::csv::{self, Sheet};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::message::{Bubble, SHOWN_MAX, bubbles};
use crate::shown::money::live_line;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};
use crate::{flash, html};

const PATH: &str = "/admin/messages";
/// Names of those who get a message to many that its page shows.
const NAMES_MAX: usize = 8;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/messages", get(list))
        .route("/admin/messages.csv", get(export))
        .route("/admin/messages/many", post(send_many))
        .route("/admin/messages/{id}", get(show).post(send))
        .route("/admin/messages/{id}/read", post(mark_read))
}

#[derive(Template)]
#[template(path = "admin/message/list.html")]
struct ThreadsPage {
    shell: AdminShell,
    filters: Filters,
    heads: [SortHead; 2],
    rows: Vec<ThreadRow>,
    pager: Pager,
    csv_href: String,
}

struct ThreadRow {
    id: String,
    href: String,
    name: String,
    email: String,
    /// "You: Thank you for …" or the text alone.
    excerpt: String,
    messages: i64,
    unread: i64,
    latest: Moment,
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "-latest");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        unread: state.filter::<String>("show").as_deref() == Some("unread"),
        search: state.search(),
    };
    (state, filter)
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(message::count(&mut work, &filter).await?);
    let lines = message::list(&mut work, &filter, state.window(ORDERS)).await?;
    let selects = vec![state.select("show", "Show", "All", [("unread", "Unread")])];
    let mut shell = admin
        .shell(&mut work, "Messages", AdminItem::Messages)
        .await?;
    shell.live = live_line(&mut work).await?;
    html::page(&ThreadsPage {
        shell,
        filters: state.filters("Search name or e-mail", selects),
        heads: [
            state.head("name", "Affiliate", false),
            state.head("latest", "Latest", true),
        ],
        rows: lines
            .into_iter()
            .map(|line| {
                let ThreadLine {
                    affiliate_id,
                    affiliate_name,
                    affiliate_email,
                    messages,
                    staff_unread,
                    last_body,
                    last_author,
                    last_from_staff,
                    last_at_ms,
                } = line;
                ThreadRow {
                    id: affiliate_id.to_string(),
                    href: format!("{PATH}/{affiliate_id}"),
                    name: affiliate_name,
                    email: affiliate_email,
                    excerpt: if last_from_staff {
                        format!("{last_author}: {last_body}")
                    } else {
                        last_body
                    },
                    messages,
                    unread: staff_unread,
                    latest: Moment::new(last_at_ms, &zone),
                }
            })
            .collect(),
        pager: state.pager("conversation", "conversations"),
        csv_href: state.csv_href(),
    })
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(message::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Affiliate id",
        "Affiliate",
        "E-mail",
        "Messages",
        "Unread",
        "Latest",
        "Latest by",
        "Latest begins",
    ]);
    for line in message::list(&mut work, &filter, state.everything(ORDERS)).await? {
        sheet.row(vec![
            line.affiliate_id.to_string().into(),
            line.affiliate_name.into(),
            line.affiliate_email.into(),
            line.messages.into(),
            line.staff_unread.into(),
            line.last_at_ms.into(),
            line.last_author.into(),
            line.last_body.into(),
        ]);
    }
    Ok(sheet.download("messages", admin.today(&work)?))
}

#[derive(Template)]
#[template(path = "admin/message/show.html")]
struct ConversationPage {
    shell: AdminShell,
    who: String,
    email: String,
    status: String,
    tone: Tone,
    record_href: String,
    /// What was typed.
    draft: String,
    errors: FormErrors,
    bubbles: Vec<Bubble>,
    action: String,
    /// Empty when there is nothing to tell.
    read_action: String,
    latest: i64,
    older_href: String,
    latest_href: String,
}

/// Which part of the conversation is asked for.
#[derive(Debug, Default, Deserialize)]
struct Part {
    before: Option<i64>,
}

fn read_id(text: &str) -> Result<AffiliateId, PageError> {
    Ok(text.parse().map_err(|_| not_found("affiliate"))?)
}

async fn page(
    admin: &Admin,
    id: AffiliateId,
    before: Option<i64>,
    draft: String,
    errors: FormErrors,
) -> Result<ConversationPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let affiliate = affiliate::get(&mut work, id).await?;
    let found = message::conversation(&mut work, id, before, SHOWN_MAX).await?;
    let title = format!("Messages with {}", affiliate.name);
    let mut shell = admin.shell(&mut work, title, AdminItem::Messages).await?;
    shell.live = live_line(&mut work).await?;
    let path = format!("{PATH}/{id}");
    Ok(ConversationPage {
        shell,
        status: status_label(affiliate.status),
        tone: status_tone(affiliate.status),
        who: affiliate.name,
        email: affiliate.email,
        record_href: format!("/admin/affiliates/{id}"),
        draft,
        errors,
        bubbles: bubbles(found.messages, true, &zone),
        read_action: if found.unread > 0 && before.is_none() {
            format!("{path}/read")
        } else {
            String::new()
        },
        latest: found.latest,
        older_href: found
            .older_before
            .map(|number| format!("{path}?before={number}"))
            .unwrap_or_default(),
        latest_href: if before.is_some() {
            path.clone()
        } else {
            String::new()
        },
        action: path,
    })
}

async fn show(
    admin: Admin,
    Path(id): Path<String>,
    Query(Part { before }): Query<Part>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    html::page(&page(&admin, id, before, String::new(), FormErrors::new()).await?)
}

#[derive(Debug, Deserialize)]
struct SendForm {
    #[serde(default)]
    text: String,
}

async fn send(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(SendForm { text }): PostForm<SendForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match message::send(&mut work, id, &text).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(
                &format!("{PATH}/{id}"),
                "The message was sent.",
            ))
        }
        Err(error) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            html::refused(&page(&admin, id, None, text, errors).await?)
        }
    }
}

#[derive(Debug, Deserialize)]
struct ReadForm {
    #[serde(default)]
    number: i64,
}

async fn mark_read(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(ReadForm { number }): PostForm<ReadForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    message::mark_read(&mut work, id, number).await?;
    work.commit().await?;
    Ok(flash::see_other(&format!("{PATH}/{id}")))
}

/// The form of a message to many: the affiliates come from the bulk act of their list.
#[derive(Template)]
#[template(path = "admin/message/many.html")]
struct ManyPage {
    shell: AdminShell,
    /// "14 affiliates".
    to: String,
    names: Vec<String>,
    more: usize,
    to_send: ManyForm,
    errors: FormErrors,
    cancel: String,
}

/// What the form of a message to many sends.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct ManyForm {
    /// The affiliates that were ticked.
    #[serde(default)]
    pub id: Vec<String>,
    /// All of `query` instead.
    #[serde(default)]
    pub all: bool,
    #[serde(default)]
    pub query: String,
    #[serde(default)]
    pub text: String,
    /// Where to go afterwards.
    #[serde(default)]
    pub back: String,
}

impl ManyForm {
    fn selection(&self) -> Selection {
        if self.all {
            Selection::Matching(super::affiliate::filter_of(&self.query))
        } else {
            // An id that cannot be read belongs to nobody here, like one of another business.
            Selection::Ids(self.id.iter().filter_map(|id| id.parse().ok()).collect())
        }
    }
}

/// The form for a message to many affiliates.
pub(super) async fn compose_many(
    admin: &Admin,
    to_send: ManyForm,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let (count, names) = recipients(&mut work, &to_send.selection()).await?;
    let noun = if count == 1 {
        "affiliate"
    } else {
        "affiliates"
    };
    let shell = admin
        .shell(&mut work, "Message to many", AdminItem::Messages)
        .await?;
    let page = ManyPage {
        shell,
        to: format!("{} {noun}", group_thousands(&count.to_string())),
        more: count.saturating_sub(names.len()),
        names,
        cancel: back_to(&to_send.back, "/admin/affiliates"),
        to_send,
        errors,
    };
    if page.errors.is_empty() {
        html::page(&page)
    } else {
        html::refused(&page)
    }
}

/// How many a message would go to, and the first of their names.
async fn recipients(
    work: &mut Work,
    selection: &Selection,
) -> Result<(usize, Vec<String>), PageError> {
    match selection {
        Selection::Ids(ids) => {
            let names = affiliate::names(work, ids).await?;
            let count = names.len();
            Ok((count, names.into_values().take(NAMES_MAX).collect()))
        }
        Selection::Matching(filter) => {
            let count = usize::try_from(affiliate::count(work, filter).await?).unwrap_or_default();
            let window = Window {
                order: affiliate::ORDERS[0].1,
                limit: NAMES_MAX as i64,
                offset: 0,
                after: None,
            };
            let first = affiliate::list(work, filter, window).await?;
            let names = first.into_iter().map(|affiliate| affiliate.name);
            Ok((count, names.collect()))
        }
    }
}

async fn send_many(
    admin: Admin,
    PostForm(form): PostForm<ManyForm>,
) -> Result<Response, PageError> {
    let back = back_to(&form.back, "/admin/affiliates");
    let mut work = admin.app.begin(&admin.actor).await?;
    let report = match message::send_many(&mut work, form.selection(), &form.text).await {
        Ok(report) => report,
        Err(error @ ServiceError::Invalid(_)) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            return compose_many(&admin, form, errors).await;
        }
        Err(error) => return Err(error.into()),
    };
    work.commit().await?;
    let noun = if report.changed == 1 {
        "affiliate"
    } else {
        "affiliates"
    };
    let mut text = format!(
        "The message went to {} {noun}",
        group_thousands(&report.changed.to_string())
    );
    if report.unchanged > 0 {
        text.push_str(&format!(
            "; {} left out, because their participation has ended",
            report.unchanged
        ));
    }
    text.push('.');
    Ok(flash::redirect(&back, text))
}
