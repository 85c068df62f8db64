//! Statements and self-billing invoices: one a paid payout, numbered without a gap, kept as it was issued.
//!
//! It is issued in the transaction that marks the payout paid, behind the journal's order, so that no number is
//! given twice or left out. What it says (names, addresses, lines) is fixed then; later changes of either
//! side's details do not reach it.

use domain::country;
use domain::id::PayoutId;
use domain::money::Currency;
use domain::status::Scope;
use domain::time::{Day, UnixMs};
use serde::{Deserialize, Serialize};
use store::programme::affiliate;
use store::programme::payout::{Payment, Payout};
pub use store::programme::payout_invoice::Issuer;
use store::programme::payout_invoice::{self as rows, PayoutInvoice};
use store::programme::payout_method as methods;

use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{audit, business, vault};
use crate::programme::payout_credit::MARK;
use crate::programme::payout_method::Details;
use crate::programme::{payout, payout_method};
use crate::work::Work;

const PURPOSE: &str = "payout invoice";
/// What stands before each number until the business says otherwise.
const PREFIX: &str = "ST-";
/// Digits of a number as it is written.
pub(super) const DIGITS: usize = 4;

/// One side of an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The legal name.
    pub name: String,
    /// Street, postcode and city, country; those that are known.
    pub address: Vec<String>,
    /// The VAT id, or empty.
    pub vat_id: String,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The day as days since 1970.
    pub day: i64,
    /// What it is for.
    pub what: String,
    /// Minor units.
    pub amount: i64,
}

/// What an invoice says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Whether it is a self-billing invoice, or a statement only.
    pub self_billing: bool,
    /// The business: who pays, and writes the invoice in the payee's name.
    pub issuer: Party,
    /// The affiliate.
    pub payee: Party,
    /// The commissions.
    pub lines: Vec<Line>,
    /// What they add up to.
    pub commissions_total: i64,
    /// What is carried from earlier refunds: zero or below.
    pub carried_forward: i64,
    /// What was paid.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// The payout's number.
    pub payout_number: i64,
    /// How it was paid.
    pub method: String,
    /// The bank's or provider's reference, or empty.
    pub reference: String,
    /// When it was paid, milliseconds since 1970.
    pub paid_at_ms: i64,
    /// What the business adds at the end.
    pub remark: String,
}

impl Invoice {
    /// The currency.
    ///
    /// # Errors
    /// Internal, for a stored invoice that is broken.
    pub fn currency(&self) -> Result<Currency> {
        self.currency
            .parse()
            .map_err(|_| ServiceError::Internal("an invoice of no currency".to_owned()))
    }

    /// When it was paid.
    #[must_use]
    pub const fn paid_at(&self) -> UnixMs {
        UnixMs(self.paid_at_ms)
    }
}

impl Line {
    /// The day.
    #[must_use]
    pub const fn day(&self) -> Day {
        Day(self.day)
    }
}

fn owner(work: &Work, payout: PayoutId) -> String {
    format!("{} {payout}", work.business())
}

/// Who the business is on its invoices: what it has set, or its name.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn issuer(work: &mut Work) -> Result<Issuer> {
    work.require(Scope::Read)?;
    found_issuer(work).await
}

async fn found_issuer(work: &mut Work) -> Result<Issuer> {
    if let Some(issuer) = rows::issuer(&mut work.tx).await? {
        return Ok(issuer);
    }
    Ok(Issuer {
        legal_name: business::get(work).await?.name,
        street: String::new(),
        postcode: String::new(),
        city: String::new(),
        country: String::new(),
        vat_id: String::new(),
        prefix: PREFIX.to_owned(),
        self_billing: false,
        remark: String::new(),
        last_number: 0,
    })
}

