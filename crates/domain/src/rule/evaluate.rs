//! Whether a condition holds.

use super::{Condition, Facts, Field, Op, Value};

impl Condition {
    /// Whether it holds for what is known. A comparison over several values (products, tags) holds when
    /// one of them fits; a negative one when none does. What is not known makes a comparison false.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Self::All(all) => all.iter().all(|condition| condition.holds(facts)),
            Self::Any(any) => any.iter().any(|condition| condition.holds(facts)),
            Self::Test { field, op, value } => {
                let known: Vec<String> = known(field, facts)
                    .into_iter()
                    .filter(|text| !text.is_empty())
                    .collect();
                let wanted = flat(value);
                let fits = |known: &String| wanted.iter().any(|wanted| compare(known, *op, wanted));
                !known.is_empty()
                    && match op {
                        Op::IsNot | Op::NotIn => !known.iter().any(fits),
                        _ => known.iter().any(fits),
                    }
            }
        }
    }
}

/// The values of a field, as text; empty when it is not known.
fn known(field: &Field, facts: &Facts) -> Vec<String> {
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
    let number = |number: Option<i64>| {
        number
            .map(|number| number.to_string())
            .into_iter()
            .collect()
    };
    match field {
        Field::Product => facts.products.clone(),
        Field::Amount => number(facts.amount),
        Field::Currency => facts
            .currency
            .map(|currency| currency.to_string())
            .into_iter()
            .collect(),
        Field::Customer => facts
            .customer_returning
            .map(|returning| if returning { "returning" } else { "new" }.to_owned())
            .into_iter()
            .collect(),
        Field::CustomerCountry => one(&facts.customer_country),
        Field::CustomerAgeMonths => number(facts.customer_age_months),
        Field::SubId(None) => facts.sub_ids.values().cloned().collect(),
        Field::SubId(Some(name)) => facts.sub_ids.get(name).cloned().into_iter().collect(),
        Field::Coupon => one(&facts.coupon),
        Field::AffiliateCountry => one(&facts.affiliate_country),
        Field::AffiliateTag => facts.affiliate_tags.clone(),
        Field::AffiliateConversions => number(facts.affiliate_conversions),
        Field::AffiliateRevenue => number(facts.affiliate_revenue),
        Field::Metadata(name) => facts.metadata.get(name).cloned().into_iter().collect(),
    }
}

/// The wanted values, as text.
fn flat(value: &Value) -> Vec<String> {
    match value {
        Value::Number(number) => vec![number.to_string()],
        Value::Flag(flag) => vec![flag.to_string()],
        Value::Text(text) => vec![text.clone()],
        Value::List(list) => list.iter().flat_map(flat).collect(),
    }
}

/// One known value against one wanted one. The negative comparisons ask whether they are equal.
fn compare(known: &str, op: Op, wanted: &str) -> bool {
    let numbers = number(known).zip(number(wanted));
    let (known, wanted) = (known.trim().to_lowercase(), wanted.trim().to_lowercase());
    match op {
        Op::Is | Op::IsNot | Op::In | Op::NotIn => {
            numbers.map_or(known == wanted, |(known, wanted)| known == wanted)
        }
        Op::Contains => known.contains(&wanted),
        Op::StartsWith => known.starts_with(&wanted),
        Op::EndsWith => known.ends_with(&wanted),
        Op::Gt => numbers.is_some_and(|(known, wanted)| known > wanted),
        Op::Gte => numbers.is_some_and(|(known, wanted)| known >= wanted),
        Op::Lt => numbers.is_some_and(|(known, wanted)| known < wanted),
        Op::Lte => numbers.is_some_and(|(known, wanted)| known <= wanted),
    }
}

