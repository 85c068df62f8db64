//! What a provider, a bank or a person answers to a payment file: comma-separated with a head, a row a payout; or XML, as
//! banks do.
//!
//! Three kinds are known by their heads: PayPal's payout report (the id of each row is in `Customer ID` or
//! `Unique ID`), Wise's batch (`paymentReference`), and the plain file `payout_id,status,reference,paid_at,reason`.
//! Columns that are not known are passed over. A status that is not an end (pending, unclaimed) changes nothing.
//! A file that says how much was paid is compared with what was to be paid: see [`Said`].

use std::collections::{BTreeMap, BTreeSet};

use crate::id::PayoutId;
use crate::money::{Currency, parse_decimal};
use crate::time::{Day, UnixMs};

/// Rows that are read.
pub const ROWS_MAX: usize = 10_000;

/// Which payout a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    /// By its id.
    Id(PayoutId),
    /// By its number.
    Number(i64),
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Paid.
    Paid,
    /// Not paid, and why.
    Failed(String),
    /// Sent, and the money came back, and why: where it had counted as paid it is owed again.
    Returned(String),
    /// Not decided yet: the provider's own word.
    Waits(String),
}

/// A row that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The line in the file, from 1; the head is 1.
    pub line: u64,
    /// Which payout.
    pub which: Which,
    /// How it went.
    pub outcome: Outcome,
    /// The provider's reference.
    pub reference: Option<String>,
    /// When it was paid; none when the file does not say.
    pub paid_at: Option<PaidAt>,
    /// How much.
    pub said: Said,
    /// What a bank says it answers to: the ids of the message, of the group and of the instruction.
    pub origin: Vec<String>,
    /// Of a return: whether the bank says that it was sent twice, so that another payment may stand.
    pub sent_twice: bool,
}

/// What a bank says of all transfers of a file that it was sent, whether it lists them or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// The line in the bank's answer.
    pub line: u64,
    /// The id of the message or of the group in it, as the bank has it.
    pub file: String,
    /// How it went.
    pub outcome: Outcome,
}

/// An amount and its currency, as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The amount.
    pub amount: String,
    /// The currency; empty where the file names none.
    pub currency: String,
}

impl Stated {
    /// Minor units, where it is an amount of this currency.
    fn read(&self, currency: Currency) -> Option<i64> {
        if !self.currency.eq_ignore_ascii_case(currency.code()) {
            return None;
        }
        read_amount(&self.amount, currency).map(i64::saturating_abs)
    }
}

/// How what came back compares with what had been paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// All of it, as far as the file says.
    Whole,
    /// Less: a bank or provider kept the rest as its fee.
    Less {
        /// What arrived, minor units, above zero.
        arrived: i64,
        /// Whether the file itself tells where the rest is: it names the amount that had been sent, or charges that
        /// make up the difference.
        explained: bool,
    },
    /// More, nothing, or another currency; as it stands in the file.
    Differs(String),
}

/// How much a row says was paid, as far as that can be compared with a payout.
///
/// PayPal's report and the plain file name the amount and its currency. Wise's name what the recipient gets
/// (target) and what it was paid with (source): the target is compared, and the source only where it has the
/// payout's currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// As it stands in the file.
    pub amount: Option<String>,
    /// Its currency as it stands in the file.
    pub currency: Option<String>,
    /// Fees may be in it: it cannot be less than the payout, and may be more.
    pub with_fees: bool,
    /// Of a return: what had been sent, as far as the bank names it.
    pub sent: Vec<Stated>,
    /// Of a return: what was kept.
    pub charges: Vec<Stated>,
}

impl Said {
    /// Both as they stand in the file, where they say something else than `amount` of `currency`.
    #[must_use]
    pub fn differing(&self, amount: i64, currency: Currency) -> Option<String> {
        let named = self.currency.as_deref().map(str::to_ascii_uppercase);
        let other = self.is_other(currency);
        let text = self.amount.as_deref().unwrap_or_default();
        let fits = text.is_empty()
            || read_amount(text, currency).is_some_and(|read| {
                // Some reports write what was paid out below zero.
                let read = read.saturating_abs();
                read == amount || (self.with_fees && read > amount)
            });
        (other || !fits).then(|| {
            format!("{text} {}", named.unwrap_or_default())
                .trim()
                .to_owned()
        })
    }

