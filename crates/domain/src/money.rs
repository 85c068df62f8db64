//! Amounts: integers of a currency's minor unit, and the one place where they are rounded.

use std::fmt;
use std::str::FromStr;

use crate::status::Language;

/// An ISO 4217 currency that is in circulation. Kept as its three letters; cheap to copy.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The text is not the code of a currency that amounts can be kept in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown currency; use an ISO 4217 code such as USD")]
pub struct UnknownCurrency;

impl Currency {
    /// The three capital letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// How many decimals the minor unit has: 0 (JPY), 2 (USD) or 3 (KWD). Source: ISO 4217.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        iso_currency::Currency::from_code(self.code())
            .and_then(|c| c.exponent())
            .map_or(2, u32::from)
    }

    /// The usual sign (`$`), or the code where signs are ambiguous or missing.
    #[must_use]
    pub fn symbol(&self) -> &'static str {
        match &self.0 {
            b"USD" => "$",
            b"EUR" => "€",
            b"GBP" => "£",
            b"JPY" => "¥",
            b"INR" => "₹",
            _ => "",
        }
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| UnknownCurrency)?;
        let known = iso_currency::Currency::from_code(text).ok_or(UnknownCurrency)?;
        // Metals, funds and test codes have no minor unit; four decimals exist for accounting units only.
        match known.exponent() {
            Some(0..=3) => Ok(Self(letters)),
            _ => Err(UnknownCurrency),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A sum left the range of an i64 of minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large")]
pub struct AmountOverflow;

/// Parts per million in one: 1 000 000 ppm = 100 %.
pub const PPM: i64 = 1_000_000;

/// `value × numerator / denominator`, rounded half away from zero to a whole minor unit.
///
/// This is the only rounding of money in the product (a spreadsheet's ROUND).
///
/// # Errors
/// [`AmountOverflow`] when the result does not fit, or the denominator is zero.
pub fn mul_div_round(value: i64, numerator: i64, denominator: i64) -> Result<i64, AmountOverflow> {
    div_round(
        i128::from(value) * i128::from(numerator),
        i128::from(denominator),
    )
}

/// `product / divisor` by the rule of [`mul_div_round`], for a sum of products that is rounded once.
///
/// # Errors
/// [`AmountOverflow`] when the result does not fit, or the divisor is zero.
pub fn div_round(product: i128, divisor: i128) -> Result<i64, AmountOverflow> {
    if divisor == 0 {
        return Err(AmountOverflow);
    }
    let (product, divisor) = if divisor < 0 {
        (-product, -divisor)
    } else {
        (product, divisor)
    };
    let half = divisor / 2 + divisor % 2;
    let (quotient, rest) = (product / divisor, product % divisor);
    let away = if rest.abs() >= half && rest != 0 {
        rest.signum()
    } else {
        0
    };
    i64::try_from(quotient + away).map_err(|_| AmountOverflow)
}

/// A share of an amount: `base × ppm / 1 000 000`, rounded by [`mul_div_round`].
///
/// # Errors
/// [`AmountOverflow`] when the result does not fit.
pub fn percent(base: i64, ppm: i64) -> Result<i64, AmountOverflow> {
    mul_div_round(base, ppm, PPM)
}

/// Splits `total` in proportion to `weights` by the largest-remainder method; the parts add up to
/// `total` exactly. Ties go to the earlier part; without any weight the first part takes all.
///
/// # Errors
/// [`AmountOverflow`] when `total` or a weight is negative.
pub fn split_by_weight(total: i64, weights: &[i64]) -> Result<Vec<i64>, AmountOverflow> {
    if total < 0 || weights.iter().any(|&w| w < 0) {
        return Err(AmountOverflow);
    }
    let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
    if sum == 0 {
        let mut parts = vec![0; weights.len()];
        if let Some(first) = parts.first_mut() {
            *first = total;
        }
        return Ok(parts);
    }
    let exact: Vec<i128> = weights
        .iter()
        .map(|&w| i128::from(total) * i128::from(w))
        .collect();
    let mut parts: Vec<i128> = exact.iter().map(|e| e / sum).collect();
    let left = i128::from(total) - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(exact[i] % sum), i));
    for &i in order
        .iter()
        .take(usize::try_from(left).map_err(|_| AmountOverflow)?)
    {
        parts[i] += 1;
    }
    parts
        .into_iter()
        .map(|p| i64::try_from(p).map_err(|_| AmountOverflow))
        .collect()
}

