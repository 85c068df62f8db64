//! Attribution: whom a conversion event is credited to, and why everybody else is not.
//!
//! The cast: a [`Touchpoint`] is a click of a visitor known to be this customer; a [`Hint`] is a
//! coupon or link code that came with the event; a [`Binding`] says that the customer already
//! belongs to an affiliate and campaign. Each of them names a [`Party`], and [`decide`] weighs them
//! into one [`Decision`] with a [`Candidate`] and its verdict for each.

mod decide;
#[cfg(test)]
mod tests;

pub use decide::decide;

use serde::{Deserialize, Serialize};

use crate::id::{AffiliateId, CampaignId, ClickId, LinkId, PartnershipId};
use crate::status::{EventKind, Model, SelfReferralPolicy, Verdict, Via};
use crate::time::UnixMs;

/// How far ahead of the clock an `occurred_at` may lie: clocks differ, five minutes is plenty.
pub const AHEAD_MS_MAX: i64 = 5 * 60 * 1_000;

/// Whether an event's own time is too far in the future to be recorded.
#[must_use]
pub fn is_too_far_ahead(occurred_at: UnixMs, now: UnixMs) -> bool {
    occurred_at > now.plus_ms(AHEAD_MS_MAX)
}

/// An affiliate in a campaign, with its state when the event is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The affiliate's part in the campaign.
    pub partnership_id: PartnershipId,
    /// The link that was clicked or named; otherwise the partnership's own link.
    pub link_id: LinkId,
    /// The affiliate is approved (not pending, suspended or terminated).
    pub affiliate_approved: bool,
    /// The partnership and the link are active.
    pub partnership_active: bool,
    /// The campaign is active.
    pub campaign_active: bool,
    /// Customer and affiliate look like one person, see [`crate::self_referral`].
    pub self_referral: bool,
}

/// A stored click of a visitor known to be this customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touchpoint {
    /// The click.
    pub click_id: ClickId,
    /// Whose link was clicked.
    pub party: Party,
    /// The model of the party's campaign.
    pub model: Model,
    /// When the link was clicked.
    pub clicked_at: UnixMs,
    /// The first instant at which the click does not count any more, fixed at the click.
    pub expires_at: UnixMs,
    /// False for bots and prefetches.
    pub counted: bool,
}

/// A coupon or link code that came with the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The code as it came.
    pub text: String,
    /// Whose code it is; `None` when there is no such code.
    pub party: Option<Party>,
}

/// A `click_id` or `visitor_id` that came with the event and names nothing that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnknownHint {
    /// The text of the click id.
    Click(String),
    /// The text of the visitor id.
    Visitor(String),
}

/// To whom the customer already belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The affiliate and campaign, with their state now.
    pub party: Party,
}

/// Everything a decision depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The event's kind; only leads and sales make a binding.
    pub kind: EventKind,
    /// The event's own time.
    pub occurred_at: UnixMs,
    /// The business keeps customers bound to their first affiliate (default yes). When false, an
    /// existing binding is not looked at either.
    pub binding_enabled: bool,
    /// The customer's binding.
    pub binding: Option<Binding>,
    /// Coupons beat an explicit code (default yes); they beat clicks in any case.
    pub coupons_beat_links: bool,
    /// The coupon of the event.
    pub coupon: Option<Hint>,
    /// The link code of the event.
    pub code: Option<Hint>,
    /// All clicks of all visitors known to be this customer, in any order.
    pub touchpoints: Vec<Touchpoint>,
    /// Ids that came and are not known.
    pub unknown: Vec<UnknownHint>,
    /// What to do with a self-referral.
    pub self_referral: SelfReferralPolicy,
}

/// Whom the event is credited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Winner {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The partnership.
    pub partnership_id: PartnershipId,
    /// The link.
    pub link_id: LinkId,
    /// The click, when a click won.
    pub click_id: Option<ClickId>,
    /// How the winner was found.
    pub via: Via,
    /// It looks like a self-referral: the referral waits for a person, whatever the setting.
    pub hold_for_self_referral: bool,
}

/// One thing that spoke for an affiliate, and what became of it. Stored with the event as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// What it is: a binding, coupon, code or click.
    pub via: Via,
    /// The click.
    pub click_id: Option<ClickId>,
    /// The link.
    pub link_id: Option<LinkId>,
    /// The partnership.
    pub partnership_id: Option<PartnershipId>,
    /// The affiliate.
    pub affiliate_id: Option<AffiliateId>,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// When the link was clicked.
    pub clicked_at: Option<UnixMs>,
    /// Why it won or lost.
    pub verdict: Verdict,
    /// The verdict as a sentence, with its figures.
    pub detail: String,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whom the event is credited to; `None`: nobody earns.
    pub winner: Option<Winner>,
    /// Everything that was weighed, in the order of precedence, clicks latest first.
    pub candidates: Vec<Candidate>,
    /// The customer becomes bound to the winner's affiliate and campaign.
    pub bind: bool,
}
