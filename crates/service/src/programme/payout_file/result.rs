//! Files that tell how payments went: brought, looked at, taken over.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{PayoutId, PayoutResultId};
use domain::money::{Currency, decimal, display};
use domain::payout_file::result::{self, Answer, Back, Outcome, PaidAt, RowError, Which};
use domain::status::{PayoutStatus, Scope};
use domain::time::{DAY_MS, UnixMs};
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use store::programme::payout::{self as payouts, Payment, Payout};
use store::programme::payout_file::{self as rows, PayoutResult};
use store::programme::payout_run as runs;

use super::ours::{self, Passed};
use super::{SHOWN_MAX, hex, owner};
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, business, vault};
use crate::programme::payout::exact_totals;
use crate::programme::transfer::{self, Transfer};
use crate::programme::{ledger, payout, payout_return, payout_rule, payout_run};
use crate::work::Work;

const RESULT: &str = "payout result";
/// The largest result file, in bytes. A run has ten thousand payouts and banks write up to 2 KB an entry, which are 20 MB;
/// the account has other entries, too.
pub const RESULT_BYTES_MAX: usize = 24 * 1024 * 1024;

/// Keeps a result file, to be looked at. The same brought again is the one there is.
///
/// # Errors
/// Invalid with the field `file`: empty, too large, or no text; forbidden without the scope `payout`.
pub async fn bring(work: &mut Work, name: &str, bytes: &[u8]) -> Result<PayoutResultId> {
    work.require(Scope::Payout)?;
    if bytes.is_empty() {
        return Err(invalid("file", "Choose the file first"));
    }
    if bytes.len() > RESULT_BYTES_MAX {
        return Err(invalid("file", "is larger than 24 MB"));
    }
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| {
            invalid(
                "file",
                "is no text in UTF-8; save it as CSV UTF-8, or as XML in UTF-8",
            )
        })?;
    let sha256 = Sha256::digest(bytes).to_vec();
    if let Some(known) = rows::result_by_hash(&mut work.tx, sha256.clone()).await? {
        return Ok(known.id);
    }
    let id: PayoutResultId = work.new_id();
    let sealed = vault::seal_text(&work.app, RESULT, &owner(work, &id.to_string()), text)?;
    let name: String = name.chars().filter(|c| !c.is_control()).take(120).collect();
    let by = work.actor.name().to_owned();
    rows::insert_result(
        &mut work.tx,
        id,
        &name,
        sha256.clone(),
        sealed,
        &by,
        work.now,
    )
    .await?;
    match rows::result_by_hash(&mut work.tx, sha256).await? {
        Some(kept) => Ok(kept.id),
        None => Err(ServiceError::Internal("a file vanished".to_owned())),
    }
}

/// What taking a result file over would do.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Payouts that become paid, with the row.
    pub paid: Vec<(Payout, Answer)>,
    /// Payouts that become failed, with the row.
    pub failed: Vec<(Payout, Answer)>,
    /// Paid payouts whose money came back, with the row.
    pub returned: Vec<(Payout, Answer)>,
    /// Rows that change nothing: done already, or not decided yet.
    pub unchanged: Vec<(Payout, Answer)>,
    /// Entries of an account that are left alone: not ours, or for a person to look at.
    pub passed: Vec<Passed>,
    /// What is wrong; with one of these nothing is taken over.
    pub errors: Vec<RowError>,
}

impl Look {
    /// What becomes paid, by currency.
    #[must_use]
    pub fn totals(&self) -> Vec<(Currency, i64)> {
        sums(&self.paid)
    }

    /// What came back, by currency.
    #[must_use]
    pub fn returned_totals(&self) -> Vec<(Currency, i64)> {
        sums(&self.returned)
    }

    /// What failed, by currency.
    #[must_use]
    pub fn failed_totals(&self) -> Vec<(Currency, i64)> {
        sums(&self.failed)
    }

    /// What banks and providers kept of what came back, by currency: the business's own cost.
    #[must_use]
    pub fn fee_totals(&self) -> Vec<(Currency, i64)> {
        let mut fees = BTreeMap::new();
        for (payout, answer) in self.returned.iter().chain(&self.failed) {
            if let Some(arrived) = arrived(payout, answer) {
                let fee: &mut i64 = fees.entry(payout.currency).or_default();
                *fee = fee.saturating_add(payout.amount.saturating_sub(arrived));
            }
        }
        fees.into_iter().collect()
    }

