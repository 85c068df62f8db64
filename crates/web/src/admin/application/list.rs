//! The list of applications, what waits first, and the bulk approval.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::ApplicationId;
use domain::money::group_thousands;
use domain::status::ApplicationState;
use serde::Deserialize;
use service::identity::business;
use service::messaging::notice;
use service::portal::application::{self, Filter, ORDERS, STUCK_LISTED, Selection};
use service::{ServiceError, Work};

use super::PATH;
use super::stuck::{self, StuckRow};
use crate::admin::session::Admin;
use crate::csv::{self, Sheet};
use crate::error::PageError;
use crate::form::PostForm;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::application::state_badge;
use crate::shown::money::live_line;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/application/list.html")]
struct ListPage {
    shell: AdminShell,
    /// Whether people can apply.
    open: bool,
    address: String,
    /// What could not be taken on, the latest, and how many more there are.
    stuck: Vec<StuckRow>,
    stuck_hidden: i64,
    filters: Filters,
    heads: [SortHead; 3],
    rows: Vec<Row>,
    pager: Pager,
    query: String,
    csv_href: String,
}

struct Row {
    id: String,
    href: String,
    name: String,
    email: String,
    website: String,
    badge: (&'static str, Tone),
    /// Who decided.
    decided: String,
    sent: Moment,
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "waiting");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        state: state.filter("state"),
        search: state.search(),
    };
    (state, filter)
}

/// The public address of the form.
pub(super) async fn address(work: &mut Work, admin: &Admin) -> Result<String, PageError> {
    let portal = notice::portal_address(work, &admin.business.slug).await?;
    Ok(format!("{portal}apply"))
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(application::count(&mut work, &filter).await?);
    let found = application::list(&mut work, &filter, state.window(ORDERS)).await?;
    let open = application::is_open(&mut work).await?;
    let stuck_total = application::count_stuck(&mut work).await?;
    let stuck = application::stuck(&mut work).await?;
    let states = ApplicationState::ALL
        .iter()
        .map(|state| (state.as_str(), state_badge(*state).0));
    let selects = vec![state.select("state", "State", "Any state", states)];
    let mut shell = admin
        .shell(&mut work, "Applications", AdminItem::Applications)
        .await?;
    shell.live = live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        open,
        address: address(&mut work, &admin).await?,
        stuck: stuck
            .into_iter()
            .map(|stuck| stuck::row(stuck, &zone))
            .collect(),
        stuck_hidden: (stuck_total - STUCK_LISTED).max(0),
        filters: state.filters("Search name or e-mail", selects),
        heads: [
            state.head("name", "Applicant", false),
            state.head("waiting", "State", false),
            state.head("created", "Sent", true),
        ],
        rows: found
            .into_iter()
            .map(|application| Row {
                id: application.id.to_string(),
                href: format!("{PATH}/{}", application.id),
                name: application.name,
                email: application.email,
                website: application.website,
                badge: state_badge(application.state),
                decided: application.decided_by,
                sent: Moment::new(application.created_at_ms, &zone),
            })
            .collect(),
        pager: state.pager("application", "applications"),
        query: state.query(),
        csv_href: state.csv_href(),
    })
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(application::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Id",
        "Sent",
        "Applicant",
        "E-mail",
        "Website",
        "Audience",
        "State",
        "Decided by",
        "Decided",
        "Reason",
        "Affiliate id",
    ]);
    for a in application::list(&mut work, &filter, state.everything(ORDERS)).await? {
        sheet.row(vec![
            a.id.to_string().into(),
            a.created_at_ms.into(),
            a.name.into(),
            a.email.into(),
            a.website.into(),
            a.audience.into(),
            a.state.as_str().into(),
            a.decided_by.into(),
            a.decided_at_ms.into(),
            a.reason.into(),
            a.affiliate_id.to_string().into(),
        ]);
    }
    Ok(sheet.download("applications", admin.today(&work)?))
}

/// What the bulk bar sends.
#[derive(Debug, Deserialize)]
pub(super) struct BulkForm {
    #[serde(default)]
    act: String,
    #[serde(default)]
    id: Vec<String>,
    #[serde(default)]
    all: bool,
    #[serde(default)]
    query: String,
}

pub(super) async fn act(
    admin: Admin,
    PostForm(form): PostForm<BulkForm>,
) -> Result<Response, PageError> {
    let BulkForm {
        act,
        id,
        all,
        query,
    } = form;
    if act != "approve" {
        return Err(PageError::bad_request(
            "This list has no such act. Nothing was changed.",
        ));
    }
    let (state, filter) = asked(Some(&query));
    let back = state.href();
    let selection = if all {
        Selection::Matching(filter)
    } else {
        let ids: Vec<ApplicationId> = id.iter().filter_map(|id| id.parse().ok()).collect();
        if ids.is_empty() {
            return Ok(flash::redirect_with_error(
                &back,
                "Nothing was selected. Tick the applications first.",
            ));
        }
        Selection::Ids(ids)
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let report = match application::approve_many(&mut work, selection).await {
        Ok(report) => report,
        Err(ServiceError::Invalid(fields)) => {
            let reasons: Vec<String> = fields.into_iter().map(|field| field.message).collect();
            return Ok(flash::redirect_with_error(
                &back,
                format!("Nothing was changed: {}.", reasons.join("; ")),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    work.commit().await?;
    let noun = if report.approved == 1 {
        "application"
    } else {
        "applications"
    };
    let mut text = format!(
        "{} {noun} approved",
        group_thousands(&report.approved.to_string())
    );
    if report.left > 0 {
        text.push_str(&format!(", {} decided before", report.left));
    }
    text.push('.');
    Ok(flash::redirect(&back, text))
}
