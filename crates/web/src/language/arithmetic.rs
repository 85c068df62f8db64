//! The arithmetic of a commission in the language that is spoken. It is stored with the commission as English
//! sentences (`domain::commission`), which are made of others: a share of an amount, its sum, what was rounded.
//!
//! The file `arithmetic.ftl` holds them as [`said`](super::said) has its own: found by the English text, with the
//! arguments taken out. Here an argument is turned in its turn, and figures are written in the manner of the language.

use std::sync::LazyLock;

use domain::language::Language;

use super::catalogue;
use super::now;
use super::said::Sentences;

/// The area of these sentences.
const AREA: &str = "arithmetic";
/// How deep sentences stand in each other at the most: a level's share of a sum of many bands.
const DEPTH_MAX: usize = 24;

static SENTENCES: LazyLock<Sentences> = LazyLock::new(|| Sentences::read(AREA));

/// A step of a commission's arithmetic; what nobody has turned stays as it is.
#[must_use]
pub(crate) fn arithmetic(step: &str) -> String {
    match now() {
        Language::English => step.to_owned(),
        language => turned(step, language, DEPTH_MAX),
    }
}

fn turned(text: &str, language: Language, depth: usize) -> String {
    if is_amount(text) || is_percent(text) {
        return match language {
            Language::English => text.to_owned(),
            Language::German => text.replace('.', ","),
        };
    }
    let found = depth.checked_sub(1).zip(SENTENCES.find(text, fits));
    let Some((depth, (key, arguments))) = found else {
        return text.to_owned();
    };
    let filled: Vec<(&str, String)> = arguments
        .into_iter()
        .map(|(name, value)| match name {
            // What somebody has named.
            "products" => (name, value.to_owned()),
            _ => (name, turned(value, language, depth)),
        })
        .collect();
    let filled: Vec<(&str, &str)> = filled
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    catalogue::filled_by_names(language, key, &filled)
}

/// Whether a text can stand for an argument.
fn fits(name: &str, value: &str) -> bool {
    match name {
        "amount" | "tax" | "shipping" | "net" | "from" | "to" | "cap" | "used" => is_amount(value),
        "raw" => is_number(value),
        "whose" => matches!(value, "an event" | "a customer" | "an affiliate and month"),
        "percent" => is_percent(value),
        "n" => value.bytes().all(|byte| byte.is_ascii_digit()),
        _ => true,
    }
}

/// `49.00 USD`, `4900`.
fn is_amount(text: &str) -> bool {
    let (number, currency) = text.split_once(' ').unwrap_or((text, "USD"));
    is_number(number)
        && currency.len() == 3
        && currency.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// `12.5 %`.
fn is_percent(text: &str) -> bool {
    text.strip_suffix('%')
        .is_some_and(|number| is_number(number.trim_end()))
}

/// `-8.166`.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_turned() {
        for (english, german) in [
            ("amount 49.00 USD, gross", "Betrag 49,00 USD, brutto"),
            (
                "amount 49.00 USD, without tax or shipping",
                "Betrag 49,00 USD, ohne Steuer und Versand",
            ),
            (
                "Tea, Cup of two 49.00 USD \u{2212} tax 8.17 USD \u{2212} shipping 0.00 USD = net 40.83 USD",
                "Tea, Cup of two 49,00 USD \u{2212} Steuer 8,17 USD \u{2212} Versand 0,00 USD = netto 40,83 USD",
            ),
            (
                "20 % of 40.83 USD = 8.166, rounded to 8.17 USD",
                "20 % von 40,83 USD = 8,166, gerundet auf 8,17 USD",
            ),
            (
                "12.5 % of 40.00 USD = 5.00 USD",
                "12,5 % von 40,00 USD = 5,00 USD",
            ),
            ("a fixed 5.00 USD", "fester Betrag von 5,00 USD"),
            (
                "27 clicks \u{d7} a fixed 0.05 USD = 1.35 USD",
                "27 Klicks \u{d7} fester Betrag von 0,05 USD = 1,35 USD",
            ),
            (
                "1 click \u{d7} a fixed 0.05 USD = 0.05 USD",
                "1 Klick \u{d7} fester Betrag von 0,05 USD = 0,05 USD",
            ),
            (
                "11 conversions before; a fixed 5.00 USD",
                "11 Conversions zuvor; fester Betrag von 5,00 USD",
            ),
            (
                "3 conversions before; no band for it",
                "3 Conversions zuvor; dafür gibt es keine Stufe",
            ),
            (
                "revenue before 90.00 USD; 10 % of 10.00 USD + 20 % of 39.00 USD = 8.80 USD",
                "Umsatz zuvor 90,00 USD; 10 % von 10,00 USD + 20 % von 39,00 USD = 8,80 USD",
            ),
            (
                "revenue before 0 USD; nothing = 0 USD",
                "Umsatz zuvor 0 USD; nichts = 0 USD",
            ),
            (
                "cut from 9.80 USD to 4.00 USD: at most 20.00 USD an affiliate and month, of which 16.00 USD is used",
                "gekürzt von 9,80 USD auf 4,00 USD: höchstens 20,00 USD je Partner und Monat, davon schon 16,00 USD verbraucht",
            ),
            (
                "cut from 9.80 USD to 4.00 USD: at most 4.00 USD an event",
                "gekürzt von 9,80 USD auf 4,00 USD: höchstens 4,00 USD je Ereignis",
            ),
            (
                "of 2 rules of the same scope this one pays most, or is the oldest",
                "von 2 Regeln für denselben Bereich zahlt diese am meisten, oder sie ist die älteste",
            ),
            (
                "level 1: 10 % of 9.80 USD = 0.98 USD",
                "Ebene 1: 10 % von 9,80 USD = 0,98 USD",
            ),
            ("something else", "something else"),
        ] {
            assert_eq!(turned(english, Language::German, DEPTH_MAX), german);
        }
    }

    #[test]
    fn english_stays() {
        assert_eq!(arithmetic("a fixed 5.00 USD"), "a fixed 5.00 USD");
    }
}