    /// Whether it names another currency.
    fn is_other(&self, currency: Currency) -> bool {
        let named = self.currency.as_deref().map(str::to_ascii_uppercase);
        named.is_some_and(|named| {
            let is_code = named.len() == 3 && named.bytes().all(|b| b.is_ascii_uppercase());
            is_code && named != currency.code()
        })
    }

    /// How this, as what came back, compares with a payout of `amount` of `currency`.
    #[must_use]
    pub fn back(&self, amount: i64, currency: Currency) -> Back {
        let Some(differing) = self.differing(amount, currency) else {
            return Back::Whole;
        };
        if self.is_other(currency) {
            return Back::Differs(differing);
        }
        let text = self.amount.as_deref().unwrap_or_default();
        match read_amount(text, currency).map(i64::saturating_abs) {
            Some(arrived) if 0 < arrived && arrived < amount => Back::Less {
                arrived,
                explained: self.explains(amount, arrived, currency),
            },
            _ => Back::Differs(differing),
        }
    }

    /// Whether the file tells where the rest of `amount` is.
    fn explains(&self, amount: i64, arrived: i64, currency: Currency) -> bool {
        let names_sent = self
            .sent
            .iter()
            .any(|stated| stated.read(currency) == Some(amount));
        let kept = self.charges.iter().try_fold(0_i64, |sum, stated| {
            stated
                .read(currency)
                .and_then(|charge| sum.checked_add(charge))
        });
        let names_kept = !self.charges.is_empty()
            && kept.and_then(|kept| kept.checked_add(arrived)) == Some(amount);
        names_sent || names_kept
    }
}

/// An amount as reports write it: `1,188.00`, `1.188,00`, `15.00 USD`, `$15.00`, `1500.00` in yen. None where it is no
/// amount, or one in another currency.
fn read_amount(text: &str, currency: Currency) -> Option<i64> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    // A currency's code, or a part of its sign (`US$`).
    if letters.len() > 2 && !letters.eq_ignore_ascii_case(currency.code()) {
        return None;
    }
    let figures: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || ".,-\u{2212}".contains(*c))
        .collect();
    let swapped = || {
        figures
            .chars()
            .map(|c| match c {
                '.' => ',',
                ',' => '.',
                other => other,
            })
            .collect::<String>()
    };
    read_grouped(&figures, currency).or_else(|| read_grouped(&swapped(), currency))
}