    /// What whoever takes it over confirms to have seen: the exact totals of what is paid, failed, back and kept, as text
    /// that survives a form: `EUR 2000; failed EUR 1000; returned EUR 500; fees EUR 250`.
    #[must_use]
    pub fn expected(&self) -> String {
        let parts = [
            ("", self.totals()),
            ("failed ", self.failed_totals()),
            ("returned ", self.returned_totals()),
            ("fees ", self.fee_totals()),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(_, totals)| !totals.is_empty())
            .map(|(word, totals)| format!("{word}{}", exact_totals(totals)))
            .collect();
        parts.join("; ")
    }
}

/// A provider's report does not say what it kept of what came back. What is missing counts as its fee up to this part of
/// the payout: a tenth.
const FEE_PART: i64 = 10;

/// What arrived of a payout that came back, where that is less than the whole and the rest was kept as a fee; minor units.
/// A bank must say that it kept it: what it does not explain may be a part that came back of a payment that stands.
#[must_use]
pub fn arrived(payout: &Payout, answer: &Answer) -> Option<i64> {
    match back(payout, answer) {
        Some(Back::Less { arrived, explained }) if explained || is_fee(payout, answer, arrived) => {
            Some(arrived)
        }
        _ => None,
    }
}

/// How what came back compares with the payout; none where the row does not say that it came back.
fn back(payout: &Payout, answer: &Answer) -> Option<Back> {
    match answer.outcome {
        Outcome::Returned(_) => Some(answer.said.back(payout.amount, payout.currency)),
        _ => None,
    }
}

/// Whether what is missing may be the fee of a provider. An entry of a bank that names its file, or the like, is held to
/// what the bank explains; one that names nothing is only taken for ours when it explains the rest: see [`ours`].
fn is_fee(payout: &Payout, answer: &Answer, arrived: i64) -> bool {
    let kept = payout.amount.saturating_sub(arrived);
    answer.origin.is_empty() && kept.saturating_mul(FEE_PART) <= payout.amount
}

fn sums(rows: &[(Payout, Answer)]) -> Vec<(Currency, i64)> {
    let mut sums = BTreeMap::new();
    for (payout, _) in rows {
        let sum: &mut i64 = sums.entry(payout.currency).or_default();
        *sum = sum.saturating_add(payout.amount);
    }
    sums.into_iter().collect()
}

/// What became of the payouts of a file that was taken over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Payouts that are paid now.
    pub paid: usize,
    /// Payouts that failed.
    pub failed: usize,
    /// Paid payouts whose money came back.
    pub returned: usize,
}

