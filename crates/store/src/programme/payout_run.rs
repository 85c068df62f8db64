//! Payout runs: who was looked at, who is in, and how far the work on them is.
//!
//! A run has a member for every affiliate and currency with something approved when it was looked at. Works
//! (drafting, approving, paying, cancelling) go through the members in parts; `stage` says which work is
//! through with one, so that a work that was interrupted goes on where it was.

use domain::id::{AffiliateId, GroupId, PayoutId, PayoutRunId};
use domain::money::Currency;
use domain::status::{
    AffiliateStatus, PayoutFrequency, PayoutMethodKind, PayoutObstacle, PayoutRunState,
    PayoutStatus, ProviderKind,
};
use domain::time::{Day, UnixMs};

use super::payout::StatusTotal;
use crate::db::{Result, Tx};
use crate::list::{Window, fetch_of_with, ordered};
use crate::{args, record};

record! {
    /// A run.
    pub struct PayoutRun {
        /// The run.
        pub id: PayoutRunId,
        /// Its number in the business.
        pub number: i64,
        /// How far it is.
        pub state: PayoutRunState,
        /// The last day whose approvals count, in the business's zone.
        pub until_day: Day,
        /// The end of that day: what was approved before.
        pub before_ms: UnixMs,
        /// Only this group.
        pub group_id: Option<GroupId>,
        /// Its name.
        pub group_name: Option<String>,
        /// Only who is paid this way.
        pub method: Option<PayoutMethodKind>,
        /// Only this currency.
        pub currency: Option<Currency>,
        /// Who began it.
        pub made_by: String,
        /// The public id of who submitted it.
        pub submitted_by: Option<String>,
        /// Their name.
        pub submitted_name: Option<String>,
        /// When.
        pub submitted_at_ms: Option<UnixMs>,
        /// The exact totals then: `EUR 4000, USD 118800`.
        pub submitted_totals: Option<String>,
        /// Who approved it.
        pub approved_name: Option<String>,
        /// When.
        pub approved_at_ms: Option<UnixMs>,
        /// How it is paid.
        pub paid_method: Option<String>,
        /// The bank's or provider's reference.
        pub paid_reference: Option<String>,
        /// What staff wrote.
        pub paid_note: Option<String>,
        /// When it was paid.
        pub paid_at_ms: Option<UnixMs>,
        /// Members that the present work is through with.
        pub finished: i64,
        /// Members that the present work has in all.
        pub total: i64,
        /// When it began.
        pub work_began_at_ms: Option<UnixMs>,
        /// When the run was begun.
        pub created_at_ms: UnixMs,
        /// When it changed last.
        pub updated_at_ms: UnixMs,
    }
}

/// A run to be stored.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its id.
    pub id: PayoutRunId,
    /// Its number.
    pub number: i64,
    /// The last day whose approvals count.
    pub until_day: Day,
    /// The end of that day.
    pub before_ms: UnixMs,
    /// Only this group.
    pub group_id: Option<GroupId>,
    /// Only who is paid this way.
    pub method: Option<PayoutMethodKind>,
    /// Only this currency.
    pub currency: Option<Currency>,
    /// Who begins it.
    pub made_by: String,
    /// When.
    pub created_at_ms: UnixMs,
}

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
        /// Commissions, when the run was looked at.
        pub commissions: i64,
        /// What they added up to then.
        pub commissions_total: i64,
        /// What was to be carried then: zero or below.
        pub carried_forward: i64,
        /// The minimum then.
        pub minimum: i64,
        /// Why it is not in by itself.
        pub obstacle: Option<PayoutObstacle>,
        /// Whether it is in.
        pub included: bool,
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
#[derive(Debug, Clone, Copy)]
pub struct NewMember {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// In what.
    pub currency: Currency,
    /// How many commissions.
    pub commissions: i64,
    /// What they add up to.
    pub commissions_total: i64,
    /// What is to be carried.
    pub carried_forward: i64,
    /// The least that is paid.
    pub minimum: i64,
    /// Why it is not in by itself.
    pub obstacle: Option<PayoutObstacle>,
    /// Whether it is in.
    pub included: bool,
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

record! {
    /// By which provider a run is being sent.
    pub struct Send {
        /// Whose service it is.
        pub provider: ProviderKind,
        /// Those that had failed, and no others.
        pub again: bool,
        /// Who began it.
        pub began_name: String,
        /// When.
        pub began_at_ms: UnixMs,
    }
}

record! {
    /// Count and sum of a run's payouts by state, by how the affiliate is paid and by who had them last.
    pub struct WayTotal {
        /// Where the payouts stand.
        pub status: PayoutStatus,
        /// In what.
        pub currency: Currency,
        /// How the affiliates want to be paid.
        pub method: Option<PayoutMethodKind>,
        /// The provider that was asked last.
        pub provider: Option<ProviderKind>,
        /// How many.
        pub count: i64,
        /// What they add up to.
        pub amount: i64,
    }
}

record! {
    /// A payout of a run that needs a person.
    pub struct Troubled {
        /// The payout.
        pub payout_id: PayoutId,
        /// Its number.
        pub number: i64,
        /// Where it stands.
        pub status: PayoutStatus,
        /// Minor units of `currency`.
        pub amount: i64,
        /// In what.
        pub currency: Currency,
        /// Whose it is.
        pub affiliate_name: String,
        /// What stands in the way, or what the provider said.
        pub why: String,
    }
}

/// The run with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: PayoutRunId) -> Result<Option<PayoutRun>> {
    tx.fetch_optional(include_str!("payout_run/find.sql"), args![id])
        .await
}

