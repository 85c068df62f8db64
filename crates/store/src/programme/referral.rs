//! Referrals: one for each affiliate, campaign and customer.

use domain::id::{AffiliateId, CampaignId, CheckId, ContactId, ReferralId};
use domain::status::ReferralStatus;
use domain::time::UnixMs;

use crate::args;
use crate::crm::contact::Contact;
use crate::db::{Result, Tx};
use crate::list::{Window, fetch_of, ordered};
use crate::record;

record! {
    /// A referral, with the names a list shows beside it.
    pub struct Referral {
        pub id: ReferralId,
        pub affiliate_id: AffiliateId,
        pub affiliate_name: String,
        pub campaign_id: CampaignId,
        pub campaign_name: String,
        pub contact_id: ContactId,
        pub customer_name: String,
        pub customer_email: Option<String>,
        pub customer_external_id: Option<String>,
        pub first_event: String,
        pub status: ReferralStatus,
        pub hold_reason: Option<String>,
        pub reject_reason: Option<String>,
        pub note: String,
        pub tags: String,
        pub created_at_ms: UnixMs,
        pub decided_at_ms: Option<UnixMs>,
    }
}

record! {
    /// A check made on a referral: fraud, KYC, deposit confirmation, bonus applied.
    pub struct Check {
        pub id: CheckId,
        pub kind: String,
        pub passed: bool,
        pub note: String,
        pub actor_name: String,
        pub at_ms: UnixMs,
    }
}

/// A referral to be stored.
#[derive(Debug, Clone)]
pub struct NewReferral {
    /// Its id.
    pub id: ReferralId,
    /// Who referred.
    pub affiliate_id: AffiliateId,
    /// In which campaign.
    pub campaign_id: CampaignId,
    /// Whom.
    pub contact_id: ContactId,
    /// The name of the event that made it.
    pub first_event: String,
    /// Its first state.
    pub status: ReferralStatus,
    /// Why a person must look at it.
    pub hold_reason: Option<String>,
    /// When.
    pub created_at_ms: UnixMs,
}

impl NewReferral {
    /// The referral as it is once it is stored, with the names of those whom it is about.
    #[must_use]
    pub fn stored(
        self,
        affiliate_name: String,
        campaign_name: String,
        customer: &Contact,
    ) -> Referral {
        let Self {
            id,
            affiliate_id,
            campaign_id,
            contact_id,
            first_event,
            status,
            hold_reason,
            created_at_ms,
        } = self;
        Referral {
            id,
            affiliate_id,
            affiliate_name,
            campaign_id,
            campaign_name,
            contact_id,
            customer_name: customer.name.clone(),
            customer_email: customer.email.clone(),
            customer_external_id: customer.external_id.clone(),
            first_event,
            status,
            hold_reason,
            reject_reason: None,
            note: String::new(),
            tags: String::new(),
            created_at_ms,
            decided_at_ms: None,
        }
    }
}

/// Which referrals a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub status: Option<ReferralStatus>,
    /// Only this affiliate's.
    pub affiliate_id: Option<AffiliateId>,
    /// Only this campaign's.
    pub campaign_id: Option<CampaignId>,
    /// Only this customer's.
    pub contact_id: Option<ContactId>,
    /// Only where the customer's or affiliate's name or address holds this text.
    pub search: Option<String>,
}

/// Newest first.
pub const NEWEST: &str = "r.id desc";
/// Oldest first.
pub const OLDEST: &str = "r.id";
/// By the affiliate's name.
pub const BY_AFFILIATE: &str = "a.search_folded, r.id desc";
/// By state.
pub const BY_STATUS: &str = "r.status, r.id desc";

/// The referral with this id.
pub async fn find(tx: &mut Tx, id: ReferralId) -> Result<Option<Referral>> {
    tx.fetch_optional(include_str!("referral/find.sql"), args![id])
        .await
}

/// The referral of an affiliate, campaign and customer.
pub async fn find_for(
    tx: &mut Tx,
    affiliate: AffiliateId,
    campaign: CampaignId,
    contact: ContactId,
) -> Result<Option<Referral>> {
    tx.fetch_optional(
        include_str!("referral/find_for.sql"),
        args![affiliate, campaign, contact],
    )
    .await
}