/// An amount as plain decimals without a sign of the currency: `-9.80`, `125`, `0.750`.
#[must_use]
pub fn decimal(amount: i64, currency: Currency) -> String {
    let decimals = currency.decimals() as usize;
    let digits = format!("{:0>width$}", amount.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let sign = if amount < 0 { "-" } else { "" };
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// An amount as readers of English read it: `$1,188.00`, `−$9.80` (with the true minus), `¥125`,
/// `KWD 0.750`. [`display_in`] is for people of other languages.
#[must_use]
pub fn display(amount: i64, currency: Currency) -> String {
    let plain = decimal(amount, currency);
    let unsigned = plain.trim_start_matches('-');
    let (whole, fraction) = unsigned
        .split_once('.')
        .map_or((unsigned, None), |(w, f)| (w, Some(f)));
    let mut text = String::new();
    if amount < 0 {
        text.push('\u{2212}');
    }
    match currency.symbol() {
        "" => {
            text.push_str(currency.code());
            text.push('\u{a0}');
        }
        symbol => text.push_str(symbol),
    }
    text.push_str(&group_thousands(whole));
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// An amount in the manner of a language: `$1,188.00`, `1.188,00 $`.
#[must_use]
pub fn display_in(amount: i64, currency: Currency, language: Language) -> String {
    match language {
        Language::English => display(amount, currency),
        Language::German => {
            let plain = decimal(amount, currency);
            let sign = match currency.symbol() {
                "" => currency.code(),
                symbol => symbol,
            };
            let (whole, fraction) = plain
                .split_once('.')
                .map_or((plain.as_str(), None), |(w, f)| (w, Some(f)));
            let mut text = group_thousands_in(whole, language);
            if let Some(fraction) = fraction {
                text.push(',');
                text.push_str(fraction);
            }
            format!("{text}\u{a0}{sign}")
        }
    }
}

/// Digits in groups of three in the manner of a language: `1,234,567`, `1.234.567`.
#[must_use]
pub fn group_thousands_in(digits: &str, language: Language) -> String {
    let text = group_thousands(digits);
    match language {
        Language::English => text,
        Language::German => text.replace(',', "."),
    }
}

/// `1234567` → `1,234,567`. Takes digits, with an optional leading minus.
#[must_use]
pub fn group_thousands(digits: &str) -> String {
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits), |d| ("\u{2212}", d));
    let mut text = String::from(sign);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Why an amount typed by a person was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It is not a decimal number.
    #[error("write the amount as a number, such as 49.00")]
    NotANumber,
    /// It has more decimals than the currency's minor unit.
    #[error("too many decimals for this currency")]
    TooManyDecimals,
    /// It is beyond what can be stored.
    #[error("the amount is too large")]
    TooLarge,
}

/// Reads what a person types (`49`, `49.00`, `1,188.00`, `-9.80`) into minor units.
///
/// # Errors
/// [`AmountError`], in words for the form.
pub fn parse_decimal(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let text = text.trim().replace('\u{2212}', "-");
    let (negative, text) = text
        .strip_prefix('-')
        .map_or((false, text.as_str()), |t| (true, t));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.replace(',', "");
    if whole.is_empty()
        || !whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit())
    {
        return Err(AmountError::NotANumber);
    }
    let decimals = currency.decimals() as usize;
    if fraction.len() > decimals {
        return Err(AmountError::TooManyDecimals);
    }
    let digits = format!("{whole}{fraction:0<decimals$}");
    let value: i64 = digits.parse().map_err(|_| AmountError::TooLarge)?;
    Ok(if negative { -value } else { value })
}