/// With a point before the decimals, and commas between thousands only.
fn read_grouped(figures: &str, currency: Currency) -> Option<i64> {
    let (whole, fraction) = figures.split_once('.').unwrap_or((figures, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let thousands: Vec<&str> = groups.collect();
    let is_grouped = thousands.iter().all(|group| group.len() == 3)
        && (thousands.is_empty() || first.trim_start_matches(['-', '\u{2212}']).len() <= 3);
    if !is_grouped {
        return None;
    }
    let decimals = currency.decimals() as usize;
    let fraction = match fraction.split_at_checked(decimals) {
        // Zeros beyond what the currency has.
        Some((kept, rest)) if rest.bytes().all(|b| b == b'0') => kept,
        _ => fraction,
    };
    parse_decimal(&format!("{whole}.{fraction}"), currency).ok()
}

/// Where a file says how much.
struct AmountColumns {
    amount: Option<usize>,
    currency: Option<usize>,
    /// Wise: which of its two currencies `amount` is in, `source` or `target`.
    side: Option<usize>,
    target: Option<usize>,
    target_currency: Option<usize>,
    source: Option<usize>,
    source_with_fees: Option<usize>,
    source_currency: Option<usize>,
}

impl AmountColumns {
    fn find(place: impl Fn(&[&str]) -> Option<usize>) -> Self {
        Self {
            amount: place(&["transactionamount", "payoutamount", "amount"]),
            currency: place(&[
                "transactioncurrency",
                "transactioncurrencycode",
                "payoutcurrency",
                "currency",
                "currencycode",
            ]),
            side: place(&["amountcurrency"]),
            target: place(&["targetamount", "targetamountafterfees", "targetvalue"]),
            target_currency: place(&["targetcurrency"]),
            source: place(&["sourceamountafterfees"]),
            source_with_fees: place(&["sourceamount", "sourcevalue"]),
            source_currency: place(&["sourcecurrency"]),
        }
    }

    fn read<'a>(&self, cell: impl Fn(Option<usize>) -> Option<&'a str>) -> Said {
        let said = |amount: Option<&str>, currency: Option<&str>, with_fees| Said {
            amount: amount.map(shortened),
            currency: currency.map(shortened),
            with_fees,
            ..Said::default()
        };
        let (target, source) = (cell(self.target_currency), cell(self.source_currency));
        let one_currency = match (target, source) {
            (Some(target), Some(source)) => target.eq_ignore_ascii_case(source),
            _ => false,
        };
        if let Some(amount) = cell(self.target) {
            return said(Some(amount), target.or(cell(self.currency)), false);
        }
        if let Some(amount) = cell(self.amount) {
            let side = cell(self.side).map(str::to_ascii_lowercase);
            return match side.as_deref() {
                Some("target") => said(Some(amount), target, false),
                Some("source") if one_currency => said(Some(amount), target, true),
                Some("source") => said(None, target, false),
                // Which of two currencies it is in is not said.
                _ if cell(self.currency).is_none() && target.is_some() && !one_currency => {
                    said(None, target, false)
                }
                _ => said(Some(amount), cell(self.currency).or(target), false),
            };
        }
        if one_currency && let Some(amount) = cell(self.source) {
            return said(Some(amount), target, false);
        }
        if one_currency && let Some(amount) = cell(self.source_with_fees) {
            return said(Some(amount), target, true);
        }
        said(None, target.or(cell(self.currency)), false)
    }
}

/// When something was paid, as precisely as the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidAt {
    /// An instant.
    At(UnixMs),
    /// A day in the business's zone.
    On(Day),
}

/// What is wrong with a row, or with all of the file (line 1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line.
    pub line: u64,
    /// What is wrong.
    pub message: String,
}

/// What a file says: all that was understood, and all that was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Rows that were understood, in the file's order.
    pub rows: Vec<Answer>,
    /// Rows that were not.
    pub errors: Vec<RowError>,
    /// What a bank says of whole files, with or without naming their transfers.
    pub wholes: Vec<Whole>,
    /// Whether a bank answers to a payment file, so that its rows are about payouts of such files only.
    pub of_bank: bool,
    /// Whether the file tells of payments that are not ours as well, so that a payout that is not here is passed over. Its
    /// rows are entries then, of which several may be about one payout: see [`Self::merge`].
    pub among_others: bool,
}

impl Answers {
    /// Makes one row a payout of the entries of an account, once those that are not ours are taken out. A payment that
    /// was booked and came back within one file came back, unless it was made again on a later day: a payout that failed
    /// is sent again under its number.
    ///
    /// Answers the entries beside these that a person has to look at, and why: a second payment or return of one payout;
    /// and what came back of a payout that was booked more often than it came back, because a payment may stand.
    #[must_use]
    pub fn merge(&mut self) -> Vec<(Answer, String)> {
        let (mut places, mut beside) = (BTreeMap::new(), Vec::new());
        // How many more payments than returns there are of each.
        let mut standing: BTreeMap<Which, i64> = BTreeMap::new();
        for answer in std::mem::take(&mut self.rows) {
            let more = match answer.outcome {
                Outcome::Paid => 1,
                Outcome::Returned(_) => -1,
                Outcome::Failed(_) | Outcome::Waits(_) => 0,
            };
            let standing = standing.entry(answer.which).or_default();
            *standing = standing.saturating_add(more);
            if let Some((second, line)) = self.put(&mut places, answer) {
                let why = format!(
                    "is a second entry of what line {line} tells; look whether it was paid or came back twice"
                );
                beside.push((second, why));
            }
        }
        let standing: BTreeSet<Which> = standing
            .into_iter()
            .filter(|(_, more)| *more > 0)
            .map(|(which, _)| which)
            .collect();
        for answer in std::mem::take(&mut self.rows) {
            if matches!(answer.outcome, Outcome::Returned(_)) && standing.contains(&answer.which) {
                let why = "came back, and there are more payments of it here than returns: one of them may stand";
                beside.push((answer, why.to_owned()));
            } else {
                self.rows.push(answer);
            }
        }
        self.limit();
        beside
    }

