//! Commissions: what an event pays, to whom, and what may become of it.
//!
//! [`compute`] takes an event, its winner and the rules in force and gives [`Line`]s, each with an
//! [`Explanation`] that anyone can check with a spreadsheet. [`Standing`] is a stored commission's
//! place in its life and says what is allowed there; [`Figures`] are its amounts, and
//! [`reversal`] what a refund takes back.

mod clicks;
mod compute;
mod contest;
mod explain;
mod inputs;
mod life;
mod reversal;
mod reward;
mod select;
#[cfg(test)]
mod tests;

pub use clicks::{reward_of_clicks, share_of_clicks};
pub use compute::compute;
pub use contest::{Contender, Offer, Outcome, contest};
pub use inputs::Inputs;
pub use life::{Refused, Standing};
pub use reversal::{
    Figures, Parts, RefundError, WithCredits, refund_amount, reversal, reversed_target,
};

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::id::{AffiliateId, CampaignId, GroupId, RuleId};
use crate::money::{AmountOverflow, Currency};
use crate::rule::Rule;
use crate::status::TriggerOn;
use crate::time::UnixMs;

/// One position of a sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The business's own id of the product.
    pub product_id: String,
    /// The line's total in minor units, with tax and shipping.
    pub amount: i64,
    /// How many; for information only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<i64>,
}

/// The event that pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// A click, lead or sale.
    pub on: TriggerOn,
    /// Its name (`registration`, `purchase`); empty for clicks.
    pub name: String,
    /// Its own time; for clicks the start of their day.
    pub occurred_at: UnixMs,
    /// How many clicks for [`TriggerOn::Click`], which are paid by whole days of a link; 1 otherwise.
    pub quantity: i64,
    /// The sale's currency; `None` for leads and clicks.
    pub currency: Option<Currency>,
    /// The sale's amount in minor units with tax and shipping; 0 for leads and clicks.
    pub amount: i64,
    /// The tax in the amount.
    pub tax: i64,
    /// The shipping in the amount.
    pub shipping: i64,
    /// The sale's positions; empty when they are not known.
    pub items: Vec<Item>,
    /// The coupon that came with it.
    pub coupon: Option<String>,
    /// The sub-ids of the winning click.
    pub sub_ids: BTreeMap<String, String>,
    /// The scalar values of its metadata, as text.
    pub metadata: BTreeMap<String, String>,
}

/// What is known about the customer, before this event.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// ISO 3166.
    pub country: Option<String>,
    /// When the customer became known.
    pub known_since: Option<UnixMs>,
    /// Sales recorded before this event and not wholly refunded.
    pub earlier_sales: i64,
    /// Leads of the event's name recorded before this event.
    pub earlier_leads: i64,
    /// When the first of the earlier sales was.
    pub first_sale_at: Option<UnixMs>,
}

/// Who is credited, at recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earner {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// The affiliate's group.
    pub group_id: Option<GroupId>,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// ISO 3166.
    pub country: Option<String>,
    /// The affiliate's tags.
    pub tags: Vec<String>,
    /// The affiliate's sales so far; `None` when no rule asks for it.
    pub conversions: Option<i64>,
    /// The affiliate's revenue so far in the event's currency; `None` when no rule asks for it.
    pub revenue: Option<i64>,
}

/// An affiliate above the earner; the first is the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upline {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// Only an approved one earns.
    pub approved: bool,
}

/// What the earner has brought under one rule before this event (see [`Rule::needs_history`]).
/// Events that were recorded before, are not rejected and have their `occurred_at` in the period;
/// refunds lower their sale's period, a wholly refunded sale does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RuleHistory {
    /// Events in the tiers' period, in the sale's currency.
    pub conversions: i64,
    /// The sum of their bases, less refunds, in minor units of the sale's currency.
    pub revenue: i64,
    /// Level-0 rewards for this customer, less reversals, in the reward's currency.
    pub customer_rewards: i64,
    /// Level-0 rewards of the affiliate in the event's calendar month, less reversals, in the
    /// reward's currency.
    pub month_rewards: i64,
}

