//! Payment files: made of payouts, handed out, answered.
//!
//! A file takes payouts that go to the kind of place it pays to, moves drafts to pending, and keeps each
//! payout until it is answered, so that none is in two files. What is in it is sealed and kept: the same file is
//! handed out again. An answer is looked at first ([`look`]) and then taken over as a whole or not at all ([`apply`]).

use std::collections::{BTreeMap, BTreeSet};

use domain::iban::{bic, iban};
use domain::id::{PayoutFileId, PayoutId, PayoutResultId, PayoutRunId};
use domain::money::{Currency, decimal};
use domain::payout_file::result::{self, Answer, Outcome, PaidAt, RowError, Which};
use domain::payout_file::{FileError, Order, Place as FilePlace, paypal, plain, sepa, wise};
use domain::status::{PayoutFileFormat, PayoutMethodKind, PayoutRunState, PayoutStatus, Scope};
use domain::time::{DAY_MS, Day, UnixMs};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::programme::payout::{self as payouts, Payment, Payout};
use store::programme::payout_file::{self as rows, DebtorRow, PayableRow};
pub use store::programme::payout_file::{FileLine, PayoutFile, PayoutResult};

use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, business, vault};
use crate::messaging::notice;
use crate::programme::payout::exact_totals;
use crate::programme::payout_method::{self, Place};
use crate::programme::transfer::{self, Transfer};
use crate::programme::{ledger, payout, payout_rule, payout_run};
use crate::work::Work;

const DEBTOR: &str = "payout debtor";
const FILE: &str = "payout file";
const RESULT: &str = "payout result";
/// Files that a page lists.
const SHOWN_MAX: i64 = 100;
/// Payments of a file that a page lists.
const LINES_MAX: i64 = 500;
/// The largest result file, in bytes.
pub const RESULT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// The business's own account, in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debtor {
    /// The account's holder.
    pub name: String,
    /// Without spaces.
    pub iban: String,
    /// The bank's code.
    pub bic: Option<String>,
}

/// The account as typed.
#[derive(Debug, Clone, Default)]
pub struct DebtorIn {
    /// The account's holder.
    pub name: String,
    /// With spaces or without.
    pub iban: String,
    /// May be blank.
    pub bic: String,
}

/// Which payouts a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Those of an approved run.
    Run(PayoutRunId),
    /// One.
    Payout(PayoutId),
    /// All that no unfinished run has.
    Loose,
}

/// A file that could be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Its kind.
    pub format: PayoutFileFormat,
    /// In what.
    pub currency: Currency,
    /// How many payments.
    pub payments: usize,
    /// What they add up to.
    pub amount: i64,
}

/// What the business's account is, as far as it may be shown.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn debtor(work: &mut Work) -> Result<Option<DebtorRow>> {
    work.require(Scope::Read)?;
    Ok(rows::debtor(&mut work.tx).await?)
}

fn owner(work: &Work, id: &str) -> String {
    format!("{} {id}", work.business())
}

async fn open_debtor(work: &mut Work) -> Result<Option<Debtor>> {
    let Some(row) = rows::debtor(&mut work.tx).await? else {
        return Ok(None);
    };
    let text = vault::open_text(&work.app, DEBTOR, &owner(work, ""), &row.sealed)?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| ServiceError::Internal(format!("the business's account: {error}")))
}

