//! A file of one's own: every payment with its place in columns, any currency and method. What was done is
//! read back from the same first column.

use super::{FileError, Order, Place, checked, lines, reference, text_cell};
use crate::money::decimal;

/// Rows of one file.
pub const ROWS_MAX: usize = 10_000;
const HEAD: [&str; 9] = [
    "payout_id",
    "number",
    "payee",
    "amount",
    "currency",
    "method",
    "account",
    "bic",
    "instructions",
];

/// Writes the file.
///
/// # Errors
/// [`FileError`].
pub fn write(orders: &[Order]) -> Result<String, FileError> {
    checked(orders, ROWS_MAX)?;
    let mut rows = vec![HEAD.iter().map(|&name| name.to_owned()).collect()];
    for order in orders {
        let (account, bic, words) = match &order.place {
            Place::PayPal { email } | Place::Wise { email } => (email.as_str(), "", ""),
            Place::Bank { iban, bic } => (iban.as_str(), bic.as_deref().unwrap_or_default(), ""),
            Place::Other { text } => ("", "", text.as_str()),
        };
        rows.push(vec![
            order.payout_id.to_string(),
            reference(order.number),
            text_cell(&order.payee),
            decimal(order.amount, order.currency),
            order.currency.code().to_owned(),
            order.place.kind().as_str().to_owned(),
            text_cell(account),
            text_cell(bic),
            text_cell(words),
        ]);
    }
    Ok(lines(rows))
}