/// Everything a computation depends on.
#[derive(Debug, Clone)]
pub struct Input<'a> {
    /// The event.
    pub event: &'a Event,
    /// Its customer.
    pub customer: &'a Customer,
    /// Who is credited.
    pub earner: &'a Earner,
    /// The affiliates above, parent first; seven are enough.
    pub upline: &'a [Upline],
    /// The rules in force at the event's time ([`crate::rule::in_force`]), of any scope.
    pub rules: &'a [&'a Rule],
    /// By rule; absent: nothing before.
    pub history: &'a BTreeMap<RuleId, RuleHistory>,
    /// The business's zone, for months.
    pub zone: &'a TimeZone,
}

/// How a line came about: its inputs and its arithmetic. Stored with the commission as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The rule in words.
    pub rule: String,
    /// The event's amount in minor units.
    pub amount: i64,
    /// The tax in it.
    pub tax: i64,
    /// The shipping in it.
    pub shipping: i64,
    /// The event's currency.
    pub currency: Option<Currency>,
    /// The products this line is for; empty: the whole event.
    pub products: Vec<String>,
    /// The way to the amount, one sentence a step.
    pub steps: Vec<String>,
}

/// One commission to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who gets it.
    pub affiliate_id: AffiliateId,
    /// The rule.
    pub rule_id: RuleId,
    /// The rule's version.
    pub rule_version: i64,
    /// 0: the credited affiliate; 1: the parent; up to 7.
    pub level: i64,
    /// What the percent was taken of, in minor units; the event's base for a fixed sum.
    pub base: i64,
    /// The currency of the amount.
    pub currency: Currency,
    /// Minor units, above zero.
    pub amount: i64,
    /// How long it is held.
    pub hold_days: i64,
    /// Approved by itself after the hold, once the referral is approved.
    pub auto_approve: bool,
    /// What caps have cut off, in minor units; 0: nothing.
    pub cut_by_cap: i64,
    /// How it came about.
    pub explanation: Explanation,
}

/// A rule that decided about an event and came to nothing: a band of 0 %, a cap that is used up, less
/// than half of a minor unit. There is no line for it, but the event counts in the rule's tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpaid {
    /// The rule.
    pub rule_id: RuleId,
    /// What a percent was taken of, in minor units of the event's currency.
    pub base: i64,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Computation {
    /// What is paid; empty when nothing is.
    pub lines: Vec<Line>,
    /// What decided and came to nothing.
    pub unpaid: Vec<Unpaid>,
    /// Why a part of the event pays nothing, in words.
    pub notes: Vec<String>,
}

/// The event's figures do not fit together (the API answers 422).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A figure is below zero.
    #[error("amounts cannot be negative")]
    Negative,
    /// There is more tax and shipping than amount.
    #[error("tax and shipping are more than the amount")]
    TaxAndShippingExceedAmount,
    /// The items' amounts are not the amount.
    #[error("the items add up to {items}, not to the amount of {amount}")]
    ItemsDoNotAddUp {
        /// The items' sum, minor units.
        items: i64,
        /// The event's amount, minor units.
        amount: i64,
    },
    /// Beyond the range of an i64.
    #[error(transparent)]
    TooLarge(#[from] AmountOverflow),
}

impl Event {
    /// Whether the figures fit together.
    ///
    /// # Errors
    /// [`EventError`], in words for the sender.
    pub fn validate(&self) -> Result<(), EventError> {
        if self.amount < 0
            || self.tax < 0
            || self.shipping < 0
            || self.quantity < 0
            || self.items.iter().any(|item| item.amount < 0)
        {
            return Err(EventError::Negative);
        }
        if self.tax.checked_add(self.shipping).ok_or(AmountOverflow)? > self.amount {
            return Err(EventError::TaxAndShippingExceedAmount);
        }
        let items = self
            .items
            .iter()
            .try_fold(0_i64, |sum, item| sum.checked_add(item.amount))
            .ok_or(AmountOverflow)?;
        if !self.items.is_empty() && items != self.amount {
            return Err(EventError::ItemsDoNotAddUp {
                items,
                amount: self.amount,
            });
        }
        Ok(())
    }
}

/// Whether making `parent` the parent of `affiliate` would close a circle. `above_parent` are the
/// parent's own ancestors, nearest first.
#[must_use]
pub fn makes_cycle(
    affiliate: AffiliateId,
    parent: AffiliateId,
    above_parent: &[AffiliateId],
) -> bool {
    affiliate == parent || above_parent.contains(&affiliate)
}
