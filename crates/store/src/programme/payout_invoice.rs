//! Statements and self-billing invoices of paid payouts, and who the business is on them.

use domain::id::{AffiliateId, PayoutId};
use domain::time::{Day, UnixMs};

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// Who the business is on its invoices.
    pub struct Issuer {
        /// The legal name.
        pub legal_name: String,
        /// Street and number.
        pub street: String,
        /// Postcode.
        pub postcode: String,
        /// City.
        pub city: String,
        /// ISO 3166-1 code, or empty.
        pub country: String,
        /// The VAT id, or empty.
        pub vat_id: String,
        /// What stands before each number.
        pub prefix: String,
        /// Whether they are self-billing invoices.
        pub self_billing: bool,
        /// What stands at the end, such as who owes the tax.
        pub remark: String,
        /// The last number that was given.
        pub last_number: i64,
    }
}

record! {
    /// An invoice that was issued.
    pub struct PayoutInvoice {
        /// Of this payout.
        pub payout_id: PayoutId,
        /// Its number in the business, without a gap.
        pub number: i64,
        /// The number as it is written: `SB-0042`.
        pub name: String,
        /// All that it says.
        pub sealed: Vec<u8>,
        /// When it was issued.
        pub issued_at_ms: UnixMs,
    }
}

record! {
    /// Where the people of an affiliate live, as they told.
    pub struct Address {
        /// The company.
        pub company: Option<String>,
        /// ISO 3166-1 code.
        pub country: Option<String>,
        /// Street and number.
        pub street: Option<String>,
        /// City.
        pub city: Option<String>,
        /// Postcode.
        pub postcode: Option<String>,
    }
}

record! {
    /// A commission of a payout as an invoice names it.
    pub struct InvoiceLine {
        /// Its day.
        pub day: Day,
        /// The campaign.
        pub campaign_name: Option<String>,
        /// The event.
        pub event_name: Option<String>,
        /// The event's id at the business.
        pub event_external_id: Option<String>,
        /// 0 for the affiliate's own, above for those below.
        pub level: i64,
        /// What it brings in.
        pub amount: i64,
    }
}

/// Who the business is on its invoices.
///
/// # Errors
/// As the database says.
pub async fn issuer(tx: &mut Tx) -> Result<Option<Issuer>> {
    tx.fetch_optional(include_str!("payout_invoice/issuer.sql"), args![])
        .await
}

/// Sets who the business is; the last number stays.
///
/// # Errors
/// As the database says.
pub async fn set_issuer(tx: &mut Tx, issuer: &Issuer) -> Result<()> {
    let Issuer {
        legal_name,
        street,
        postcode,
        city,
        country,
        vat_id,
        prefix,
        self_billing,
        remark,
        last_number: _,
    } = issuer;
    let values = args![
        legal_name,
        street,
        postcode,
        city,
        country,
        vat_id,
        prefix,
        *self_billing,
        remark
    ];
    tx.execute(include_str!("payout_invoice/set_issuer.sql"), values)
        .await?;
    Ok(())
}

/// The next number; the business has an issuer.
///
/// # Errors
/// As the database says.
pub async fn next_number(tx: &mut Tx) -> Result<i64> {
    tx.value(include_str!("payout_invoice/next_number.sql"), args![])
        .await
}

/// Stores an invoice.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, invoice: &PayoutInvoice) -> Result<()> {
    let PayoutInvoice {
        payout_id,
        number,
        name,
        sealed,
        issued_at_ms,
    } = invoice;
    let values = args![*payout_id, *number, name, sealed.clone(), *issued_at_ms];
    tx.execute(include_str!("payout_invoice/insert.sql"), values)
        .await?;
    Ok(())
}

/// The invoice of a payout.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, payout: PayoutId) -> Result<Option<PayoutInvoice>> {
    tx.fetch_optional(include_str!("payout_invoice/find.sql"), args![payout])
        .await
}

/// What the first account of an affiliate told of where it is.
///
/// # Errors
/// As the database says.
pub async fn address_of(tx: &mut Tx, affiliate: AffiliateId) -> Result<Option<Address>> {
    tx.fetch_optional(
        include_str!("payout_invoice/account_of.sql"),
        args![affiliate],
    )
    .await
}

/// The commissions of a payout, oldest first.
///
/// # Errors
/// As the database says.
pub async fn lines(tx: &mut Tx, payout: PayoutId) -> Result<Vec<InvoiceLine>> {
    tx.fetch_all(
        include_str!("payout_invoice/lines.sql"),
        args![payout, true],
    )
    .await
}
