//! Queries that prove: each answers with differences, so that no row means all is well. What SQL cannot compute is read
//! for whoever can, as [`click_lines`].

use domain::id::{AffiliateId, CommissionId, EventId, LinkId, PayoutId, RuleId};
use domain::money::Currency;
use domain::status::Account;
use domain::time::Day;
use uuid::Uuid;

use crate::args;
use crate::db::{Result, Tx};
use crate::record;

/// Differences that one query tells; more would not help.
const DIFFERENCES_MAX: i64 = 20;

record! {
    /// An account whose postings differ from the commissions or payouts it stands for.
    pub struct AccountDifference { pub affiliate_id: AffiliateId, pub currency: Currency, pub account: Account, pub amount: i64 }
}

record! {
    /// A day of a link whose roll-up differs from a recount of its clicks.
    pub struct RollUpDifference {
        pub day: Day,
        pub link_id: LinkId,
        pub clicks: i64,
        pub unique_clicks: i64,
        pub uncounted_clicks: i64,
    }
}

record! {
    /// A payout whose lines or amount do not add up.
    pub struct PayoutDifference { pub id: PayoutId, pub number: i64, pub amount: i64, pub lines: i64 }
}

record! {
    /// A commission of which not as much is left as the journal has earned for it.
    pub struct CommissionDifference { pub id: CommissionId, pub net: i64, pub earned: i64 }
}

record! {
    /// A commission whose state and live payout lines do not agree.
    pub struct LineDifference { pub id: CommissionId, pub lines: i64 }
}

record! {
    /// A sale whose refunded amount is not the sum of its refunds.
    pub struct RefundDifference { pub id: EventId, pub refunded: i64, pub refunds: i64 }
}

record! {
    /// A day of a link of which more clicks are settled than were counted.
    pub struct ClickPayDifference { pub day: Day, pub link_id: LinkId, pub settled: i64, pub counted: i64 }
}

record! {
    /// A commission that a rule paid for nothing.
    pub struct Unfounded { pub id: CommissionId }
}

record! {
    /// A commission of clicks that is not for those whose clicks they are, or not the only one of its level.
    pub struct ClickLinkDifference { pub id: CommissionId, pub day: Day, pub link_id: LinkId, pub number: i64 }
}

record! {
    /// A commission of clicks, with the clicks it is for.
    pub struct ClickLine {
        pub id: CommissionId,
        pub affiliate_id: AffiliateId,
        pub level: i64,
        pub currency: Currency,
        pub amount: i64,
        pub rule_id: Option<RuleId>,
        pub rule_version: Option<i64>,
        pub day: Day,
        pub link_id: LinkId,
        pub number: i64,
        pub clicks: i64,
        /// The amount of level 0 for the same clicks.
        pub reward: Option<i64>,
    }
}

record! {
    /// What an entry of the journal has earned for a commission, less what it took back.
    pub struct Rewarded { pub id: CommissionId, pub day: Day, pub earned: i64 }
}

/// Accounts against commissions and payouts.
pub async fn accounts(tx: &mut Tx) -> Result<Vec<AccountDifference>> {
    tx.fetch_all(include_str!("proof/accounts.sql"), args![DIFFERENCES_MAX])
        .await
}

/// Day roll-ups against the clicks.
pub async fn roll_ups(tx: &mut Tx) -> Result<Vec<RollUpDifference>> {
    tx.fetch_all(
        include_str!("proof/roll_ups.sql"),
        args![DIFFERENCES_MAX, true, false],
    )
    .await
}

/// Payouts against their lines.
pub async fn payouts(tx: &mut Tx) -> Result<Vec<PayoutDifference>> {
    tx.fetch_all(
        include_str!("proof/payouts.sql"),
        args![DIFFERENCES_MAX, true],
    )
    .await
}

/// Commissions against the journal, each by itself: what is wrong in two need not show in their sum.
pub async fn commissions(tx: &mut Tx) -> Result<Vec<CommissionDifference>> {
    tx.fetch_all(
        include_str!("proof/commissions.sql"),
        args![DIFFERENCES_MAX],
    )
    .await
}

/// Commissions in a payout have one live line, others none.
pub async fn lines(tx: &mut Tx) -> Result<Vec<LineDifference>> {
    tx.fetch_all(
        include_str!("proof/lines.sql"),
        args![DIFFERENCES_MAX, true],
    )
    .await
}

/// Sales against their refunds.
pub async fn refunds(tx: &mut Tx) -> Result<Vec<RefundDifference>> {
    tx.fetch_all(include_str!("proof/refunds.sql"), args![DIFFERENCES_MAX])
        .await
}

/// Settled clicks against the day roll-ups.
pub async fn click_pay(tx: &mut Tx) -> Result<Vec<ClickPayDifference>> {
    tx.fetch_all(include_str!("proof/click_pay.sql"), args![DIFFERENCES_MAX])
        .await
}

/// Commissions of a rule that have neither an event nor settled clicks.
pub async fn click_commissions(tx: &mut Tx) -> Result<Vec<Unfounded>> {
    tx.fetch_all(
        include_str!("proof/click_commissions.sql"),
        args![DIFFERENCES_MAX],
    )
    .await
}

/// Commissions of clicks against those whose clicks they are.
pub async fn click_links(tx: &mut Tx) -> Result<Vec<ClickLinkDifference>> {
    tx.fetch_all(
        include_str!("proof/click_links.sql"),
        args![DIFFERENCES_MAX],
    )
    .await
}

/// The next commissions of clicks behind one, in order of their ids; none: the first.
pub async fn click_lines(
    tx: &mut Tx,
    after: Option<CommissionId>,
    limit: i64,
) -> Result<Vec<ClickLine>> {
    // A bound that is always there lets the key be entered at its place.
    let after = after.unwrap_or_else(|| CommissionId::from(Uuid::nil()));
    tx.fetch_all(include_str!("proof/click_lines.sql"), args![after, limit])
        .await
}

/// What the journal has earned for an affiliate's commissions of level 0 of a rule, in the order of its entries.
pub async fn rewards(
    tx: &mut Tx,
    affiliate: AffiliateId,
    rule: RuleId,
    currency: Currency,
) -> Result<Vec<Rewarded>> {
    tx.fetch_all(
        include_str!("proof/rewards.sql"),
        args![affiliate, rule, currency],
    )
    .await
}
