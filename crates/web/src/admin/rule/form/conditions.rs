//! Conditions as rows of a form: a list of comparisons, some of them together in groups, and back.

use domain::money::{self, Currency};
use domain::rule::{Condition, Field, Op, Value, condition_text};

use super::figures::text;
use super::typed::Typed;
use crate::ui::{Choice, Errors};

/// Fields by the word that the form sends.
const FIELDS: &[(&str, &str)] = &[
    ("product", "Product"),
    ("amount", "Amount"),
    ("currency", "Currency"),
    ("customer", "Customer is new or returning"),
    ("customer_country", "Customer's country"),
    ("customer_age_months", "Customer's age in months"),
    ("sub_id", "Sub-id"),
    ("coupon", "Coupon"),
    ("affiliate_country", "Affiliate's country"),
    ("affiliate_tag", "Affiliate's tag"),
    ("affiliate_conversions", "Affiliate's sales so far"),
    ("affiliate_revenue", "Affiliate's revenue so far"),
    ("metadata", "Metadata"),
];

const OPS: &[(Op, &str, &str)] = &[
    (Op::Is, "is", "is"),
    (Op::IsNot, "is_not", "is not"),
    (Op::In, "in", "is one of"),
    (Op::NotIn, "not_in", "is none of"),
    (Op::Contains, "contains", "contains"),
    (Op::StartsWith, "starts_with", "starts with"),
    (Op::EndsWith, "ends_with", "ends with"),
    (Op::Gt, "gt", "is more than"),
    (Op::Gte, "gte", "is at least"),
    (Op::Lt, "lt", "is less than"),
    (Op::Lte, "lte", "is at most"),
];

/// A comparison as the template shows it.
pub(super) struct Row {
    /// Its place among all rows.
    pub index: usize,
    pub fields: Vec<Choice>,
    /// Whether the field has a name of its own: a sub-id, a key of the metadata.
    pub named: bool,
    pub name: String,
    pub name_error: String,
    pub ops: Vec<Choice>,
    pub value: String,
    pub error: String,
    /// What is written into the value, for the placeholder.
    pub example: &'static str,
}

/// Rows that belong together.
pub(super) struct Group {
    /// 0: the outermost; others count from 1.
    pub number: usize,
    pub matches: Vec<Choice>,
    pub rows: Vec<Row>,
}

/// All or any, as a select.
pub(super) fn matches(chosen: &str) -> Vec<Choice> {
    Choice::list(
        [("all", "All of these hold"), ("any", "Any of these holds")],
        if chosen == "any" { "any" } else { "all" },
    )
}

/// The groups of what was typed, the outermost first.
pub(super) fn groups(typed: &Typed, errors: &Errors) -> Vec<Group> {
    (0..=typed.group_match.len())
        .map(|number| Group {
            number,
            matches: matches(match number.checked_sub(1) {
                None => &typed.all_of,
                Some(index) => typed.group_match.get(index).map_or("all", String::as_str),
            }),
            rows: (0..typed.row_field.len())
                .filter(|index| group_of(typed, *index) == number)
                .map(|index| row(typed, index, errors))
                .collect(),
        })
        .collect()
}

/// Which group a row is in; one that names none is in the outermost.
fn group_of(typed: &Typed, index: usize) -> usize {
    typed
        .row_group
        .get(index)
        .and_then(|text| text.parse().ok())
        .filter(|number| *number <= typed.group_match.len())
        .unwrap_or(0)
}

fn cell(column: &[String], index: usize) -> &str {
    column.get(index).map_or("", String::as_str)
}

fn row(typed: &Typed, index: usize, errors: &Errors) -> Row {
    let field = cell(&typed.row_field, index);
    let named = matches!(field, "sub_id" | "metadata");
    Row {
        index,
        fields: Choice::list(FIELDS.iter().copied(), field),
        named,
        name: cell(&typed.row_name, index).to_owned(),
        name_error: errors.of(&format!("row_name_{index}")).to_owned(),
        ops: Choice::list(
            OPS.iter().map(|(_, word, label)| (*word, *label)),
            cell(&typed.row_op, index),
        ),
        value: cell(&typed.row_value, index).to_owned(),
        error: errors.of(&format!("row_value_{index}")).to_owned(),
        example: match field {
            "amount" | "affiliate_revenue" => "100.00",
            "currency" => "USD",
            "customer" => "new",
            "customer_country" | "affiliate_country" => "DE, AT",
            "customer_age_months" => "6",
            "affiliate_conversions" => "10",
            "affiliate_tag" => "vip",
            "coupon" => "SPRING10",
            _ => "pro, basic",
        },
    }
}

