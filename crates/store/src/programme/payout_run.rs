//! Payout runs: what they look at, who submitted and approved them, and what became of their payouts. Their members are
//! in [`super::payout_run_member`].

use std::collections::BTreeSet;

use domain::id::{GroupId, PayoutId, PayoutRunId};
use domain::money::Currency;
use domain::status::{PayoutMethodKind, PayoutRunState, PayoutStatus, ProviderKind};
use domain::time::{Day, UnixMs};

use super::payout::StatusTotal;
use crate::db::{Result, Single, Tx};
use crate::list::{Window, fetch_of, ordered};
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

/// The runs that these payouts are in, each once.
///
/// # Errors
/// As the database says.
pub async fn of_payouts(tx: &mut Tx, payouts: &[PayoutId]) -> Result<BTreeSet<PayoutRunId>> {
    let sql = include_str!("payout_run/of_payouts.sql");
    let found: Vec<Single<PayoutRunId>> = fetch_of(tx, sql, payouts).await?;
    Ok(found.into_iter().map(|row| row.0).collect())
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
    /// The values from `$2` to `$4`.
    fn values(&self) -> Vec<crate::db::Value> {
        args![
            self.state,
            self.search.as_deref().map(domain::text::like_pattern),
            self.search.as_deref().map(domain::text::typed_pattern)
        ]
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
    let mut values = filter.values();
    values.extend(args![
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ]);
    let sql = ordered(include_str!("payout_run/list.sql"), window.order);
    tx.fetch_all(sql, values).await
}

/// How many runs pass the filter.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("payout_run/count.sql"), filter.values())
        .await
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

/// Count and sum of a run's payouts by state and currency.
///
/// # Errors
/// As the database says.
pub async fn payout_totals(tx: &mut Tx, run: PayoutRunId) -> Result<Vec<StatusTotal>> {
    tx.fetch_all(include_str!("payout_run/payout_totals.sql"), args![run])
        .await
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
