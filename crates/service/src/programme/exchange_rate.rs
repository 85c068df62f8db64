//! Exchange rates, for totals of reports. Balances and payouts never use them.

use domain::exchange::{Rate, Way, convert, parse_file, parse_rate, way};
use domain::money::{AmountOverflow, Currency};
use domain::status::Scope;
use domain::time::Day;
use store::programme::exchange_rate as rows;
pub use store::programme::exchange_rate::StoredRate;

use crate::check::Checks;
use crate::error::{Result, invalid};
use crate::identity::{audit, business};
use crate::work::Work;

/// The largest file of rates: the bank's whole history is some megabytes.
pub const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;

/// The newest rates up to a day.
///
/// # Errors
/// Forbidden.
pub async fn latest(work: &mut Work, until: Day) -> Result<Vec<StoredRate>> {
    work.require(Scope::Read)?;
    Ok(rows::latest(&mut work.tx, until).await?)
}

/// A rate that staff type.
#[derive(Debug, Clone, Default)]
pub struct RateIn {
    /// A unit of this …
    pub base: String,
    /// … in this
    pub currency: String,
    /// is this much: `1.0823`.
    pub rate: String,
    /// On this day, ISO.
    pub day: String,
}

/// Stores a rate; one of the same day takes the place of the older one.
///
/// # Errors
/// Forbidden; invalid by field.
pub async fn set(work: &mut Work, input: RateIn) -> Result<Rate> {
    work.require(Scope::Manage)?;
    let zone = business::zone(work).await?;
    let today = work.now.day_in(&zone);
    let mut checks = Checks::new();
    let base = input.base.trim().parse::<Currency>();
    let currency = input.currency.trim().parse::<Currency>();
    checks.that(base.is_ok(), "base", "is not a currency");
    checks.that(currency.is_ok(), "currency", "is not a currency");
    checks.that(
        base.is_err() || base != currency,
        "currency",
        "is the same as the first",
    );
    let nano = parse_rate(&input.rate);
    if let Err(error) = &nano {
        checks.fail("rate", error.to_string());
    }
    let day = Day::parse(input.day.trim()).ok().filter(|day| day.0 > 0);
    checks.that(day.is_some(), "day", "is not a day such as 2026-11-27");
    checks.that(
        day.is_none_or(|day| day <= today),
        "day",
        "has not come yet",
    );
    checks.done()?;
    let (Ok(base), Ok(currency), Ok(nano), Some(day)) = (base, currency, nano, day) else {
        return Err(invalid("rate", "cannot be read"));
    };
    let rate = Rate {
        day,
        base,
        currency,
        nano,
    };
    let source = work.actor.name().to_owned();
    rows::upsert(&mut work.tx, &[rate], &source, work.now).await?;
    let detail = format!("1 {base} = {} {currency} on {day}", input.rate.trim());
    audit::record(work, "exchange_rate.set", "journal", "", &detail).await?;
    Ok(rate)
}

/// Reads a file of rates and stores them. Answers with how many there were.
///
/// # Errors
/// Forbidden; invalid with the line that cannot be read; nothing is stored then.
pub async fn import(work: &mut Work, text: &str, file_name: &str) -> Result<usize> {
    work.require(Scope::Manage)?;
    let rates = parse_file(text).map_err(|error| invalid("file", &error.to_string()))?;
    let zone = business::zone(work).await?;
    let today = work.now.day_in(&zone);
    if let Some(ahead) = rates.iter().find(|rate| rate.day > today) {
        return Err(invalid(
            "file",
            &format!("has rates of {}, which has not come yet", ahead.day),
        ));
    }
    let bank = rates.iter().all(|rate| rate.base.code() == "EUR") && !text.starts_with("day");
    let source: String = if bank {
        "ECB".to_owned()
    } else {
        file_name.chars().take(80).collect()
    };
    // A later line of the same day and currencies counts.
    let mut by_key = std::collections::BTreeMap::new();
    for rate in rates {
        by_key.insert((rate.base, rate.currency, rate.day), rate);
    }
    let rates: Vec<Rate> = by_key.into_values().collect();
    rows::upsert(&mut work.tx, &rates, &source, work.now).await?;
    let detail = format!("{} rates from {source}", rates.len());
    audit::record(work, "exchange_rate.import", "journal", "", &detail).await?;
    Ok(rates.len())
}

/// Amounts of several currencies as one, for a report that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// In minor units of `currency`.
    pub amount: i64,
    /// Into which.
    pub currency: Currency,
    /// The oldest rate's day; none when nothing had to be converted.
    pub day: Option<Day>,
    /// Where the rates are from.
    pub sources: Vec<String>,
    /// Currencies without a rate, which are not in the amount.
    pub missing: Vec<Currency>,
}

/// What these amounts are in one currency at the newest rates up to a day; none when no rate is known.
///
/// # Errors
/// Forbidden; conflict when the sum overflows.
pub async fn converted(
    work: &mut Work,
    amounts: &[(Currency, i64)],
    into: Currency,
    until: Day,
) -> Result<Option<Converted>> {
    let known = latest(work, until).await?;
    let rates: Vec<Rate> = known
        .iter()
        .map(|rate| Rate {
            day: rate.day,
            base: rate.base,
            currency: rate.currency,
            nano: rate.nano,
        })
        .collect();
    let mut sum = Converted {
        amount: 0,
        currency: into,
        day: None,
        sources: Vec::new(),
        missing: Vec::new(),
    };
    for (currency, amount) in amounts {
        let (currency, amount) = (*currency, *amount);
        let part = if currency == into {
            amount
        } else {
            let Some(found @ Way { day, base, .. }) = way(&rates, currency, into) else {
                sum.missing.push(currency);
                continue;
            };
            sum.day = Some(sum.day.map_or(day, |before| before.min(day)));
            for rate in &known {
                let leads = rate.base == base && [currency, into].contains(&rate.currency);
                if leads && !sum.sources.contains(&rate.source) {
                    sum.sources.push(rate.source.clone());
                }
            }
            convert(amount, currency, into, &found)?
        };
        sum.amount = sum.amount.checked_add(part).ok_or(AmountOverflow)?;
    }
    Ok(sum.day.is_some().then_some(sum))
}
