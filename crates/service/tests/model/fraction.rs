//! Exact fractions over 128 bits, and the one rounding the money page knows.

use std::cmp::Ordering;

/// A fraction in lowest terms, its denominator above zero. Every operation is checked: a sum that does
/// not fit ends the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    pub const ZERO: Self = Self { above: 0, below: 1 };

    pub fn new(above: i128, below: i128) -> Self {
        assert_ne!(below, 0, "a fraction of nothing");
        let shared = common(above.unsigned_abs(), below.unsigned_abs()).max(1);
        let shared = i128::try_from(shared).expect("it fits") * below.signum();
        Self {
            above: above / shared,
            below: below / shared,
        }
    }

    pub fn whole(value: i64) -> Self {
        Self {
            above: i128::from(value),
            below: 1,
        }
    }

    /// Parts per million.
    pub fn ppm(value: i64) -> Self {
        Self::new(i128::from(value), 1_000_000)
    }

    pub fn plus(self, other: Self) -> Self {
        let left = self.above.checked_mul(other.below).expect("it fits");
        let right = other.above.checked_mul(self.below).expect("it fits");
        let below = self.below.checked_mul(other.below).expect("it fits");
        Self::new(left.checked_add(right).expect("it fits"), below)
    }

    pub fn minus(self, other: Self) -> Self {
        self.plus(Self {
            above: -other.above,
            below: other.below,
        })
    }

    pub fn times(self, other: Self) -> Self {
        let above = self.above.checked_mul(other.above).expect("it fits");
        let below = self.below.checked_mul(other.below).expect("it fits");
        Self::new(above, below)
    }

    /// The greatest whole number that is not above it.
    pub fn floor(self) -> i64 {
        i64::try_from(self.above.div_euclid(self.below)).expect("it fits")
    }

    /// The nearest whole number; a half goes away from zero, as a spreadsheet's ROUND.
    pub fn round(self) -> i64 {
        let half = Self::new(1, 2);
        if self.above < 0 {
            let mirrored = Self {
                above: -self.above,
                below: self.below,
            };
            -mirrored.round()
        } else {
            self.plus(half).floor()
        }
    }

    /// A decimal number as it is written, `None` for any other text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{decimals}");
        if all.is_empty() || all.len() > 18 || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let below = 10_i128.pow(u32::try_from(decimals.len()).ok()?);
        Some(Self::new(sign * all.parse::<i128>().ok()?, below))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        self.minus(*other).above.cmp(&0)
    }
}

fn common(a: u128, b: u128) -> u128 {
    if b == 0 { a } else { common(b, a % b) }
}

#[test]
fn halves_go_away_from_zero() {
    for (above, below, rounded) in [
        (1, 2, 1),
        (-1, 2, -1),
        (3, 2, 2),
        (-3, 2, -2),
        (2, 3, 1),
        (-2, 3, -1),
        (1, 3, 0),
        (-1, 3, 0),
        (145, 10, 15),
        (8_166, 1_000, 8),
        (0, 7, 0),
    ] {
        assert_eq!(Fraction::new(above, below).round(), rounded);
    }
    assert_eq!(Fraction::new(-7, 2).floor(), -4);
    assert_eq!(Fraction::parse("-10.50"), Some(Fraction::new(-21, 2)));
    assert_eq!(Fraction::parse("ten"), None);
    assert!(Fraction::new(1, 3) < Fraction::new(1, 2));
}