/// A decimal number as a multiple of 10⁻¹⁸, exactly; `None` when the text is none, or has more than
/// eighteen digits on a side of the point.
pub(super) fn number(text: &str) -> Option<i128> {
    const DIGITS: usize = 18;
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (whole, fraction) = (
        whole.trim_start_matches('0'),
        fraction.trim_end_matches('0'),
    );
    let is_number = digits.bytes().any(|b| b.is_ascii_digit())
        && whole
            .bytes()
            .chain(fraction.bytes())
            .all(|b| b.is_ascii_digit());
    if !is_number || whole.len() > DIGITS + 1 || fraction.len() > DIGITS {
        return None;
    }
    format!("{whole}{fraction:0<DIGITS$}")
        .parse::<i128>()
        .ok()
        .map(|value| sign * value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            amount: Some(49_00),
            currency: "USD".parse().ok(),
            products: vec!["basic".into(), "pro".into()],
            customer_country: Some("DE".into()),
            customer_returning: Some(false),
            affiliate_tags: vec!["vip".into()],
            metadata: [
                ("seats".into(), "10.0".into()),
                ("plan".into(), "Yearly Plus".into()),
                ("empty".into(), String::new()),
            ]
            .into(),
            sub_ids: [("s1".into(), "news".into())].into(),
            ..Facts::default()
        }
    }

    fn holds(json: &str) -> bool {
        serde_json::from_str::<Condition>(json)
            .unwrap()
            .holds(&facts())
    }

    #[test]
    fn comparisons() {
        for (field, op, value, expected) in [
            ("amount", "gt", "4899", true),
            ("amount", ">", "4900", false),
            ("amount", ">=", "4900", true),
            ("amount", "<", "\"4900.5\"", true),
            ("amount", "lte", "4899", false),
            ("currency", "is", "\"usd\"", true),
            ("customer", "is", "\"new\"", true),
            ("customer_country", "in", "[\"AT\", \"de\"]", true),
            ("customer_country", "not_in", "[\"AT\", \"de\"]", false),
            ("product", "is", "\"pro\"", true),
            ("product", "is_not", "\"pro\"", false),
            ("product", "is_not", "\"other\"", true),
            ("affiliate_tag", "is", "\"vip\"", true),
            ("metadata.seats", "is", "10", true),
            ("metadata.seats", ">", "\"9\"", true),
            ("metadata.plan", "contains", "\"plus\"", true),
            ("metadata.plan", "starts_with", "\"yearly\"", true),
            ("metadata.plan", "ends_with", "\"yearly\"", false),
            ("metadata.plan", ">", "1", false),
            ("sub_id", "is", "\"news\"", true),
            ("sub_id.s1", "is", "\"news\"", true),
            ("sub_id.s2", "is", "\"news\"", false),
        ] {
            let json = format!(r#"{{"field": "{field}", "op": "{op}", "value": {value}}}"#);
            assert_eq!(holds(&json), expected, "{json}");
        }
    }

    #[test]
    fn a_missing_field_is_false_also_when_negative() {
        for op in [
            "is",
            "is_not",
            "contains",
            "starts_with",
            "ends_with",
            ">",
            "<",
        ] {
            for field in [
                "coupon",
                "affiliate_country",
                "customer_age_months",
                "metadata.other",
                "metadata.empty",
            ] {
                assert!(
                    !holds(&format!(
                        r#"{{"field": "{field}", "op": "{op}", "value": "x"}}"#
                    )),
                    "{field} {op}"
                );
            }
        }
        assert!(!holds(
            r#"{"field": "coupon", "op": "not_in", "value": ["x"]}"#
        ));
    }

    #[test]
    fn groups() {
        let (yes, no) = (
            r#"{"field":"currency","op":"is","value":"USD"}"#,
            r#"{"field":"currency","op":"is","value":"EUR"}"#,
        );
        assert!(!holds(&format!(r#"{{"all": [{yes}, {no}]}}"#)));
        assert!(holds(&format!(r#"{{"any": [{no}, {{"all": [{yes}]}}]}}"#)));
        assert!(holds(r#"{"all": []}"#) && !holds(r#"{"any": []}"#));
    }

    #[test]
    fn the_json_shape() {
        let json =
            r#"{"all":[{"field":"metadata.plan","op":"in","value":["a",1,true]},{"any":[]}]}"#;
        let condition: Condition = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&condition).unwrap(), json);
        for wrong in [
            r#"{"field":"nonsense","op":"is","value":1}"#,
            r#"{"field":"amount","op":"is"}"#,
            r#"{"all":[],"any":[]}"#,
            r#"{"field":"amount","op":"is","value":1.5}"#,
            r#"{"field":"amount","op":"is","value":1,"more":1}"#,
            r"{}",
        ] {
            assert!(serde_json::from_str::<Condition>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(
            number("0.1").zip(number("0.2")).map(|(a, b)| a + b),
            number("0.3")
        );
        assert_eq!(number("007"), number("7.000"));
        assert_eq!(number("-0.5"), Some(-500_000_000_000_000_000));
        for text in [
            "",
            "-",
            ".",
            "1e3",
            "1,000",
            "abc",
            "99999999999999999999",
            "0.1234567890123456789",
        ] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
