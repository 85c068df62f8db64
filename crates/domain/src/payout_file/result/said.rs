//! How much a row says was paid, and how that compares with a payout.

use crate::money::{Currency, parse_decimal};

/// An amount and its currency, as they stand in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The amount.
    pub amount: String,
    /// The currency; empty where the file names none.
    pub currency: String,
}

impl Stated {
    /// Minor units, where it is an amount of this currency.
    fn read(&self, currency: Currency) -> Option<i64> {
        if !self.currency.eq_ignore_ascii_case(currency.code()) {
            return None;
        }
        read_amount(&self.amount, currency).map(i64::saturating_abs)
    }
}

/// How what came back compares with what had been paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// All of it, as far as the file says.
    Whole,
    /// Less: a bank or provider kept the rest as its fee.
    Less {
        /// What arrived, minor units, above zero.
        arrived: i64,
        /// Whether the file itself tells where the rest is: it names the amount that had been sent, or charges that
        /// make up the difference.
        explained: bool,
    },
    /// More, nothing, or another currency; as it stands in the file.
    Differs(String),
}

/// How much a row says was paid, as far as that can be compared with a payout.
///
/// PayPal's report and the plain file name the amount and its currency. Wise's name what the recipient gets
/// (target) and what it was paid with (source): the target is compared, and the source only where it has the
/// payout's currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// As it stands in the file.
    pub amount: Option<String>,
    /// Its currency as it stands in the file.
    pub currency: Option<String>,
    /// Fees may be in it: it cannot be less than the payout, and may be more.
    pub with_fees: bool,
    /// Of a return: what had been sent, as far as the bank names it.
    pub sent: Vec<Stated>,
    /// Of a return: what was kept.
    pub charges: Vec<Stated>,
}

impl Said {
    /// Both as they stand in the file, where they say something else than `amount` of `currency`.
    #[must_use]
    pub fn differing(&self, amount: i64, currency: Currency) -> Option<String> {
        let named = self.currency.as_deref().map(str::to_ascii_uppercase);
        let other = self.is_other(currency);
        let text = self.amount.as_deref().unwrap_or_default();
        let fits = text.is_empty()
            || read_amount(text, currency).is_some_and(|read| {
                // Some reports write what was paid out below zero.
                let read = read.saturating_abs();
                read == amount || (self.with_fees && read > amount)
            });
        (other || !fits).then(|| {
            format!("{text} {}", named.unwrap_or_default())
                .trim()
                .to_owned()
        })
    }

    /// Whether it names another currency.
    fn is_other(&self, currency: Currency) -> bool {
        let named = self.currency.as_deref().map(str::to_ascii_uppercase);
        named.is_some_and(|named| {
            let is_code = named.len() == 3 && named.bytes().all(|b| b.is_ascii_uppercase());
            is_code && named != currency.code()
        })
    }

    /// How this, as what came back, compares with a payout of `amount` of `currency`.
    #[must_use]
    pub fn back(&self, amount: i64, currency: Currency) -> Back {
        let Some(differing) = self.differing(amount, currency) else {
            return Back::Whole;
        };
        if self.is_other(currency) {
            return Back::Differs(differing);
        }
        let text = self.amount.as_deref().unwrap_or_default();
        match read_amount(text, currency).map(i64::saturating_abs) {
            Some(arrived) if 0 < arrived && arrived < amount => Back::Less {
                arrived,
                explained: self.explains(amount, arrived, currency),
            },
            _ => Back::Differs(differing),
        }
    }

    /// Whether the file tells where the rest of `amount` is.
    fn explains(&self, amount: i64, arrived: i64, currency: Currency) -> bool {
        let names_sent = self
            .sent
            .iter()
            .any(|stated| stated.read(currency) == Some(amount));
        let kept = self.charges.iter().try_fold(0_i64, |sum, stated| {
            stated
                .read(currency)
                .and_then(|charge| sum.checked_add(charge))
        });
        let names_kept = !self.charges.is_empty()
            && kept.and_then(|kept| kept.checked_add(arrived)) == Some(amount);
        names_sent || names_kept
    }
}

/// An amount as reports write it: `1,188.00`, `1.188,00`, `15.00 USD`, `$15.00`, `1500.00` in yen. None where it is no
/// amount, or one in another currency.
fn read_amount(text: &str, currency: Currency) -> Option<i64> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    // A currency's code, or a part of its sign (`US$`).
    if letters.len() > 2 && !letters.eq_ignore_ascii_case(currency.code()) {
        return None;
    }
    let figures: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || ".,-\u{2212}".contains(*c))
        .collect();
    let swapped = || {
        figures
            .chars()
            .map(|c| match c {
                '.' => ',',
                ',' => '.',
                other => other,
            })
            .collect::<String>()
    };
    read_grouped(&figures, currency).or_else(|| read_grouped(&swapped(), currency))
}

/// With a point before the decimals, and commas between thousands only.
fn read_grouped(figures: &str, currency: Currency) -> Option<i64> {
    let (whole, fraction) = figures.split_once('.').unwrap_or((figures, ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let thousands: Vec<&str> = groups.collect();
    let is_grouped = thousands.iter().all(|group| group.len() == 3)
        && (thousands.is_empty() || first.trim_start_matches(['-', '\u{2212}']).len() <= 3);
    if !is_grouped {
        return None;
    }
    let decimals = currency.decimals() as usize;
    let fraction = match fraction.split_at_checked(decimals) {
        // Zeros beyond what the currency has.
        Some((kept, rest)) if rest.bytes().all(|b| b == b'0') => kept,
        _ => fraction,
    };
    parse_decimal(&format!("{whole}.{fraction}"), currency).ok()
}
