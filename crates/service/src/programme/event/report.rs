//! Recording leads and sales.

use domain::attribution::{Winner, is_too_far_ahead};
use domain::commission::{EventError, Item as PricedItem};
use domain::id::EventId;
use domain::money::Currency;
use domain::status::{EventKind, Scope, TriggerOn};
use domain::time::{Day, UnixMs};
use serde_json::Value;
use store::crm::contact::{Contact, Facts};
use store::programme::commission::Commission;
use store::programme::event::{self as rows, Candidate, Event, Item, Opening, Terms};
use store::programme::referral::Referral;

use super::attribution::{self, Weighed};
use super::credit;
use super::customer::{self, Customer};
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid};
use crate::identity::business;
use crate::programme::ledger;
use crate::work::Work;

/// The most bytes of metadata, as JSON.
const METADATA_BYTES_MAX: usize = 8 * 1024;
/// The largest sale, in minor units: sums of many of them still fit an i64.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;
/// The most items of a sale.
const ITEMS_MAX: usize = 200;

/// Who did it.
#[derive(Debug, Clone, Default)]
pub struct CustomerIn {
    /// The id the business's own system gives the person.
    pub external_id: String,
    /// Their name.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their country, two letters.
    pub country: Option<String>,
}

/// What may tell whom to credit. Unknown ones are no error: they get a verdict.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// A click (`clk_…`): names the visitor.
    pub click_id: Option<String>,
    /// A visitor (`vis_…`).
    pub visitor_id: Option<String>,
    /// The code of a link.
    pub code: Option<String>,
    /// A coupon code.
    pub coupon: Option<String>,
}

/// An item of a sale: its line total with tax and shipping.
#[derive(Debug, Clone)]
pub struct ItemIn {
    /// The business's id of the product.
    pub product_id: String,
    /// Minor units, ≥ 0.
    pub amount: i64,
    /// How many.
    pub quantity: Option<i64>,
}

/// A lead to record.
#[derive(Debug, Clone, Default)]
pub struct TrackLead {
    /// The event's id in the source's system.
    pub external_id: String,
    /// Who.
    pub customer: CustomerIn,
    /// Whom to credit, perhaps.
    pub hints: Hints,
    /// The name of the step; `registration` when not given.
    pub event: Option<String>,
    /// When it happened; now when not given.
    pub occurred_at: Option<UnixMs>,
    /// Anything else, a JSON object.
    pub metadata: Option<Value>,
}

/// A sale to record.
#[derive(Debug, Clone)]
pub struct TrackSale {
    /// The invoice or order in the source's system.
    pub external_id: String,
    /// Who bought; with only an external id when nothing else is known.
    pub customer: CustomerIn,
    /// Minor units, ≥ 0, with tax and shipping.
    pub amount: i64,
    /// The currency.
    pub currency: Currency,
    /// Minor units of tax within the amount.
    pub tax: i64,
    /// Minor units of shipping within the amount.
    pub shipping: i64,
    /// What was bought.
    pub items: Vec<ItemIn>,
    /// The name of the event; `purchase` when not given.
    pub event: Option<String>,
    /// Whom to credit, perhaps.
    pub hints: Hints,
    /// When it happened; now when not given.
    pub occurred_at: Option<UnixMs>,
    /// Anything else, a JSON object.
    pub metadata: Option<Value>,
}

/// A recorded event and what it made.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The event.
    pub event: Event,
    /// Whether it had been recorded before.
    pub duplicate: bool,
    /// The referral it belongs to.
    pub referral: Option<Referral>,
    /// The commissions it made, level by level.
    pub commissions: Vec<Commission>,
    /// What was weighed, in order.
    pub candidates: Vec<Candidate>,
}

/// What leads and sales have in common once checked.
struct Report {
    kind: EventKind,
    source: String,
    external_id: String,
    name: String,
    customer: (String, Facts),
    hints: Hints,
    occurred_at: UnixMs,
    metadata: Option<Value>,
    amount: i64,
    currency: Option<Currency>,
    tax: i64,
    shipping: i64,
    items: Vec<PricedItem>,
}

