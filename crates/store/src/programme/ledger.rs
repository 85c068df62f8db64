//! The journal: an append-only, hash-chained record of every movement of money owed.

use domain::id::{AffiliateId, CommissionId, ContactId, EventId, JournalId, PayoutId};
use domain::money::Currency;
use domain::status::{Account, EventKind, JournalKind};
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Engine, Result, Tx};
use crate::list::{Window, fetch_of};
use crate::record;

record! {
    /// The end of the journal, and the number of the last payout.
    pub struct Head {
        pub seq: i64,
        pub hash: [u8; 32],
        pub payout_number: i64,
        /// The time of the last entry, or the end of the last closed month: no later entry is dated before.
        pub at_ms: UnixMs,
    }
}

record! {
    /// An entry without its postings.
    pub struct Entry {
        pub seq: i64,
        pub id: JournalId,
        pub at_ms: UnixMs,
        pub affiliate_id: AffiliateId,
        pub currency: Currency,
        pub kind: JournalKind,
        pub commission_id: Option<CommissionId>,
        pub payout_id: Option<PayoutId>,
        pub event_id: Option<EventId>,
        pub previous_hash: [u8; 32],
        pub hash: [u8; 32],
    }
}

record! {
    /// A posting: so many minor units on an account.
    pub struct Posting {
        pub seq: i64,
        pub line: i64,
        pub affiliate_id: AffiliateId,
        pub currency: Currency,
        pub kind: JournalKind,
        pub account: Account,
        pub amount: i64,
    }
}

record! {
    /// The sum of the postings of a kind on an account.
    pub struct Sum {
        pub affiliate_id: AffiliateId,
        pub currency: Currency,
        pub kind: JournalKind,
        pub account: Account,
        pub amount: i64,
    }
}

record! {
    /// What an affiliate is owed in a currency.
    pub struct Owed { pub affiliate_id: AffiliateId, pub currency: Currency, pub amount: i64 }
}

record! {
    /// What an event took back from a commission (above zero), or gave back to it (below).
    pub struct Reversal { pub commission_id: Option<CommissionId>, pub currency: Currency, pub amount: i64 }
}

/// What a refund or dispute changed, commission by commission.
pub async fn reversals(tx: &mut Tx, event: EventId) -> Result<Vec<Reversal>> {
    tx.fetch_all(include_str!("ledger/reversals.sql"), args![event])
        .await
}

/// Orders this transaction among all money transactions of the business, and answers with the end
/// of the journal. Must come before anything is read that is decided on.
pub async fn order(tx: &mut Tx) -> Result<Head> {
    let sql = match tx.engine() {
        // It has one writer, which this is since it has begun.
        Engine::Sqlite => include_str!("ledger/head.sql"),
        Engine::Postgres => include_str!("ledger/order.sql"),
    };
    tx.fetch_one(sql, args![]).await
}

/// The end of the journal as it is stored.
pub async fn head(tx: &mut Tx) -> Result<Option<Head>> {
    tx.fetch_optional(include_str!("ledger/head.sql"), args![])
        .await
}

/// Writes the new end of the journal.
pub async fn set_head(tx: &mut Tx, head: &Head) -> Result<()> {
    tx.execute(
        include_str!("ledger/set_head.sql"),
        args![head.seq, head.hash, head.payout_number, head.at_ms],
    )
    .await?;
    Ok(())
}

/// Since when the books are known to be broken; none when they are not.
pub async fn broken(tx: &mut Tx) -> Result<Option<UnixMs>> {
    tx.value(include_str!("ledger/broken.sql"), args![]).await
}

/// Notes since when the books are broken, or that they hold.
pub async fn set_broken(tx: &mut Tx, since: Option<UnixMs>) -> Result<()> {
    tx.execute(include_str!("ledger/set_broken.sql"), args![since])
        .await?;
    Ok(())
}

/// Stores entries with their postings.
pub async fn insert(tx: &mut Tx, entries: &[Entry], postings: &[Posting]) -> Result<()> {
    let columns = [
        "seq",
        "id",
        "at_ms",
        "affiliate_id",
        "currency",
        "kind",
        "commission_id",
        "payout_id",
        "event_id",
        "previous_hash",
        "hash",
    ];
    let rows = entries
        .iter()
        .map(|e| {
            args![
                e.seq,
                e.id,
                e.at_ms,
                e.affiliate_id,
                e.currency,
                e.kind,
                e.commission_id,
                e.payout_id,
                e.event_id,
                e.previous_hash,
                e.hash
            ]
        })
        .collect();
    tx.insert_many("journal_entry", &columns, rows, "").await?;
    let columns = [
        "seq",
        "line",
        "affiliate_id",
        "currency",
        "kind",
        "account",
        "amount",
    ];
    let rows = postings
        .iter()
        .map(|p| {
            args![
                p.seq,
                p.line,
                p.affiliate_id,
                p.currency,
                p.kind,
                p.account,
                p.amount
            ]
        })
        .collect();
    tx.insert_many("journal_posting", &columns, rows, "")
        .await?;
    Ok(())
}

