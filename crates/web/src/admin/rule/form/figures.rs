//! Sums and percents as they are typed.

use domain::money::{self, Currency};

use crate::admin::rule::capital;

/// Parts per million in a per cent.
const PPM_OF_PERCENT: i64 = 10_000;
/// A hundred per cent.
const PPM_MAX: i64 = 100 * PPM_OF_PERCENT;

/// A sum of money that is not below zero.
pub(super) fn sum(typed: &str, currency: Currency) -> Result<i64, String> {
    match money::parse_decimal(typed, currency) {
        Ok(amount) if amount < 0 => Err("Write a sum that is not below 0".to_owned()),
        Ok(amount) => Ok(amount),
        Err(error) => Err(capital(&error.to_string())),
    }
}

pub(super) fn text(typed: &str) -> Option<String> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.to_owned())
}

/// `12.5` → 125000 ppm; none for what is not from 0 to 100, or has more than four decimals.
pub(super) fn percent(typed: &str) -> Option<i64> {
    let typed = typed.trim().trim_end_matches('%').trim_end();
    let (whole, fraction) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || fraction.len() > 4
        || !digits(whole)
        || !digits(fraction)
    {
        return None;
    }
    let ppm: i64 = format!("{whole}{fraction:0<4}").parse().ok()?;
    (0..=PPM_MAX).contains(&ppm).then_some(ppm)
}

/// 125000 ppm → `12.5`.
pub(super) fn percent_digits(ppm: i64) -> String {
    let fraction = format!("{:04}", ppm % PPM_OF_PERCENT);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", ppm / PPM_OF_PERCENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read_exactly() {
        assert_eq!(percent("20"), Some(200_000));
        assert_eq!(percent(" 12,5 % "), Some(125_000));
        assert_eq!(percent("0.0001"), Some(1));
        assert_eq!(percent("0"), Some(0));
        assert_eq!(percent("100"), Some(1_000_000));
        for bad in ["", "-1", "100.0001", "1.00001", "x", ".", "1e2"] {
            assert_eq!(percent(bad), None, "{bad}");
        }
        for ppm in [1, 29_000, 200_000, 1_000_000] {
            assert_eq!(percent(&percent_digits(ppm)), Some(ppm));
        }
    }
}
