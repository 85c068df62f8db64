//! Lists of commissions, and what they come to.

use domain::id::{AffiliateId, CampaignId, CommissionId, GroupId, ReferralId};
use domain::money::Currency;
use domain::status::CommissionStatus;
use domain::time::Day;

use super::{Commission, NEWEST};
use crate::db::{Result, Tx, Value};
use crate::list::{Window, fetch_of, ordered};
use crate::{args, record};

/// Which commissions a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub status: Option<CommissionStatus>,
    /// Only this affiliate's.
    pub affiliate_id: Option<AffiliateId>,
    /// Only this campaign's.
    pub campaign_id: Option<CampaignId>,
    /// Only of affiliates in this group.
    pub group_id: Option<GroupId>,
    /// Only of this referral.
    pub referral_id: Option<ReferralId>,
    /// Only from this day on.
    pub from: Option<Day>,
    /// Only up to this day.
    pub to: Option<Day>,
    /// Only where the affiliate's or customer's name or address holds this text.
    pub search: Option<String>,
}

fn filter_values(filter: &Filter) -> Vec<Value> {
    let Filter {
        status,
        affiliate_id,
        campaign_id,
        group_id,
        referral_id,
        from,
        to,
        search,
    } = filter;
    args![
        *status,
        affiliate_id.map(|id| id.to_string()),
        *affiliate_id,
        campaign_id.map(|id| id.to_string()),
        *campaign_id,
        group_id.map(|id| id.to_string()),
        *group_id,
        referral_id.map(|id| id.to_string()),
        *referral_id,
        *from,
        *to,
        search.as_deref().map(domain::text::like_pattern)
    ]
}

/// A part of the commissions that pass the filter.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Commission>> {
    let mut values = filter_values(filter);
    values.extend(args![
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ]);
    let order = if window.order == "id desc" {
        NEWEST
    } else {
        window.order
    };
    tx.fetch_all(ordered(include_str!("list.sql"), order), values)
        .await
}

record! {
    /// How many commissions of a currency pass a filter, and what they pay.
    pub struct Total { pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// Count and sum of the commissions that pass the filter, a row a currency.
pub async fn totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<Total>> {
    tx.fetch_all(include_str!("totals.sql"), filter_values(filter))
        .await
}

record! {
    /// How many commissions of a state and currency there are, and what they come to.
    pub struct StatusTotal { pub status: CommissionStatus, pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// Count and sum by state and currency of what passes the filter, but for its state.
pub async fn status_totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<StatusTotal>> {
    let values = filter_values(filter).split_off(1);
    tx.fetch_all(include_str!("status_totals.sql"), values)
        .await
}

/// The same of these commissions; a chunk of ids gives rows of its own.
pub async fn status_totals_of(tx: &mut Tx, ids: &[CommissionId]) -> Result<Vec<StatusTotal>> {
    fetch_of(tx, include_str!("status_totals_of.sql"), ids).await
}

/// Count and sum by state and currency of the pending and approved commissions on these referrals; a
/// state and currency may come more than once.
pub async fn status_totals_of_referrals(
    tx: &mut Tx,
    ids: &[ReferralId],
) -> Result<Vec<StatusTotal>> {
    fetch_of(tx, include_str!("status_totals_of_referrals.sql"), ids).await
}
