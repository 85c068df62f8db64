//! Conditions: groups of comparisons over what is known about an event.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::money::Currency;

/// A condition: `{"all": […]}`, `{"any": […]}` or `{"field": …, "op": …, "value": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ConditionJson", into = "ConditionJson")]
pub enum Condition {
    /// Each of them holds (also when there are none).
    All(Vec<Condition>),
    /// At least one of them holds.
    Any(Vec<Condition>),
    /// A comparison. Without a value of the field it is false, also when it is a negative one.
    Test {
        /// What is looked at.
        field: Field,
        /// How it is compared.
        op: Op,
        /// With what.
        value: Value,
    },
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConditionJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any: Option<Vec<Condition>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    op: Option<Op>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<Value>,
}

impl TryFrom<ConditionJson> for Condition {
    type Error = &'static str;
    fn try_from(json: ConditionJson) -> Result<Self, Self::Error> {
        match json {
            ConditionJson {
                all: Some(all),
                any: None,
                field: None,
                op: None,
                value: None,
            } => Ok(Self::All(all)),
            ConditionJson {
                all: None,
                any: Some(any),
                field: None,
                op: None,
                value: None,
            } => Ok(Self::Any(any)),
            ConditionJson {
                all: None,
                any: None,
                field: Some(field),
                op: Some(op),
                value: Some(value),
            } => Ok(Self::Test { field, op, value }),
            _ => Err("a condition is {all}, {any} or {field, op, value}"),
        }
    }
}

impl From<Condition> for ConditionJson {
    fn from(condition: Condition) -> Self {
        let mut json = Self {
            all: None,
            any: None,
            field: None,
            op: None,
            value: None,
        };
        match condition {
            Condition::All(all) => json.all = Some(all),
            Condition::Any(any) => json.any = Some(any),
            Condition::Test { field, op, value } => {
                (json.field, json.op, json.value) = (Some(field), Some(op), Some(value))
            }
        }
        json
    }
}

/// What a comparison looks at, written as its lower-case name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Field {
    /// `product`: the product ids of the sale's items.
    Product,
    /// `amount`: the sale's amount in minor units.
    Amount,
    /// `currency`: the sale's currency.
    Currency,
    /// `customer`: `new` or `returning` (has bought before).
    Customer,
    /// `customer_country`: ISO 3166 code.
    CustomerCountry,
    /// `customer_age_months`: whole months since the customer became known.
    CustomerAgeMonths,
    /// `sub_id` (any of them) or `sub_id.NAME`.
    SubId(Option<String>),
    /// `coupon`: the coupon code of the event.
    Coupon,
    /// `affiliate_country`: ISO 3166 code.
    AffiliateCountry,
    /// `affiliate_tag`: the affiliate's tags.
    AffiliateTag,
    /// `affiliate_conversions`: the affiliate's sales so far.
    AffiliateConversions,
    /// `affiliate_revenue`: the affiliate's revenue so far, in the sale's currency.
    AffiliateRevenue,
    /// `metadata.NAME`.
    Metadata(String),
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Equal.
    Is,
    /// Not equal.
    IsNot,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
    /// Has the text in it.
    Contains,
    /// Begins with the text.
    StartsWith,
    /// Ends with the text.
    EndsWith,
    /// Greater; numbers only.
    #[serde(alias = ">")]
    Gt,
    /// Greater or equal; numbers only.
    #[serde(alias = ">=", alias = "≥")]
    Gte,
    /// Less; numbers only.
    #[serde(alias = "<")]
    Lt,
    /// Less or equal; numbers only.
    #[serde(alias = "<=", alias = "≤")]
    Lte,
}

/// What a field is compared with. Decimals are written as text (`"1.5"`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A whole number.
    Number(i64),
    /// True or false.
    Flag(bool),
    /// A text; letter case makes no difference.
    Text(String),
    /// A list, for `in` and `not_in`.
    List(Vec<Value>),
}

/// What is known about an event when its conditions are looked at. Absent: not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// Minor units.
    pub amount: Option<i64>,
    /// The sale's currency.
    pub currency: Option<Currency>,
    /// Of the items.
    pub products: Vec<String>,
    /// The coupon that came with the event.
    pub coupon: Option<String>,
    /// Of the winning click.
    pub sub_ids: BTreeMap<String, String>,
    /// The scalar values of the event's metadata, as text.
    pub metadata: BTreeMap<String, String>,
    /// ISO 3166.
    pub customer_country: Option<String>,
    /// Has bought before.
    pub customer_returning: Option<bool>,
    /// Whole months since the customer became known.
    pub customer_age_months: Option<i64>,
    /// ISO 3166.
    pub affiliate_country: Option<String>,
    /// The affiliate's tags.
    pub affiliate_tags: Vec<String>,
    /// The affiliate's sales so far.
    pub affiliate_conversions: Option<i64>,
    /// The affiliate's revenue so far, in the sale's currency.
    pub affiliate_revenue: Option<i64>,
}

impl TryFrom<String> for Field {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.as_str() {
            "product" => Self::Product,
            "amount" => Self::Amount,
            "currency" => Self::Currency,
            "customer" => Self::Customer,
            "customer_country" => Self::CustomerCountry,
            "customer_age_months" => Self::CustomerAgeMonths,
            "sub_id" => Self::SubId(None),
            "coupon" => Self::Coupon,
            "affiliate_country" => Self::AffiliateCountry,
            "affiliate_tag" => Self::AffiliateTag,
            "affiliate_conversions" => Self::AffiliateConversions,
            "affiliate_revenue" => Self::AffiliateRevenue,
            other => match other.split_once('.') {
                Some(("sub_id", name)) if !name.is_empty() => Self::SubId(Some(name.to_owned())),
                Some(("metadata", name)) if !name.is_empty() => Self::Metadata(name.to_owned()),
                _ => {
                    return Err(format!(
                        "unknown field '{}'; one of: product, amount, currency, customer, customer_country, customer_age_months, \
                         sub_id, sub_id.NAME, coupon, affiliate_country, affiliate_tag, affiliate_conversions, affiliate_revenue, \
                         metadata.NAME",
                        other.chars().take(40).collect::<String>()
                    ));
                }
            },
        })
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        match field {
            Field::Product => "product".to_owned(),
            Field::Amount => "amount".to_owned(),
            Field::Currency => "currency".to_owned(),
            Field::Customer => "customer".to_owned(),
            Field::CustomerCountry => "customer_country".to_owned(),
            Field::CustomerAgeMonths => "customer_age_months".to_owned(),
            Field::SubId(None) => "sub_id".to_owned(),
            Field::SubId(Some(name)) => format!("sub_id.{name}"),
            Field::Coupon => "coupon".to_owned(),
            Field::AffiliateCountry => "affiliate_country".to_owned(),
            Field::AffiliateTag => "affiliate_tag".to_owned(),
            Field::AffiliateConversions => "affiliate_conversions".to_owned(),
            Field::AffiliateRevenue => "affiliate_revenue".to_owned(),
            Field::Metadata(name) => format!("metadata.{name}"),
        }
    }
}
