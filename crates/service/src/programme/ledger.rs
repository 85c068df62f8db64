//! The ledger: orders money transactions, chains and stores entries, tells balances.
//!
//! A use case that moves money calls [`order`] first and then [`post`] for each movement; the
//! entries are written together when the work is committed, or before a balance is read.

use std::collections::BTreeMap;

use domain::balance::Balance;
use domain::id::{AffiliateId, CommissionId, EventId, PayoutId};
use domain::ledger::{EntryContent, Movement, MovementError, entry_hash};
use domain::money::Currency;
use domain::status::{Account, Scope};
use domain::time::UnixMs;
use store::list::Window;
use store::programme::ledger as rows;
pub use store::programme::ledger::{Entry, Filter, Head, Posting};

use crate::error::{Result, ServiceError, conflict};
use crate::work::Work;

/// The end of the journal as this work knows it, and what it adds.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    head: Option<Head>,
    entries: Vec<Entry>,
    postings: Vec<Posting>,
    moved: bool,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// Whose accounts move.
    pub affiliate_id: AffiliateId,
    /// In which currency.
    pub currency: Currency,
    /// The commission concerned.
    pub commission_id: Option<CommissionId>,
    /// The payout concerned.
    pub payout_id: Option<PayoutId>,
    /// The event that caused it.
    pub event_id: Option<EventId>,
}

impl From<MovementError> for ServiceError {
    fn from(error: MovementError) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Orders this work among all money transactions of the business. Call it before anything is read
/// that is decided on; a second call does nothing.
///
/// # Errors
/// When the database cannot serve.
pub async fn order(work: &mut Work) -> Result<()> {
    if work.journal.head.is_none() {
        work.journal.head = Some(rows::order(&mut work.tx).await?);
    }
    Ok(())
}

/// [`order`] for what makes or moves a payout: refused while the books are known to be broken.
///
/// # Errors
/// A conflict then.
pub async fn order_to_pay(work: &mut Work) -> Result<()> {
    order(work).await?;
    match rows::broken(&mut work.tx).await? {
        None => Ok(()),
        Some(_) => Err(conflict(
            "the books of this business do not add up, so payouts are stopped; `tributary verify` tells where, and lifts this once they hold",
        )),
    }
}

fn head(work: &mut Work) -> Result<&mut Head> {
    work.journal.head.as_mut().ok_or_else(|| {
        ServiceError::Internal("money moved before the journal was ordered".to_owned())
    })
}

/// Adds an entry behind the end of the journal. Answers nothing; it is stored with the work.
///
/// # Errors
/// When [`order`] was not called.
pub fn post(work: &mut Work, subject: Subject, movement: &Movement) -> Result<()> {
    let Subject {
        affiliate_id,
        currency,
        commission_id,
        payout_id,
        event_id,
    } = subject;
    let (business_id, now, entry_id) = (work.business(), work.now, work.new_id());
    let head = head(work)?;
    let seq = head.seq + 1;
    // Behind a closed month it gets the first open moment; and the journal's times never go back.
    let at = now.max(head.at_ms);
    let content = EntryContent {
        business_id,
        seq: seq.unsigned_abs(),
        entry_id,
        at,
        affiliate_id,
        currency,
        kind: movement.kind(),
        commission_id,
        payout_id,
        event_id,
        postings: movement.postings().to_vec(),
    };
    let previous_hash = head.hash;
    let hash = entry_hash(&content, previous_hash);
    (head.seq, head.hash, head.at_ms) = (seq, hash, at);
    let journal = &mut work.journal;
    journal.moved = true;
    journal.entries.push(Entry {
        seq,
        id: entry_id,
        at_ms: at,
        affiliate_id,
        currency,
        kind: movement.kind(),
        commission_id,
        payout_id,
        event_id,
        previous_hash,
        hash,
    });
    journal.postings.extend(
        movement
            .postings()
            .iter()
            .zip(0_i64..)
            .map(|(posting, line)| Posting {
                seq,
                line,
                affiliate_id,
                currency,
                kind: movement.kind(),
                account: posting.account,
                amount: posting.amount,
            }),
    );
    Ok(())
}

/// The next number for a payout.
///
/// # Errors
/// When [`order`] was not called.
pub(crate) fn next_payout_number(work: &mut Work) -> Result<i64> {
    let head = head(work)?;
    head.payout_number += 1;
    let number = head.payout_number;
    work.journal.moved = true;
    Ok(number)
}

/// Writes what was posted so far; the commit does it by itself.
///
/// # Errors
/// When the database could not.
pub(crate) async fn flush(work: &mut Work) -> Result<()> {
    if !std::mem::take(&mut work.journal.moved) {
        return Ok(());
    }
    let entries = std::mem::take(&mut work.journal.entries);
    let postings = std::mem::take(&mut work.journal.postings);
    if !entries.is_empty() {
        rows::insert(&mut work.tx, &entries, &postings).await?;
    }
    let head = head(work)?.clone();
    rows::set_head(&mut work.tx, &head).await?;
    Ok(())
}

/// The clawback account of an affiliate: zero or below.
///
/// # Errors
/// When the database cannot serve.
pub(crate) async fn clawback(
    work: &mut Work,
    affiliate: AffiliateId,
    currency: Currency,
) -> Result<i64> {
    flush(work).await?;
    Ok(rows::account(&mut work.tx, affiliate, currency, Account::Clawback).await?)
}

/// The balances of an affiliate, a row a currency, sorted by currency. Nothing earned: no row.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read; conflict when the sums overflow.
pub async fn balances(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<(Currency, Balance)>> {
    if work.actor.affiliate().ok() != Some(affiliate) {
        work.require(Scope::Read)?;
    }
    flush(work).await?;
    let mut sums = rows::sums(&mut work.tx, Some(affiliate)).await?;
    sums.sort_by_key(|sum| sum.currency);
    sums.chunk_by(|a, b| a.currency == b.currency)
        .map(|of_currency| {
            let balance = Balance::from_sums(
                of_currency
                    .iter()
                    .map(|sum| (sum.kind, sum.account, sum.amount)),
            );
            Ok((
                of_currency[0].currency,
                balance.map_err(|error| conflict(error.to_string()))?,
            ))
        })
        .collect()
}

/// An entry of the journal with its postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// The entry.
    pub entry: Entry,
    /// Its postings, in their order.
    pub postings: Vec<Posting>,
}

/// A part of the journal that passes the filter, newest first.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<JournalEntry>> {
    work.require(Scope::Read)?;
    let entries = rows::list(&mut work.tx, filter, window).await?;
    with_postings(work, entries).await
}

