//! Payouts: bundles of approved commissions of one affiliate and currency.

use domain::id::{AffiliateId, CommissionId, PayoutId};
use domain::money::Currency;
use domain::status::PayoutStatus;
use domain::time::UnixMs;

use crate::args;
use crate::db::{Result, Tx};
use crate::list::{Window, fetch_of, ordered};
use crate::record;

record! {
    /// A payout. `amount = commissions_total + carried_forward`, minor units of `currency`.
    pub struct Payout {
        pub id: PayoutId,
        pub number: i64,
        pub affiliate_id: AffiliateId,
        pub affiliate_name: String,
        pub affiliate_email: String,
        pub currency: Currency,
        pub commissions_total: i64,
        pub carried_forward: i64,
        pub amount: i64,
        pub status: PayoutStatus,
        pub method: String,
        pub reference: Option<String>,
        pub note: String,
        pub paid_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
        pub updated_at_ms: UnixMs,
    }
}

record! {
    /// A commission in a payout and what it brought in.
    pub struct Line { pub commission_id: CommissionId, pub amount: i64, pub live: bool }
}

record! {
    /// A commission of a payout, with the payout's id: for lists.
    pub struct Member { pub payout_id: PayoutId, pub commission_id: CommissionId, pub live: bool }
}

/// A payout to be stored as a draft.
#[derive(Debug, Clone)]
pub struct NewPayout {
    /// Its id.
    pub id: PayoutId,
    /// Its number in the business, shown as `PO-1001`.
    pub number: i64,
    /// Who is paid.
    pub affiliate_id: AffiliateId,
    /// In what.
    pub currency: Currency,
    /// What the commissions add up to.
    pub commissions_total: i64,
    /// What is taken off for earlier clawbacks: zero or below.
    pub carried_forward: i64,
    /// How it will be paid.
    pub method: String,
    /// What staff wrote.
    pub note: String,
    /// When.
    pub created_at_ms: UnixMs,
    /// The commissions and what each brings in.
    pub lines: Vec<(CommissionId, i64)>,
}

/// Which payouts a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub status: Option<PayoutStatus>,
    /// Only this affiliate's.
    pub affiliate_id: Option<AffiliateId>,
    /// Only where the affiliate's name, the reference or the number holds this text.
    pub search: Option<String>,
    /// None in this state.
    pub without: Option<PayoutStatus>,
}

/// Newest first.
pub const NEWEST: &str = "p.id desc";
/// Oldest first.
pub const OLDEST: &str = "p.id";
/// Largest first.
pub const BY_AMOUNT: &str = "p.amount desc, p.id desc";
/// Smallest first.
pub const BY_AMOUNT_UP: &str = "p.amount, p.id";
/// By the affiliate's name.
pub const BY_AFFILIATE: &str = "a.search_folded, p.id desc";
/// By state.
pub const BY_STATUS: &str = "p.status, p.id desc";

record! {
    /// An affiliate who has approved commissions in a currency that are in no payout.
    pub struct Eligible {
        pub affiliate_id: AffiliateId,
        pub affiliate_name: String,
        pub affiliate_email: String,
        pub affiliate_status: domain::status::AffiliateStatus,
        pub currency: Currency,
        pub commissions: i64,
        pub commissions_total: i64,
        pub clawback: i64,
        pub minimum: i64,
    }
}

/// The payout with this id.
pub async fn find(tx: &mut Tx, id: PayoutId) -> Result<Option<Payout>> {
    tx.fetch_optional(include_str!("payout/find.sql"), args![id])
        .await
}

/// These payouts, as far as there are any.
pub async fn some(tx: &mut Tx, ids: &[PayoutId]) -> Result<Vec<Payout>> {
    fetch_of(tx, include_str!("payout/some.sql"), ids).await
}

/// The payouts with these numbers, as far as there are any.
pub async fn some_by_number(tx: &mut Tx, numbers: &[i64]) -> Result<Vec<Payout>> {
    fetch_of(tx, include_str!("payout/some_by_number.sql"), numbers).await
}

/// Stores a draft and its lines.
pub async fn insert(tx: &mut Tx, new: &NewPayout) -> Result<()> {
    let NewPayout {
        id,
        number,
        affiliate_id,
        currency,
        commissions_total,
        carried_forward,
        method,
        note,
        created_at_ms,
        lines,
    } = new.clone();
    tx.execute(
        include_str!("payout/insert.sql"),
        args![
            id,
            number,
            affiliate_id,
            currency,
            commissions_total,
            carried_forward,
            commissions_total.saturating_add(carried_forward),
            PayoutStatus::Draft,
            method,
            note,
            created_at_ms
        ],
    )
    .await?;
    insert_lines(tx, id, lines).await
}