/// The sums of one affiliate, or of all, by currency, kind and account.
pub async fn sums(tx: &mut Tx, affiliate: Option<AffiliateId>) -> Result<Vec<Sum>> {
    tx.fetch_all(
        include_str!("ledger/sums.sql"),
        args![affiliate.map(|id| id.to_string()), affiliate],
    )
    .await
}

/// What is on one account of an affiliate.
pub async fn account(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
    account: Account,
) -> Result<i64> {
    tx.value(
        include_str!("ledger/account.sql"),
        args![affiliate, currency, account],
    )
    .await
}

/// What is owed to each affiliate (approved, in payouts, less clawbacks), where it is not zero.
pub async fn owed(tx: &mut Tx) -> Result<Vec<Owed>> {
    tx.fetch_all(include_str!("ledger/owed.sql"), args![]).await
}

/// Entries behind `after_seq`, in their order; for the proof.
pub async fn entries_after(tx: &mut Tx, after_seq: i64, limit: i64) -> Result<Vec<Entry>> {
    tx.fetch_all(
        include_str!("ledger/entries_after.sql"),
        args![after_seq, limit],
    )
    .await
}

/// The postings of the entries from `first` to `last`, of one affiliate or of all, in their order.
pub async fn postings_between(
    tx: &mut Tx,
    first: i64,
    last: i64,
    affiliate: Option<AffiliateId>,
) -> Result<Vec<Posting>> {
    tx.fetch_all(
        include_str!("ledger/postings_between.sql"),
        args![first, last, affiliate.map(|id| id.to_string()), affiliate],
    )
    .await
}

/// Which entries a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this affiliate's.
    pub affiliate_id: Option<AffiliateId>,
    /// Only in this currency.
    pub currency: Option<Currency>,
    /// Only of this kind.
    pub kind: Option<JournalKind>,
    /// Only about this commission.
    pub commission_id: Option<CommissionId>,
    /// Only about this payout.
    pub payout_id: Option<PayoutId>,
    /// Only caused by this event.
    pub event_id: Option<EventId>,
    /// From this instant on.
    pub from: Option<UnixMs>,
    /// Before this instant.
    pub to: Option<UnixMs>,
    /// Only of affiliates with this in their name, address or company.
    pub search: Option<String>,
}

impl Filter {
    fn values(&self) -> Vec<crate::db::Value> {
        args![
            self.affiliate_id.map(|id| id.to_string()),
            self.affiliate_id,
            self.currency,
            self.kind,
            self.commission_id.map(|id| id.to_string()),
            self.commission_id,
            self.payout_id.map(|id| id.to_string()),
            self.payout_id,
            self.event_id.map(|id| id.to_string()),
            self.event_id,
            self.from,
            self.to,
            self.search.as_deref().map(domain::text::like_pattern)
        ]
    }
}

/// A part of the entries that pass the filter, newest first.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Entry>> {
    let mut values = filter.values();
    values.extend(args![
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ]);
    tx.fetch_all(include_str!("ledger/list.sql"), values).await
}

/// How many entries pass the filter.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("ledger/count.sql"), filter.values())
        .await
}

/// The postings of these entries, in their order.
pub async fn postings_of(tx: &mut Tx, seqs: &[i64]) -> Result<Vec<Posting>> {
    fetch_of(tx, include_str!("ledger/postings_of.sql"), seqs).await
}

record! {
    /// What was on an account of all affiliates in a currency.
    pub struct Liability { pub currency: Currency, pub account: Account, pub amount: i64 }
}

record! {
    /// What was pending in a currency and can be approved from a week on, counted from the instant; week 0
    /// is what is not held.
    pub struct Maturing { pub currency: Currency, pub week: i64, pub amount: i64 }
}

/// What was on each account before an instant, all affiliates together.
pub async fn liability(tx: &mut Tx, before: UnixMs) -> Result<Vec<Liability>> {
    tx.fetch_all(include_str!("ledger/liability.sql"), args![before])
        .await
}

/// What was pending before an instant, by the week in which its hold passes.
pub async fn forecast(tx: &mut Tx, before: UnixMs) -> Result<Vec<Maturing>> {
    tx.fetch_all(include_str!("ledger/forecast.sql"), args![before])
        .await
}

/// The number of the last entry before an instant; 0 when there is none.
pub async fn last_before(tx: &mut Tx, before: UnixMs) -> Result<i64> {
    Ok(tx
        .value_optional(include_str!("ledger/last_before.sql"), args![before])
        .await?
        .unwrap_or(0))
}

/// The entry with this number.
pub async fn entry(tx: &mut Tx, seq: i64) -> Result<Option<Entry>> {
    tx.fetch_optional(include_str!("ledger/entry.sql"), args![seq])
        .await
}

/// The first `limit` entries behind `after` up to `last`, of one affiliate or of all, in their order.
pub async fn entries_between(
    tx: &mut Tx,
    (after, last): (i64, i64),
    affiliate: Option<AffiliateId>,
    limit: i64,
) -> Result<Vec<Entry>> {
    tx.fetch_all(
        include_str!("ledger/entries_between.sql"),
        args![
            after,
            last,
            affiliate.map(|id| id.to_string()),
            affiliate,
            limit
        ],
    )
    .await
}