/// Sets the business's account.
///
/// # Errors
/// Invalid with the fields `name`, `iban` and `bic`; forbidden for others than the owner.
pub async fn set_debtor(work: &mut Work, input: DebtorIn) -> Result<()> {
    work.actor.require_owner()?;
    let mut checks = Checks::new();
    let name = checks.text("name", &input.name, 1..=70);
    let given = checks.text("iban", &input.iban, 1..=60);
    let iban = match iban(&given) {
        Ok(iban) => iban,
        Err(error) => {
            if !given.is_empty() {
                checks.fail("iban", format!("This {error}"));
            }
            String::new()
        }
    };
    let given = checks.optional_text("bic", Some(&input.bic), 20);
    let bic = given.as_deref().and_then(bic);
    checks.that(
        given.is_none() || bic.is_some(),
        "bic",
        "has 8 or 11 characters, such as COBADEFF",
    );
    checks.that(
        name.is_empty() || !sepa::latin(&name, 70).is_empty(),
        "name",
        "has no letter that a bank can read",
    );
    checks.done()?;
    let end = iban.get(iban.len().saturating_sub(4)..).unwrap_or_default();
    let masked = format!("{}•• •••• {end}", iban.get(..2).unwrap_or_default());
    let debtor = Debtor { name, iban, bic };
    let text = serde_json::to_string(&debtor)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let row = DebtorRow {
        sealed: vault::seal_text(&work.app, DEBTOR, &owner(work, ""), &text)?,
        masked: masked.clone(),
        updated_at_ms: work.now,
    };
    rows::set_debtor(&mut work.tx, &row).await?;
    let detail = format!("payment files are paid from {masked}");
    audit::record(work, "setting.payout_account", "setting", "", &detail).await
}

const fn format_of(kind: PayoutMethodKind, euro: bool) -> Option<PayoutFileFormat> {
    match kind {
        PayoutMethodKind::PayPal => Some(PayoutFileFormat::PayPal),
        PayoutMethodKind::Wise => Some(PayoutFileFormat::Wise),
        PayoutMethodKind::BankTransfer if euro => Some(PayoutFileFormat::Sepa),
        PayoutMethodKind::BankTransfer | PayoutMethodKind::Stripe | PayoutMethodKind::Other => None,
    }
}

fn fits(row: &PayableRow, format: PayoutFileFormat) -> bool {
    format == PayoutFileFormat::Plain
        || format_of(row.kind, row.currency.code() == "EUR") == Some(format)
}

async fn payable(work: &mut Work, source: Source) -> Result<Vec<PayableRow>> {
    let (run, one) = match source {
        Source::Run(id) => {
            let run = payout_run::get(work, id).await?;
            if run.state != PayoutRunState::Approved {
                return Err(conflict(format!(
                    "payout run {} is {}: only an approved run is paid by file",
                    run.number, run.state
                )));
            }
            (Some(id), None)
        }
        Source::Payout(id) => {
            payout::get(work, id).await?;
            (None, Some(id))
        }
        Source::Loose => (None, None),
    };
    let limit = i64::try_from(plain::ROWS_MAX)
        .unwrap_or(i64::MAX)
        .saturating_add(1);
    let found = rows::payable(&mut work.tx, run, one, limit).await?;
    let now = work.now;
    Ok(found
        .into_iter()
        .filter(|row| row.holds_until_ms <= now)
        .filter(|row| run.is_none() || row.status == PayoutStatus::Pending)
        .collect())
}

/// The files that could be made: those of providers first, then the plain one.
///
/// # Errors
/// A conflict for a run that is not approved; not found; forbidden without the scope `read`.
pub async fn offers(work: &mut Work, source: Source) -> Result<Vec<Offer>> {
    work.require(Scope::Read)?;
    let found = payable(work, source).await?;
    let mut offers = Vec::new();
    for &format in PayoutFileFormat::ALL {
        let mut of: BTreeMap<Currency, (usize, i64)> = BTreeMap::new();
        for row in found.iter().filter(|row| fits(row, format)) {
            let (payments, amount) = of.entry(row.currency).or_default();
            *payments += 1;
            *amount = amount.saturating_add(row.amount);
        }
        offers.extend(of.into_iter().map(|(currency, (payments, amount))| Offer {
            format,
            currency,
            payments,
            amount,
        }));
    }
    Ok(offers)
}

/// What a file is to be made of.
#[derive(Debug, Clone)]
pub struct FileIn {
    /// Which payouts.
    pub source: Source,
    /// Its kind.
    pub format: PayoutFileFormat,
    /// In what.
    pub currency: Currency,
    /// The exact total that was seen: `EUR 4000`.
    pub expected: String,
    /// For SEPA: the day on which the bank shall pay.
    pub on: Option<Day>,
}

impl From<FileError> for ServiceError {
    fn from(error: FileError) -> Self {
        conflict(error.to_string())
    }
}

