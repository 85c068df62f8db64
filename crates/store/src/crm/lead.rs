//! The log of leads: everybody a business came to know, and by which way, without figures of money.

use domain::id::{AffiliateId, CampaignId, ContactId};
use domain::status::ContactStatus;
use domain::time::UnixMs;

use super::contact::StatusCount;
use crate::db::{Result, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// Which leads a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those in this state.
    pub status: Option<ContactStatus>,
    /// Only those of this affiliate.
    pub affiliate_id: Option<AffiliateId>,
    /// Only those of this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only those whose first event came by this source, such as `api`.
    pub source: Option<String>,
    /// Only those first seen at this instant or later.
    pub since: Option<UnixMs>,
    /// Only those whose name, address or external id holds this text.
    pub search: Option<String>,
}

/// Orders of [`list`]: a public sort key, its order upwards and downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("seen", "k.id", "k.id desc"),
    (
        "name",
        "k.search_folded, k.id desc",
        "k.search_folded desc, k.id desc",
    ),
    ("status", "k.status, k.id desc", "k.status desc, k.id desc"),
];

record! {
    /// A person with the way they came, from the first event that is known of them.
    pub struct Lead {
        pub id: ContactId,
        pub name: String,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub country: Option<String>,
        pub status: ContactStatus,
        pub seen_at_ms: UnixMs,
        /// Who reported the event: `api`, `browser` and so on.
        pub source: Option<String>,
        /// What decided whose it is: `click`, `code`, `coupon` and so on.
        pub via: Option<String>,
        /// The code of the link.
        pub code: Option<String>,
        /// What the affiliate calls the link.
        pub label: Option<String>,
        /// The click's sub-ids and UTM parameters, a JSON object.
        pub sub_ids: Option<String>,
        /// The page the click came from.
        pub referrer: Option<String>,
        pub affiliate_name: Option<String>,
        pub campaign_name: Option<String>,
    }
}

record! {
    /// Somebody who has just come.
    pub struct NewLead {
        pub id: ContactId,
        pub name: String,
        pub email: Option<String>,
        pub external_id: Option<String>,
        pub seen_at_ms: UnixMs,
    }
}

fn values(filter: &Filter) -> Vec<crate::db::Value> {
    let Filter {
        status,
        affiliate_id,
        campaign_id,
        source,
        since,
        search,
    } = filter;
    args![
        search.as_deref().map(domain::text::like_pattern),
        affiliate_id.map(|id| id.to_string()),
        *affiliate_id,
        campaign_id.map(|id| id.to_string()),
        *campaign_id,
        source.clone(),
        *since,
        *status
    ]
}

/// A part of the leads that pass the filter; `window.order` is one of [`ORDERS`].
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Lead>> {
    let mut values = values(filter);
    values.extend(args![window.limit, window.offset]);
    tx.fetch_all(ordered(include_str!("lead/list.sql"), window.order), values)
        .await
}

/// How many that pass the filter, but for its state, are in each state.
///
/// # Errors
/// As the database says.
pub async fn status_counts(tx: &mut Tx, filter: &Filter) -> Result<Vec<StatusCount>> {
    let mut values = values(filter);
    values.pop();
    tx.fetch_all(include_str!("lead/status_counts.sql"), values)
        .await
}

/// The latest.
///
/// # Errors
/// As the database says.
pub async fn newest(tx: &mut Tx, limit: i64) -> Result<Vec<NewLead>> {
    tx.fetch_all(include_str!("lead/newest.sql"), args![limit])
        .await
}