impl From<EventError> for crate::error::ServiceError {
    fn from(error: EventError) -> Self {
        let field = match error {
            EventError::Negative | EventError::TooLarge(_) => "amount",
            EventError::TaxAndShippingExceedAmount => "tax",
            EventError::ItemsDoNotAddUp { .. } => "items",
        };
        invalid(field, &error.to_string())
    }
}

/// Records a lead, once per source and external id.
///
/// # Errors
/// Forbidden without the scope `track`; invalid with the fields; conflict when the external id was
/// used for another customer.
pub async fn lead(work: &mut Work, source: &str, input: TrackLead) -> Result<Recorded> {
    work.require(Scope::Track)?;
    let TrackLead {
        external_id,
        customer,
        hints,
        event,
        occurred_at,
        metadata,
    } = input;
    let mut checks = Checks::new();
    let external_id = checks.text("external_id", &external_id, 1..=customer::EXTERNAL_ID_MAX);
    let customer = customer::check(&mut checks, &customer);
    let name = checks
        .optional_text("event", event.as_deref(), 64)
        .unwrap_or_else(|| "registration".to_owned());
    let (occurred_at, hints) =
        check_common(&mut checks, work.now, occurred_at, hints, metadata.as_ref());
    checks.done()?;
    let report = Report {
        kind: EventKind::Lead,
        source: source.to_owned(),
        external_id,
        name,
        customer,
        hints,
        occurred_at,
        metadata,
        amount: 0,
        currency: None,
        tax: 0,
        shipping: 0,
        items: Vec::new(),
    };
    Box::pin(record(work, report)).await
}

/// Records a sale, once per source and external id.
///
/// # Errors
/// Forbidden without the scope `track`; invalid with the fields; conflict when the external id was
/// used with another amount, currency or customer.
pub async fn sale(work: &mut Work, source: &str, input: TrackSale) -> Result<Recorded> {
    work.require(Scope::Track)?;
    let TrackSale {
        external_id,
        customer,
        amount,
        currency,
        tax,
        shipping,
        items,
        event,
        hints,
        occurred_at,
        metadata,
    } = input;
    let mut checks = Checks::new();
    let external_id = checks.text("external_id", &external_id, 1..=customer::EXTERNAL_ID_MAX);
    let customer = customer::check(&mut checks, &customer);
    check_amount(&mut checks, "amount", amount);
    check_amount(&mut checks, "tax", tax);
    check_amount(&mut checks, "shipping", shipping);
    checks.that(items.len() <= ITEMS_MAX, "items", "has more than 200 items");
    let items = items
        .into_iter()
        .enumerate()
        .take(ITEMS_MAX)
        .map(
            |(
                line,
                ItemIn {
                    product_id,
                    amount,
                    quantity,
                },
            )| {
                let product_id = checks.text(
                    &format!("items[{line}].product_id"),
                    &product_id,
                    1..=customer::EXTERNAL_ID_MAX,
                );
                check_amount(&mut checks, &format!("items[{line}].amount"), amount);
                checks.that(
                    quantity.is_none_or(|q| (1..=1_000_000).contains(&q)),
                    &format!("items[{line}].quantity"),
                    "must be between 1 and 1000000",
                );
                PricedItem {
                    product_id,
                    amount,
                    quantity,
                }
            },
        )
        .collect();
    let name = checks
        .optional_text("event", event.as_deref(), 64)
        .unwrap_or_else(|| "purchase".to_owned());
    let (occurred_at, hints) =
        check_common(&mut checks, work.now, occurred_at, hints, metadata.as_ref());
    checks.done()?;
    let report = Report {
        kind: EventKind::Sale,
        source: source.to_owned(),
        external_id,
        name,
        customer,
        hints,
        occurred_at,
        metadata,
        amount,
        currency: Some(currency),
        tax,
        shipping,
        items,
    };
    credit::priced(&report.event_facts()).validate()?;
    Box::pin(record(work, report)).await
}

fn check_amount(checks: &mut Checks, field: &str, amount: i64) {
    checks.that(amount >= 0, field, "must not be negative");
    checks.that(
        amount <= AMOUNT_MAX,
        field,
        "must be at most 1000000000000000",
    );
}

