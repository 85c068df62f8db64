//! The page of one event: what was reported, what it earned, and for a sale what refunds and disputes
//! took from it, with the forms to record them.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::EventId;
use domain::money::{decimal, display, parse_decimal};
use domain::status::{DisputeStatus, EventKind};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::programme::event::{self, Dispute};
use service::store::programme::event::Event;
use service::{App, ServiceError};

use super::referral::{EventRow, event_rows};
use super::session::Admin;
use crate::error::{PageError, sentence};
use crate::form::{FormErrors, PostForm};
use crate::moment::Moment;
use crate::shown::commission::{left, what};
use crate::shown::money::{self, commission_badge};
use crate::ui::{AdminItem, AdminShell, Tone, status_label};
use crate::{flash, form, html};

const PATH: &str = "/admin/events";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/events/{id}", get(page))
        .route("/admin/events/{id}/refunds", post(refund))
        .route("/admin/events/{id}/disputes", post(dispute))
        .route("/admin/events/{id}/disputes/{dispute}", post(decide))
}

#[derive(Template)]
#[template(path = "admin/event/record.html")]
struct RecordPage {
    shell: AdminShell,
    href: String,
    title: String,
    amount: String,
    /// "$33.33 of it was refunded or is disputed, $66.67 is left."
    remark: String,
    /// The event itself with those who were weighed for it.
    events: Vec<EventRow>,
    taken: Vec<EventRow>,
    disputes: Vec<DisputeRow>,
    commissions: Vec<CommissionRow>,
    facts: Vec<(&'static str, String, String)>,
    /// A sale of which something is left, so that it can be refunded or disputed.
    open: bool,
    is_sale: bool,
    currency: String,
    left_hint: String,
    refund: RefundForm,
    dispute: DisputeForm,
    refund_errors: FormErrors,
    dispute_errors: FormErrors,
}

struct DisputeRow {
    name: String,
    amount: String,
    badge: (String, Tone),
    at: Moment,
    action: String,
    may_win: bool,
    may_lose: bool,
}

struct CommissionRow {
    href: String,
    who: String,
    what: String,
    badge: (String, Tone),
    amount: String,
}

/// A refund to record.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RefundForm {
    /// As typed; empty: all that is left.
    amount: String,
    reason: String,
    /// That it is not the one of this amount that a source has reported.
    another: bool,
}

/// A dispute to record. Its fields have names of their own: both forms stand on one page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DisputeForm {
    /// As typed; empty: all that is left.
    disputed: String,
    ground: String,
    /// The dispute's id at the bank or provider.
    dispute_id: String,
}

/// How a dispute ended.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DecideForm {
    status: String,
}

fn read_id(id: &str) -> Result<EventId, PageError> {
    id.parse().map_err(|_| not_found("event").into())
}

async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let page = load(&admin, read_id(&id)?).await?;
    html::page(&page)
}