/// Sets who the business is on invoices that come; those that were issued stay as they are.
///
/// # Errors
/// Invalid by field; forbidden without the scope `manage`.
pub async fn set_issuer(work: &mut Work, input: Issuer) -> Result<()> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let issuer = Issuer {
        legal_name: checks.text("legal_name", &input.legal_name, 1..=200),
        street: checks.text("street", &input.street, 0..=200),
        postcode: checks.text("postcode", &input.postcode, 0..=20),
        city: checks.text("city", &input.city, 0..=100),
        country: checks.text("country", &input.country, 0..=2),
        vat_id: checks.text("vat_id", &input.vat_id, 0..=30),
        prefix: checks.text("prefix", &input.prefix, 0..=12),
        self_billing: input.self_billing,
        remark: checks.text("remark", &input.remark, 0..=500),
        last_number: 0,
    };
    checks.that(
        issuer.country.is_empty() || country::name(&issuer.country).is_some(),
        "country",
        "is not a country",
    );
    checks.that(
        issuer
            .prefix
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '/' | '.')),
        "prefix",
        "may have letters, digits, -, / and .",
    );
    checks.that(
        !issuer.prefix.ends_with(MARK),
        "prefix",
        &format!("must not end with {MARK}, as the numbers of credit notes begin so"),
    );
    checks.that(
        !issuer.self_billing || !issuer.vat_id.is_empty(),
        "vat_id",
        "is required on self-billing invoices",
    );
    checks.done()?;
    rows::set_issuer(&mut work.tx, &issuer).await?;
    let detail = format!(
        "statements are of {}, numbers begin with {}",
        issuer.legal_name, issuer.prefix
    );
    audit::record(work, "setting.invoice", "setting", "", &detail).await
}

fn address(street: &str, postcode: &str, city: &str, country_code: &str) -> Vec<String> {
    let place = format!("{postcode} {city}");
    [
        street.trim().to_owned(),
        place.trim().to_owned(),
        country::name(country_code).unwrap_or_default().to_owned(),
    ]
    .into_iter()
    .filter(|line| !line.is_empty())
    .collect()
}

/// Issues the invoice of a payout that is being marked paid; the journal is ordered. Answers its number as it is
/// written.
pub(crate) async fn issue(work: &mut Work, payout: &Payout, payment: &Payment) -> Result<String> {
    let issuer = match rows::issuer(&mut work.tx).await? {
        Some(issuer) => issuer,
        None => {
            let issuer = found_issuer(work).await?;
            rows::set_issuer(&mut work.tx, &issuer).await?;
            issuer
        }
    };
    let details = newest_method(work, payout).await?.transpose()?;
    let payee = payee(work, payout, details).await?;
    let lines = rows::lines(&mut work.tx, payout.id)
        .await?
        .into_iter()
        .map(|line| {
            let name = line.event_name.unwrap_or_else(|| "Adjustment".to_owned());
            let of = line.event_external_id.map(|id| format!(" {id}"));
            let campaign = line.campaign_name.map(|name| format!("{name}: "));
            let below = if line.level > 0 {
                ", by an affiliate below"
            } else {
                ""
            };
            Line {
                day: line.day.0,
                what: format!(
                    "{}{name}{}{below}",
                    campaign.unwrap_or_default(),
                    of.unwrap_or_default()
                ),
                amount: line.amount,
            }
        })
        .collect();
    let prefix = issuer.prefix.clone();
    let invoice = written(issuer, payee, lines, payout, payment, work.now);
    let text = serde_json::to_string(&invoice)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let number = rows::next_number(&mut work.tx).await?;
    let name = format!("{prefix}{number:0DIGITS$}");
    let row = PayoutInvoice {
        payout_id: payout.id,
        number,
        name: name.clone(),
        sealed: vault::seal_text(&work.app, PURPOSE, &owner(work, payout.id), &text)?,
        issued_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &row).await?;
    Ok(name)
}

/// What an invoice says; `now` is when it was paid where the payment does not tell.
fn written(
    issuer: Issuer,
    payee: Party,
    lines: Vec<Line>,
    payout: &Payout,
    payment: &Payment,
    now: UnixMs,
) -> Invoice {
    Invoice {
        self_billing: issuer.self_billing,
        issuer: Party {
            address: address(
                &issuer.street,
                &issuer.postcode,
                &issuer.city,
                &issuer.country,
            ),
            name: issuer.legal_name,
            vat_id: issuer.vat_id,
        },
        payee,
        lines,
        commissions_total: payout.commissions_total,
        carried_forward: payout.carried_forward,
        amount: payout.amount,
        currency: payout.currency.code().to_owned(),
        payout_number: payout.number,
        method: payment.method.clone(),
        reference: payment.reference.clone().unwrap_or_default(),
        paid_at_ms: payment.paid_at.unwrap_or(now).0,
        remark: issuer.remark,
    }
}