fn check_common(
    checks: &mut Checks,
    now: UnixMs,
    occurred_at: Option<UnixMs>,
    hints: Hints,
    metadata: Option<&Value>,
) -> (UnixMs, Hints) {
    let occurred_at = occurred_at.unwrap_or(now);
    checks.that(
        !is_too_far_ahead(occurred_at, now),
        "occurred_at",
        "is more than 5 minutes ahead",
    );
    if let Some(metadata) = metadata {
        checks.that(metadata.is_object(), "metadata", "must be an object");
        checks.that(
            metadata.to_string().len() <= METADATA_BYTES_MAX,
            "metadata",
            "is larger than 8 KiB",
        );
    }
    let Hints {
        click_id,
        visitor_id,
        code,
        coupon,
    } = hints;
    let hints = Hints {
        click_id: checks.optional_text("click_id", click_id.as_deref(), 100),
        visitor_id: checks.optional_text("visitor_id", visitor_id.as_deref(), 100),
        code: checks.optional_text("code", code.as_deref(), 100),
        coupon: checks.optional_text("coupon", coupon.as_deref(), 100),
    };
    (occurred_at, hints)
}

impl Report {
    fn item_rows(&self) -> Vec<Item> {
        self.items
            .iter()
            .map(|item| Item {
                product_id: item.product_id.clone(),
                amount: item.amount,
                quantity: item.quantity.unwrap_or(1),
            })
            .collect()
    }

    fn event_facts(&self) -> credit::EventFacts<'_> {
        credit::EventFacts {
            on: if self.kind == EventKind::Lead {
                TriggerOn::Lead
            } else {
                TriggerOn::Sale
            },
            name: &self.name,
            occurred_at: self.occurred_at,
            currency: self.currency,
            amount: self.amount,
            tax: self.tax,
            shipping: self.shipping,
            items: &self.items,
            coupon: self.hints.coupon.as_deref(),
            metadata: self.metadata.as_ref(),
        }
    }
}

/// To be put on the heap: in the future of a handler its some thousand bytes would be copied with each layer of the server.
async fn record(work: &mut Work, report: Report) -> Result<Recorded> {
    ledger::order(work).await?;
    let (external_id, facts) = report.customer.clone();
    let Opening {
        terms,
        reports,
        customer: found,
    } = rows::opening(&mut work.tx, report.kind, &report.external_id, &external_id)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without settings".to_owned()))?;
    if reports > 0
        && let Some(event) = rows::find_reported(
            &mut work.tx,
            report.kind,
            &report.source,
            &report.external_id,
        )
        .await?
    {
        return repeated(work, &report, event, found.as_ref()).await;
    }
    let mut customer = Customer::new(work, found, &external_id, facts);
    let visitors = customer::link_visitors(work, &mut customer, &report.hints).await?;
    let seen_twice = is_seen_twice(work, &terms, &report, reports).await?;
    let Weighed { decision, won } = attribution::weigh(
        work,
        &terms,
        &customer.contact,
        &report.hints,
        visitors,
        report.kind,
        report.occurred_at,
    )
    .await?;
    let winner = decision.winner.filter(|_| !seen_twice);
    if let Some(winner) = winner.filter(|_| decision.bind) {
        customer.bind(&winner, work.now);
    }
    if report.kind == EventKind::Sale && !seen_twice {
        customer.note_sale(report.occurred_at);
    }
    customer.save(work).await?;
    let credited = match (&winner, won) {
        (Some(winner), Some(won)) => {
            let referral =
                credit::referral_for(work, &terms, &customer, winner, &won, &report.name).await?;
            Some((won, referral))
        }
        _ => None,
    };
    let zone = business::zone_named(&terms.timezone)?;
    let contact = &customer.contact;
    let event = new_event(
        work.new_id(),
        &report,
        contact,
        winner,
        credited.as_ref().map(|(_, referral)| referral),
        seen_twice,
        work.now,
        report.occurred_at.day_in(&zone),
    );
    rows::insert(&mut work.tx, &event).await?;
    rows::insert_items(&mut work.tx, event.id, &report.item_rows()).await?;
    let candidates: Vec<Candidate> = decision.candidates.into_iter().map(candidate_row).collect();
    rows::insert_candidates(&mut work.tx, event.id, &candidates).await?;
    let (referral, commissions) = match credited {
        Some((won, referral)) => {
            let facts = report.event_facts();
            let commissions = credit::pay(
                work, &customer, &event, won, &referral, &facts, &terms, &zone,
            )
            .await?;
            (Some(referral), commissions)
        }
        None => (None, Vec::new()),
    };
    work.changed(winner.map(|w| w.affiliate_id));
    Ok(Recorded {
        event,
        duplicate: false,
        referral,
        commissions,
        candidates,
    })
}