#[cfg(test)]
// Minor units are grouped as people read them: 49_00 is 49.00.
#[allow(clippy::inconsistent_digit_grouping)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn the_examples_of_the_money_page() {
        assert_eq!(percent(49_00, 200_000), Ok(9_80));
        assert_eq!(percent(40_83, 200_000), Ok(8_17));
        assert_eq!(percent(5, 100_000), Ok(1));
        assert_eq!(percent(5_00, 29_000), Ok(15));
        assert_eq!(percent(2, 200_000), Ok(0));
        assert_eq!(percent(999, 125_000), Ok(125));
        assert_eq!(percent(10_001, 75_000), Ok(750));
        assert_eq!(
            percent(-5, 100_000),
            Ok(-1),
            "half goes away from zero on both sides"
        );
    }

    #[test]
    fn decimals_follow_the_currency() {
        assert_eq!(decimal(-980, currency("USD")), "-9.80");
        assert_eq!(decimal(125, currency("JPY")), "125");
        assert_eq!(decimal(750, currency("KWD")), "0.750");
        assert_eq!(display(-1_188_00, currency("USD")), "\u{2212}$1,188.00");
        assert_eq!(display(750, currency("KWD")), "KWD\u{a0}0.750");
        assert_eq!(decimal(i64::MIN, currency("USD")), "-92233720368547758.08");
    }

    #[test]
    fn amounts_in_german() {
        let show = |amount, code| display_in(amount, currency(code), Language::German);
        assert_eq!(show(1_234_50, "EUR"), "1.234,50\u{a0}€");
        assert_eq!(show(-9_80, "USD"), "\u{2212}9,80\u{a0}$");
        assert_eq!(show(-80, "USD"), "\u{2212}0,80\u{a0}$");
        assert_eq!(show(1_250_000, "JPY"), "1.250.000\u{a0}¥");
        assert_eq!(show(750, "KWD"), "0,750\u{a0}KWD");
        assert_eq!(
            group_thousands_in("-8412", Language::German),
            "\u{2212}8.412"
        );
    }

    #[test]
    fn only_money_is_a_currency() {
        for code in ["XXX", "XAU", "XTS", "usd", "US", "USDT", "ABC", "CLF"] {
            assert_eq!(code.parse::<Currency>(), Err(UnknownCurrency), "{code}");
        }
    }

    #[test]
    fn typed_amounts() {
        let usd = currency("USD");
        assert_eq!(parse_decimal("49", usd), Ok(4900));
        assert_eq!(parse_decimal(" 1,188.5 ", usd), Ok(118_850));
        assert_eq!(parse_decimal("-0.01", usd), Ok(-1));
        assert_eq!(
            parse_decimal("0.001", usd),
            Err(AmountError::TooManyDecimals)
        );
        assert_eq!(parse_decimal("12x", usd), Err(AmountError::NotANumber));
        assert_eq!(parse_decimal("", usd), Err(AmountError::NotANumber));
        assert_eq!(
            parse_decimal("99999999999999999999", usd),
            Err(AmountError::TooLarge)
        );
        assert_eq!(parse_decimal("5", currency("JPY")), Ok(5));
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_typed(amount in -1_000_000_000_000i64..1_000_000_000_000, code in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
            prop_assert_eq!(parse_decimal(&decimal(amount, currency(code)), currency(code)), Ok(amount));
        }

        #[test]
        fn splits_add_up(total in 0i64..1_000_000_000, weights in prop::collection::vec(0i64..1_000_000, 1..12)) {
            let parts = split_by_weight(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            let sum: i64 = weights.iter().sum();
            if sum > 0 {
                for (part, weight) in parts.iter().zip(&weights) {
                    let exact = i128::from(total) * i128::from(*weight);
                    prop_assert!((i128::from(*part) * i128::from(sum) - exact).abs() < i128::from(sum));
                }
            }
        }

        #[test]
        fn rounding_is_nearest(value in any::<i32>(), numerator in 0i64..2_000_000, denominator in 1i64..2_000_000) {
            let result = mul_div_round(i64::from(value), numerator, denominator).unwrap();
            let error = i128::from(result) * i128::from(denominator) - i128::from(value) * i128::from(numerator);
            prop_assert!(error.abs() * 2 <= i128::from(denominator));
        }
    }
}