/// The run that a payout is in.
///
/// # Errors
/// As the database says.
pub async fn of_payout(tx: &mut Tx, payout: PayoutId) -> Result<Option<PayoutRun>> {
    tx.fetch_optional(include_str!("payout_run/of_payout.sql"), args![payout])
        .await
}

/// Which runs are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<PayoutRunState>,
    /// Only with this in the number, the group's name or the name of who began it.
    pub search: Option<String>,
}

impl Filter {
    fn pattern(&self) -> Option<String> {
        self.search.as_deref().map(domain::text::like_pattern)
    }
}

/// The orders of the list: a key for the page's address, upwards, downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("number", "r.number", "r.number desc"),
    (
        "until",
        "r.until_day, r.number desc",
        "r.until_day desc, r.number desc",
    ),
    (
        "state",
        "r.state, r.number desc",
        "r.state desc, r.number desc",
    ),
];
/// The order in which a cursor goes on.
pub const NEWEST: &str = "r.number desc";

/// A part of the runs; `window.order` is one of [`ORDERS`] or [`NEWEST`].
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<PayoutRun>> {
    let values = args![
        filter.state,
        filter.pattern(),
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ];
    let sql = ordered(include_str!("payout_run/list.sql"), window.order);
    tx.fetch_all(sql, values).await
}

/// How many runs pass the filter.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    let values = args![filter.state, filter.pattern()];
    tx.value(include_str!("payout_run/count.sql"), values).await
}

/// The number of the latest run; 0 when there is none.
///
/// # Errors
/// As the database says.
pub async fn last_number(tx: &mut Tx) -> Result<i64> {
    tx.value(include_str!("payout_run/last_number.sql"), args![])
        .await
}

/// Stores an open run.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &NewRun) -> Result<()> {
    let NewRun {
        id,
        number,
        until_day,
        before_ms,
        group_id,
        method,
        currency,
        made_by,
        created_at_ms,
    } = new;
    let values = args![
        *id,
        *number,
        *until_day,
        *before_ms,
        *group_id,
        *method,
        *currency,
        made_by,
        *created_at_ms
    ];
    tx.execute(include_str!("payout_run/insert.sql"), values)
        .await?;
    Ok(())
}

/// Moves a run from one state to another, compare-and-set, with a new work of so many members. Answers
/// false when it was in another state.
///
/// # Errors
/// As the database says.
pub async fn set_state(
    tx: &mut Tx,
    id: PayoutRunId,
    from: PayoutRunState,
    to: PayoutRunState,
    total: i64,
    now: UnixMs,
) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("payout_run/set_state.sql"),
            args![id, from, to, total, now],
        )
        .await?
        == 1)
}

/// Notes who submitted a run with which totals, and that nobody has approved it.
///
/// # Errors
/// As the database says.
pub async fn submit(
    tx: &mut Tx,
    id: PayoutRunId,
    by: Option<String>,
    name: &str,
    now: UnixMs,
    totals: &str,
) -> Result<()> {
    tx.execute(
        include_str!("payout_run/submit.sql"),
        args![id, by, name, now, totals],
    )
    .await?;
    Ok(())
}

/// Notes who approved a run.
///
/// # Errors
/// As the database says.
pub async fn approve(tx: &mut Tx, id: PayoutRunId, name: &str, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("payout_run/approve.sql"), args![id, name, now])
        .await?;
    Ok(())
}