    /// Puts an answer behind the others, and says it where it is a second of its payout; `places` are those of the payouts
    /// in the rows.
    pub(super) fn push(&mut self, places: &mut BTreeMap<Which, usize>, answer: Answer) {
        if let Some((second, earlier)) = self.put(places, answer) {
            self.errors.push(RowError {
                line: second.line,
                message: format!("names the same payout as line {earlier}"),
            });
        }
    }

    /// Puts an answer behind the others, or in the place of an earlier one that it outdates. Answers it where it is a second
    /// of its payout, with the line of the first.
    fn put(
        &mut self,
        places: &mut BTreeMap<Which, usize>,
        answer: Answer,
    ) -> Option<(Answer, u64)> {
        let Some(&place) = places.get(&answer.which) else {
            places.insert(answer.which, self.rows.len());
            self.rows.push(answer);
            return None;
        };
        let earlier = &mut self.rows[place];
        let takes_its_place = match (&earlier.outcome, &answer.outcome) {
            _ if !self.among_others => None,
            (Outcome::Paid | Outcome::Waits(_), Outcome::Returned(_)) => {
                Some(!is_on_later_day(earlier, &answer))
            }
            (Outcome::Returned(_), Outcome::Paid | Outcome::Waits(_)) => {
                Some(is_on_later_day(&answer, earlier))
            }
            (Outcome::Waits(_), Outcome::Paid) => Some(true),
            (Outcome::Paid | Outcome::Waits(_), Outcome::Waits(_)) => Some(false),
            _ => None,
        };
        match takes_its_place {
            Some(true) => *earlier = answer,
            Some(false) => {}
            None => return Some((answer, earlier.line)),
        }
        None
    }

    /// Refuses more rows than are read.
    pub(super) fn limit(&mut self) {
        if self.rows.len() > ROWS_MAX {
            self.rows.truncate(ROWS_MAX);
            self.errors.push(RowError {
                line: 1,
                message: format!("a file holds {ROWS_MAX} payments; ask the bank for it in parts"),
            });
        }
    }
}

/// Whether one was booked on a later day than the other, as far as both say.
fn is_on_later_day(one: &Answer, other: &Answer) -> bool {
    match (one.paid_at, other.paid_at) {
        (Some(PaidAt::On(day)), Some(PaidAt::On(before))) => day > before,
        _ => false,
    }
}

const WHICH: &[&str] = &[
    "payoutid",
    "customerid",
    "uniqueid",
    "paymentreference",
    "senderitemid",
    "number",
];
const STATUS: &[&str] = &[
    "status",
    "transactionstatus",
    "payoutstatus",
    "transferstatus",
];
const REFERENCE: &[&str] = &["reference", "transactionid", "transferid"];
const PAID_AT: &[&str] = &["paidat", "timeprocessed", "completedon", "datesent"];
const REASON: &[&str] = &["reason", "error", "errormessage", "reasoncode"];

const PAID: &[&str] = &[
    "paid",
    "success",
    "completed",
    "complete",
    "sent",
    "outgoing_payment_sent",
    "funds_sent",
    "processed",
];
const FAILED: &[&str] = &[
    "failed",
    "failure",
    "denied",
    "blocked",
    "cancelled",
    "canceled",
    "rejected",
];
const RETURNED: &[&str] = &[
    "returned",
    "refunded",
    "reversed",
    "bounced_back",
    "funds_refunded",
    "charged_back",
];
const WAITS: &[&str] = &[
    "pending",
    "unclaimed",
    "onhold",
    "on_hold",
    "processing",
    "incoming_payment_waiting",
    "new",
];