fn place(details: Place) -> FilePlace {
    match details {
        Place::PayPal { email } => FilePlace::PayPal { email },
        Place::Wise { email } => FilePlace::Wise { email },
        Place::Bank { iban, bic, .. } => FilePlace::Bank { iban, bic },
        Place::Stripe { account } => FilePlace::Other {
            text: format!("Stripe account {account}"),
        },
        Place::Other { text } => FilePlace::Other { text },
    }
}

fn orders(work: &Work, found: &[PayableRow]) -> Result<Vec<Order>> {
    found
        .iter()
        .map(|row| {
            let details =
                payout_method::open_sealed(work, row.affiliate_id, row.method_id, &row.sealed)?;
            let payee = match &details.place {
                Place::Bank { holder, .. } => holder.clone(),
                _ => details.legal_name.clone(),
            };
            Ok(Order {
                payout_id: row.id,
                number: row.number,
                amount: row.amount,
                currency: row.currency,
                payee,
                place: place(details.place),
            })
        })
        .collect()
}

/// Makes a file of all payouts that fit it; drafts become pending. It is kept, to be handed out by
/// [`download`].
///
/// # Errors
/// A conflict when the total is another by now, nothing fits, or the kind refuses a payment; invalid with the field
/// `on`; forbidden as [`payout_rule::require_payer`].
pub async fn make(work: &mut Work, input: FileIn) -> Result<PayoutFileId> {
    payout_rule::require_payer(work).await?;
    let FileIn {
        source,
        format,
        currency,
        expected,
        on,
    } = input;
    ledger::order_to_pay(work).await?;
    let found: Vec<PayableRow> = payable(work, source)
        .await?
        .into_iter()
        .filter(|row| row.currency == currency && fits(row, format))
        .collect();
    let sum = found
        .iter()
        .try_fold(0_i64, |sum, row| sum.checked_add(row.amount))
        .ok_or(FileError::TooLarge)?;
    if found.is_empty() {
        return Err(FileError::Empty.into());
    }
    if exact_totals(&[(currency, sum)]) != expected {
        return Err(conflict(
            "the total has changed since you looked at it, so no file was made; look at it again",
        ));
    }
    // What is approved with the file is one decision of one person.
    let drafts: i64 = found
        .iter()
        .filter(|row| row.status == PayoutStatus::Draft)
        .map(|row| row.amount)
        .sum();
    if payout_rule::is_above_limit(work, &[(currency, drafts)]).await? {
        return Err(conflict(
            "the drafts in this file are above the limit for one person: cancel them and pay by a payout run, which a second person approves",
        ));
    }
    for row in found.iter().filter(|row| row.status == PayoutStatus::Draft) {
        let payout = payout::find(work, row.id).await?;
        payout_run::require_alone(work, &payout).await?;
        payout::make_pending(work, &payout).await?;
    }
    let orders = orders(work, &found)?;
    let business = business::get(work).await?;
    let zone = business::zone_of(&business)?;
    let today = work.now.day_in(&zone);
    let id: PayoutFileId = work.new_id();
    let text = format!("Commissions {}", business.name);
    let (content, ending) = match format {
        PayoutFileFormat::PayPal => (paypal::write(&orders, &text)?, "csv"),
        PayoutFileFormat::Wise => (wise::write(&orders)?, "csv"),
        PayoutFileFormat::Plain => (plain::write(&orders)?, "csv"),
        PayoutFileFormat::Sepa => {
            let on = on.unwrap_or(today);
            if on < today || on > today.plus(365) {
                return Err(invalid("on", "must be today or within a year"));
            }
            let debtor = open_debtor(work).await?.ok_or_else(|| {
                conflict("say first which account you pay from, in Settings, Payouts")
            })?;
            let debtor = sepa::Debtor {
                name: debtor.name,
                iban: debtor.iban,
                bic: debtor.bic,
            };
            let name: String = id
                .to_string()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let message = sepa::Message {
                id: name,
                created: work.now,
                on,
            };
            (sepa::write(&orders, &debtor, &message, &text)?, "xml")
        }
    };
    let number = match source {
        Source::Run(run) => format!("run-{}", payout_run::get(work, run).await?.number),
        Source::Payout(_) | Source::Loose => format!("po-{}", found[0].number),
    };
    let file = PayoutFile {
        id,
        run_id: match source {
            Source::Run(run) => Some(run),
            _ => None,
        },
        run_number: None,
        format,
        name: format!("{format}-{number}-{currency}-{today}.{ending}"),
        payments: i64::try_from(found.len()).unwrap_or(i64::MAX),
        currency,
        amount: sum,
        sha256: Sha256::digest(content.as_bytes()).to_vec(),
        made_by: work.actor.name().to_owned(),
        created_at_ms: work.now,
        open: 0,
    };
    let sealed = vault::seal_text(&work.app, FILE, &owner(work, &id.to_string()), &content)?;
    let members: Vec<PayoutId> = found.iter().map(|row| row.id).collect();
    rows::insert(&mut work.tx, &file, sealed, &members).await?;
    let detail = format!(
        "{}: {} payments, {expected}, SHA-256 {}",
        file.name,
        file.payments,
        hex(&file.sha256)
    );
    audit::record(
        work,
        "payout_file.make",
        "payout_file",
        &id.to_string(),
        &detail,
    )
    .await?;
    work.changed(None);
    Ok(id)
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file with this id and its payments.
///
/// # Errors
/// Not found; forbidden without the scope `read`.
pub async fn get(work: &mut Work, id: PayoutFileId) -> Result<(PayoutFile, Vec<FileLine>)> {
    work.require(Scope::Read)?;
    let file = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("payment file"))?;
    let lines = rows::lines(&mut work.tx, id, LINES_MAX).await?;
    Ok((file, lines))
}