/// Notes how a run is paid.
///
/// # Errors
/// As the database says.
pub async fn set_payment(
    tx: &mut Tx,
    id: PayoutRunId,
    method: Option<&str>,
    reference: Option<&str>,
    note: Option<&str>,
    paid_at: UnixMs,
) -> Result<()> {
    tx.execute(
        include_str!("payout_run/set_payment.sql"),
        args![id, method, reference, note, paid_at],
    )
    .await?;
    Ok(())
}

/// Counts members that the present work is through with.
///
/// # Errors
/// As the database says.
pub async fn advance(tx: &mut Tx, id: PayoutRunId, by: i64, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("payout_run/advance.sql"), args![id, by, now])
        .await?;
    Ok(())
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
    tx.fetch_all(include_str!("payout_run/candidates.sql"), values)
        .await
}

/// Puts these members in the place of those there are.
///
/// # Errors
/// As the database says.
pub async fn set_members(tx: &mut Tx, run: PayoutRunId, members: &[NewMember]) -> Result<()> {
    tx.execute(include_str!("payout_run/delete_members.sql"), args![run])
        .await?;
    let rows = members
        .iter()
        .map(|member| {
            let NewMember {
                affiliate_id,
                currency,
                commissions,
                commissions_total,
                carried_forward,
                minimum,
                obstacle,
                included,
            } = *member;
            args![
                run,
                affiliate_id,
                currency,
                commissions,
                commissions_total,
                carried_forward,
                minimum,
                obstacle,
                included,
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
    let sql = include_str!("payout_run/choosable.sql");
    fetch_of_with(tx, sql, &args![run, included], affiliates).await
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
            include_str!("payout_run/include.sql"),
            args![run, affiliate, currency, included],
        )
        .await?
        == 1)
}

/// A part of the members that are in, or out, by name.
///
/// # Errors
/// As the database says.
pub async fn members(
    tx: &mut Tx,
    run: PayoutRunId,
    included: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<Member>> {
    tx.fetch_all(
        include_str!("payout_run/members.sql"),
        args![run, included, limit, offset],
    )
    .await
}

/// Count and sums of the members, in and out, a row a currency.
///
/// # Errors
/// As the database says.
pub async fn member_totals(tx: &mut Tx, run: PayoutRunId) -> Result<Vec<MemberTotal>> {
    tx.fetch_all(include_str!("payout_run/member_totals.sql"), args![run])
        .await
}

/// Count and sum of a run's payouts by state and currency.
///
/// # Errors
/// As the database says.
pub async fn payout_totals(tx: &mut Tx, run: PayoutRunId) -> Result<Vec<StatusTotal>> {
    tx.fetch_all(include_str!("payout_run/payout_totals.sql"), args![run])
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
        include_str!("payout_run/to_draft.sql"),
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
        include_str!("payout_run/to_move.sql"),
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
        include_str!("payout_run/count_to_move.sql"),
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
        include_str!("payout_run/through.sql"),
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
        include_str!("payout_run/set_stage.sql"),
        args![run, true, stage],
    )
    .await?;
    Ok(())
}

/// Notes by which provider a run is sent.
///
/// # Errors
/// As the database says.
pub async fn set_send(tx: &mut Tx, run: PayoutRunId, send: &Send) -> Result<()> {
    let Send {
        provider,
        again,
        began_name,
        began_at_ms,
    } = send;
    tx.execute(
        include_str!("payout_run/set_send.sql"),
        args![run, *provider, *again, began_name, *began_at_ms],
    )
    .await?;
    Ok(())
}

/// By which provider a run is being sent, or was last.
///
/// # Errors
/// As the database says.
pub async fn find_send(tx: &mut Tx, run: PayoutRunId) -> Result<Option<Send>> {
    tx.fetch_optional(include_str!("payout_run/find_send.sql"), args![run])
        .await
}

/// Count and sum of a run's payouts by state, method and provider.
///
/// # Errors
/// As the database says.
pub async fn ways(tx: &mut Tx, run: PayoutRunId) -> Result<Vec<WayTotal>> {
    tx.fetch_all(include_str!("payout_run/ways.sql"), args![run])
        .await
}

/// Payouts of a run that need a person, by number.
///
/// # Errors
/// As the database says.
pub async fn troubled(tx: &mut Tx, run: PayoutRunId, limit: i64) -> Result<Vec<Troubled>> {
    tx.fetch_all(include_str!("payout_run/troubled.sql"), args![run, limit])
        .await
}

/// A part of the members, in or out or all, by affiliate and currency, behind the one that is named.
///
/// # Errors
/// As the database says.
pub async fn members_after(
    tx: &mut Tx,
    run: PayoutRunId,
    included: Option<bool>,
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
        limit
    ];
    tx.fetch_all(include_str!("payout_run/members_after.sql"), values)
        .await
}
