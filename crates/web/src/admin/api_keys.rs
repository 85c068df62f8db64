//! API keys: made with scopes and limits, shown once, revoked.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::ApiKeyId;
use domain::status::Scope;
use domain::time::UnixMs;
use service::identity::api_key::{self, ApiKey, ApiKeyIn, Filter, ORDERS};
use service::identity::business;
use service::{App, ServiceError};

use super::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::list::ListState;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Choice, Filters, Pager, SortHead};
use crate::{flash, html};

const PATH: &str = "/admin/api-keys";
const NEW: &str = "/admin/api-keys/new";
/// States the list is filtered by.
const STATES: &[(&str, &str)] = &[
    ("active", "Active"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
];

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(list))
        .route("/admin/api-keys.csv", get(export))
        .route(NEW, get(new).post(create))
        .route("/admin/api-keys/{id}/revoke", post(revoke))
}

#[derive(Template)]
#[template(path = "admin/api_keys/list.html")]
struct KeysPage {
    shell: AdminShell,
    filters: Filters,
    heads: [SortHead; 4],
    rows: Vec<KeyRow>,
    pager: Pager,
    csv_href: String,
    /// The text of the key just made; shown this once.
    made: String,
}

struct KeyRow {
    id: String,
    name: String,
    /// What identifies it in logs: `trb_…_k7m2xq9p_…`.
    prefix: String,
    scopes: Vec<String>,
    allowed_ips: String,
    state: &'static str,
    created: Moment,
    last_used: Option<Moment>,
    expires: Option<Moment>,
}

/// What the address asks for.
fn asked(query: Option<&str>, now: UnixMs) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "live");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        state: state
            .text("state")
            .filter(|word| STATES.iter().any(|(known, _)| known == word)),
        search: state.search(),
        now,
    };
    (state, filter)
}

/// The word for how a key stands at an instant.
fn state_of(key: &ApiKey, now: UnixMs) -> &'static str {
    match (key.revoked_at_ms, key.expires_at_ms) {
        (Some(_), _) => "revoked",
        (None, Some(end)) if end <= now => "expired",
        _ => "active",
    }
}

/// What is shown of a key: enough to find it in logs.
fn shown(prefix: &str) -> String {
    format!("trb_…_{prefix}_…")
}

async fn page(admin: &Admin, query: Option<&str>, made: String) -> Result<KeysPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let zone = business::zone_of(&admin.business)?;
    let now = work.now;
    let (mut state, filter) = asked(query, now);
    state.settle(api_key::count(&mut work, &filter).await?);
    let rows = api_key::list(&mut work, &filter, state.window(ORDERS))
        .await?
        .into_iter()
        .map(|key| {
            let state = state_of(&key, now);
            let ApiKey {
                id,
                name,
                prefix,
                secret_hash: _,
                scopes,
                allowed_ips,
                expires_at_ms,
                last_used_at_ms,
                revoked_at_ms: _,
                created_at_ms,
            } = key;
            KeyRow {
                id: id.to_string(),
                name,
                prefix: shown(&prefix),
                scopes: scopes.split(' ').map(str::to_owned).collect(),
                allowed_ips: allowed_ips.replace(' ', ", "),
                state,
                created: Moment::new(created_at_ms, &zone),
                last_used: last_used_at_ms.map(|at| Moment::new(at, &zone)),
                expires: expires_at_ms.map(|at| Moment::new(at, &zone)),
            }
        })
        .collect();
    let shell = admin
        .shell(&mut work, "API keys", AdminItem::ApiKeys)
        .await?;
    let selects = vec![state.select("state", "State", "Any state", STATES.iter().copied())];
    Ok(KeysPage {
        shell,
        filters: state.filters("Search name or prefix", selects),
        heads: [
            state.head("name", "Key", false),
            state.head("live", "State", false),
            state.head("used", "Last used", false),
            state.head("created", "Made", false),
        ],
        rows,
        pager: state.pager("key", "keys"),
        csv_href: state.csv_href(),
        made,
    })
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    html::page(&page(&admin, query.as_deref(), String::new()).await?)
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let now = work.now;
    let (mut state, filter) = asked(query.as_deref(), now);
    state.settle(api_key::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Id",
        "Name",
        "Key",
        "Scopes",
        "Only from",
        "State",
        "Made",
        "Last used",
        "Expires",
        "Revoked",
    ]);
    for key in api_key::list(&mut work, &filter, state.everything(ORDERS)).await? {
        sheet.row(vec![
            Cell::from(key.id.to_string()),
            Cell::from(&key.name),
            Cell::from(shown(&key.prefix)),
            Cell::from(&key.scopes),
            Cell::from(&key.allowed_ips),
            Cell::from(state_of(&key, now)),
            Cell::from(key.created_at_ms),
            Cell::from(key.last_used_at_ms),
            Cell::from(key.expires_at_ms),
            Cell::from(key.revoked_at_ms),
        ]);
    }
    let today = now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("api-keys", today))
}

