//! What a bank answers, brought down to the payouts of this business: its word on a whole file goes to each payout in it,
//! and entries of others who are paid from the same account are left alone.
//!
//! Payouts are counted in every business, so that `PO-1042` names one here and another elsewhere. A row is about ours only
//! when the payout was in a payment file of ours for a bank, and says nothing against it: not another file, another
//! instruction, or another amount. Where the bank names our own file or instruction, there is no doubt, and another
//! amount is a mistake to be cleared up.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{PayoutFileId, PayoutId};
use domain::money::display;
use domain::payout_file::result::{Answer, Answers, Back, Outcome, RowError, Said, Which, Whole};
use domain::payout_file::{reference, sepa};
use domain::status::{PayoutFileFormat, PayoutStatus};
use store::programme::payout::{self as payouts, Payout};
use store::programme::payout_file::{self as rows, Filed, Member};

use crate::error::Result;
use crate::work::Work;

/// Why less that came back is not taken for the whole.
pub(super) const UNEXPLAINED: &str = "the bank does not say that it kept the rest";

/// An entry of a bank that is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The line in the file.
    pub line: u64,
    /// What it names: `PO-1042`.
    pub names: String,
    /// Why it is left alone, in words that follow a subject.
    pub why: String,
    /// Whether a person has to look at it; otherwise it is simply not ours.
    pub needs_person: bool,
}

impl Passed {
    pub(super) fn new(answer: &Answer, why: String, needs_person: bool) -> Self {
        Self {
            line: answer.line,
            names: match answer.which {
                Which::Id(id) => id.to_string(),
                Which::Number(number) => reference(number),
            },
            why,
            needs_person,
        }
    }
}

/// What became of a bank's words on whole files.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// Payouts that have a row of such a word, because the bank did not name them.
    pub rows_of: BTreeSet<PayoutId>,
    /// Payouts of which nobody can tell.
    pub unclear: Vec<Passed>,
}

/// Says of each payout of a file what the bank says of the whole, unless it has a row of its own. Of those nobody can tell
/// where the bank says this of one group of the file and that, or nothing, of another.
pub(super) async fn spread(
    work: &mut Work,
    answers: &mut Answers,
    found: &mut BTreeMap<Which, Payout>,
) -> Result<Spread> {
    let listed: BTreeSet<PayoutId> = found.values().map(|payout| payout.id).collect();
    let mut spread = Spread::default();
    for (file, wholes) in by_file(std::mem::take(&mut answers.wholes)) {
        let Some(first) = wholes.first() else {
            continue;
        };
        let Some(members) = members_of(work, &file).await? else {
            // What decides nothing needs no file.
            let decides = |whole: &&Whole| !matches!(whole.outcome, Outcome::Waits(_));
            if let Some(whole) = wholes.iter().find(decides) {
                answers.errors.push(RowError {
                    line: whole.line,
                    message: format!("speaks of the whole file {file}, which is none of yours"),
                });
            }
            continue;
        };
        let is_one = wholes.iter().all(|whole| {
            std::mem::discriminant(&whole.outcome) == std::mem::discriminant(&first.outcome)
        });
        let open: BTreeSet<PayoutId> = members
            .iter()
            .filter(|member| !member.answered)
            .map(|member| member.payout_id)
            .collect();
        let others: Vec<PayoutId> = members
            .iter()
            .map(|member| member.payout_id)
            .filter(|id| !listed.contains(id))
            .collect();
        let mut others = payouts::some(&mut work.tx, &others).await?;
        others.sort_by_key(|payout| payout.number);
        for payout in others {
            let says_nothing = |whole: &Whole| is_outdated(&whole.outcome, payout.status);
            if !open.contains(&payout.id) && wholes.iter().all(says_nothing) {
                continue;
            }
            let which = Which::Number(payout.number);
            let answer = Answer {
                line: first.line,
                which,
                outcome: first.outcome.clone(),
                reference: None,
                paid_at: None,
                said: Said::default(),
                origin: vec![file.clone()],
                sent_twice: false,
            };
            if is_one {
                answers.rows.push(answer);
                spread.rows_of.insert(payout.id);
                found.insert(which, payout);
            } else {
                let why = format!(
                    "is in a file of which the bank says one thing of a group and another of the next, without naming every payment; ask the bank in which PO-{} was",
                    payout.number
                );
                spread.unclear.push(Passed::new(&answer, why, true));
            }
        }
    }
    Ok(spread)
}

