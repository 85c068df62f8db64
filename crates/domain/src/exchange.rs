//! Exchange rates, for reports only: nothing that is owed or paid is ever converted.
//!
//! A rate is kept in thousand-millionths, so that reading and using it needs no floating point.

use crate::money::{AmountOverflow, Currency, div_round};
use crate::time::Day;

/// Thousand-millionths in one.
pub const NANO: i64 = 1_000_000_000;
/// The highest rate that is understood: beyond it is a typing error.
const WHOLE_MAX: i64 = 1_000_000_000;
/// The most lines of a file: the European Central Bank's since 1999 has 7,000 of 42 rates.
const RATES_MAX: usize = 400_000;

/// What a unit of `base` was worth on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The day.
    pub day: Day,
    /// A unit of this …
    pub base: Currency,
    /// … in this,
    pub currency: Currency,
    /// so many thousand-millionths.
    pub nano: i64,
}

/// A file or field that tells no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Not a number above zero.
    #[error("write the rate as a number above zero with up to 9 decimals, such as 1.0823")]
    Rate,
    /// A line of a file.
    #[error("line {line}: {what}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Nothing in it is a rate.
    #[error(
        "the file has no rates; it is read as the European Central Bank's XML or CSV, or as columns day, base, currency, rate"
    )]
    Empty,
    /// More than a file can have.
    #[error("the file has too many rates")]
    TooMany,
}

/// Reads `1.0823`.
///
/// # Errors
/// [`Unreadable::Rate`].
pub fn parse_rate(text: &str) -> Result<i64, Unreadable> {
    let text = text.trim();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 10
        || fraction.len() > 9
        || !digits(whole)
        || !digits(fraction)
    {
        return Err(Unreadable::Rate);
    }
    let whole: i64 = whole.parse().map_err(|_| Unreadable::Rate)?;
    let fraction: i64 = format!("{fraction:0<9}")
        .parse()
        .map_err(|_| Unreadable::Rate)?;
    if whole > WHOLE_MAX {
        return Err(Unreadable::Rate);
    }
    let nano = whole * NANO + fraction;
    if nano > 0 {
        Ok(nano)
    } else {
        Err(Unreadable::Rate)
    }
}

/// The rate as it is written: `1.0823`.
#[must_use]
pub fn rate_text(nano: i64) -> String {
    let text = format!("{}.{:09}", nano / NANO, nano % NANO);
    let short = text.trim_end_matches('0');
    short.trim_end_matches('.').to_owned()
}

/// Reads a file of rates: the European Central Bank's daily or historic reference rates as XML or CSV
/// (of the euro), or lines of `day,base,currency,rate` under such a heading. Currencies that are not known
/// here, and days without a rate, are left out of the bank's files; in a table of one's own they are wrong.
///
/// # Errors
/// [`Unreadable`], with the line.
pub fn parse_file(text: &str) -> Result<Vec<Rate>, Unreadable> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let rates = if text.starts_with('<') {
        xml(text)?
    } else if text.to_ascii_lowercase().starts_with("date") {
        bank_csv(text)?
    } else {
        own_csv(text)?
    };
    match rates.len() {
        0 => Err(Unreadable::Empty),
        number if number > RATES_MAX => Err(Unreadable::TooMany),
        _ => Ok(rates),
    }
}

fn euro() -> Result<Currency, Unreadable> {
    "EUR".parse().map_err(|_| Unreadable::Empty)
}

fn line_error(line: usize, what: impl std::fmt::Display) -> Unreadable {
    Unreadable::Line {
        line,
        what: what.to_string(),
    }
}

/// The value of an attribute in a tag, in either kind of quotes.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}="))?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

fn xml(text: &str) -> Result<Vec<Rate>, Unreadable> {
    let base = euro()?;
    let mut day = None;
    let mut rates = Vec::new();
    let mut line = 1;
    for (number, part) in text.split('<').enumerate() {
        let tag = part.split('>').next().unwrap_or_default();
        if number > 0 && tag.starts_with("Cube") {
            if let Some(time) = attribute(tag, "time") {
                day = Some(
                    Day::parse(time)
                        .map_err(|_| line_error(line, format!("'{time}' is not a day")))?,
                );
            }
            if let (Some(code), Some(rate)) = (attribute(tag, "currency"), attribute(tag, "rate")) {
                let day = day.ok_or_else(|| line_error(line, "a rate before its day"))?;
                let nano = parse_rate(rate).map_err(|error| line_error(line, error))?;
                if let Ok(currency) = code.parse() {
                    rates.push(Rate {
                        day,
                        base,
                        currency,
                        nano,
                    });
                }
            }
        }
        line += part.matches('\n').count();
    }
    Ok(rates)
}