/// What is known of a payout without opening its invoice, which was sealed under another key: the amounts, in one
/// line, and both sides as they are now. An affiliate whose payout method does not open either goes by their name.
pub(super) async fn rebuilt(
    work: &mut Work,
    payout: &Payout,
    issued: &PayoutInvoice,
) -> Result<Invoice> {
    let issuer = found_issuer(work).await?;
    let details = newest_method(work, payout).await?.and_then(Result::ok);
    let payee = payee(work, payout, details).await?;
    let zone = business::zone_of(&business::get(work).await?)?;
    let line = Line {
        day: issued.issued_at_ms.day_in(&zone).0,
        what: format!("All lines of {}", issued.name),
        amount: payout.commissions_total,
    };
    let payment = Payment {
        method: payout.method.clone(),
        reference: payout.reference.clone(),
        paid_at: payout.paid_at_ms,
        note: String::new(),
    };
    let paid_at = issued.issued_at_ms;
    Ok(written(
        issuer,
        payee,
        vec![line],
        payout,
        &payment,
        paid_at,
    ))
}

/// Where the affiliate is paid now, as far as it opens; none when they have not said.
async fn newest_method(work: &mut Work, payout: &Payout) -> Result<Option<Result<Details>>> {
    let methods = methods::list(&mut work.tx, payout.affiliate_id, 1).await?;
    Ok(methods.first().map(|method| {
        payout_method::open_sealed(work, payout.affiliate_id, method.id, &method.sealed)
    }))
}

async fn payee(work: &mut Work, payout: &Payout, details: Option<Details>) -> Result<Party> {
    let told = rows::address_of(&mut work.tx, payout.affiliate_id).await?;
    let known = affiliate::find(&mut work.tx, payout.affiliate_id)
        .await?
        .ok_or(not_found("affiliate"))?;
    let text = |text: Option<String>| text.unwrap_or_default();
    let (street, postcode, city, code) = match told {
        Some(told) => (
            text(told.street),
            text(told.postcode),
            text(told.city),
            text(told.country.or(known.country)),
        ),
        None => Default::default(),
    };
    let (name, vat_id) = match details {
        Some(details) => (details.legal_name, text(details.vat_id)),
        None => (payout.affiliate_name.clone(), String::new()),
    };
    Ok(Party {
        name,
        address: address(&street, &postcode, &city, &code),
        vat_id,
    })
}

/// The invoice of a payout: its number as it is written, when it was issued, and what it says; none when it was
/// not paid, or was before there were invoices. An affiliate sees its own.
///
/// # Errors
/// As [`payout::get`]; a conflict when it was sealed under another secret key.
pub async fn find(work: &mut Work, id: PayoutId) -> Result<Option<(String, UnixMs, Invoice)>> {
    payout::get(work, id).await?;
    let Some(row) = rows::find(&mut work.tx, id).await? else {
        return Ok(None);
    };
    let invoice = open(work, &row).map_err(|error| unreadable(&row.name, &error))?;
    Ok(Some((row.name, row.issued_at_ms, invoice)))
}

/// Only the number of the invoice of a payout, as it is written; none while there is none.
///
/// # Errors
/// As [`payout::get`].
pub async fn number(work: &mut Work, id: PayoutId) -> Result<Option<String>> {
    payout::get(work, id).await?;
    let found = rows::find(&mut work.tx, id).await?;
    Ok(found.map(|row| row.name))
}

/// What a stored invoice says.
pub(super) fn open(work: &Work, row: &PayoutInvoice) -> Result<Invoice> {
    let owner = owner(work, row.payout_id);
    let text = vault::open_text(&work.app, PURPOSE, &owner, &row.sealed)?;
    serde_json::from_str(&text)
        .map_err(|error| ServiceError::Internal(format!("an invoice: {error}")))
}

/// Tells whoever wants to read a document that it does not open any more.
pub(super) fn unreadable(name: &str, error: &ServiceError) -> ServiceError {
    tracing::error!(%error, "{name} does not open");
    conflict(format!(
        "{name} cannot be read: it was sealed under another secret key of this installation"
    ))
}
