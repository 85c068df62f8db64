//! What an affiliate is offered in a campaign, before any event.

use super::Rule;
use crate::id::{AffiliateId, CampaignId, GroupId};
use crate::status::TriggerOn;

/// The rules that can pay an affiliate in a campaign, the closest first: for each kind of event those
/// of the closest scope that pays without conditions and for every product, and those that are closer
/// still but ask for a condition or a product. `rules` are those in force, the oldest first.
#[must_use]
pub fn offered(
    rules: &[Rule],
    affiliate: AffiliateId,
    group: Option<GroupId>,
    campaign: CampaignId,
) -> Vec<&Rule> {
    let mut offered = Vec::new();
    for on in [TriggerOn::Sale, TriggerOn::Lead, TriggerOn::Click] {
        let able: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.trigger.on == on && rule.scope.covers(affiliate, group, campaign))
            .collect();
        let floor = able
            .iter()
            .filter(|rule| rule.conditions.is_none() && rule.scope.product_id.is_none())
            .map(|rule| rule.scope.rank())
            .max();
        let mut of_kind: Vec<&Rule> = able
            .into_iter()
            .filter(|rule| floor.is_none_or(|floor| rule.scope.rank() >= floor))
            .collect();
        of_kind.sort_by_key(|rule| std::cmp::Reverse(rule.scope.rank()));
        offered.extend(of_kind);
    }
    offered
}