/// Stores the lines of a payout: commissions and what each brings in.
pub async fn insert_lines(
    tx: &mut Tx,
    payout: PayoutId,
    lines: Vec<(CommissionId, i64)>,
) -> Result<()> {
    let rows = lines
        .into_iter()
        .map(|(commission, amount)| args![payout, commission, amount, true])
        .collect();
    tx.insert_many(
        "payout_line",
        &["payout_id", "commission_id", "amount", "live"],
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// The lines of a payout, dead ones too.
pub async fn lines(tx: &mut Tx, payout: PayoutId) -> Result<Vec<Line>> {
    tx.fetch_all(include_str!("payout/lines.sql"), args![payout])
        .await
}

/// The lines of many payouts between two ids (a page of a list), dead ones too.
pub async fn members(tx: &mut Tx, lowest: PayoutId, highest: PayoutId) -> Result<Vec<Member>> {
    tx.fetch_all(include_str!("payout/members.sql"), args![lowest, highest])
        .await
}

/// What paying a payout records.
#[derive(Debug, Clone, Default)]
pub struct Payment {
    /// How it was paid.
    pub method: String,
    /// The bank's or provider's reference.
    pub reference: Option<String>,
    /// When it was paid.
    pub paid_at: Option<UnixMs>,
    /// What staff wrote.
    pub note: String,
}

/// Moves a payout from one state to another, compare-and-set. Answers false when it was in another.
pub async fn set_status(
    tx: &mut Tx,
    id: PayoutId,
    from: PayoutStatus,
    to: PayoutStatus,
    now: UnixMs,
) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("payout/set_status.sql"),
            args![id, from, to, now],
        )
        .await?
        == 1)
}

/// Writes how a payout was paid.
pub async fn set_payment(tx: &mut Tx, id: PayoutId, payment: &Payment) -> Result<()> {
    let Payment {
        method,
        reference,
        paid_at,
        note,
    } = payment.clone();
    tx.execute(
        include_str!("payout/set_payment.sql"),
        args![id, method, reference, paid_at, note],
    )
    .await?;
    Ok(())
}

/// Lets the lines of a cancelled payout go, so that their commissions can be paid by another.
pub async fn release_lines(tx: &mut Tx, payout: PayoutId) -> Result<()> {
    tx.execute(
        include_str!("payout/release_lines.sql"),
        args![payout, false],
    )
    .await?;
    Ok(())
}

/// Lets one line of a draft go.
pub async fn release_line(tx: &mut Tx, payout: PayoutId, commission: CommissionId) -> Result<()> {
    tx.execute(
        include_str!("payout/release_line.sql"),
        args![payout, commission, false],
    )
    .await?;
    Ok(())
}

/// Takes a reversal off a draft and off its line.
pub async fn shrink(
    tx: &mut Tx,
    payout: PayoutId,
    commission: CommissionId,
    by: i64,
    now: UnixMs,
) -> Result<()> {
    tx.execute(include_str!("payout/shrink.sql"), args![payout, by, now])
        .await?;
    tx.execute(
        include_str!("payout/shrink_line.sql"),
        args![payout, commission, by],
    )
    .await?;
    Ok(())
}

/// Who could be paid: approved affiliates with what they have to get, their clawback and minimum.
pub async fn eligible(tx: &mut Tx) -> Result<Vec<Eligible>> {
    tx.fetch_all(include_str!("payout/eligible.sql"), args![])
        .await
}

/// The currencies in which an affiliate has approved commissions.
pub async fn currencies(tx: &mut Tx, affiliate: AffiliateId) -> Result<Vec<Currency>> {
    let rows: Vec<crate::db::Single<Currency>> = tx
        .fetch_all(include_str!("payout/currencies.sql"), args![affiliate])
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

fn filter_values(filter: &Filter) -> Vec<crate::db::Value> {
    let Filter {
        status,
        affiliate_id,
        search,
        without,
    } = filter;
    args![
        *status,
        affiliate_id.map(|id| id.to_string()),
        *affiliate_id,
        search.as_deref().map(domain::text::like_pattern),
        search.as_deref().map(domain::text::typed_pattern),
        *without
    ]
}

/// A part of the payouts that pass the filter.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Payout>> {
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
    tx.fetch_all(ordered(include_str!("payout/list.sql"), order), values)
        .await
}

record! {
    /// How many payouts of a currency pass a filter, and what they add up to.
    pub struct Total { pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// Count and sum of the payouts that pass the filter, a row a currency.
pub async fn totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<Total>> {
    tx.fetch_all(include_str!("payout/totals.sql"), filter_values(filter))
        .await
}

/// Orders of [`list`]: a public sort key, its order upwards and downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("number", "p.number, p.id", "p.number desc, p.id desc"),
    (
        "affiliate",
        "a.search_folded, p.id desc",
        "a.search_folded desc, p.id desc",
    ),
    ("status", "p.status, p.id desc", "p.status desc, p.id desc"),
    ("amount", "p.amount, p.id", "p.amount desc, p.id desc"),
    (
        "paid",
        "coalesce(p.paid_at_ms, 0), p.id",
        "coalesce(p.paid_at_ms, 0) desc, p.id desc",
    ),
];

record! {
    /// How many payouts of a state and currency there are, and what they add up to.
    pub struct StatusTotal { pub status: PayoutStatus, pub currency: Currency, pub count: i64, pub amount: i64 }
}

/// Count and sum by state and currency of what passes the filter, but for its state.
pub async fn status_totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<StatusTotal>> {
    let values = filter_values(filter).split_off(1);
    tx.fetch_all(include_str!("payout/status_totals.sql"), values)
        .await
}