fn cells(line: &str) -> Vec<&str> {
    line.split(',')
        .map(|cell| cell.trim().trim_matches('"'))
        .collect()
}

/// `2026-11-27` or `27 November 2026`.
fn bank_day(text: &str) -> Option<Day> {
    Day::parse(text).ok().or_else(|| {
        jiff::civil::Date::strptime("%d %B %Y", text)
            .ok()
            .map(Day::from_date)
    })
}

fn bank_csv(text: &str) -> Result<Vec<Rate>, Unreadable> {
    let base = euro()?;
    let mut lines = text.lines();
    let heads: Vec<Option<Currency>> = cells(lines.next().unwrap_or_default())
        .into_iter()
        .map(|code| code.parse().ok())
        .collect();
    let mut rates = Vec::new();
    for (line, number) in lines.zip(2..) {
        let row = cells(line);
        let [first, rest @ ..] = row.as_slice() else {
            continue;
        };
        if first.is_empty() {
            continue;
        }
        let day =
            bank_day(first).ok_or_else(|| line_error(number, format!("'{first}' is not a day")))?;
        for (cell, currency) in rest.iter().zip(heads.iter().skip(1)) {
            if let (Some(currency), false) = (currency, cell.is_empty() || *cell == "N/A") {
                let nano = parse_rate(cell).map_err(|error| line_error(number, error))?;
                rates.push(Rate {
                    day,
                    base,
                    currency: *currency,
                    nano,
                });
            }
        }
    }
    Ok(rates)
}

fn own_csv(text: &str) -> Result<Vec<Rate>, Unreadable> {
    let mut rates = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let row = cells(line);
        if line.trim().is_empty() || (number == 1 && row.first().is_some_and(|c| *c == "day")) {
            continue;
        }
        let [day, base, currency, rate] = row.as_slice() else {
            if number == 1 {
                return Err(Unreadable::Empty);
            }
            return Err(line_error(
                number,
                "not the four cells day, base, currency, rate",
            ));
        };
        let code = |text: &str| {
            text.parse::<Currency>()
                .map_err(|_| line_error(number, format!("'{text}' is not a currency")))
        };
        let rate = Rate {
            day: Day::parse(day).map_err(|_| {
                line_error(number, format!("'{day}' is not a day such as 2026-11-27"))
            })?,
            base: code(base)?,
            currency: code(currency)?,
            nano: parse_rate(rate).map_err(|error| line_error(number, error))?,
        };
        if rate.base == rate.currency {
            return Err(line_error(number, "both currencies are the same"));
        }
        rates.push(rate);
    }
    Ok(rates)
}

/// How to get from one currency to another: over a common base, with the older of the two days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The base that leads to both; one of the two where a rate between them is known.
    pub base: Currency,
    /// What a unit of the base is in the first currency.
    from_nano: i64,
    /// What it is in the second.
    to_nano: i64,
    /// The day of the rate; of two the earlier.
    pub day: Day,
}

/// The way with the newest rates between two different currencies; none when no base leads to both.
#[must_use]
pub fn way(rates: &[Rate], from: Currency, to: Currency) -> Option<Way> {
    let leg = |base: Currency, currency: Currency| {
        if base == currency {
            return Some((NANO, None));
        }
        rates
            .iter()
            .filter(|rate| rate.base == base && rate.currency == currency)
            .max_by_key(|rate| rate.day)
            .map(|rate| (rate.nano, Some(rate.day)))
    };
    rates
        .iter()
        .filter_map(|rate| {
            let (from_nano, first) = leg(rate.base, from)?;
            let (to_nano, second) = leg(rate.base, to)?;
            let day = match (first, second) {
                (Some(first), Some(second)) => first.min(second),
                (one, other) => one.or(other)?,
            };
            Some(Way {
                base: rate.base,
                from_nano,
                to_nano,
                day,
            })
        })
        .max_by_key(|way| way.day)
}

