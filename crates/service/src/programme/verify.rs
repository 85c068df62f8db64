//! The proof: recomputes the ledger and the roll-ups and tells the first differences.

use domain::balance::Balance;
use domain::id::BusinessId;
use domain::ledger::{ChainCheck, EntryContent, Posting};
use domain::status::Scope;
use store::db::StoreError;
use store::programme::ledger::{Close, Entry, Posting as StoredPosting};
use store::programme::{ledger, proof};

use super::click_proof;
use super::month_close::Month;
use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::identity::audit;
use crate::work::Work;

/// Journal entries read at a time.
const ENTRIES_AT_ONCE: i64 = 1_000;
/// Differences told before the proof gives up.
const PROBLEMS_MAX: usize = 20;

/// What the proof found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Journal entries that were checked.
    pub entries: u64,
    /// What does not hold, in words with the place; empty when all is well.
    pub problems: Vec<String>,
    /// Whether something of the money does not hold; click roll-ups are no money.
    pub books_broken: bool,
}

impl Report {
    fn found(&mut self, problem: String) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        }
    }
}

/// Proves a business over one consistent view and notes the outcome: while the books do not hold, its
/// payouts are stopped.
///
/// # Errors
/// Whatever the database says.
pub async fn prove(app: &App, business: BusinessId) -> Result<Report> {
    let mut work = app.view(&App::system(business)).await?;
    let report = verify(&mut work).await?;
    drop(work);
    note(app, business, report.books_broken).await?;
    Ok(report)
}

/// The same of the money alone, without the recount of all clicks: cheap enough to be done by itself several
/// times a day.
///
/// # Errors
/// Whatever the database says.
pub async fn prove_books(app: &App, business: BusinessId) -> Result<Report> {
    let mut work = app.view(&App::system(business)).await?;
    let report = books(&mut work).await?;
    drop(work);
    note(app, business, report.books_broken).await?;
    Ok(report)
}

/// Notes whether the books hold, when that is news.
async fn note(app: &App, business: BusinessId, broken: bool) -> Result<()> {
    let actor = App::system(business);
    let known = ledger::broken(&mut app.view(&actor).await?.tx)
        .await?
        .is_some();
    if broken != known {
        let mut work = app.begin(&actor).await?;
        let since = broken.then_some(work.now);
        ledger::set_broken(&mut work.tx, since).await?;
        let (action, detail) = if broken {
            (
                "journal.broken",
                "The books do not add up; payouts are stopped",
            )
        } else {
            ("journal.holds", "The books add up again; payouts go on")
        };
        audit::record(&mut work, action, "journal", &business.to_string(), detail).await?;
        work.commit().await?;
    }
    Ok(())
}

/// Proves one business: the journal's chain from its first entry to its head, every transaction at
/// zero, every balance, every account against the commissions and payouts behind it, every commission
/// against what the journal earned for it, payouts against their lines, sales against their refunds,
/// settled clicks against the counted ones, each commission of clicks against what its rule pays for them,
/// click roll-ups against a recount.
///
/// # Errors
/// Forbidden; whatever the database says.
pub async fn verify(work: &mut Work) -> Result<Report> {
    let mut report = books(work).await?;
    let roll_ups = roll_ups(work, &mut report).await;
    if let Some(what) = unread(roll_ups)? {
        report.found(format!("the click roll-ups cannot be read: {what}"));
    }
    Ok(report)
}

/// None when all could be read; else the stored value that nobody understands. It proves nothing, so it is a
/// difference like any other: an error would leave the payouts going.
fn unread(outcome: Result<()>) -> Result<Option<String>> {
    match outcome {
        Ok(()) => Ok(None),
        Err(ServiceError::Store(StoreError::Inconsistent(what))) => Ok(Some(what)),
        Err(error) => Err(error),
    }
}

async fn roll_ups(work: &mut Work, report: &mut Report) -> Result<()> {
    for d in proof::roll_ups(&mut work.tx).await? {
        report.found(format!(
            "roll-up of link {} on {} differs from a recount by {} clicks, {} unique, {} uncounted",
            d.link_id, d.day, d.clicks, d.unique_clicks, d.uncounted_clicks
        ));
    }
    Ok(())
}

/// What of [`verify`] is about money.
async fn books(work: &mut Work) -> Result<Report> {
    work.require(Scope::Read)?;
    let mut report = Report::default();
    let journal = journal(work, &mut report).await;
    if let Some(what) = unread(journal)? {
        report.found(format!("the journal cannot be read: {what}"));
    }
    let figures = figures(work, &mut report).await;
    if let Some(what) = unread(figures)? {
        report.found(format!("the figures of the books cannot be read: {what}"));
    }
    report.books_broken = !report.problems.is_empty();
    Ok(report)
}