/// What is said of each file, a word for the file or one for each of its groups.
fn by_file(wholes: Vec<Whole>) -> BTreeMap<String, Vec<Whole>> {
    let mut files: BTreeMap<String, Vec<Whole>> = BTreeMap::new();
    for whole in wholes {
        files.entry(whole.file.clone()).or_default().push(whole);
    }
    files
}

/// The payouts of a file by the name that a bank knows it by; none where it is not ours.
async fn members_of(work: &mut Work, name: &str) -> Result<Option<Vec<Member>>> {
    let Some(id) = sepa::named::<PayoutFileId>(name) else {
        return Ok(None);
    };
    match rows::find(&mut work.tx, id).await? {
        Some(file) => Ok(Some(rows::members(&mut work.tx, file.id).await?)),
        None => Ok(None),
    }
}

/// Whether what is said of a whole file says nothing of a payout that needs no answer there any more: what decides
/// nothing, and an old refusal of one that was made pending again, or is on its way again. Everything else does: what
/// counts as paid, or was said to be never sent, may not be so.
fn is_outdated(outcome: &Outcome, status: PayoutStatus) -> bool {
    use PayoutStatus::{Pending, Sending, Unknown};
    match outcome {
        Outcome::Waits(_) => true,
        Outcome::Failed(_) => matches!(status, Pending | Sending | Unknown),
        Outcome::Paid | Outcome::Returned(_) => false,
    }
}

/// Takes out of a bank's rows what is not about payouts of ours, and answers that; in a report on one of our own files it
/// is a mistake instead.
pub(super) async fn sift(
    work: &mut Work,
    answers: &mut Answers,
    found: &BTreeMap<Which, Payout>,
) -> Result<Vec<Passed>> {
    let ids: BTreeSet<PayoutId> = found.values().map(|payout| payout.id).collect();
    let ids: Vec<PayoutId> = ids.into_iter().collect();
    let mut files: BTreeMap<PayoutId, Vec<Filed>> = BTreeMap::new();
    for filed in rows::of_payouts(&mut work.tx, &ids).await? {
        files.entry(filed.payout_id).or_default().push(filed);
    }
    let mut passed = Vec::new();
    for answer in std::mem::take(&mut answers.rows) {
        let Some(payout) = found.get(&answer.which) else {
            if answers.among_others {
                let why = "no payout here has this number".to_owned();
                passed.push(Passed::new(&answer, why, false));
            } else {
                answers.rows.push(answer);
            }
            continue;
        };
        let in_files = files.get(&payout.id).map(Vec::as_slice).unwrap_or_default();
        match whose(payout, &answer, in_files) {
            Whose::Ours => answers.rows.push(answer),
            Whose::Likely if !answers.among_others => answers.rows.push(answer),
            Whose::Likely => match of_another(payout, &answer) {
                None => answers.rows.push(answer),
                Some((why, needs_person)) => {
                    passed.push(Passed::new(&answer, why, needs_person));
                }
            },
            Whose::Earlier(why) => {
                let needs_person = answer.outcome == Outcome::Paid;
                passed.push(Passed::new(&answer, why, needs_person));
            }
            Whose::Unclear(why) => passed.push(Passed::new(&answer, why, true)),
            Whose::Others(why) if answers.among_others => {
                passed.push(Passed::new(&answer, why, false));
            }
            Whose::Others(why) => answers.errors.push(RowError {
                line: answer.line,
                message: why,
            }),
        }
    }
    if answers.among_others {
        for (answer, why) in answers.merge() {
            passed.push(Passed::new(&answer, why, true));
        }
    }
    Ok(passed)
}

