//! Members of payout runs: who was looked at, who is in, and how far the work on them is.
//!
//! A run has a member for every affiliate and currency with something approved when it was looked at. Works
//! (drafting, approving, paying, cancelling) go through the members in parts; `stage` says which work is
//! through with one, so that a work that was interrupted goes on where it was.

use domain::id::{AffiliateId, GroupId, PayoutId, PayoutRunId};
use domain::money::Currency;
use domain::status::{
    AffiliateStatus, PayoutFrequency, PayoutMethodKind, PayoutObstacle, PayoutStatus,
};
use domain::time::UnixMs;

use crate::db::{Column, Record, Result, Row, Tx, Value};
use crate::list::fetch_of_with;
use crate::{args, record};

record! {
    /// Somebody with approved commissions in a currency, and all that decides whether a run pays them.
    pub struct Candidate {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// In what.
        pub currency: Currency,
        /// How many commissions.
        pub commissions: i64,
        /// What they add up to.
        pub commissions_total: i64,
        /// Where the affiliate stands.
        pub affiliate_status: AffiliateStatus,
        /// The balance of the clawback account: zero or below.
        pub clawback: i64,
        /// The least that is paid.
        pub minimum: i64,
        /// How they want to be paid.
        pub method: Option<PayoutMethodKind>,
        /// Until when payouts wait after a change of that.
        pub holds_until_ms: Option<UnixMs>,
        /// How often they are paid.
        pub frequency: PayoutFrequency,
        /// On which day of the week.
        pub weekday: i64,
        /// On which day of the month.
        pub month_day: i64,
        /// The methods that are paid by; empty: all.
        pub methods: String,
        /// Since when they take part.
        pub joined_at_ms: UnixMs,
        /// When their last payout was made.
        pub last_payout_at_ms: Option<UnixMs>,
        /// Open requests: 1 or none.
        pub requests: i64,
    }
}

record! {
    /// A member as far as it decides whether it may be put in.
    pub struct Choosable {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// In what.
        pub currency: Currency,
        /// Why it is not in by itself.
        pub obstacle: Option<PayoutObstacle>,
    }
}

record! {
    /// What a run found of a member when it was looked at, and whether it is in.
    pub struct Found {
        /// How many commissions.
        pub commissions: i64,
        /// What they add up to.
        pub commissions_total: i64,
        /// What is to be carried: zero or below.
        pub carried_forward: i64,
        /// The least that is paid.
        pub minimum: i64,
        /// Why it is not in by itself.
        pub obstacle: Option<PayoutObstacle>,
        /// Whether it is in.
        pub included: bool,
    }
}

impl Found {
    /// What would be paid.
    #[must_use]
    pub const fn planned(&self) -> i64 {
        self.commissions_total.saturating_add(self.carried_forward)
    }
}

impl Column for Found {
    /// A part of a member's row: it has columns of its own, whatever the field is called.
    fn read(row: &Row<'_>, _: &str) -> sqlx::Result<Self> {
        <Self as Record>::read(row)
    }
}

record! {
    /// A member with its payout as it is now.
    pub struct Member {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub affiliate_name: String,
        /// Their address.
        pub affiliate_email: String,
        /// In what.
        pub currency: Currency,
        /// What the run found.
        pub found: Found,
        /// The work that is through with it.
        pub stage: i64,
        /// Its payout.
        pub payout_id: Option<PayoutId>,
        /// The payout's number.
        pub payout_number: Option<i64>,
        /// The payout's state.
        pub payout_status: Option<PayoutStatus>,
        /// The payout's amount.
        pub payout_amount: Option<i64>,
        /// Why a work left it as it was; empty: it did not.
        pub failure: String,
    }
}

/// A member to be stored.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// In what.
    pub currency: Currency,
    /// What the run found.
    pub found: Found,
}

record! {
    /// Count and sums of a run's members, in or out, of a currency.
    pub struct MemberTotal {
        /// Whether these are in.
        pub included: bool,
        /// In what.
        pub currency: Currency,
        /// How many.
        pub members: i64,
        /// What would have been paid when the run was looked at.
        pub planned: i64,
        /// How many have a payout.
        pub payouts: i64,
        /// What these are now, cancelled ones left out.
        pub amount: i64,
    }
}

record! {
    /// A member that waits for its draft, as things are now.
    pub struct ToDraft {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// In what.
        pub currency: Currency,
        /// Where the affiliate stands.
        pub affiliate_status: AffiliateStatus,
        /// How they are paid.
        pub payout_method: Option<String>,
        /// Until when payouts wait.
        pub holds_until_ms: Option<UnixMs>,
        /// What is approved.
        pub commissions_total: i64,
        /// The balance of the clawback account.
        pub clawback: i64,
    }
}

record! {
    /// A member whose payout waits for a work.
    pub struct ToMove {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// In what.
        pub currency: Currency,
        /// Its payout.
        pub payout_id: PayoutId,
        /// Why the work before left it as it was; empty: it did not.
        pub failure: String,
    }
}

/// Everybody with commissions that were approved before an instant and are in no payout.
///
/// # Errors
/// As the database says.
pub async fn candidates(
    tx: &mut Tx,
    before: UnixMs,
    currency: Option<Currency>,
    group: Option<GroupId>,
) -> Result<Vec<Candidate>> {
    let values = args![before, currency, group.map(|id| id.to_string()), group];
    tx.fetch_all(include_str!("payout_run_member/candidates.sql"), values)
        .await
}