async fn load(admin: &Admin, id: EventId) -> Result<RecordPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let event = event::get(&mut work, id).await?;
    let is_sale = event.kind == EventKind::Sale;
    let (taken, disputes) = if is_sale {
        (
            event::taken_from(&mut work, id).await?,
            event::disputes_of(&mut work, id).await?,
        )
    } else {
        (Vec::new(), Vec::new())
    };
    let candidates = event::candidates_of(&mut work, &[id]).await?;
    let commissions = event::commissions(&mut work, id).await?;
    let customer = service::crm::contact::get(&mut work, event.contact_id).await?;
    let items = event::items(&mut work, id).await?;
    let mut shell = admin
        .shell(&mut work, "Event", AdminItem::Customers)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    let amount = |amount: i64| {
        event
            .currency
            .map(|currency| display(amount, currency))
            .unwrap_or_default()
    };
    let still = event.amount.saturating_sub(event.refunded);
    let name = money::customer_name(
        &customer.name,
        customer.email.as_deref(),
        customer.external_id.as_deref(),
    );
    let mut facts = vec![(
        "Customer",
        name,
        format!("/admin/customers/{}", event.contact_id),
    )];
    if let Some(sale) = event.sale_id {
        facts.push(("Sale", "Open the sale".to_owned(), format!("{PATH}/{sale}")));
    }
    if let Some(referral) = event.referral_id {
        let href = format!("/admin/referrals/{referral}");
        facts.push(("Referral", "Open the referral".to_owned(), href));
    }
    if event.tax != 0 || event.shipping != 0 {
        facts.push(("Tax", amount(event.tax), String::new()));
        facts.push(("Shipping", amount(event.shipping), String::new()));
        facts.push(("Net", amount(event.net), String::new()));
    }
    for item in items {
        let value = format!(
            "{} × {}, {}",
            item.quantity,
            item.product_id,
            amount(item.amount)
        );
        facts.push(("Item", value, String::new()));
    }
    facts.push(("Source", event.source.clone(), String::new()));
    if event.external_id.parse::<EventId>().is_err() {
        facts.push(("Id there", event.external_id.clone(), String::new()));
    }
    let full = |at| Moment::new(at, &zone).full;
    facts.push(("Happened", full(event.occurred_at_ms), String::new()));
    facts.push(("Recorded", full(event.recorded_at_ms), String::new()));
    Ok(RecordPage {
        shell,
        href: format!("{PATH}/{id}"),
        title: status_label(&event.name),
        amount: if event.amount == 0 {
            String::new()
        } else {
            amount(event.amount)
        },
        remark: match (is_sale, event.refunded) {
            (true, taken) if taken > 0 => format!(
                "{} of it was refunded or is disputed, {} is left.",
                amount(taken),
                amount(still)
            ),
            _ => event.reason.clone().unwrap_or_default(),
        },
        open: is_sale && still > 0 && !event.seen_twice,
        is_sale,
        currency: event.currency.map(|c| c.to_string()).unwrap_or_default(),
        left_hint: event.currency.map_or_else(String::new, |currency| {
            format!("Empty: all that is left, {}.", decimal(still, currency))
        }),
        taken: event_rows(taken, Vec::new(), &zone),
        disputes: disputes
            .iter()
            .map(|dispute| dispute_row(&event, dispute, &zone))
            .collect(),
        commissions: commissions
            .iter()
            .map(|c| CommissionRow {
                href: format!("/admin/commissions/{}", c.id),
                who: c.affiliate_name.clone(),
                what: what(c),
                badge: commission_badge(c.status),
                amount: display(left(c), c.currency),
            })
            .collect(),
        events: event_rows(vec![event], candidates, &zone),
        facts,
        refund: RefundForm::default(),
        dispute: DisputeForm::default(),
        refund_errors: FormErrors::new(),
        dispute_errors: FormErrors::new(),
    })
}

fn dispute_row(sale: &Event, dispute: &Dispute, zone: &TimeZone) -> DisputeRow {
    let badge = match dispute.status {
        DisputeStatus::Opened => ("Open".to_owned(), Tone::Warning),
        DisputeStatus::Won => ("Won".to_owned(), Tone::Success),
        DisputeStatus::Lost => ("Lost".to_owned(), Tone::Error),
    };
    DisputeRow {
        name: if dispute.external_id.parse::<EventId>().is_ok() {
            "Dispute".to_owned()
        } else {
            format!("Dispute {}", dispute.external_id)
        },
        amount: sale
            .currency
            .map(|currency| display(dispute.amount, currency))
            .unwrap_or_default(),
        badge,
        at: Moment::new(dispute.decided_at_ms, zone),
        action: format!("{PATH}/{}/disputes/{}", sale.id, dispute.event_id),
        may_win: dispute.status != DisputeStatus::Won,
        may_lose: dispute.status != DisputeStatus::Lost,
    }
}