fn folded(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn word(status: &str) -> String {
    status.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Reads a result file, also a bank's in XML. A byte order mark is passed over; text that is not UTF-8 must be refused
/// before.
#[must_use]
pub fn read(text: &str) -> Answers {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        return super::bank::read(text);
    }
    let mut answers = Answers::default();
    let mut fail = |line: u64, message: String| answers.errors.push(RowError { line, message });
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(head) => head.iter().map(folded).collect(),
        Err(error) => {
            fail(1, error.to_string());
            return answers;
        }
    };
    let place = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| head.iter().position(|column| column == name))
    };
    let (Some(which_at), Some(status_at)) = (place(WHICH), place(STATUS)) else {
        fail(
            1,
            "the first line must name the columns, among them payout_id (or PayPal's Customer ID, or Wise's paymentReference) and status"
                .to_owned(),
        );
        return answers;
    };
    let (reference_at, paid_at_at, reason_at) = (place(REFERENCE), place(PAID_AT), place(REASON));
    let amounts = AmountColumns::find(place);
    let mut seen = BTreeMap::new();
    for (index, record) in reader.records().enumerate() {
        let fallback = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(2);
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                answers.errors.push(RowError {
                    line: fallback,
                    message: error.to_string(),
                });
                continue;
            }
        };
        let line = record.position().map_or(fallback, csv::Position::line);
        if index >= ROWS_MAX {
            answers.errors.push(RowError {
                line,
                message: format!("a file holds {ROWS_MAX} rows; send the rest in another one"),
            });
            break;
        }
        let cell = |at: Option<usize>| {
            at.and_then(|at| record.get(at))
                .map(|text| text.trim_start_matches('\'').trim())
                .filter(|text| !text.is_empty())
        };
        let mut wrong = |message: String| answers.errors.push(RowError { line, message });
        let Some(id) = cell(Some(which_at)) else {
            wrong("names no payout".to_owned());
            continue;
        };
        let which = match (id.parse::<PayoutId>(), super::number_in(id)) {
            (Ok(id), _) => Which::Id(id),
            (Err(_), Some(number)) => Which::Number(number),
            _ => {
                wrong(format!("“{}” is not a payout", shortened(id)));
                continue;
            }
        };
        if let Some(before) = seen.insert(which, line) {
            wrong(format!("names the same payout as line {before}"));
            continue;
        }
        let status = word(cell(Some(status_at)).unwrap_or_default());
        let reason = cell(reason_at).map(shortened);
        let outcome = match outcome(&status, reason) {
            Ok(outcome) => outcome,
            Err(message) => {
                wrong(message);
                continue;
            }
        };
        let paid_at = match cell(paid_at_at).map(paid_at).transpose() {
            Ok(paid_at) => paid_at,
            Err(message) => {
                wrong(message);
                continue;
            }
        };
        answers.rows.push(Answer {
            line,
            which,
            outcome,
            reference: cell(reference_at).map(shortened),
            paid_at,
            said: amounts.read(cell),
            origin: Vec::new(),
            sent_twice: false,
        });
    }
    answers
}

/// What a status means, or what is wrong with it.
fn outcome(status: &str, reason: Option<String>) -> Result<Outcome, String> {
    let why = || reason.unwrap_or_else(|| format!("The provider says: {status}"));
    match status {
        known if PAID.contains(&known) => Ok(Outcome::Paid),
        known if FAILED.contains(&known) => Ok(Outcome::Failed(why())),
        known if RETURNED.contains(&known) => Ok(Outcome::Returned(why())),
        known if WAITS.contains(&known) => Ok(Outcome::Waits(known.to_owned())),
        "" => Err("has no status".to_owned()),
        other => Err(format!(
            "“{}” is not a status that is known",
            shortened(other)
        )),
    }
}

fn paid_at(text: &str) -> Result<PaidAt, String> {
    match (UnixMs::parse(text), Day::parse(text)) {
        (Ok(at), _) => Ok(PaidAt::At(at)),
        (Err(_), Ok(day)) => Ok(PaidAt::On(day)),
        _ => Err(format!(
            "“{}” is not a day; write 2026-11-21",
            shortened(text)
        )),
    }
}

pub(super) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