/// What follows from the journal, or must agree with it.
async fn figures(work: &mut Work, report: &mut Report) -> Result<()> {
    balances(work, report).await?;
    for d in proof::accounts(&mut work.tx).await? {
        report.found(format!(
            "account {} of {} in {} differs by {} from its commissions or payouts",
            d.account, d.affiliate_id, d.currency, d.amount
        ));
    }
    for d in proof::commissions(&mut work.tx).await? {
        report.found(format!(
            "commission {} says that {} is left of it, the journal has {}",
            d.id, d.net, d.earned
        ));
    }
    for d in proof::payouts(&mut work.tx).await? {
        report.found(format!(
            "payout PO-{} ({}) of {} has lines of {}",
            d.number, d.id, d.amount, d.lines
        ));
    }
    for d in proof::lines(&mut work.tx).await? {
        report.found(format!(
            "commission {} is in {} live payouts, against its state",
            d.id, d.lines
        ));
    }
    for d in proof::refunds(&mut work.tx).await? {
        report.found(format!(
            "sale {} says {} refunded, its refunds add up to {}",
            d.id, d.refunded, d.refunds
        ));
    }
    for d in proof::click_pay(&mut work.tx).await? {
        report.found(format!(
            "link {} on {}: {} clicks are settled, {} were counted",
            d.link_id, d.day, d.settled, d.counted
        ));
    }
    for d in proof::click_commissions(&mut work.tx).await? {
        report.found(format!(
            "commission {} is of a rule, but of no event and no clicks",
            d.id
        ));
    }
    for d in proof::click_links(&mut work.tx).await? {
        report.found(format!(
            "commission {} is not for whose link {} is, or not the only one of its level for its clicks on {} (settlement {})",
            d.id, d.link_id, d.day, d.number
        ));
    }
    for problem in click_proof::differences(work, PROBLEMS_MAX).await? {
        report.found(problem);
    }
    Ok(())
}

/// The next entries behind one, at most so many, with their postings.
async fn entries(
    work: &mut Work,
    after: i64,
    at_once: i64,
) -> Result<(Vec<Entry>, Vec<StoredPosting>)> {
    let entries = ledger::entries_after(&mut work.tx, after, at_once).await?;
    let postings = match (entries.first(), entries.last()) {
        (Some(first), Some(last)) => {
            ledger::postings_between(&mut work.tx, first.seq, last.seq, None).await?
        }
        _ => Vec::new(),
    };
    Ok((entries, postings))
}

/// An entry against the closed months: none of theirs is another, and none was added to them.
fn against_closes(entry: &Entry, closes: &[Close], report: &mut Report) {
    for close in closes {
        let month = || Month(close.month).words();
        if close.seq == entry.seq && close.hash != entry.hash {
            report.found(format!(
                "journal entry {} is not the one at which {} was closed",
                entry.seq,
                month()
            ));
        }
        if entry.seq > close.seq && entry.at_ms < close.until_ms {
            report.found(format!(
                "journal entry {} is dated into {}, which was closed at entry {}",
                entry.seq,
                month(),
                close.seq
            ));
        }
    }
}

async fn journal(work: &mut Work, report: &mut Report) -> Result<()> {
    let head = ledger::head(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without a journal".to_owned()))?;
    let closes = ledger::closes(&mut work.tx).await?;
    let mut chain = ChainCheck::default();
    let (mut after, mut at_once) = (0, ENTRIES_AT_ONCE);
    loop {
        let (entries, postings) = match entries(work, after, at_once).await {
            // One of so many cannot be read: one by one, to name it.
            Err(ServiceError::Store(StoreError::Inconsistent(_))) if at_once > 1 => {
                at_once = 1;
                continue;
            }
            Err(ServiceError::Store(StoreError::Inconsistent(what))) => {
                report.found(format!(
                    "journal entry {} cannot be read: {what}",
                    after.saturating_add(1)
                ));
                return Ok(());
            }
            found => found?,
        };
        let Some(last) = entries.last() else {
            break;
        };
        after = last.seq;
        let mut postings = postings.into_iter().peekable();
        for entry in entries {
            against_closes(&entry, &closes, report);
            let mut own = Vec::new();
            while let Some(posting) = postings.next_if(|p| p.seq <= entry.seq) {
                if (
                    posting.seq,
                    posting.affiliate_id,
                    posting.currency,
                    posting.kind,
                ) != (entry.seq, entry.affiliate_id, entry.currency, entry.kind)
                {
                    report.found(format!(
                        "journal entry {}: posting {} is not of this entry",
                        entry.seq, posting.line
                    ));
                }
                own.push(Posting {
                    account: posting.account,
                    amount: posting.amount,
                });
            }
            let sum: i128 = own.iter().map(|p| i128::from(p.amount)).sum();
            if sum != 0 {
                report.found(format!(
                    "journal entry {} adds up to {sum}, not to zero",
                    entry.seq
                ));
            }
            let content = EntryContent {
                business_id: work.business(),
                seq: entry.seq.unsigned_abs(),
                entry_id: entry.id,
                at: entry.at_ms,
                affiliate_id: entry.affiliate_id,
                currency: entry.currency,
                kind: entry.kind,
                commission_id: entry.commission_id,
                payout_id: entry.payout_id,
                event_id: entry.event_id,
                postings: own,
            };
            if let Err(broken) = chain.next(&content, entry.previous_hash, entry.hash) {
                // Behind the first break every entry would be told: one place is what helps.
                report.found(format!("journal: {broken}"));
                return Ok(());
            }
            report.entries += 1;
        }
    }
    let (seq, hash) = chain.head();
    if (head.seq.unsigned_abs(), head.hash) != (seq, hash) {
        report.found(format!(
            "the journal ends at entry {seq}, its head says {}",
            head.seq
        ));
    }
    Ok(())
}

async fn balances(work: &mut Work, report: &mut Report) -> Result<()> {
    let mut sums = ledger::sums(&mut work.tx, None).await?;
    sums.sort_by_key(|sum| (sum.affiliate_id, sum.currency));
    for own in sums.chunk_by(|a, b| (a.affiliate_id, a.currency) == (b.affiliate_id, b.currency)) {
        let checked = Balance::from_sums(own.iter().map(|s| (s.kind, s.account, s.amount)))
            .map_err(|e| e.to_string());
        if let Err(problem) = checked.and_then(|balance| balance.check().map_err(|e| e.to_string()))
        {
            report.found(format!(
                "balance of {} in {}: {problem}",
                own[0].affiliate_id, own[0].currency
            ));
        }
    }
    Ok(())
}
