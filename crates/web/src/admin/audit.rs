//! The audit log: what staff and programs did.

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::id::AuditId;
use service::error::Result;
use service::identity::audit::{self, AuditEntry, AuditFilter, NEWEST, ORDERS};
use service::identity::business;
use service::store::list::Window;
use service::{App, Work};

use super::session::Admin;
use crate::csv::Sheet;
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::html;
use crate::list::ListState;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead};

/// Nouns the log is filtered by: the stored word and the shown one.
const SUBJECTS: &[(&str, &str)] = &[
    ("affiliate", "Affiliates"),
    ("affiliate_group", "Groups"),
    ("campaign", "Campaigns"),
    ("partnership", "Partnerships"),
    ("link", "Links"),
    ("asset", "Assets"),
    ("rule", "Rules"),
    ("referral", "Referrals"),
    ("commission", "Commissions"),
    ("payout", "Payouts"),
    ("event", "Refunds and disputes"),
    ("journal", "Ledger"),
    ("setting", "Settings"),
    ("api_key", "API keys"),
    ("session", "Log-ins"),
    ("staff", "Staff"),
    ("business", "Business"),
];
const ACTORS: &[(&str, &str)] = &[
    ("staff", "Staff"),
    ("api_key", "API keys"),
    ("account", "Affiliates"),
    ("system", "Tributary itself"),
];

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/audit", get(list))
        .route("/admin/audit.csv", get(export))
}

#[derive(Template)]
#[template(path = "admin/audit/list.html")]
struct AuditPage {
    shell: AdminShell,
    filters: Filters,
    heads: [SortHead; 3],
    rows: Vec<AuditRow>,
    pager: Pager,
    csv_href: String,
}

struct AuditRow {
    id: String,
    at: Moment,
    actor: String,
    actor_kind: &'static str,
    action: String,
    detail: String,
    subject_id: String,
}

fn asked(query: Option<&str>) -> (ListState, AuditFilter) {
    let mut state = ListState::new("/admin/audit", query, "-created");
    state.keep_sort(&[ORDERS]);
    let one_of = |value: Option<String>, words: &[(&str, &str)]| {
        value
            .filter(|value| words.iter().any(|(word, _)| word == value))
            .unwrap_or_default()
    };
    let filter = AuditFilter {
        q: state.search().unwrap_or_default(),
        subject: one_of(state.text("subject"), SUBJECTS),
        subject_id: String::new(),
        actor_kind: one_of(state.text("actor"), ACTORS),
    };
    (state, filter)
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(audit::count(&mut work, &filter).await?);
    let entries = audit::list(&mut work, &filter, state.window(ORDERS)).await?;
    let zone = business::zone_of(&admin.business)?;
    let rows = entries.into_iter().map(|entry| row(entry, &zone)).collect();
    let page = AuditPage {
        shell: admin
            .shell(&mut work, "Audit log", AdminItem::Audit)
            .await?,
        filters: state.filters(
            "Search person or act",
            vec![
                state.select("subject", "About", "Everything", SUBJECTS.iter().copied()),
                state.select("actor", "By", "Anyone", ACTORS.iter().copied()),
            ],
        ),
        heads: [
            state.head("created", "When", false),
            state.head("actor", "Who", false),
            state.head("action", "Act", false),
        ],
        rows,
        pager: state.pager("entry", "entries"),
        csv_href: state.csv_href(),
    };
    html::page(&page)
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(audit::count(&mut work, &filter).await?);
    let today = admin.today(&work)?;
    export::answer(work, &state, ORDERS, today, Exported(filter)).await
}

/// Entries as they are exported.
struct Exported(AuditFilter);

impl Rows for Exported {
    type Row = AuditEntry;
    type Id = AuditId;
    const NAME: &'static str = "audit-log";
    const COLUMNS: &'static [&'static str] = &[
        "Id",
        "Time",
        "By",
        "Who",
        "Who's id",
        "Act",
        "About",
        "Id of that",
        "What",
    ];
    const NEWEST: &'static str = NEWEST;

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<AuditEntry>> {
        audit::list(work, &self.0, window).await
    }

    fn id(entry: &AuditEntry) -> AuditId {
        entry.id
    }

    fn write(entry: AuditEntry, sheet: &mut Sheet) {
        sheet.row(vec![
            entry.id.to_string().into(),
            entry.at_ms.into(),
            entry.actor_kind.into(),
            entry.actor_name.into(),
            entry.actor_id.into(),
            entry.action.into(),
            entry.subject.into(),
            entry.subject_id.into(),
            entry.detail.into(),
        ]);
    }
}

fn row(entry: AuditEntry, zone: &jiff::tz::TimeZone) -> AuditRow {
    let AuditEntry {
        id,
        at_ms,
        actor_kind,
        actor_id: _,
        actor_name,
        action,
        subject: _,
        subject_id,
        detail,
    } = entry;
    AuditRow {
        id: id.to_string(),
        at: Moment::new(at_ms, zone),
        actor: actor_name,
        actor_kind: match actor_kind.as_str() {
            "staff" => "Staff",
            "api_key" => "API key",
            "account" => "Affiliate",
            "browser" => "Visitor",
            _ => "System",
        },
        action: act(&action),
        detail,
        subject_id: subject_id.unwrap_or_default(),
    }
}

/// `affiliate_group.update` → `Affiliate group update`.
fn act(action: &str) -> String {
    crate::ui::status_label(&action.replace("api_key", "API key").replace('.', " "))
}
