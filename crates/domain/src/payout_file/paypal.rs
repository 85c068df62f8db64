//! The file that PayPal's business pages take for payouts (docs.paypal.ai, "Use Web UI"): comma-separated without
//! a head, one currency, at most 5,000 rows of recipient, amount, currency, id of at most 30 characters, note
//! of at most 400, wallet.

use super::{FileError, Order, Place, checked, lines, one_currency, reference, text_cell};
use crate::money::decimal;

/// Rows of one file.
pub const ROWS_MAX: usize = 5_000;
const NOTE_MAX: usize = 400;

/// Writes the file. `note` is what recipients read.
///
/// # Errors
/// [`FileError`].
pub fn write(orders: &[Order], note: &str) -> Result<String, FileError> {
    checked(orders, ROWS_MAX)?;
    one_currency(orders)?;
    let note: String = note.chars().take(NOTE_MAX).collect();
    let rows = orders
        .iter()
        .map(|order| match &order.place {
            Place::PayPal { email } => Ok(vec![
                text_cell(email),
                decimal(order.amount, order.currency),
                order.currency.code().to_owned(),
                reference(order.number),
                text_cell(&note),
                "PAYPAL".to_owned(),
            ]),
            _ => Err(FileError::Order {
                number: order.number,
                reason: "it does not go to a PayPal account",
            }),
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(lines(rows))
}
