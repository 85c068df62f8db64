//! Attribution explained: what was seen of a customer or order, and why it counted or did not.

use std::collections::BTreeMap;

use domain::id::{AffiliateId, CampaignId};
use domain::money::display;
use domain::status::{AffiliateStatus, EventKind, Scope, Verdict};
use domain::time::UnixMs;
use store::crm::contact::{self, Contact};
use store::list::Window;
use store::programme::event::{self as rows, Event, Touch};
use store::programme::{affiliate, campaign};

use super::attribution::is_running;
use super::report::{Recorded, recorded};
use crate::error::{Result, invalid, not_found};
use crate::work::Work;

/// Customers that are explained at once; an address seldom has more than one.
const CUSTOMERS_MAX: i64 = 20;
/// Events of a customer that are explained, the newest.
const EVENTS_MAX: i64 = 50;

/// Whom to explain: one of the two.
#[derive(Debug, Clone, Default)]
pub struct ExplainQuery {
    /// The customer's address.
    pub email: Option<String>,
    /// The customer's id, or an order's or another event's, in the business's own system.
    pub external_id: Option<String>,
}

/// A click as it stands now.
#[derive(Debug, Clone)]
pub struct SeenClick {
    /// The click with the state of everything around it.
    pub touch: Touch,
    /// Why it would not count now; none when it would.
    pub verdict: Option<Verdict>,
    /// The same as a sentence.
    pub detail: String,
}

/// An event and how it came to its affiliate.
#[derive(Debug, Clone)]
pub struct ExplainedEvent {
    /// The event with what was weighed and made.
    pub recorded: Recorded,
    /// The outcome as a sentence.
    pub summary: String,
}

/// All that is known about where a customer came from.
#[derive(Debug, Clone)]
pub struct Explained {
    /// The customer.
    pub customer: Contact,
    /// In a few sentences.
    pub summary: Vec<String>,
    /// What the customer did, newest first.
    pub events: Vec<ExplainedEvent>,
    /// Every click of every visitor known to be this customer, latest first.
    pub clicks: Vec<SeenClick>,
}