/// Stores a referral.
pub async fn insert(tx: &mut Tx, new: &NewReferral) -> Result<()> {
    let NewReferral {
        id,
        affiliate_id,
        campaign_id,
        contact_id,
        first_event,
        status,
        hold_reason,
        created_at_ms,
    } = new.clone();
    tx.execute(
        include_str!("referral/insert.sql"),
        args![
            id,
            affiliate_id,
            campaign_id,
            contact_id,
            first_event,
            status,
            hold_reason,
            created_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// Writes the state and why.
pub async fn set_status(
    tx: &mut Tx,
    id: ReferralId,
    status: ReferralStatus,
    reject_reason: Option<&str>,
    decided_at: Option<UnixMs>,
) -> Result<()> {
    tx.execute(
        include_str!("referral/set_status.sql"),
        args![id, status, reject_reason, decided_at],
    )
    .await?;
    Ok(())
}

/// Writes the note and the tags (normalised by the caller).
pub async fn set_remarks(tx: &mut Tx, id: ReferralId, note: &str, tags: &str) -> Result<()> {
    tx.execute(
        include_str!("referral/set_remarks.sql"),
        args![id, note, tags],
    )
    .await?;
    Ok(())
}

/// Stores a check.
pub async fn insert_check(tx: &mut Tx, referral: ReferralId, check: &Check) -> Result<()> {
    let Check {
        id,
        kind,
        passed,
        note,
        actor_name,
        at_ms,
    } = check.clone();
    tx.execute(
        include_str!("referral/insert_check.sql"),
        args![id, referral, kind, passed, note, actor_name, at_ms],
    )
    .await?;
    Ok(())
}

/// The checks made on a referral, oldest first.
pub async fn checks(tx: &mut Tx, referral: ReferralId) -> Result<Vec<Check>> {
    tx.fetch_all(include_str!("referral/checks.sql"), args![referral])
        .await
}

record! {
    /// A check with the referral it was made on: for lists.
    pub struct CheckOf {
        pub referral_id: ReferralId,
        pub id: CheckId,
        pub kind: String,
        pub passed: bool,
        pub note: String,
        pub actor_name: String,
        pub at_ms: UnixMs,
    }
}

/// The checks made on the referrals between two ids (a page of a list), oldest first.
pub async fn checks_between(
    tx: &mut Tx,
    lowest: ReferralId,
    highest: ReferralId,
) -> Result<Vec<(ReferralId, Check)>> {
    let rows: Vec<CheckOf> = tx
        .fetch_all(
            include_str!("referral/checks_between.sql"),
            args![lowest, highest],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(
            |CheckOf {
                 referral_id,
                 id,
                 kind,
                 passed,
                 note,
                 actor_name,
                 at_ms,
             }| {
                (
                    referral_id,
                    Check {
                        id,
                        kind,
                        passed,
                        note,
                        actor_name,
                        at_ms,
                    },
                )
            },
        )
        .collect())
}

fn filter_values(filter: &Filter) -> Vec<crate::db::Value> {
    let Filter {
        status,
        affiliate_id,
        campaign_id,
        contact_id,
        search,
    } = filter;
    args![
        *status,
        affiliate_id.map(|id| id.to_string()),
        *affiliate_id,
        campaign_id.map(|id| id.to_string()),
        *campaign_id,
        contact_id.map(|id| id.to_string()),
        *contact_id,
        search.as_deref().map(domain::text::like_pattern)
    ]
}

/// A part of the referrals that pass the filter.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Referral>> {
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
    tx.fetch_all(ordered(include_str!("referral/list.sql"), order), values)
        .await
}

/// How many referrals pass the filter.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("referral/count.sql"), filter_values(filter))
        .await
}

/// Orders of [`list`]: a public sort key, its order upwards and downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("created", "r.id", "r.id desc"),
    (
        "customer",
        "k.search_folded, r.id desc",
        "k.search_folded desc, r.id desc",
    ),
    (
        "affiliate",
        "a.search_folded, r.id desc",
        "a.search_folded desc, r.id desc",
    ),
    (
        "campaign",
        "m.name_folded, r.id desc",
        "m.name_folded desc, r.id desc",
    ),
    ("status", "r.status, r.id desc", "r.status desc, r.id desc"),
];

record! {
    /// How many referrals are in a state.
    pub struct StatusCount { pub status: ReferralStatus, pub referrals: i64 }
}

/// How many referrals that pass the filter, but for its state, are in each state.
pub async fn status_counts(tx: &mut Tx, filter: &Filter) -> Result<Vec<StatusCount>> {
    let values = filter_values(filter).split_off(1);
    tx.fetch_all(include_str!("referral/status_counts.sql"), values)
        .await
}

/// These referrals, as far as there are any.
pub async fn some(tx: &mut Tx, ids: &[ReferralId]) -> Result<Vec<Referral>> {
    fetch_of(tx, include_str!("referral/some.sql"), ids).await
}