/// Whose payment a row is about.
enum Whose {
    /// Ours: it names our file or instruction.
    Ours,
    /// Ours as far as it says.
    Likely,
    /// Ours, of a payment file before the one it is in now, and that in words.
    Earlier(String),
    /// Ours, and against what is known here in a way that only a person can clear up; and that in words.
    Unclear(String),
    /// Somebody else's, and why.
    Others(String),
}

/// `in_files` are all payment files that the payout is or was in.
fn whose(payout: &Payout, answer: &Answer, in_files: &[Filed]) -> Whose {
    let number = payout.number;
    let mut is_named = false;
    for mark in &answer.origin {
        if let Some(file) = sepa::named::<PayoutFileId>(mark) {
            let Some(filed) = in_files.iter().find(|filed| filed.file_id == file) else {
                return Whose::Others(format!(
                    "names a payment file that the PO-{number} here was not in"
                ));
            };
            if filed.answered && in_files.iter().any(|other| !other.answered) {
                return Whose::Earlier(format!(
                    "is about an earlier payment file; PO-{number} waits for its answer in another one"
                ));
            }
            if let Some(why) = doubt(payout, answer, file, in_files) {
                return Whose::Unclear(why);
            }
            is_named = true;
        }
        if let Some(id) = sepa::named::<PayoutId>(mark) {
            if id != payout.id {
                return Whose::Others(format!("is about another PO-{number} than the one here"));
            }
            is_named = true;
        }
    }
    // The plain file is for whoever pays some other way, a bank that takes no SEPA file among them.
    let for_banks = [PayoutFileFormat::Sepa, PayoutFileFormat::Plain];
    let is_for_bank = in_files
        .iter()
        .any(|filed| for_banks.contains(&filed.format));
    match (is_named, is_for_bank) {
        (_, false) => Whose::Others(format!(
            "names PO-{number}, which was in no payment file for a bank"
        )),
        (true, true) => Whose::Ours,
        (false, true) => Whose::Likely,
    }
}

/// Why a person has to look at what is said of one payment file of a paid payout that was in others as well; none where
/// it is as it should be.
fn doubt(
    payout: &Payout,
    answer: &Answer,
    file: PayoutFileId,
    in_files: &[Filed],
) -> Option<String> {
    if payout.status != PayoutStatus::Paid {
        return None;
    }
    let number = payout.number;
    let is_elsewhere = in_files.iter().any(|other| other.file_id != file);
    // Only what is not paid goes into another one.
    let is_before = in_files.iter().any(|other| other.file_id > file);
    match answer.outcome {
        Outcome::Failed(_) if is_elsewhere => Some(format!(
            "says that PO-{number} failed, and it is paid here; it was in another payment file as well. If it was paid by none of them, choose Money came back on its page"
        )),
        Outcome::Paid if is_before => Some(format!(
            "says that PO-{number} was paid, and it was in another payment file later; look whether it was paid twice"
        )),
        _ => None,
    }
}

/// Why an entry that does not name our file or instruction is not taken for ours, and whether a person has to look at it;
/// none where it is.
fn of_another(payout: &Payout, answer: &Answer) -> Option<(String, bool)> {
    let number = payout.number;
    let here = display(payout.amount, payout.currency);
    let other = |said: String| {
        let why = format!("says {said}, and the PO-{number} here is {here}");
        Some((why, false))
    };
    let Outcome::Returned(_) = answer.outcome else {
        return answer
            .said
            .differing(payout.amount, payout.currency)
            .and_then(other);
    };
    match answer.said.back(payout.amount, payout.currency) {
        Back::Whole
        | Back::Less {
            explained: true, ..
        } => None,
        Back::Differs(said) => other(said),
        Back::Less { arrived, .. } => Some((
            format!(
                "is a return of {}, and the PO-{number} here is {here}; {UNEXPLAINED}. If it is this one, note on its page that the money came back, and how much arrived",
                display(arrived, payout.currency)
            ),
            true,
        )),
    }
}