/// A result file and what it would do now.
///
/// # Errors
/// Not found; forbidden without the scope `payout`.
pub async fn look(work: &mut Work, id: PayoutResultId) -> Result<(PayoutResult, Look)> {
    work.require(Scope::Payout)?;
    let file = rows::result(&mut work.tx, id)
        .await?
        .ok_or(not_found("result file"))?;
    let sealed = rows::result_content(&mut work.tx, id)
        .await?
        .ok_or(not_found("result file"))?;
    let text = vault::open_text(&work.app, RESULT, &owner(work, &id.to_string()), &sealed)?;
    let mut answers = result::read(&text);
    let mut found = named(work, &answers.rows).await?;
    let (mut look, mut of_whole) = (Look::default(), BTreeSet::new());
    if answers.of_bank {
        let spread = ours::spread(work, &mut answers, &mut found).await?;
        look.passed = ours::sift(work, &mut answers, &found).await?;
        look.passed.extend(spread.unclear);
        of_whole = spread.rows_of;
    }
    look.errors = answers.errors;
    // Only where money may have come back it matters how it was sent.
    let back: Vec<PayoutId> = answers
        .rows
        .iter()
        .filter(|answer| matches!(answer.outcome, Outcome::Returned(_)))
        .filter_map(|answer| found.get(&answer.which))
        .filter(|payout| payout.status == PayoutStatus::Paid)
        .map(|payout| payout.id)
        .collect();
    let transfers = transfer::by_payout(work, &back).await?;
    let zone = business::zone(work).await?;
    let mut seen = BTreeMap::new();
    for answer in answers.rows {
        let mut wrong = |message: String| {
            look.errors.push(RowError {
                line: answer.line,
                message,
            });
        };
        let Some(payout) = found.get(&answer.which).cloned() else {
            wrong("names a payout that is not here".to_owned());
            continue;
        };
        if let Some(line) = seen.insert(payout.id, answer.line) {
            wrong(format!("names the same payout as line {line}"));
            continue;
        }
        let sent = transfers
            .get(&payout.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let is_earlier = answers.among_others && came_back_before(&payout, &answer, &zone);
        let becomes = if is_earlier {
            Ok(of_an_earlier_attempt(&payout))
        } else {
            change(&payout, &answer, sent, (work.now, &zone))
        };
        match becomes {
            Ok(Change::None) => look.unchanged.push((payout, answer)),
            Ok(Change::Paid) => look.paid.push((payout, answer)),
            Ok(Change::Failed) => look.failed.push((payout, answer)),
            Ok(Change::Returned) => look.returned.push((payout, answer)),
            // A statement of an account cannot be mended, and goes on beside it.
            Ok(Change::Person(why)) | Err(ServiceError::Conflict(why)) if answers.among_others => {
                look.passed.push(Passed::new(&answer, why, true));
            }
            // What the bank did not name cannot be mended in its report; the others of the file do not wait for it.
            Ok(Change::Person(why)) if of_whole.contains(&payout.id) => {
                look.passed.push(Passed::new(&answer, why, true));
            }
            Ok(Change::Person(why)) | Err(ServiceError::Conflict(why)) => wrong(why),
            Err(error) => return Err(error),
        }
    }
    look.errors.sort_by_key(|error| error.line);
    look.passed.sort_by_key(|passed| passed.line);
    Ok((file, look))
}

/// The payouts that the rows of a file name, as far as there are any.
async fn named(work: &mut Work, answers: &[Answer]) -> Result<BTreeMap<Which, Payout>> {
    let (mut ids, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for answer in answers {
        match answer.which {
            Which::Id(id) => ids.insert(id),
            Which::Number(number) => numbers.insert(number),
        };
    }
    let ids: Vec<PayoutId> = ids.into_iter().collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let mut named = BTreeMap::new();
    for payout in payouts::some(&mut work.tx, &ids).await? {
        named.insert(Which::Id(payout.id), payout);
    }
    for payout in payouts::some_by_number(&mut work.tx, &numbers).await? {
        named.insert(Which::Number(payout.number), payout);
    }
    Ok(named)
}

/// What a row makes of its payout.
enum Change {
    None,
    Paid,
    Failed,
    Returned,
    /// Nothing, because a person has to look at it, and why.
    Person(String),
}

/// What a row makes of its payout, whose transfers matter where its money came back; a conflict says what is wrong
/// with it. `now` is in the business's `zone`.
fn change(
    payout: &Payout,
    answer: &Answer,
    sent: &[Transfer],
    (now, zone): (UnixMs, &TimeZone),
) -> Result<Change> {
    let number = payout.number;
    // What is on its way may well be settled on a day to come.
    if matches!(answer.outcome, Outcome::Waits(_)) {
        return Ok(Change::None);
    }
    let is_ahead = match answer.paid_at {
        Some(PaidAt::At(at)) => domain::attribution::is_too_far_ahead(at, now),
        Some(PaidAt::On(day)) => day.0.saturating_mul(DAY_MS) > now.0.saturating_add(DAY_MS),
        None => false,
    };
    if is_ahead {
        return Err(conflict(format!("PO-{number} was paid in the future")));
    }
    if answer.sent_twice {
        return Ok(back_as_sent_twice(payout));
    }
    // A bank or provider that sends money back may keep a part of it.
    if let Some(said) = answer.said.differing(payout.amount, payout.currency)
        && arrived(payout, answer).is_none()
    {
        if let Some(Back::Less { arrived, .. }) = back(payout, answer) {
            return Ok(part_back(payout, answer, arrived));
        }
        return Ok(Change::Person(format!(
            "says {said}, but PO-{number} is {} {}",
            decimal(payout.amount, payout.currency),
            payout.currency
        )));
    }
    match (&answer.outcome, payout.status) {
        (Outcome::Paid, PayoutStatus::Pending) => Ok(Change::Paid),
        (Outcome::Failed(_) | Outcome::Returned(_), PayoutStatus::Pending) => Ok(Change::Failed),
        (Outcome::Returned(_), PayoutStatus::Paid) => {
            transfer::require_returnable(sent)?;
            Ok(Change::Returned)
        }
        (
            Outcome::Paid,
            PayoutStatus::Failed | PayoutStatus::Cancelled | PayoutStatus::Returned,
        ) => Ok(paid_after_all(payout, answer, zone)),
        // Reports are brought again, with rows that were taken over before: what failed may be cancelled by now.
        (Outcome::Paid, PayoutStatus::Paid)
        | (
            Outcome::Failed(_) | Outcome::Returned(_),
            PayoutStatus::Failed | PayoutStatus::Cancelled | PayoutStatus::Returned,
        ) => Ok(Change::None),
        (Outcome::Failed(_), PayoutStatus::Paid) => Err(conflict(format!(
            "PO-{number} is paid, and this says that it failed: where the money came back or never left, choose Money came back on its page, or write returned"
        ))),
        (_, status) => Err(conflict(format!(
            "PO-{number} is {status}: only a pending payout can be answered"
        ))),
    }
}

/// What becomes of a payout of which a payment came back because the bank took it for a second one: nothing by itself, as
/// the affiliate may have the money of the first. A person looks, unless its money is known to have come back.
fn back_as_sent_twice(payout: &Payout) -> Change {
    let number = payout.number;
    let advice = match payout.status {
        PayoutStatus::Returned => return Change::None,
        PayoutStatus::Paid => "If none does, choose Money came back on its page",
        PayoutStatus::Pending => {
            "If one does, choose Mark paid on its page; if none does, bring that as a CSV"
        }
        PayoutStatus::Failed => "If one does, choose Try again and then Mark paid on its page",
        PayoutStatus::Cancelled => "If one does, take it off the balance by a correction",
        _ => "Ask the bank whether one does",
    };
    Change::Person(format!(
        "came back as sent twice, so another payment of PO-{number} may stand. {advice}"
    ))
}

/// What becomes of a payout of which a part came back and nothing says where the rest is: a person looks, unless it is not
/// counted as paid any more.
fn part_back(payout: &Payout, answer: &Answer, arrived: i64) -> Change {
    if !matches!(payout.status, PayoutStatus::Pending | PayoutStatus::Paid) {
        return Change::None;
    }
    let missing = if answer.origin.is_empty() {
        "more than a tenth is missing, which is no fee"
    } else {
        ours::UNEXPLAINED
    };
    Change::Person(format!(
        "is a return of {}, and PO-{} is {}; {missing}. If the whole payout came back, note on its page that it did, and how much arrived",
        display(arrived, payout.currency),
        payout.number,
        display(payout.amount, payout.currency)
    ))
}

/// What becomes of a payout that is said to be paid and is not live, or failed. One that failed is paid where this was
/// after it failed: its money has left the account, and its commissions are in it still. What was booked before may be the
/// payment that came back, of which nobody can tell but a person; nor can they be paid whose commissions went on.
fn paid_after_all(payout: &Payout, answer: &Answer, zone: &TimeZone) -> Change {
    let number = payout.number;
    let since = payout.updated_at_ms;
    let (is_later, is_before) = match answer.paid_at {
        Some(PaidAt::On(day)) => (day > since.day_in(zone), day <= since.day_in(zone)),
        Some(PaidAt::At(at)) => (at > since, at <= since),
        None => (false, false),
    };
    match payout.status {
        PayoutStatus::Failed if is_later => Change::Paid,
        PayoutStatus::Failed => Change::Person(format!(
            "says that PO-{number} was paid, and it failed here. If that payment came back, nothing is left to do; if it stands, choose Try again and then Mark paid on its page"
        )),
        // The payment that came back since.
        PayoutStatus::Returned if is_before => Change::None,
        status => Change::Person(format!(
            "says that PO-{number} was paid, and it is {status} here: its commissions are owed again or in another payout. If that payment stands, take it off the balance by a correction"
        )),
    }
}

/// Whether the money came back on a day before the payout was sent, or paid, for the last time. A payout that failed
/// is sent again under its number, and statements of an account tell of every attempt.
fn came_back_before(payout: &Payout, answer: &Answer, zone: &TimeZone) -> bool {
    let since = match payout.status {
        PayoutStatus::Pending => payout.updated_at_ms,
        PayoutStatus::Paid => payout.paid_at_ms.unwrap_or(payout.updated_at_ms),
        _ => return false,
    };
    match (&answer.outcome, answer.paid_at) {
        (Outcome::Returned(_), Some(PaidAt::On(day))) => day < since.day_in(zone),
        _ => false,
    }
}

/// What such a return makes of its payout: nothing while the payout is on its way again. Where it is paid by now, a
/// person looks, because the day on which it was paid may have been noted by hand.
fn of_an_earlier_attempt(payout: &Payout) -> Change {
    if payout.status == PayoutStatus::Paid {
        return Change::Person(format!(
            "PO-{} came back before the day on which it was paid: if that was its last payment, note by hand that it came back",
            payout.number
        ));
    }
    Change::None
}

/// Takes a result file over: all of it, or nothing. `expected` is what was seen, as [`Look::expected`] writes it.
/// One that was taken over before changes nothing.
///
/// # Errors
/// A conflict with a wrong row, when the total is another by now, or a payout method was changed lately;
/// forbidden as [`payout_rule::require_payer`].
pub async fn apply(work: &mut Work, id: PayoutResultId, expected: &str) -> Result<Taken> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let (file, look) = look(work, id).await?;
    if file.applied_at_ms.is_some() {
        return Ok(Taken::default());
    }
    if let Some(error) = look.errors.first() {
        return Err(conflict(format!(
            "line {}: {}; nothing was taken over",
            error.line, error.message
        )));
    }
    if look.expected() != expected {
        return Err(conflict(
            "the total has changed since you looked at it, so nothing was taken over; look at it again",
        ));
    }
    let business = business::get(work).await?;
    let zone = business::zone_of(&business)?;
    for (payout, answer) in &look.paid {
        let at = match answer.paid_at {
            None => work.now,
            Some(PaidAt::At(at)) => at,
            Some(PaidAt::On(day)) => day.start(&zone).plus_ms(DAY_MS / 2),
        };
        let payment = Payment {
            method: payout.method.clone(),
            reference: answer.reference.clone(),
            paid_at: Some(at.min(work.now)),
            note: payout.note.clone(),
        };
        payout::paid(work, payout, &payment).await?;
    }
    for (payout, answer) in &look.failed {
        let (Outcome::Failed(reason) | Outcome::Returned(reason)) = &answer.outcome else {
            continue;
        };
        payout::fail(work, payout, answer.reference.as_deref(), reason).await?;
        rows::answer(&mut work.tx, payout.id).await?;
    }
    for (payout, answer) in &look.returned {
        if let Outcome::Returned(reason) = &answer.outcome {
            transfer::book_returned(work, payout, reason).await?;
        }
    }
    note_fees(work, &look).await?;
    close_runs(work, &look).await?;
    let taken = Taken {
        paid: look.paid.len(),
        failed: look.failed.len(),
        returned: look.returned.len(),
    };
    let Taken {
        paid,
        failed,
        returned,
    } = taken;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let by = work.actor.name().to_owned();
    let counts = [count(paid), count(failed), count(returned)];
    if !rows::apply_result(&mut work.tx, id, &by, work.now, counts).await? {
        return Err(conflict("the file was taken over by someone else just now"));
    }
    let detail = format!(
        "{}: {paid} paid, {failed} failed, {returned} returned, SHA-256 {}",
        file.name,
        hex(&file.sha256)
    );
    audit::record(
        work,
        "payout_file.result",
        "payout_file",
        &id.to_string(),
        &detail,
    )
    .await?;
    work.changed(None);
    Ok(taken)
}

/// Notes what was kept of what came back.
async fn note_fees(work: &mut Work, look: &Look) -> Result<()> {
    for (payout, answer) in look.returned.iter().chain(&look.failed) {
        if let Some(arrived) = arrived(payout, answer) {
            payout_return::note(work, payout, arrived).await?;
        }
    }
    Ok(())
}

/// Closes the runs of which this was the last that was open.
async fn close_runs(work: &mut Work, look: &Look) -> Result<()> {
    let decided: Vec<PayoutId> = look
        .paid
        .iter()
        .chain(&look.failed)
        .map(|(payout, _)| payout.id)
        .collect();
    for run in runs::of_payouts(&mut work.tx, &decided).await? {
        payout_run::close_if_done(work, run).await?;
    }
    Ok(())
}

/// Result files, the newest first.
///
/// # Errors
/// Forbidden without the scope `payout`.
pub async fn results(work: &mut Work) -> Result<Vec<PayoutResult>> {
    work.require(Scope::Payout)?;
    Ok(rows::results(&mut work.tx, SHOWN_MAX).await?)
}
