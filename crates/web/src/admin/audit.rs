//! The audit log: what staff and programs did.

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use service::App;
use service::identity::audit::{self, AuditEntry, AuditFilter};
use service::identity::business;

use super::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::list::ListState;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Filters, Pager};

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
    Router::new().route("/admin/audit", get(list))
}

#[derive(Template)]
#[template(path = "admin/audit/list.html")]
struct AuditPage {
    shell: AdminShell,
    filters: Filters,
    rows: Vec<AuditRow>,
    pager: Pager,
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

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut state = ListState::new("/admin/audit", query.as_deref(), "-created");
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
    let mut work = admin.app.view(&admin.actor).await?;
    let (_, total) = audit::list(&mut work, &filter, 0, 0).await?;
    state.settle(total);
    let window = state.window(&[]);
    let (entries, _) = audit::list(&mut work, &filter, window.offset, window.limit).await?;
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
        rows,
        pager: state.pager("entries"),
    };
    html::page(&page)
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