#[derive(Template)]
#[template(path = "admin/api_keys/new.html")]
struct NewKeyPage {
    shell: AdminShell,
    form: KeyForm,
    scopes: Vec<ScopeBox>,
    lifetimes: Vec<Choice>,
    errors: FormErrors,
}

struct ScopeBox {
    word: &'static str,
    label: &'static str,
    hint: &'static str,
    checked: bool,
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
struct KeyForm {
    name: String,
    #[serde(default)]
    scopes: Vec<Scope>,
    #[serde(default)]
    allowed_ips: String,
    expires_in_days: Option<i64>,
}

async fn form_page(
    admin: &Admin,
    form: KeyForm,
    errors: FormErrors,
) -> Result<NewKeyPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let lifetime = form
        .expires_in_days
        .map_or(String::new(), |days| days.to_string());
    let lifetimes = [
        ("", "Never"),
        ("30", "After 30 days"),
        ("90", "After 90 days"),
        ("365", "After a year"),
    ];
    let scopes = Scope::ALL
        .iter()
        .map(|&scope| {
            let (label, hint) = match scope {
                Scope::Read => ("Read", "See everything of the business."),
                Scope::Track => (
                    "Track",
                    "Report clicks, leads, sales, refunds and cancellations.",
                ),
                Scope::Manage => (
                    "Manage",
                    "Change affiliates, campaigns, rules, referrals and commissions.",
                ),
                Scope::Payout => ("Payout", "Make payouts and mark them paid."),
            };
            ScopeBox {
                word: scope.as_str(),
                label,
                hint,
                checked: form.scopes.contains(&scope),
            }
        })
        .collect();
    Ok(NewKeyPage {
        shell: admin
            .shell(&mut work, "New API key", AdminItem::ApiKeys)
            .await?,
        form,
        scopes,
        lifetimes: Choice::list(lifetimes, &lifetime),
        errors,
    })
}

async fn new(admin: Admin) -> Result<Response, PageError> {
    admin.require_proof(NEW)?;
    let form = KeyForm {
        scopes: vec![Scope::Track],
        ..KeyForm::default()
    };
    html::page(&form_page(&admin, form, FormErrors::new()).await?)
}

async fn create(admin: Admin, PostForm(form): PostForm<KeyForm>) -> Result<Response, PageError> {
    admin.require_proof(NEW)?;
    let KeyForm {
        name,
        scopes,
        allowed_ips,
        expires_in_days,
    } = form.clone();
    let mut work = admin.app.begin(&admin.actor).await?;
    match api_key::create(
        &mut work,
        ApiKeyIn {
            name,
            scopes,
            allowed_ips,
            expires_in_days,
        },
    )
    .await
    {
        Ok((_, text)) => {
            work.commit().await?;
            // Not a redirect: the text may not go into a cookie or an address.
            html::page(&page(&admin, None, text).await?)
        }
        Err(error @ ServiceError::Invalid(_)) => {
            drop(work);
            html::refused(&form_page(&admin, form, refused(error)?).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn revoke(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: ApiKeyId = id.parse().map_err(|_| PageError::not_found())?;
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let key = api_key::revoke(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(
        PATH,
        format!("The key “{}” is revoked", key.name),
    ))
}