/// What the rows say; `None` without rows. Every wrong row is noted.
pub(super) fn read(typed: &Typed, currency: Currency, errors: &mut Errors) -> Option<Condition> {
    let mut outer = Vec::new();
    let mut inner: Vec<Vec<Condition>> = vec![Vec::new(); typed.group_match.len()];
    for index in 0..typed.row_field.len() {
        let Some(test) = test(typed, index, currency, errors) else {
            continue;
        };
        match group_of(typed, index).checked_sub(1) {
            None => outer.push(test),
            Some(group) => inner.get_mut(group)?.push(test),
        }
    }
    for (list, word) in inner.into_iter().zip(&typed.group_match) {
        if !list.is_empty() {
            outer.push(group(list, word));
        }
    }
    match outer.len() {
        0 => None,
        1 => outer.pop(),
        _ => Some(group(outer, &typed.all_of)),
    }
}

fn group(list: Vec<Condition>, word: &str) -> Condition {
    if word == "any" {
        Condition::Any(list)
    } else {
        Condition::All(list)
    }
}

fn test(typed: &Typed, index: usize, currency: Currency, errors: &mut Errors) -> Option<Condition> {
    let word = cell(&typed.row_field, index);
    let name = cell(&typed.row_name, index).trim();
    let full = match word {
        "metadata" if name.is_empty() => {
            errors.add(format!("row_name_{index}"), "Write which key");
            return None;
        }
        "metadata" | "sub_id" if !name.is_empty() => format!("{word}.{name}"),
        _ => word.to_owned(),
    };
    let Ok(field) = Field::try_from(full) else {
        errors.add(format!("row_value_{index}"), "Choose what is compared");
        return None;
    };
    let op_word = cell(&typed.row_op, index);
    let Some((op, ..)) = OPS.iter().find(|(_, word, _)| *word == op_word) else {
        errors.add(format!("row_value_{index}"), "Choose how it is compared");
        return None;
    };
    match value(&field, *op, cell(&typed.row_value, index), currency) {
        Ok(value) => Some(Condition::Test {
            field,
            op: *op,
            value,
        }),
        Err(message) => {
            errors.add(format!("row_value_{index}"), message);
            None
        }
    }
}

fn value(field: &Field, op: Op, typed: &str, currency: Currency) -> Result<Value, String> {
    if matches!(op, Op::In | Op::NotIn) {
        let list = typed
            .split(',')
            .filter_map(text)
            .map(|part| one(field, &part, currency))
            .collect::<Result<Vec<_>, _>>()?;
        return if list.is_empty() {
            Err("Write the values with commas between them".to_owned())
        } else {
            Ok(Value::List(list))
        };
    }
    let typed = text(typed).ok_or_else(|| "Write a value".to_owned())?;
    let value = one(field, &typed, currency)?;
    let is_number = match &value {
        Value::Number(_) => true,
        Value::Text(text) => text
            .trim_start_matches('-')
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.'),
        Value::Flag(_) | Value::List(_) => false,
    };
    if matches!(op, Op::Gt | Op::Gte | Op::Lt | Op::Lte) && !is_number {
        return Err("Write a number".to_owned());
    }
    Ok(value)
}

/// One value; money as minor units of the business's currency.
fn one(field: &Field, typed: &str, currency: Currency) -> Result<Value, String> {
    let whole = || {
        typed
            .parse()
            .map(Value::Number)
            .map_err(|_| "Write a whole number".to_owned())
    };
    match field {
        Field::Amount | Field::AffiliateRevenue => money::parse_decimal(typed, currency)
            .map(Value::Number)
            .map_err(|error| crate::admin::rule::capital(&error.to_string())),
        Field::CustomerAgeMonths | Field::AffiliateConversions => whole(),
        Field::Customer if !matches!(typed.to_lowercase().as_str(), "new" | "returning") => {
            Err("Write new or returning".to_owned())
        }
        _ => Ok(Value::Text(typed.to_owned())),
    }
}

