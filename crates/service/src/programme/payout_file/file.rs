//! Payment files: what they are made of, made, handed out, withdrawn.

use std::collections::BTreeMap;

use domain::id::{PayoutFileId, PayoutId, PayoutRunId};
use domain::money::Currency;
use domain::payout_file::{FileError, Order, Place as FilePlace, paypal, plain, sepa, wise};
use domain::status::{PayoutFileFormat, PayoutMethodKind, PayoutRunState, PayoutStatus, Scope};
use domain::time::Day;
use sha2::{Digest as _, Sha256};
use store::programme::payout_file::{self as rows, FileLine, PayableRow, PayoutFile};

use super::debtor::open_debtor;
use super::{SHOWN_MAX, hex, owner};
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, business, vault};
use crate::messaging::notice;
use crate::programme::payout::exact_totals;
use crate::programme::payout_method::{self, Place};
use crate::programme::{ledger, payout, payout_limit, payout_rule, payout_run};
use crate::work::Work;

const FILE: &str = "payout file";
/// Payments of a file that a page lists.
const LINES_MAX: i64 = 500;

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
    if let Some(above) = payout_limit::above(work, "", &[(currency, drafts)]).await? {
        return Err(conflict(format!(
            "{}the drafts in this file are above the limit for one person: cancel them and pay by a payout run, which a second person approves",
            above.with()
        )));
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