/// The amount typed; none when the field is empty.
async fn typed_amount(
    admin: &Admin,
    id: EventId,
    (field, typed): (&'static str, &str),
    errors: &mut FormErrors,
) -> Result<Option<i64>, PageError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let mut work = admin.app.view(&admin.actor).await?;
    let Some(currency) = event::get(&mut work, id).await?.currency else {
        return Ok(None);
    };
    match parse_decimal(typed, currency) {
        Ok(amount) => Ok(Some(amount)),
        Err(error) => {
            let text = sentence(&error.to_string());
            errors.add(field, text.trim_end_matches('.'));
            Ok(None)
        }
    }
}

/// What a refusal says, by the field of the form it belongs to. That nothing is left of a sale stands by
/// the amount.
fn merge(
    errors: &mut FormErrors,
    error: ServiceError,
    fields: &[(&'static str, &'static str)],
) -> Result<(), PageError> {
    let found = form::refused(error)?;
    for (field, shown) in fields {
        if !found.of(field).is_empty() {
            errors.add(*shown, found.of(field));
        }
    }
    Ok(())
}

async fn refund(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<RefundForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut errors = FormErrors::new();
    let amount = typed_amount(&admin, id, ("amount", &typed.amount), &mut errors).await?;
    if errors.is_empty() {
        let mut work = admin.app.begin(&admin.actor).await?;
        match event::refund_by_hand(&mut work, id, amount, &typed.reason, typed.another).await {
            Ok(done) => {
                work.commit().await?;
                let text = format!("{} refunded.", shown(&done.event));
                return Ok(flash::redirect(&format!("{PATH}/{id}"), text));
            }
            Err(error) => merge(
                &mut errors,
                error,
                &[
                    ("amount", "amount"),
                    ("sale_external_id", "amount"),
                    ("reason", "reason"),
                    ("another", "another"),
                ],
            )?,
        }
    }
    let mut page = load(&admin, id).await?;
    (page.refund, page.refund_errors) = (typed, errors);
    html::refused(&page)
}

async fn dispute(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<DisputeForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut errors = FormErrors::new();
    let amount = typed_amount(&admin, id, ("disputed", &typed.disputed), &mut errors).await?;
    if errors.is_empty() {
        let mut work = admin.app.begin(&admin.actor).await?;
        match event::dispute_by_hand(&mut work, id, &typed.dispute_id, amount, &typed.ground).await
        {
            Ok(done) => {
                work.commit().await?;
                let text = format!("Dispute of {} recorded.", shown(&done.event));
                return Ok(flash::redirect(&format!("{PATH}/{id}"), text));
            }
            Err(ServiceError::Conflict(why)) => errors.add("dispute_id", sentence(&why)),
            Err(error) => merge(
                &mut errors,
                error,
                &[
                    ("amount", "disputed"),
                    ("sale_external_id", "disputed"),
                    ("reason", "ground"),
                    ("external_id", "dispute_id"),
                ],
            )?,
        }
    }
    let mut page = load(&admin, id).await?;
    (page.dispute, page.dispute_errors) = (typed, errors);
    html::refused(&page)
}

fn shown(event: &Event) -> String {
    event
        .currency
        .map(|currency| display(event.amount, currency))
        .unwrap_or_default()
}

async fn decide(
    admin: Admin,
    Path((id, dispute)): Path<(String, String)>,
    PostForm(typed): PostForm<DecideForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let status = match typed.status.as_str() {
        "won" => DisputeStatus::Won,
        "lost" => DisputeStatus::Lost,
        _ => {
            return Err(PageError::bad_request(
                "A dispute is won or lost. Nothing was changed.",
            ));
        }
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let done = event::decide_by_hand(&mut work, id, read_id(&dispute)?, status).await?;
    work.commit().await?;
    let text = match done.event.net {
        net if net < 0 => "Dispute won: what it had taken is given again.",
        net if net > 0 => "Dispute lost: its share of the commissions is taken back.",
        _ => "The outcome is noted.",
    };
    Ok(flash::redirect(&format!("{PATH}/{id}"), text))
}
