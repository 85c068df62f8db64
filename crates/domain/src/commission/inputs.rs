//! What was known when an event was recorded, kept so that it can be computed again later.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Customer, Earner, RuleHistory, Upline};
use crate::id::RuleId;

/// Everything a computation depended on that changes later or is not stored with the event itself.
/// Stored with the event as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// The referral was rejected before: the event earned nothing, whatever the rules said.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub barred: bool,
    /// The coupon that came with the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coupon: Option<String>,
    /// The sub-ids of the winning click.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sub_ids: BTreeMap<String, String>,
    /// The customer.
    pub customer: Customer,
    /// Who was credited.
    pub earner: Earner,
    /// The affiliates above; absent when no rule asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upline: Option<Vec<Upline>>,
    /// What the rules that ask for it had paid before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub history: BTreeMap<RuleId, RuleHistory>,
}
