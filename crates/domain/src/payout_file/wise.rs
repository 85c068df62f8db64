//! The batch file that Wise takes for recipients known by their e-mail address (wise.com, "How do I fill in my
//! batch template"): at most 1,000 rows, recipients get the exact amount in the target currency.

use super::{FileError, Order, Place, checked, lines, one_currency, reference, text_cell};
use crate::money::decimal;

/// Rows of one file.
pub const ROWS_MAX: usize = 1_000;
const HEAD: [&str; 9] = [
    "name",
    "recipientEmail",
    "paymentReference",
    "receiverType",
    "amountCurrency",
    "amount",
    "sourceCurrency",
    "targetCurrency",
    "type",
];

/// Writes the file. It is paid for in the currency of the payouts.
///
/// # Errors
/// [`FileError`].
pub fn write(orders: &[Order]) -> Result<String, FileError> {
    checked(orders, ROWS_MAX)?;
    one_currency(orders)?;
    let mut rows = vec![HEAD.iter().map(|&name| name.to_owned()).collect()];
    for order in orders {
        let Place::Wise { email } = &order.place else {
            return Err(FileError::Order {
                number: order.number,
                reason: "it does not go to a Wise account",
            });
        };
        rows.push(vec![
            text_cell(&order.payee),
            text_cell(email),
            reference(order.number),
            // Wise asks for one of PERSON and BUSINESS and lets the recipient put it right.
            "PERSON".to_owned(),
            "target".to_owned(),
            decimal(order.amount, order.currency),
            order.currency.code().to_owned(),
            order.currency.code().to_owned(),
            "EMAIL".to_owned(),
        ]);
    }
    Ok(lines(rows))
}