/// What was on each account after the entry `last`, of one affiliate or of all.
pub async fn sums_until(
    tx: &mut Tx,
    last: i64,
    affiliate: Option<AffiliateId>,
) -> Result<Vec<Liability>> {
    tx.fetch_all(
        include_str!("ledger/sums_until.sql"),
        args![last, affiliate.map(|id| id.to_string()), affiliate],
    )
    .await
}

/// When the first entry was written; none before there is one.
pub async fn first_at(tx: &mut Tx) -> Result<Option<UnixMs>> {
    tx.value_optional(include_str!("ledger/first_at.sql"), args![])
        .await
}

record! {
    /// A closed month, counted from year 0, with the end of the journal at its closing.
    pub struct Close {
        pub month: i64,
        /// Where the month ends, exclusively.
        pub until_ms: UnixMs,
        pub seq: i64,
        pub hash: [u8; 32],
        pub closed_at_ms: UnixMs,
        pub actor_name: String,
    }
}

/// Notes that a month is closed.
pub async fn insert_close(tx: &mut Tx, close: &Close) -> Result<()> {
    let Close {
        month,
        until_ms,
        seq,
        hash,
        closed_at_ms,
        actor_name,
    } = close.clone();
    tx.execute(
        include_str!("ledger/insert_close.sql"),
        args![month, until_ms, seq, hash, closed_at_ms, actor_name],
    )
    .await?;
    Ok(())
}

/// The closed months, oldest first.
pub async fn closes(tx: &mut Tx) -> Result<Vec<Close>> {
    tx.fetch_all(include_str!("ledger/closes.sql"), args![])
        .await
}

record! {
    /// What is owed to all affiliates together in a currency.
    pub struct OwedTotal { pub currency: Currency, pub amount: i64 }
}

record! {
    /// By how much that changed in a quarter of an hour, counted from 1970.
    pub struct OwedChange { pub quarter: i64, pub currency: Currency, pub amount: i64 }
}

/// What is owed to all affiliates together, a row a currency.
pub async fn owed_totals(tx: &mut Tx) -> Result<Vec<OwedTotal>> {
    tx.fetch_all(include_str!("ledger/owed_totals.sql"), args![])
        .await
}

/// How that changed since an instant.
pub async fn owed_changes(tx: &mut Tx, since: UnixMs) -> Result<Vec<OwedChange>> {
    tx.fetch_all(include_str!("ledger/owed_changes.sql"), args![since])
        .await
}

record! {
    /// What is on an account of one affiliate and currency.
    pub struct AccountSum { pub account: Account, pub amount: i64 }
}

record! {
    /// An entry that changes what an affiliate has to get, with the words for it.
    pub struct StatementLine {
        pub seq: i64,
        pub at_ms: UnixMs,
        pub kind: JournalKind,
        /// The kind of the event that caused it.
        pub cause: Option<EventKind>,
        pub commission_id: Option<CommissionId>,
        pub payout_id: Option<PayoutId>,
        /// By how much: above zero is more to get.
        pub amount: i64,
        /// The commission's level; none without a commission.
        pub level: Option<i64>,
        /// The commission's note.
        pub note: Option<String>,
        pub event_name: Option<String>,
        pub campaign_name: Option<String>,
        pub contact_id: Option<ContactId>,
        pub customer_name: Option<String>,
        pub customer_email: Option<String>,
        pub customer_external_id: Option<String>,
        pub payout_number: Option<i64>,
        pub payout_reference: Option<String>,
        /// The number of the credit note, where the money of a payout came back.
        pub credit_note: Option<String>,
        /// The day of the clicks that the commission is for.
        pub clicks_day: Option<Day>,
        pub clicks: Option<i64>,
        /// The link that they were made on.
        pub link_code: Option<String>,
    }
}

/// What was on each account of an affiliate before an instant.
pub async fn statement_sums(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
    before: UnixMs,
) -> Result<Vec<AccountSum>> {
    tx.fetch_all(
        include_str!("ledger/statement_sums.sql"),
        args![affiliate, currency, before],
    )
    .await
}

/// The first `limit` entries from an instant on and before another that change what an affiliate has to
/// get, in the journal's order.
pub async fn statement_lines(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
    (from, to): (UnixMs, UnixMs),
    limit: i64,
) -> Result<Vec<StatementLine>> {
    tx.fetch_all(
        include_str!("ledger/statement_lines.sql"),
        args![affiliate, currency, from, to, limit],
    )
    .await
}

/// What rejections and reversals took from an affiliate in a period, less what was restored: zero or below.
pub async fn statement_taken_back(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Currency,
    (from, to): (UnixMs, UnixMs),
) -> Result<i64> {
    tx.value(
        include_str!("ledger/statement_taken_back.sql"),
        args![affiliate, currency, from, to],
    )
    .await
}