/// Files, the newest first: of a run, or all.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn list(work: &mut Work, run: Option<PayoutRunId>) -> Result<Vec<PayoutFile>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, run, SHOWN_MAX).await?)
}

/// A file as it is handed out: its name and what is in it. It is noted that it was.
///
/// # Errors
/// Not found; forbidden as [`payout_rule::require_payer`].
pub async fn download(work: &mut Work, id: PayoutFileId) -> Result<(PayoutFile, String)> {
    payout_rule::require_payer(work).await?;
    let (file, _) = get(work, id).await?;
    let sealed = rows::content(&mut work.tx, id)
        .await?
        .ok_or(not_found("payment file"))?;
    let text = vault::open_text(&work.app, FILE, &owner(work, &id.to_string()), &sealed)?;
    if Sha256::digest(text.as_bytes()).as_slice() != file.sha256 {
        return Err(ServiceError::Internal(
            "a payment file is not what was made".to_owned(),
        ));
    }
    let detail = format!("{} handed out", file.name);
    audit::record(
        work,
        "payout_file.download",
        "payout_file",
        &id.to_string(),
        &detail,
    )
    .await?;
    Ok((file, text))
}

/// Says that a file was never sent: its payouts may be cancelled, or be in another file.
///
/// # Errors
/// A conflict when all its payments are answered; not found; forbidden as [`payout_rule::require_payer`].
pub async fn withdraw(work: &mut Work, id: PayoutFileId) -> Result<()> {
    payout_rule::require_payer(work).await?;
    ledger::order(work).await?;
    let (file, _) = get(work, id).await?;
    if rows::withdraw(&mut work.tx, id).await? == 0 {
        return Err(conflict("no payment of this file waits for its answer"));
    }
    let detail = format!("{} was never sent", file.name);
    audit::record(
        work,
        "payout_file.withdraw",
        "payout_file",
        &id.to_string(),
        &detail,
    )
    .await?;
    work.changed(None);
    Ok(())
}