/// Explains a customer or an order.
///
/// # Errors
/// Forbidden; invalid unless exactly one is asked for; not found when nobody is known by it.
pub async fn explain(work: &mut Work, query: ExplainQuery) -> Result<Vec<Explained>> {
    work.require(Scope::Read)?;
    let given = |text: Option<String>| {
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    let ExplainQuery { email, external_id } = query;
    let customers = match (given(email), given(external_id)) {
        (Some(email), None) => contact::by_email(&mut work.tx, &email, CUSTOMERS_MAX).await?,
        (None, Some(id)) => by_external_id(work, &id).await?,
        (None, None) => return Err(invalid("email", "give email or external_id")),
        (Some(_), Some(_)) => {
            return Err(invalid(
                "external_id",
                "give email or external_id, not both",
            ));
        }
    };
    if customers.is_empty() {
        return Err(not_found("customer"));
    }
    let mut names = Names::default();
    let mut explained = Vec::new();
    for customer in customers {
        explained.push(of_customer(work, &mut names, customer).await?);
    }
    Ok(explained)
}

/// The customer with this id, and whoever has an event with it.
async fn by_external_id(work: &mut Work, id: &str) -> Result<Vec<Contact>> {
    let mut found: Vec<Contact> = contact::find_by_external_id(&mut work.tx, id)
        .await?
        .into_iter()
        .collect();
    let filter = rows::Filter {
        external_id: Some(id.to_owned()),
        ..rows::Filter::default()
    };
    for event in rows::list(&mut work.tx, &filter, Window::after(None, CUSTOMERS_MAX)).await? {
        if found.iter().all(|known| known.id != event.contact_id)
            && let Some(contact) = contact::find(&mut work.tx, event.contact_id).await?
        {
            found.push(contact);
        }
    }
    Ok(found)
}

async fn of_customer(work: &mut Work, names: &mut Names, customer: Contact) -> Result<Explained> {
    let touches = rows::touches(&mut work.tx, customer.id).await?;
    let now = work.now;
    let clicks: Vec<SeenClick> = touches
        .into_iter()
        .map(|touch| {
            let (verdict, detail) = standing(&touch, now);
            SeenClick {
                touch,
                verdict,
                detail,
            }
        })
        .collect();
    let filter = rows::Filter {
        contact_id: Some(customer.id),
        ..rows::Filter::default()
    };
    let mut events = Vec::new();
    for event in rows::list(&mut work.tx, &filter, Window::after(None, EVENTS_MAX)).await? {
        let recorded = recorded(work, event.id).await?;
        let summary = outcome(work, names, &recorded).await?;
        events.push(ExplainedEvent { recorded, summary });
    }
    let mut summary = vec![of_clicks(&clicks)];
    summary.push(match (customer.affiliate_id, customer.campaign_id) {
        (Some(affiliate), Some(campaign)) => format!(
            "The customer belongs to {} in {} since {}; later events are credited there.",
            names.affiliate(work, affiliate).await?,
            names.campaign(work, campaign).await?,
            day(customer.bound_at_ms.unwrap_or(customer.created_at_ms)),
        ),
        _ => "The customer belongs to no affiliate.".to_owned(),
    });
    summary.extend(events.first().map(|event| event.summary.clone()));
    Ok(Explained {
        customer,
        summary,
        events,
        clicks,
    })
}

/// Why a click would not count at this instant.
fn standing(touch: &Touch, now: UnixMs) -> (Option<Verdict>, String) {
    let standing = &touch.standing;
    let who = format!("{} in {}", standing.affiliate_name, standing.campaign_name);
    if !touch.counted {
        let reason = touch
            .uncounted_reason
            .as_deref()
            .unwrap_or("bot")
            .replace('_', " ");
        return (
            Some(Verdict::BotClick),
            format!("a click for {who} that does not count: {reason}"),
        );
    }
    if touch.expires_at_ms <= now {
        return (
            Some(Verdict::Expired),
            format!(
                "a click for {who} whose window ended on {}",
                day(touch.expires_at_ms)
            ),
        );
    }
    if !is_running(
        standing.campaign_active,
        standing.starts_at_ms,
        standing.ends_at_ms,
        now,
    ) {
        return (
            Some(Verdict::CampaignInactive),
            format!("a click for {who}, but the campaign is not active now"),
        );
    }
    if standing.affiliate_status != AffiliateStatus::Approved {
        return (
            Some(Verdict::AffiliateNotApproved),
            format!(
                "a click for {who}, but the affiliate is {} now",
                standing.affiliate_status
            ),
        );
    }
    if !standing.partnership_active || !standing.link_active {
        return (
            Some(Verdict::PartnershipInactive),
            format!("a click for {who}, but the partnership or its link is not active now"),
        );
    }
    (
        None,
        format!(
            "a click for {who} that counts until {}",
            day(touch.expires_at_ms)
        ),
    )
}

fn of_clicks(clicks: &[SeenClick]) -> String {
    let counting = clicks
        .iter()
        .filter(|click| click.verdict.is_none())
        .count();
    match clicks {
        [] => "No click of this customer is known: no event named a click or visitor of theirs, or they clicked in another browser.".to_owned(),
        [_] if counting == 1 => "One click is known, and it counts now.".to_owned(),
        [_] => "One click is known, and it does not count now.".to_owned(),
        many => format!("{} clicks are known; {counting} of them count now.", many.len()),
    }
}

async fn outcome(work: &mut Work, names: &mut Names, recorded: &Recorded) -> Result<String> {
    let Recorded {
        event,
        commissions,
        candidates,
        ..
    } = recorded;
    let what = what(event);
    if !matches!(event.kind, EventKind::Lead | EventKind::Sale) {
        return Ok(format!(
            "{what} was recorded; it is credited to nobody anew."
        ));
    }
    if event.seen_twice {
        return Ok(format!(
            "{what} was reported by another source as well; that one counts."
        ));
    }
    let (Some(affiliate), Some(campaign), Some(via)) =
        (event.affiliate_id, event.campaign_id, event.via)
    else {
        let why = match candidates.as_slice() {
            [] => "nothing spoke for any affiliate".to_owned(),
            some => some
                .iter()
                .map(|candidate| candidate.detail.clone())
                .collect::<Vec<_>>()
                .join("; "),
        };
        return Ok(format!("{what} is credited to nobody: {why}."));
    };
    let who = format!(
        "{} in {}",
        names.affiliate(work, affiliate).await?,
        names.campaign(work, campaign).await?
    );
    let earned = match commissions.as_slice() {
        [] => "no rule in force paid for it".to_owned(),
        lines => {
            lines
                .iter()
                .map(|line| display(line.amount, line.currency))
                .collect::<Vec<_>>()
                .join(" and ")
                + " was earned"
        }
    };
    Ok(format!("{what} is credited to {who} by {via}: {earned}."))
}

fn what(event: &Event) -> String {
    let amount = event
        .currency
        .map(|currency| format!(" of {}", display(event.amount, currency)))
        .unwrap_or_default();
    format!(
        "The {} '{}'{amount} on {}",
        event.kind,
        event.external_id,
        day(event.occurred_at_ms)
    )
}

/// The day of an instant in UTC; the exact times stand beside the sentences.
fn day(at: UnixMs) -> String {
    at.rfc3339().chars().take(10).collect()
}

/// The names of affiliates and campaigns that were looked up already.
#[derive(Default)]
struct Names {
    affiliates: BTreeMap<AffiliateId, String>,
    campaigns: BTreeMap<CampaignId, String>,
}

impl Names {
    async fn affiliate(&mut self, work: &mut Work, id: AffiliateId) -> Result<String> {
        if let Some(name) = self.affiliates.get(&id) {
            return Ok(name.clone());
        }
        let name = affiliate::find(&mut work.tx, id)
            .await?
            .ok_or(not_found("affiliate"))?
            .name;
        self.affiliates.insert(id, name.clone());
        Ok(name)
    }

    async fn campaign(&mut self, work: &mut Work, id: CampaignId) -> Result<String> {
        if let Some(name) = self.campaigns.get(&id) {
            return Ok(name.clone());
        }
        let name = campaign::find(&mut work.tx, id)
            .await?
            .ok_or(not_found("campaign"))?
            .name;
        self.campaigns.insert(id, name.clone());
        Ok(name)
    }
}
