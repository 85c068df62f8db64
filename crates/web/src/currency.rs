//! Currencies that forms offer; the API and the command line take every one of ISO 4217.

use crate::ui::Choice;

/// Code and English name, the most used first.
const OFFERED: &[(&str, &str)] = &[
    ("USD", "US dollar"),
    ("EUR", "Euro"),
    ("GBP", "Pound sterling"),
    ("CAD", "Canadian dollar"),
    ("AUD", "Australian dollar"),
    ("AED", "UAE dirham"),
    ("ARS", "Argentine peso"),
    ("BDT", "Bangladeshi taka"),
    ("BGN", "Bulgarian lev"),
    ("BHD", "Bahraini dinar"),
    ("BRL", "Brazilian real"),
    ("CHF", "Swiss franc"),
    ("CLP", "Chilean peso"),
    ("CNY", "Chinese yuan"),
    ("COP", "Colombian peso"),
    ("CZK", "Czech koruna"),
    ("DKK", "Danish krone"),
    ("EGP", "Egyptian pound"),
    ("HKD", "Hong Kong dollar"),
    ("HUF", "Hungarian forint"),
    ("IDR", "Indonesian rupiah"),
    ("ILS", "Israeli new shekel"),
    ("INR", "Indian rupee"),
    ("JPY", "Japanese yen"),
    ("KES", "Kenyan shilling"),
    ("KRW", "South Korean won"),
    ("KWD", "Kuwaiti dinar"),
    ("MAD", "Moroccan dirham"),
    ("MXN", "Mexican peso"),
    ("MYR", "Malaysian ringgit"),
    ("NGN", "Nigerian naira"),
    ("NOK", "Norwegian krone"),
    ("NZD", "New Zealand dollar"),
    ("PEN", "Peruvian sol"),
    ("PHP", "Philippine peso"),
    ("PKR", "Pakistani rupee"),
    ("PLN", "Polish złoty"),
    ("QAR", "Qatari riyal"),
    ("RON", "Romanian leu"),
    ("SAR", "Saudi riyal"),
    ("SEK", "Swedish krona"),
    ("SGD", "Singapore dollar"),
    ("THB", "Thai baht"),
    ("TRY", "Turkish lira"),
    ("TWD", "New Taiwan dollar"),
    ("UAH", "Ukrainian hryvnia"),
    ("VND", "Vietnamese đồng"),
    ("ZAR", "South African rand"),
];

/// The options of a select, with one chosen; a chosen one outside the list is added.
#[must_use]
pub fn choices(chosen: &str) -> Vec<Choice> {
    let mut pairs: Vec<(String, String)> = OFFERED
        .iter()
        .map(|(code, name)| ((*code).to_owned(), format!("{code} · {name}")))
        .collect();
    if !chosen.is_empty() && !OFFERED.iter().any(|(code, _)| *code == chosen) {
        pairs.push((chosen.to_owned(), chosen.to_owned()));
    }
    Choice::list(pairs, chosen)
}

/// Time zones as options, UTC first.
#[must_use]
pub fn zone_choices(chosen: &str) -> Vec<Choice> {
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.to_string())
        .filter(|name| is_place(name))
        .collect();
    names.sort_unstable();
    names.insert(0, "UTC".to_owned());
    Choice::list(
        names
            .into_iter()
            .map(|name| (name.clone(), name.replace('_', " "))),
        chosen,
    )
}

/// A zone named after a place, not an abbreviation or an old alias of a country.
fn is_place(name: &str) -> bool {
    [
        "Africa/",
        "America/",
        "Antarctica/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ]
    .iter()
    .any(|area| name.starts_with(area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_offered_exists() {
        for (code, _) in OFFERED {
            assert!(code.parse::<domain::money::Currency>().is_ok(), "{code}");
        }
        let zones = zone_choices("Europe/Berlin");
        assert!(zones.len() > 300 && zones.iter().any(|zone| zone.selected));
        assert!(
            zones
                .iter()
                .all(|zone| domain::time::zone(&zone.value).is_some())
        );
    }
}