// ── answers ───────────────────────────────────────────────────────────────────────────────────

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
        return Err(invalid("file", "is larger than 2 MB"));
    }
    let text = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| invalid("file", "is no text in UTF-8; save it as CSV UTF-8"))?;
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

    /// What whoever takes it over confirms to have seen: the exact totals, as text that survives a form.
    #[must_use]
    pub fn expected(&self) -> String {
        let (paid, back) = (self.totals(), self.returned_totals());
        match (paid.is_empty(), back.is_empty()) {
            (_, true) => exact_totals(&paid),
            (true, false) => format!("returned {}", exact_totals(&back)),
            (false, false) => format!("{}; returned {}", exact_totals(&paid), exact_totals(&back)),
        }
    }
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
    let answers = result::read(&text);
    let mut look = Look {
        errors: answers.errors,
        ..Look::default()
    };
    let found = named(work, &answers.rows).await?;
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
        match change(&payout, &answer, sent, work.now) {
            Ok(Change::None) => look.unchanged.push((payout, answer)),
            Ok(Change::Paid) => look.paid.push((payout, answer)),
            Ok(Change::Failed) => look.failed.push((payout, answer)),
            Ok(Change::Returned) => look.returned.push((payout, answer)),
            Err(ServiceError::Conflict(why)) => wrong(why),
            Err(error) => return Err(error),
        }
    }
    look.errors.sort_by_key(|error| error.line);
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
}

/// What a row makes of its payout, whose transfers matter where its money came back; a conflict says what is wrong
/// with it.
fn change(payout: &Payout, answer: &Answer, sent: &[Transfer], now: UnixMs) -> Result<Change> {
    let number = payout.number;
    let is_ahead = match answer.paid_at {
        Some(PaidAt::At(at)) => domain::attribution::is_too_far_ahead(at, now),
        Some(PaidAt::On(day)) => day.0.saturating_mul(DAY_MS) > now.0.saturating_add(DAY_MS),
        None => false,
    };
    if is_ahead {
        return Err(conflict(format!("PO-{number} was paid in the future")));
    }
    if matches!(answer.outcome, Outcome::Waits(_)) {
        return Ok(Change::None);
    }
    if let Some(said) = answer.said.differing(payout.amount, payout.currency) {
        return Err(conflict(format!(
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
        // Reports are brought again, with rows that were taken over before: what failed may be cancelled by now.
        (Outcome::Paid, PayoutStatus::Paid)
        | (
            Outcome::Failed(_) | Outcome::Returned(_),
            PayoutStatus::Failed | PayoutStatus::Cancelled | PayoutStatus::Returned,
        ) => Ok(Change::None),
        (Outcome::Failed(_), PayoutStatus::Paid) => Err(conflict(format!(
            "PO-{number} is paid, and this says that it failed: where the money came back, write returned"
        ))),
        (_, status) => Err(conflict(format!(
            "PO-{number} is {status}: only a pending payout can be answered"
        ))),
    }
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
    let mut runs = BTreeSet::new();
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
        runs.extend(run_of(work, payout).await?);
    }
    for (payout, answer) in &look.failed {
        let (Outcome::Failed(reason) | Outcome::Returned(reason)) = &answer.outcome else {
            continue;
        };
        payout::fail(work, payout, answer.reference.as_deref(), reason).await?;
        rows::answer(&mut work.tx, payout.id).await?;
        runs.extend(run_of(work, payout).await?);
    }
    for (payout, answer) in &look.returned {
        if let Outcome::Returned(reason) = &answer.outcome {
            transfer::book_returned(work, payout, reason).await?;
        }
    }
    for run in runs {
        payout_run::close_if_done(work, run).await?;
    }
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

async fn run_of(work: &mut Work, payout: &Payout) -> Result<Option<PayoutRunId>> {
    Ok(payout_run::of_payout(work, payout).await?.map(|run| run.id))
}

/// Result files, the newest first.
///
/// # Errors
/// Forbidden without the scope `payout`.
pub async fn results(work: &mut Work) -> Result<Vec<PayoutResult>> {
    work.require(Scope::Payout)?;
    Ok(rows::results(&mut work.tx, SHOWN_MAX).await?)
}

/// The day on which banks are asked to pay unless another is chosen: the next working day.
///
/// # Errors
/// As the database says.
pub async fn usual_day(work: &mut Work) -> Result<Day> {
    let sender = notice::sender(work).await?;
    let zone = domain::time::zone(&sender.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let mut day = work.now.day_in(&zone).plus(1);
    while matches!(
        day.date().weekday(),
        jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
    ) {
        day = day.plus(1);
    }
    Ok(day)
}
