//! The form as typed.

use domain::money::{self, Currency};
use domain::rule::LevelOf;
use domain::status::{Base, TriggerOn};
use serde::Deserialize;

/// The form as typed. Columns of rows are of one length; a row that lacks a cell reads as empty there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::admin::rule) struct Typed {
    pub group_id: String,
    pub campaign_id: String,
    /// An e-mail address.
    pub affiliate: String,
    pub product_id: String,
    pub on: String,
    pub event: String,
    pub recurrence: String,
    pub recurrence_count: String,
    /// `all` or `any` of the outermost conditions.
    pub all_of: String,
    /// The same of each inner group.
    pub group_match: Vec<String>,
    /// The group of each row: 0 the outermost, inner ones count from 1.
    pub row_group: Vec<String>,
    pub row_field: Vec<String>,
    pub row_name: Vec<String>,
    pub row_op: Vec<String>,
    pub row_value: Vec<String>,
    pub reward: String,
    pub percent: String,
    pub amount: String,
    pub currency: String,
    pub base: String,
    pub tier_metric: String,
    pub tier_period: String,
    pub tier_mode: String,
    /// `percent` or `fixed`.
    pub tier_pays: String,
    pub band_from: Vec<String>,
    pub band_pays: Vec<String>,
    pub cap_event: String,
    pub cap_customer: String,
    pub cap_month: String,
    pub level_percent: Vec<String>,
    pub level_of: Vec<String>,
    pub hold_days: String,
    pub auto_approve: bool,
    pub effective_on: String,
    pub name: String,
    /// The worked example.
    pub ex_amount: String,
    pub ex_tax: String,
    pub ex_shipping: String,
    pub ex_currency: String,
    pub ex_items: String,
    pub ex_count: String,
    pub ex_revenue: String,
    pub ex_sales: String,
    pub ex_paid: String,
    /// Which button was pressed; empty: save.
    pub act: String,
}

impl Typed {
    /// The empty form.
    pub(super) fn blank(business: Currency) -> Self {
        Self {
            on: TriggerOn::Sale.to_string(),
            recurrence: "every".to_owned(),
            all_of: "all".to_owned(),
            reward: "percent".to_owned(),
            currency: business.to_string(),
            base: Base::Net.to_string(),
            tier_metric: "conversions".to_owned(),
            tier_period: "month".to_owned(),
            tier_mode: "volume".to_owned(),
            tier_pays: "percent".to_owned(),
            band_from: vec!["0".to_owned(), "10".to_owned()],
            band_pays: vec![String::new(), String::new()],
            hold_days: "0".to_owned(),
            ex_amount: money::decimal(sample(business), business),
            ex_currency: business.to_string(),
            ..Self::default()
        }
    }

    /// The form without what it read of conditions that it cannot show whole.
    pub(super) fn without_rows(mut self) -> Self {
        for column in [
            &mut self.group_match,
            &mut self.row_group,
            &mut self.row_field,
            &mut self.row_name,
            &mut self.row_op,
            &mut self.row_value,
        ] {
            column.clear();
        }
        self
    }
}

/// A hundred units of a currency.
fn sample(currency: Currency) -> i64 {
    100_i64.saturating_mul(10_i64.saturating_pow(currency.decimals()))
}

/// How a level's base is written in the form.
pub(super) trait Word {
    fn word(self) -> &'static str;
}

impl Word for LevelOf {
    fn word(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Below => "below",
        }
    }
}
