//! Payment files: what a bank or a provider is told to pay, and what it answers.
//!
//! [`paypal`], [`wise`], [`sepa`] and [`plain`] write; [`result`] reads. Each writer refuses a file that would
//! be turned away as a whole: too many rows, another currency, a place it cannot pay to. Every row carries
//! the payout's number as `PO-1042`, by which its answer is known again.

mod bank;
pub mod paypal;
pub mod plain;
pub mod result;
pub mod sepa;
#[cfg(test)]
mod tests;
pub mod wise;
mod xml;

use crate::id::PayoutId;
use crate::money::Currency;
use crate::status::PayoutMethodKind;

/// One payment to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The payout.
    pub payout_id: PayoutId,
    /// Its number.
    pub number: i64,
    /// What is paid; minor units, above zero.
    pub amount: i64,
    /// In what.
    pub currency: Currency,
    /// Who is paid: the account's holder or the legal name.
    pub payee: String,
    /// Where to.
    pub place: Place,
}

/// Where a payment goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An account at PayPal, by its address.
    PayPal {
        /// The address.
        email: String,
    },
    /// An account at Wise, by its address.
    Wise {
        /// The address.
        email: String,
    },
    /// A bank account.
    Bank {
        /// Without spaces.
        iban: String,
        /// The bank's code.
        bic: Option<String>,
    },
    /// As described in words.
    Other {
        /// The words.
        text: String,
    },
}

impl Place {
    /// The kind of payout method that leads there.
    #[must_use]
    pub const fn kind(&self) -> PayoutMethodKind {
        match self {
            Self::PayPal { .. } => PayoutMethodKind::PayPal,
            Self::Wise { .. } => PayoutMethodKind::Wise,
            Self::Bank { .. } => PayoutMethodKind::BankTransfer,
            Self::Other { .. } => PayoutMethodKind::Other,
        }
    }
}

/// Why no file is written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// There is nothing to pay.
    #[error("there is nothing to pay in this file")]
    Empty,
    /// More rows than the provider takes.
    #[error("a file of this kind holds {most} payments, and these are {found}; pay them in parts")]
    TooMany {
        /// Rows it takes.
        most: usize,
        /// Rows there are.
        found: usize,
    },
    /// More than one currency.
    #[error("a file of this kind holds one currency; choose {0} or {1}")]
    Currencies(Currency, Currency),
    /// Another currency than the euro.
    #[error("SEPA pays in EUR only, and PO-{number} is in {currency}")]
    NotEuro {
        /// The payout's number.
        number: i64,
        /// Its currency.
        currency: Currency,
    },
    /// A payment that the kind of file cannot make.
    #[error("PO-{number} cannot be paid by this file: {reason}")]
    Order {
        /// The payout's number.
        number: i64,
        /// What is wrong.
        reason: &'static str,
    },
    /// The sums do not fit.
    #[error("the amounts are too large")]
    TooLarge,
}

/// The reference by which a payout is known: `PO-1042`.
#[must_use]
pub fn reference(number: i64) -> String {
    format!("PO-{number}")
}

/// The number in a reference, however it is surrounded.
#[must_use]
pub fn number_in(text: &str) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.strip_prefix("PO-").unwrap_or(&upper);
    if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// What every kind asks: something to pay, not too much, amounts above zero. Answers the sum by which
/// files are compared.
fn checked(orders: &[Order], most: usize) -> Result<(), FileError> {
    if orders.is_empty() {
        return Err(FileError::Empty);
    }
    if orders.len() > most {
        return Err(FileError::TooMany {
            most,
            found: orders.len(),
        });
    }
    match orders.iter().find(|order| order.amount <= 0) {
        Some(order) => Err(FileError::Order {
            number: order.number,
            reason: "its amount is not above zero",
        }),
        None => Ok(()),
    }
}

fn one_currency(orders: &[Order]) -> Result<(), FileError> {
    let Some(first) = orders.first() else {
        return Err(FileError::Empty);
    };
    match orders.iter().find(|order| order.currency != first.currency) {
        Some(other) => Err(FileError::Currencies(first.currency, other.currency)),
        None => Ok(()),
    }
}

/// A cell of text from people: quoted where it needs to be, harmless in a spreadsheet, in one line.
fn text_cell(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let line = line.trim();
    let safe = if line.starts_with(['=', '+', '-', '@']) {
        format!("'{line}")
    } else {
        line.to_owned()
    };
    if safe.contains([',', '"', ';']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

fn lines(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for row in rows {
        text.push_str(&row.join(","));
        text.push_str("\r\n");
    }
    text
}