/// Entries with their postings, in the order given.
pub(crate) async fn with_postings(
    work: &mut Work,
    entries: Vec<Entry>,
) -> Result<Vec<JournalEntry>> {
    let seqs: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    let mut postings: BTreeMap<i64, Vec<Posting>> = BTreeMap::new();
    for posting in rows::postings_of(&mut work.tx, &seqs).await? {
        postings.entry(posting.seq).or_default().push(posting);
    }
    Ok(entries
        .into_iter()
        .map(|entry| JournalEntry {
            postings: postings.remove(&entry.seq).unwrap_or_default(),
            entry,
        })
        .collect())
}

/// How many entries pass the filter.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// The end of the journal, and since when the books are known to be broken.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn state(work: &mut Work) -> Result<(Head, Option<UnixMs>)> {
    work.require(Scope::Read)?;
    let head = rows::head(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without a journal".to_owned()))?;
    Ok((head, rows::broken(&mut work.tx).await?))
}

/// Lets no later entry be dated before `until`. Answers with the end of the journal.
///
/// # Errors
/// When [`order`] was not called.
pub(crate) fn close_before(work: &mut Work, until: UnixMs) -> Result<Head> {
    let head = head(work)?;
    head.at_ms = head.at_ms.max(until);
    let head = head.clone();
    work.journal.moved = true;
    Ok(head)
}

/// What is owed to all affiliates together, a row a currency.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn owed_totals(work: &mut Work) -> Result<Vec<rows::OwedTotal>> {
    work.require(Scope::Read)?;
    Ok(rows::owed_totals(&mut work.tx).await?)
}

/// How that changed since an instant, by quarters of an hour.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn owed_changes(
    work: &mut Work,
    since: domain::time::UnixMs,
) -> Result<Vec<rows::OwedChange>> {
    work.require(Scope::Read)?;
    Ok(rows::owed_changes(&mut work.tx, since).await?)
}
