//! From rows to cases: a window of events with everything that belongs to them.

use std::collections::BTreeMap;

use domain::back_test::{Booked, Candidate, Case};
use domain::commission::{Customer, Event, Explanation, Inputs, Item};
use domain::id::EventId;
use domain::status::{CommissionStatus, EventKind, ReferralStatus, TriggerOn};
use domain::time::UnixMs;
use serde_json::Value;
use store::crm::contact;
use store::programme::back_test::{self as rows, Recorded};
use store::programme::{affiliate, event};

use super::Plan;
use crate::error::{Result, ServiceError};
use crate::programme::event::credit::texts;
use crate::programme::event::inputs;
use crate::work::Work;

/// What else is known about a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// When it was recorded.
    pub recorded_at: UnixMs,
    /// What was known then was not kept; today's data stand in for it.
    pub from_today: bool,
}

/// The credited events of a window, of the plan's campaign.
pub(super) async fn cases(
    work: &mut Work,
    mut window: Vec<Recorded>,
    plan: &Plan,
) -> Result<Vec<(Case, Known)>> {
    window.retain(|row| {
        !row.seen_twice
            && row.affiliate_id.is_some()
            && (plan.campaign.is_none() || row.campaign_id == plan.campaign)
    });
    let ids: Vec<EventId> = window.iter().map(|row| row.id).collect();
    let mut items: BTreeMap<EventId, Vec<Item>> = BTreeMap::new();
    for item in rows::items(&mut work.tx, &ids).await? {
        items.entry(item.event_id).or_default().push(Item {
            product_id: item.product_id,
            amount: item.amount,
            quantity: Some(item.quantity),
        });
    }
    let mut lines: BTreeMap<EventId, Vec<rows::LineOf>> = BTreeMap::new();
    for line in rows::lines(&mut work.tx, &ids).await? {
        lines.entry(line.event_id).or_default().push(line);
    }
    let mut unpaid: BTreeMap<EventId, Vec<_>> = BTreeMap::new();
    for row in rows::unpaid(&mut work.tx, &ids).await? {
        unpaid
            .entry(row.event_id)
            .or_default()
            .push((row.rule_id, row.base_amount));
    }
    let mut candidates: BTreeMap<EventId, Vec<Candidate>> = BTreeMap::new();
    if plan.model.is_some() {
        for row in rows::candidates(&mut work.tx, &ids).await? {
            candidates.entry(row.event_id).or_default().push(Candidate {
                via: row.via,
                click_id: row.click_id,
                affiliate_id: row.affiliate_id,
                campaign_id: row.campaign_id,
                verdict: row.verdict,
            });
        }
    }
    let mut cases = Vec::with_capacity(window.len());
    for row in window {
        let kept = row.inputs.as_deref().map(serde_json::from_str::<Inputs>);
        let from_today = kept.is_none();
        let inputs = match kept {
            Some(Ok(inputs)) => inputs,
            Some(Err(error)) => {
                return Err(ServiceError::Internal(format!(
                    "the inputs of {}: {error}",
                    row.id
                )));
            }
            None => of_today(work, &row).await?,
        };
        let lines = lines.remove(&row.id).unwrap_or_default();
        let rejected = lines
            .iter()
            .filter(|line| line.status == CommissionStatus::Rejected)
            .map(|line| line.level)
            .collect();
        let case = Case {
            id: row.id,
            event: priced(&row, &inputs, items.remove(&row.id).unwrap_or_default()),
            contact: row.contact_id,
            refunded: row.refunded,
            booked: lines.into_iter().map(booked).collect(),
            unpaid: unpaid.remove(&row.id).unwrap_or_default(),
            rejected,
            all_rejected: row.referral_status == Some(ReferralStatus::Rejected),
            candidates: candidates.remove(&row.id).unwrap_or_default(),
            inputs,
        };
        let known = Known {
            recorded_at: row.recorded_at_ms,
            from_today,
        };
        cases.push((case, known));
    }
    Ok(cases)
}

fn priced(row: &Recorded, inputs: &Inputs, items: Vec<Item>) -> Event {
    let metadata = row
        .metadata
        .as_deref()
        .and_then(|json| serde_json::from_str::<Value>(json).ok());
    Event {
        on: if row.kind == EventKind::Lead {
            TriggerOn::Lead
        } else {
            TriggerOn::Sale
        },
        name: row.name.clone(),
        occurred_at: row.occurred_at_ms,
        quantity: 1,
        currency: row.currency,
        amount: row.amount,
        tax: row.tax,
        shipping: row.shipping,
        items,
        coupon: inputs.coupon.clone(),
        sub_ids: inputs.sub_ids.clone(),
        metadata: metadata.as_ref().map(texts).unwrap_or_default(),
    }
}

fn booked(line: rows::LineOf) -> Booked {
    let reason = serde_json::from_str::<Explanation>(&line.explanation)
        .ok()
        .and_then(|explanation| explanation.steps.last().cloned())
        .unwrap_or_default();
    Booked {
        affiliate_id: line.affiliate_id,
        rule_id: line.rule_id,
        level: line.level,
        base: line.base_amount,
        currency: line.currency,
        amount: line.amount,
        reason,
    }
}

/// What is known today of an event whose inputs were not kept.
async fn of_today(work: &mut Work, row: &Recorded) -> Result<Inputs> {
    let vanished = |what: &str| ServiceError::Internal(format!("{what} of {} vanished", row.id));
    let (Some(affiliate), Some(campaign)) = (row.affiliate_id, row.campaign_id) else {
        return Err(vanished("the winner"));
    };
    let affiliate = affiliate::find(&mut work.tx, affiliate)
        .await?
        .ok_or_else(|| vanished("the affiliate"))?;
    let contact = contact::find(&mut work.tx, row.contact_id)
        .await?
        .ok_or_else(|| vanished("the customer"))?;
    let earlier =
        event::earlier_sales(&mut work.tx, row.contact_id, row.occurred_at_ms, row.id).await?;
    let leads = event::customer_leads(&mut work.tx, row.contact_id, row.id, &row.name).await?;
    let sub_ids = match row.click_id {
        Some(click) => sub_ids(work, click).await?,
        None => BTreeMap::new(),
    };
    Ok(Inputs {
        barred: false,
        coupon: None,
        sub_ids,
        customer: Customer {
            country: contact.country,
            known_since: Some(contact.created_at_ms),
            earlier_sales: earlier.sales,
            earlier_leads: leads,
            first_sale_at: earlier.first_at_ms,
        },
        earner: inputs::earner(&affiliate, campaign),
        upline: None,
        history: BTreeMap::new(),
    })
}

/// The sub-ids that a click carried.
pub(super) async fn sub_ids(
    work: &mut Work,
    click: domain::id::ClickId,
) -> Result<BTreeMap<String, String>> {
    let json = event::sub_ids_of_click(&mut work.tx, click).await?;
    Ok(json
        .and_then(|json| serde_json::from_str::<Value>(&json).ok())
        .map(|value| texts(&value))
        .unwrap_or_default())
}
