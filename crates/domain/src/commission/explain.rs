//! The arithmetic in words: every figure of a line can be followed with a spreadsheet.

use crate::money::{Currency, PPM, decimal};
use crate::rule::percent_text;

/// An amount with its currency: `49.00 USD`; bare minor units where there is no currency.
pub(super) fn money(amount: i64, currency: Option<Currency>) -> String {
    currency.map_or_else(
        || amount.to_string(),
        |currency| format!("{} {currency}", decimal(amount, currency)),
    )
}

/// `20 % of 40.83 USD = 8.166, rounded to 8.17 USD`.
pub(super) fn percent_step(base: i64, ppm: i64, result: i64, currency: Option<Currency>) -> String {
    let what = format!("{} of {}", percent_text(ppm), money(base, currency));
    format!(
        "{what} = {}",
        rounded(i128::from(base) * i128::from(ppm), result, currency)
    )
}

/// The unrounded result of a sum of `base × ppm`, and what it was rounded to: `8.166, rounded to 8.17 USD`.
pub(super) fn rounded(product: i128, result: i64, currency: Option<Currency>) -> String {
    if product == i128::from(result) * i128::from(PPM) {
        return money(result, currency);
    }
    let decimals = currency.map_or(0, |currency| currency.decimals() as usize) + 6;
    let digits = format!("{:0>width$}", product.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if product < 0 { "-" } else { "" };
    format!(
        "{sign}{whole}.{}, rounded to {}",
        fraction.trim_end_matches('0'),
        money(result, currency)
    )
}