/// An amount in minor units of another currency, rounded once.
///
/// # Errors
/// [`AmountOverflow`].
pub fn convert(
    amount: i64,
    from: Currency,
    to: Currency,
    way: &Way,
) -> Result<i64, AmountOverflow> {
    let product = i128::from(amount)
        .checked_mul(i128::from(way.to_nano))
        .and_then(|product| product.checked_mul(10_i128.pow(to.decimals())))
        .ok_or(AmountOverflow)?;
    div_round(
        product,
        i128::from(way.from_nano) * 10_i128.pow(from.decimals()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn rates_are_read_exactly() {
        assert_eq!(parse_rate("1.0823"), Ok(1_082_300_000));
        assert_eq!(parse_rate(" 163 "), Ok(163 * NANO));
        assert_eq!(parse_rate("0.000000001"), Ok(1));
        for wrong in [
            "",
            "0",
            "-1",
            "1,5",
            "1.0000000001",
            "1e3",
            "abc",
            ".5",
            "99999999999",
        ] {
            assert_eq!(parse_rate(wrong), Err(Unreadable::Rate), "{wrong}");
        }
        assert_eq!(rate_text(1_082_300_000), "1.0823");
        assert_eq!(rate_text(163 * NANO), "163");
    }

    #[test]
    fn the_banks_files_and_ones_own() {
        let xml = "<?xml version=\"1.0\"?>\n<gesmes:Envelope><Cube>\n<Cube time='2026-11-27'>\n<Cube currency='USD' rate='1.1'/><Cube currency=\"JPY\" rate=\"165.5\"/><Cube currency='XXQ' rate='2'/></Cube></Cube></gesmes:Envelope>";
        let found = parse_file(xml).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (
                found[1].currency.code(),
                found[1].nano,
                found[1].day.to_string().as_str()
            ),
            ("JPY", 165_500_000_000, "2026-11-27")
        );
        for csv in [
            "Date, USD, JPY, XXQ, \n27 November 2026, 1.1, 165.5, 2, \n",
            "Date,USD,JPY,\n2026-11-27,1.1,165.5,\n2026-11-26,N/A,,\n",
        ] {
            assert_eq!(parse_file(csv).unwrap(), found, "{csv}");
        }
        let own = parse_file("day,base,currency,rate\n2026-11-27,USD,GBP,0.75\n").unwrap();
        assert_eq!((own[0].base.code(), own[0].nano), ("USD", 750_000_000));
        assert_eq!(parse_file("nonsense"), Err(Unreadable::Empty));
        assert_eq!(parse_file(""), Err(Unreadable::Empty));
        let wrong = parse_file("day,base,currency,rate\n2026-11-27,USD,GBP,x").unwrap_err();
        assert!(wrong.to_string().starts_with("line 2: "), "{wrong}");
        assert!(parse_file("day,base,currency,rate\n2026-11-27,USD,USD,1").is_err());
        assert!(parse_file("day,base,currency,rate\n2026-13-27,USD,GBP,1").is_err());
    }

    #[test]
    fn amounts_are_converted_over_a_common_base() {
        let day = Day::parse("2026-11-27").unwrap();
        let rate = |base: &str, code: &str, nano: i64, back: i64| Rate {
            day: day.plus(-back),
            base: currency(base),
            currency: currency(code),
            nano,
        };
        let rates = [
            rate("EUR", "USD", 1_100_000_000, 0),
            rate("EUR", "JPY", 165_500_000_000, 1),
            rate("EUR", "KWD", 340_000_000, 0),
            rate("EUR", "USD", 2_000_000_000, 9),
        ];
        let go = |amount: i64, from: &str, to: &str| {
            let (from, to) = (currency(from), currency(to));
            way(&rates, from, to).map(|way| convert(amount, from, to, &way).unwrap())
        };
        assert_eq!(go(100_00, "EUR", "USD"), Some(110_00));
        assert_eq!(go(110_00, "USD", "EUR"), Some(100_00));
        assert_eq!(go(16_550, "JPY", "EUR"), Some(100_00));
        assert_eq!(go(16_550, "JPY", "USD"), Some(110_00));
        assert_eq!(go(340, "KWD", "USD"), Some(1_10));
        assert_eq!(go(-1, "USD", "JPY"), Some(-2), "−0.01 USD is −1.5045 yen");
        assert_eq!(go(1, "USD", "CHF"), None);
        assert_eq!(
            way(&rates, currency("JPY"), currency("USD")).unwrap().day,
            day.plus(-1)
        );
    }
}
