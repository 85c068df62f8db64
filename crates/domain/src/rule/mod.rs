//! Rules: what an event pays.
//!
//! A [`Rule`] says for which events ([`Trigger`], [`Condition`]) of whom ([`Scope`]) it pays how much
//! ([`Reward`] of a [`Base`], for how long by [`Recurrence`], up to [`Caps`]), to whom above
//! ([`Level`]), and how long the money is held. The parts have the JSON shape of the public API, in
//! which they are stored too.

mod check;
mod condition;
mod describe;
mod differ;
mod evaluate;
mod german;
mod reward;
mod terms;
#[cfg(test)]
mod tests;

pub use condition::{Condition, Facts, Field, Op, Value};
pub use describe::{condition_text, describe, describe_in, percent_text};
pub use differ::{Difference, differences};
pub use reward::{
    Band, BandReward, Caps, Fixed, Level, LevelOf, Recurrence, Reward, TierMetric, TierMode,
    TierPeriod, Tiers,
};
pub use terms::offered;

use serde::{Deserialize, Serialize};

use crate::id::{AffiliateId, CampaignId, GroupId, RuleId};
use crate::money::Currency;
use crate::status::{Base, TriggerOn};
use crate::time::UnixMs;

/// For whom and what a rule is. Everything absent: the business's default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Only this affiliate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affiliate_id: Option<AffiliateId>,
    /// Only items of this product (the business's own id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<String>,
    /// Only this campaign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_id: Option<CampaignId>,
    /// Only affiliates of this group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
}

impl Scope {
    /// How close a rule is to its affiliate; the greater decides. Compared in the order affiliate,
    /// product, campaign, group, present before absent.
    #[must_use]
    pub const fn rank(&self) -> (bool, bool, bool, bool) {
        (
            self.affiliate_id.is_some(),
            self.product_id.is_some(),
            self.campaign_id.is_some(),
            self.group_id.is_some(),
        )
    }

    /// Whether it is for this affiliate, of this group, in this campaign; whatever the product.
    #[must_use]
    pub fn covers(
        &self,
        affiliate: AffiliateId,
        group: Option<GroupId>,
        campaign: CampaignId,
    ) -> bool {
        self.affiliate_id.is_none_or(|id| id == affiliate)
            && self.campaign_id.is_none_or(|id| id == campaign)
            && self.group_id.is_none_or(|id| Some(id) == group)
    }
}

/// Which events a rule pays for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The kind of event.
    pub on: TriggerOn,
    /// Only events of this name (`registration`); absent: of any name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// One version of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The rule, across its versions.
    pub id: RuleId,
    /// 1 for the first version.
    pub version: i64,
    /// For whom and what.
    #[serde(default)]
    pub scope: Scope,
    /// For which events.
    pub trigger: Trigger,
    /// What else has to be so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Condition>,
    /// How much.
    pub reward: Reward,
    /// What a percent is taken of.
    pub base: Base,
    /// For which of a customer's sales.
    pub recurrence: Recurrence,
    /// At most how much.
    #[serde(default)]
    pub caps: Caps,
    /// What the affiliates above get; `levels[0]` is the parent's.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Days that a commission waits before it can be approved, 0 to 365.
    pub hold_days: i64,
    /// Commissions are approved by themselves when referral and hold allow it.
    pub auto_approve: bool,
    /// This version is for events from this time on.
    pub effective_from: UnixMs,
    /// When the rule (its first version) was made.
    pub created_at: UnixMs,
}

/// A field path (`reward.tiers.bands[1].from`) and what is wrong there.
pub type Problem = (String, String);

impl Rule {
    /// Everything that is wrong with this rule, by field; empty when it can be used.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        check::problems(self)
    }

    /// Whether its reward depends on what was earned under it before, see
    /// [`crate::commission::RuleHistory`].
    #[must_use]
    pub const fn needs_history(&self) -> bool {
        matches!(self.reward, Reward::Tiers(_))
            || self.caps.per_customer.is_some()
            || self.caps.per_affiliate_month.is_some()
    }

    /// The currency its reward is paid in, for a sale in `sale`.
    #[must_use]
    pub fn reward_currency(&self, sale: Option<Currency>) -> Option<Currency> {
        match &self.reward {
            Reward::PercentPpm(_) => sale,
            Reward::Fixed(fixed) => Some(fixed.currency),
            Reward::Tiers(tiers) => tiers
                .bands
                .iter()
                .find_map(|band| match &band.reward {
                    BandReward::Fixed(fixed) => Some(fixed.currency),
                    BandReward::PercentPpm(_) => None,
                })
                .or(sale),
        }
    }
}

impl AsRef<Self> for Rule {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Of versions of rules, those in force at a time: of each rule the version with the latest `effective_from` that is
/// not after it, of two of one moment the later one. The versions of a rule stand together; the order stays.
pub fn in_force<'a, V: AsRef<Rule> + 'a>(
    versions: impl IntoIterator<Item = &'a V>,
    at: UnixMs,
) -> Vec<&'a V> {
    let age = |version: &V| {
        let rule = version.as_ref();
        (rule.effective_from, rule.version)
    };
    let mut latest: Vec<&V> = Vec::new();
    for version in versions {
        let rule = version.as_ref();
        if rule.effective_from > at {
            continue;
        }
        match latest.last_mut() {
            Some(newest) if newest.as_ref().id == rule.id => {
                if age(version) > age(newest) {
                    *newest = version;
                }
            }
            _ => {
                debug_assert!(
                    latest.iter().all(|newest| newest.as_ref().id != rule.id),
                    "the versions of a rule do not stand together"
                );
                latest.push(version);
            }
        }
    }
    latest
}