/// Writes conditions into the form's rows; false when they are nested deeper than the form shows.
pub(super) fn write(conditions: &Condition, currency: Currency, typed: &mut Typed) -> bool {
    let outer = match conditions {
        Condition::All(list) | Condition::Any(list) => list.as_slice(),
        Condition::Test { .. } => std::slice::from_ref(conditions),
    };
    let word = |condition: &Condition| {
        if matches!(condition, Condition::Any(_)) {
            "any"
        } else {
            "all"
        }
        .to_owned()
    };
    typed.all_of = word(conditions);
    for condition in outer {
        match condition {
            Condition::Test { .. } => push(condition, 0, currency, typed),
            Condition::All(list) | Condition::Any(list) => {
                typed.group_match.push(word(condition));
                let number = typed.group_match.len();
                for inner in list {
                    if !matches!(inner, Condition::Test { .. }) {
                        return false;
                    }
                    push(inner, number, currency, typed);
                }
            }
        }
    }
    true
}

fn push(condition: &Condition, group: usize, currency: Currency, typed: &mut Typed) {
    let Condition::Test { field, op, value } = condition else {
        return;
    };
    let full = String::from(field.clone());
    let (word, name) = full.split_once('.').unwrap_or((&full, ""));
    typed.row_group.push(group.to_string());
    typed.row_field.push(word.to_owned());
    typed.row_name.push(name.to_owned());
    typed.row_op.push(
        OPS.iter()
            .find(|(known, ..)| known == op)
            .map_or("is", |(_, word, _)| word)
            .to_owned(),
    );
    typed.row_value.push(shown(field, value, currency));
}

fn shown(field: &Field, value: &Value, currency: Currency) -> String {
    match value {
        Value::Number(amount) if matches!(field, Field::Amount | Field::AffiliateRevenue) => {
            money::decimal(*amount, currency)
        }
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Text(text) => text.clone(),
        Value::List(list) => list
            .iter()
            .map(|value| shown(field, value, currency))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// What is saved: what stood there before when it says the same, so that no version is made for a
/// difference of writing.
pub(super) fn settled(
    new: Option<Condition>,
    old: Option<&Condition>,
    currency: Currency,
) -> Option<Condition> {
    match (&new, old) {
        (Some(typed), Some(stored))
            if condition_text(typed, currency) == condition_text(stored, currency) =>
        {
            Some(stored.clone())
        }
        _ => new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_conditions_and_back() {
        let usd: Currency = "USD".parse().unwrap();
        for json in [
            r#"{"field":"coupon","op":"is","value":"X"}"#,
            r#"{"all":[{"field":"amount","op":"gte","value":5000},{"field":"metadata.plan","op":"in","value":["a","b"]}]}"#,
            r#"{"any":[{"field":"sub_id.s1","op":"starts_with","value":"n"},{"all":[{"field":"customer","op":"is","value":"new"},{"field":"affiliate_tag","op":"not_in","value":["vip"]}]}]}"#,
        ] {
            let condition: Condition = serde_json::from_str(json).unwrap();
            let mut typed = Typed::default();
            assert!(write(&condition, usd, &mut typed), "{json}");
            let mut errors = Errors::new();
            assert_eq!(read(&typed, usd, &mut errors), Some(condition), "{json}");
            assert!(errors.is_empty());
        }
        let deep: Condition = serde_json::from_str(
            r#"{"all":[{"any":[{"all":[{"field":"coupon","op":"is","value":"X"}]}]}]}"#,
        )
        .unwrap();
        assert!(!write(&deep, usd, &mut Typed::default()));
    }

    #[test]
    fn wrong_rows_are_named() {
        let usd: Currency = "USD".parse().unwrap();
        for (field, name, op, value, wrong) in [
            ("metadata", "", "is", "x", "row_name_0"),
            ("amount", "", "gte", "many", "row_value_0"),
            ("coupon", "", "is", " ", "row_value_0"),
            ("coupon", "", "in", " , ", "row_value_0"),
            ("customer", "", "is", "old", "row_value_0"),
            ("metadata", "x", "gt", "many", "row_value_0"),
            ("nonsense", "", "is", "x", "row_value_0"),
        ] {
            let typed = Typed {
                row_field: vec![field.to_owned()],
                row_name: vec![name.to_owned()],
                row_op: vec![op.to_owned()],
                row_value: vec![value.to_owned()],
                ..Typed::default()
            };
            let mut errors = Errors::new();
            read(&typed, usd, &mut errors);
            assert!(!errors.of(wrong).is_empty(), "{field} {op} {value}");
        }
    }
}