/// Whether another source is, or was, the one that counts for this sale: the setting names another one, or
/// one has reported it that counted then, whatever the setting says by now. `reports`: how many have reported it.
async fn is_seen_twice(
    work: &mut Work,
    terms: &Terms,
    report: &Report,
    reports: i64,
) -> Result<bool> {
    if report.kind != EventKind::Sale {
        return Ok(false);
    }
    let is_other = |truth: &String| *truth != report.source;
    if terms.truth_source.as_ref().is_some_and(is_other) {
        return Ok(true);
    }
    if reports == 0 {
        return Ok(false);
    }
    Ok(rows::find_sale(&mut work.tx, &report.external_id)
        .await?
        .is_some_and(|sale| !sale.seen_twice))
}

/// The same external id again: the first result, or a conflict when it says something else.
async fn repeated(
    work: &mut Work,
    report: &Report,
    event: Event,
    customer: Option<&Contact>,
) -> Result<Recorded> {
    let same_customer = customer.is_some_and(|contact| contact.id == event.contact_id);
    if !same_customer || event.amount != report.amount || event.currency != report.currency {
        return Err(conflict(format!(
            "{} '{}' was recorded before with another amount, currency or customer",
            report.kind, report.external_id
        )));
    }
    as_stored(work, event, true).await
}

/// An event that was recorded before, with what it made, as it stands by now.
async fn as_stored(work: &mut Work, event: Event, duplicate: bool) -> Result<Recorded> {
    let candidates = rows::candidates(&mut work.tx, event.id).await?;
    let referral = match event.referral_id {
        Some(id) => store::programme::referral::find(&mut work.tx, id).await?,
        None => None,
    };
    let commissions = store::programme::commission::of_event(&mut work.tx, event.id).await?;
    Ok(Recorded {
        event,
        duplicate,
        referral,
        commissions,
        candidates,
    })
}

/// An event as it was recorded, with what it made.
///
/// # Errors
/// Not found, or forbidden.
pub async fn recorded(work: &mut Work, id: EventId) -> Result<Recorded> {
    let event = super::get(work, id).await?;
    as_stored(work, event, false).await
}

fn candidate_row(candidate: domain::attribution::Candidate) -> Candidate {
    let domain::attribution::Candidate {
        via,
        click_id,
        link_id,
        partnership_id: _,
        affiliate_id,
        campaign_id,
        clicked_at,
        verdict,
        detail,
    } = candidate;
    Candidate {
        via,
        click_id,
        affiliate_id,
        campaign_id,
        link_id,
        clicked_at_ms: clicked_at,
        verdict,
        detail,
    }
}

fn new_event(
    id: EventId,
    report: &Report,
    contact: &Contact,
    winner: Option<Winner>,
    referral: Option<&Referral>,
    seen_twice: bool,
    now: UnixMs,
    day: Day,
) -> Event {
    Event {
        id,
        kind: report.kind,
        source: report.source.clone(),
        external_id: report.external_id.clone(),
        name: report.name.clone(),
        contact_id: contact.id,
        amount: report.amount,
        currency: report.currency,
        tax: report.tax,
        shipping: report.shipping,
        net: report.amount - report.tax - report.shipping,
        refunded: 0,
        sale_id: None,
        reason: None,
        occurred_at_ms: report.occurred_at,
        recorded_at_ms: now,
        day,
        affiliate_id: winner.map(|w| w.affiliate_id),
        campaign_id: winner.map(|w| w.campaign_id),
        partnership_id: winner.map(|w| w.partnership_id),
        link_id: winner.map(|w| w.link_id),
        click_id: winner.and_then(|w| w.click_id),
        via: winner.map(|w| w.via),
        referral_id: referral.map(|r| r.id),
        metadata: report.metadata.as_ref().map(Value::to_string),
        seen_twice,
    }
}