/// Puts these members in the place of those there are.
///
/// # Errors
/// As the database says.
pub async fn replace(tx: &mut Tx, run: PayoutRunId, members: &[NewMember]) -> Result<()> {
    tx.execute(include_str!("payout_run_member/delete.sql"), args![run])
        .await?;
    let rows = members
        .iter()
        .map(|member| {
            let NewMember {
                affiliate_id,
                currency,
                found,
            } = member;
            let Found {
                commissions,
                commissions_total,
                carried_forward,
                minimum,
                obstacle,
                included,
            } = found;
            args![
                run,
                *affiliate_id,
                *currency,
                *commissions,
                *commissions_total,
                *carried_forward,
                *minimum,
                *obstacle,
                *included,
                0_i64,
                ""
            ]
        })
        .collect();
    tx.insert_many(
        "payout_run_member",
        &[
            "run_id",
            "affiliate_id",
            "currency",
            "commissions",
            "commissions_total",
            "carried_forward",
            "minimum",
            "obstacle",
            "included",
            "stage",
            "failure",
        ],
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// Members of these affiliates that are in, or out.
///
/// # Errors
/// As the database says.
pub async fn choosable(
    tx: &mut Tx,
    run: PayoutRunId,
    included: bool,
    affiliates: &[AffiliateId],
) -> Result<Vec<Choosable>> {
    let sql = include_str!("payout_run_member/choosable.sql");
    fetch_of_with(
        tx,
        sql,
        &[Value::from(run), Value::from(included)],
        affiliates,
    )
    .await
}

/// Puts a member in or takes it out; false when there is none.
///
/// # Errors
/// As the database says.
pub async fn include(
    tx: &mut Tx,
    run: PayoutRunId,
    affiliate: AffiliateId,
    currency: Currency,
    included: bool,
) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("payout_run_member/include.sql"),
            args![run, affiliate, currency, included],
        )
        .await?
        == 1)
}

/// A part of the members that are in, or out, by name.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    run: PayoutRunId,
    included: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<Member>> {
    tx.fetch_all(
        include_str!("payout_run_member/list.sql"),
        args![run, included, limit, offset],
    )
    .await
}

/// A part of the members, in or out or all, with a text in the affiliate's name, e-mail or company, by affiliate and
/// currency, behind the one that is named.
///
/// # Errors
/// As the database says.
pub async fn list_after(
    tx: &mut Tx,
    run: PayoutRunId,
    included: Option<bool>,
    search: Option<&str>,
    after: Option<(AffiliateId, Currency)>,
    limit: i64,
) -> Result<Vec<Member>> {
    let values = args![
        run,
        included.map(|included| included.to_string()),
        included.unwrap_or_default(),
        after.map(|(id, _)| id.to_string()),
        after.map(|(id, _)| id),
        after.map(|(_, currency)| currency),
        search.map(domain::text::like_pattern),
        limit
    ];
    tx.fetch_all(include_str!("payout_run_member/list_after.sql"), values)
        .await
}

/// Count and sums of the members, in and out, a row a currency.
///
/// # Errors
/// As the database says.
pub async fn totals(tx: &mut Tx, run: PayoutRunId) -> Result<Vec<MemberTotal>> {
    tx.fetch_all(include_str!("payout_run_member/totals.sql"), args![run])
        .await
}

/// Members that wait for their draft.
///
/// # Errors
/// As the database says.
pub async fn to_draft(
    tx: &mut Tx,
    run: PayoutRunId,
    before: UnixMs,
    limit: i64,
) -> Result<Vec<ToDraft>> {
    tx.fetch_all(
        include_str!("payout_run_member/to_draft.sql"),
        args![run, before, true, limit],
    )
    .await
}

/// Members whose payouts a work is not through with.
///
/// # Errors
/// As the database says.
pub async fn to_move(tx: &mut Tx, run: PayoutRunId, stage: i64, limit: i64) -> Result<Vec<ToMove>> {
    tx.fetch_all(
        include_str!("payout_run_member/to_move.sql"),
        args![run, true, stage, limit],
    )
    .await
}

/// How many members a work has before it.
///
/// # Errors
/// As the database says.
pub async fn count_to_move(tx: &mut Tx, run: PayoutRunId, stage: i64) -> Result<i64> {
    tx.value(
        include_str!("payout_run_member/count_to_move.sql"),
        args![run, true, stage],
    )
    .await
}

/// Notes that a work is through with a member: the payout that was made, or why it was left as it was.
///
/// # Errors
/// As the database says.
pub async fn through(
    tx: &mut Tx,
    run: PayoutRunId,
    (affiliate, currency): (AffiliateId, Currency),
    stage: i64,
    payout: Option<PayoutId>,
    failure: &str,
) -> Result<()> {
    tx.execute(
        include_str!("payout_run_member/through.sql"),
        args![run, affiliate, currency, stage, payout, failure],
    )
    .await?;
    Ok(())
}

/// Takes members back to an earlier stage, for a work that is done again.
///
/// # Errors
/// As the database says.
pub async fn set_stage(tx: &mut Tx, run: PayoutRunId, stage: i64) -> Result<()> {
    tx.execute(
        include_str!("payout_run_member/set_stage.sql"),
        args![run, true, stage],
    )
    .await?;
    Ok(())
}
