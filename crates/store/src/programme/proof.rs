//! Queries that prove: each answers with differences, so that no row means all is well.

use domain::id::{AffiliateId, CommissionId, EventId, LinkId, PayoutId};
use domain::money::Currency;
use domain::status::Account;
use domain::time::Day;

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
