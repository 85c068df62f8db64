//! The form as typed, and what its texts mean.

use domain::money::{self, Currency};
use domain::rule::{
    Band, BandReward, Caps, Condition, Fixed, Level, LevelOf, Recurrence, Reward, Scope,
    TierMetric, TierMode, TierPeriod, Tiers, Trigger,
};
use domain::status::{Base, TriggerOn};
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::Work;
use service::programme::affiliate;
use service::programme::rule::{self, RuleIn, RuleVersion};

use super::conditions;
use crate::admin::rule::capital;
use crate::error::PageError;
use crate::ui::Errors;

/// Parts per million in a per cent.
const PPM_OF_PERCENT: i64 = 10_000;
/// A hundred per cent.
const PPM_MAX: i64 = 100 * PPM_OF_PERCENT;
/// Rows, bands and levels that the form shows at most; rules allow no more either.
const ROWS_MAX: usize = 50;
const BANDS_MAX: usize = 20;
const LEVELS_MAX: usize = 7;

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

/// What the form's texts mean.
#[derive(Debug, Clone)]
pub(in crate::admin::rule) struct Parsed {
    pub scope: Scope,
    pub trigger: Trigger,
    pub conditions: Option<Condition>,
    /// None: something is wrong with it.
    pub reward: Option<Reward>,
    pub base: Base,
    pub recurrence: Recurrence,
    pub caps: Caps,
    pub levels: Vec<Level>,
    pub hold_days: i64,
    pub effective_from: Option<UnixMs>,
}

impl Parsed {
    /// The rule that was typed; none when its reward is wrong.
    pub(super) fn input(self, typed: &Typed) -> Option<RuleIn> {
        let Self {
            scope,
            trigger,
            conditions,
            reward,
            base,
            recurrence,
            caps,
            levels,
            hold_days,
            effective_from,
        } = self;
        Some(RuleIn {
            name: typed.name.clone(),
            scope,
            trigger,
            conditions,
            reward: reward?,
            base: Some(base),
            recurrence: Some(recurrence),
            caps: Some(caps),
            levels: Some(levels),
            hold_days: Some(hold_days),
            auto_approve: Some(typed.auto_approve),
            effective_from,
        })
    }
}

impl Typed {
    /// Does what a button of the form asks: another row, one less. False when it was no such button.
    pub(super) fn arrange(&mut self) -> bool {
        let (word, number) = self.act.split_once(':').unwrap_or((&self.act, ""));
        let (word, index) = (word.to_owned(), number.parse::<usize>().unwrap_or(0));
        match word.as_str() {
            "preview" => {}
            "add-row" => self.add_row(index),
            "remove-row" => self.remove_row(index),
            "add-group" if self.group_match.len() < ROWS_MAX => {
                self.group_match.push("any".to_owned());
                self.add_row(self.group_match.len());
            }
            "remove-group" => self.remove_group(index),
            "add-band" if self.band_from.len() < BANDS_MAX => {
                self.band_from.push(String::new());
                self.band_pays.push(String::new());
            }
            "remove-band" => {
                remove(&mut self.band_from, index);
                remove(&mut self.band_pays, index);
            }
            "add-level" if self.level_percent.len() < LEVELS_MAX => {
                self.level_percent.push(String::new());
                self.level_of.push(LevelOf::Base.word().to_owned());
            }
            "remove-level" => {
                remove(&mut self.level_percent, index);
                remove(&mut self.level_of, index);
            }
            "add-group" | "add-band" | "add-level" => {}
            _ => return false,
        }
        self.act.clear();
        true
    }

    fn add_row(&mut self, group: usize) {
        if self.row_field.len() >= ROWS_MAX {
            return;
        }
        let rows = self.row_field.len();
        for column in [
            &mut self.row_group,
            &mut self.row_name,
            &mut self.row_op,
            &mut self.row_value,
        ] {
            column.resize(rows, String::new());
        }
        self.row_group.push(group.to_string());
        self.row_field.push("amount".to_owned());
        self.row_name.push(String::new());
        self.row_op.push("gte".to_owned());
        self.row_value.push(String::new());
    }

    fn remove_row(&mut self, index: usize) {
        for column in [
            &mut self.row_group,
            &mut self.row_field,
            &mut self.row_name,
            &mut self.row_op,
            &mut self.row_value,
        ] {
            remove(column, index);
        }
    }

    fn remove_group(&mut self, number: usize) {
        let Some(index) = number
            .checked_sub(1)
            .filter(|i| *i < self.group_match.len())
        else {
            return;
        };
        self.group_match.remove(index);
        let mut row = 0;
        while row < self.row_field.len() {
            let of: usize = self
                .row_group
                .get(row)
                .and_then(|text| text.parse().ok())
                .unwrap_or(0);
            if of == number {
                self.remove_row(row);
                continue;
            }
            if let Some(cell) = self.row_group.get_mut(row).filter(|_| of > number) {
                *cell = (of - 1).to_string();
            }
            row += 1;
        }
    }

    /// Reads the texts; everything that is wrong is noted by the form's field.
    pub(super) async fn parse(
        &self,
        work: &mut Work,
        zone: &TimeZone,
        business: Currency,
    ) -> Result<(Parsed, Errors), PageError> {
        let mut errors = Errors::new();
        let scope = Scope {
            affiliate_id: self.affiliate_id(work, &mut errors).await?,
            product_id: text(&self.product_id),
            campaign_id: choice(&self.campaign_id, "scope.campaign_id", &mut errors),
            group_id: choice(&self.group_id, "scope.group_id", &mut errors),
        };
        let trigger = Trigger {
            on: word(&self.on, "trigger.on", TriggerOn::Sale, &mut errors),
            event: text(&self.event),
        };
        let conditions = conditions::read(self, business, &mut errors);
        let reward = self.reward(business, &mut errors);
        let base = word(&self.base, "base", Base::Net, &mut errors);
        let recurrence = self.recurrence(&mut errors);
        let caps = self.caps(reward.as_ref(), business, &mut errors);
        let levels = self.levels(&mut errors);
        let hold_days = self.hold_days.trim().parse().unwrap_or_else(|_| {
            errors.add("hold_days", "Write a whole number of days");
            0
        });
        let effective_from = self.effective_from(work.now, zone, &mut errors);
        let parsed = Parsed {
            scope,
            trigger,
            conditions,
            reward,
            base,
            recurrence,
            caps,
            levels,
            hold_days,
            effective_from,
        };
        Ok((parsed, errors))
    }

    async fn affiliate_id(
        &self,
        work: &mut Work,
        errors: &mut Errors,
    ) -> Result<Option<domain::id::AffiliateId>, PageError> {
        let Some(email) = text(&self.affiliate) else {
            return Ok(None);
        };
        let found = rule::find_affiliate(work, &email).await?;
        if found.is_none() {
            errors.add("scope.affiliate_id", "No affiliate has this address");
        }
        Ok(found)
    }

    fn reward(&self, business: Currency, errors: &mut Errors) -> Option<Reward> {
        match self.reward.as_str() {
            "percent" => match percent(&self.percent).filter(|ppm| *ppm > 0) {
                Some(ppm) => Some(Reward::PercentPpm(ppm)),
                None => {
                    errors.add(
                        "percent",
                        "Write a number above 0 and up to 100, such as 20 or 12.5",
                    );
                    None
                }
            },
            "fixed" => {
                let currency = self.currency(errors)?;
                match sum(&self.amount, currency) {
                    Ok(amount) if amount > 0 => Some(Reward::Fixed(Fixed { amount, currency })),
                    Ok(_) => {
                        errors.add("amount", "Write a sum above 0");
                        None
                    }
                    Err(message) => {
                        errors.add("amount", message);
                        None
                    }
                }
            }
            "tiers" => self.tiers(business, errors).map(Reward::Tiers),
            _ => {
                errors.add("reward", "Choose a reward");
                None
            }
        }
    }

    fn currency(&self, errors: &mut Errors) -> Option<Currency> {
        let currency = self.currency.trim().parse().ok();
        if currency.is_none() {
            errors.add("currency", "Choose a currency");
        }
        currency
    }

    fn tiers(&self, business: Currency, errors: &mut Errors) -> Option<Tiers> {
        let metric = match self.tier_metric.as_str() {
            "revenue" => TierMetric::Revenue,
            _ => TierMetric::Conversions,
        };
        let period = match self.tier_period.as_str() {
            "lifetime" => TierPeriod::Lifetime,
            _ => TierPeriod::Month,
        };
        let mode = match self.tier_mode.as_str() {
            "graduated" => TierMode::Graduated,
            _ => TierMode::Volume,
        };
        let fixed = self.tier_pays == "fixed";
        let currency = if fixed {
            Some(self.currency(errors)?)
        } else {
            None
        };
        if self.band_from.is_empty() {
            errors.add("tiers", "Add at least one band");
            return None;
        }
        let mut bands = Vec::new();
        for (index, from) in self.band_from.iter().enumerate() {
            let from = match metric {
                TierMetric::Conversions => from
                    .trim()
                    .parse::<i64>()
                    .map_err(|_| "Write a whole number".to_owned()),
                TierMetric::Revenue => sum(from, business),
            };
            let pays = self.band_pays.get(index).map_or("", String::as_str);
            let reward = match currency {
                None => percent(pays)
                    .map(BandReward::PercentPpm)
                    .ok_or_else(|| "Write a number from 0 to 100".to_owned()),
                Some(currency) => {
                    sum(pays, currency).map(|amount| BandReward::Fixed(Fixed { amount, currency }))
                }
            };
            match (from, reward) {
                (Ok(from), Ok(reward)) => bands.push(Band { from, reward }),
                (from, reward) => {
                    if let Err(message) = from {
                        errors.add(format!("band_from_{index}"), message);
                    }
                    if let Err(message) = reward {
                        errors.add(format!("band_pays_{index}"), message);
                    }
                }
            }
        }
        (bands.len() == self.band_from.len()).then_some(Tiers {
            metric,
            period,
            mode,
            bands,
        })
    }

    fn caps(&self, reward: Option<&Reward>, business: Currency, errors: &mut Errors) -> Caps {
        let fixed = match (reward, self.reward.as_str(), self.tier_pays.as_str()) {
            (_, "fixed", _) | (_, "tiers", "fixed") => self.currency.trim().parse().ok(),
            _ => None,
        };
        let currency = fixed.unwrap_or(business);
        let mut cap = |typed: &str, field: &str| {
            let typed = text(typed)?;
            match sum(&typed, currency) {
                Ok(amount) => Some(amount),
                Err(message) => {
                    errors.add(field, message);
                    None
                }
            }
        };
        Caps {
            per_event: cap(&self.cap_event, "cap_event"),
            per_customer: cap(&self.cap_customer, "cap_customer"),
            per_affiliate_month: cap(&self.cap_month, "cap_month"),
        }
    }

    fn levels(&self, errors: &mut Errors) -> Vec<Level> {
        let mut levels = Vec::new();
        for (index, typed) in self.level_percent.iter().enumerate() {
            let of = match self.level_of.get(index).map(String::as_str) {
                Some("below") => LevelOf::Below,
                _ => LevelOf::Base,
            };
            match percent(typed) {
                Some(ppm) => levels.push(Level { ppm, of }),
                None => errors.add(
                    format!("level_percent_{index}"),
                    "Write a number from 0 to 100",
                ),
            }
        }
        levels
    }

    fn recurrence(&self, errors: &mut Errors) -> Recurrence {
        let mut number = || {
            self.recurrence_count.trim().parse().unwrap_or_else(|_| {
                errors.add("recurrence_count", "Write a whole number");
                1
            })
        };
        match self.recurrence.as_str() {
            "first" => Recurrence::First(number()),
            "months" => Recurrence::Months(number()),
            "every" => Recurrence::Every,
            _ => {
                errors.add("recurrence", "Choose which sales");
                Recurrence::Every
            }
        }
    }

    /// The start of the day typed; today means now, because the morning is over.
    fn effective_from(&self, now: UnixMs, zone: &TimeZone, errors: &mut Errors) -> Option<UnixMs> {
        let typed = text(&self.effective_on)?;
        match Day::parse(&typed) {
            Ok(day) if day == now.day_in(zone) => None,
            Ok(day) => Some(day.start(zone)),
            Err(_) => {
                errors.add("effective_from", "Write the day like 2026-11-21");
                None
            }
        }
    }

    /// The form of a stored rule; the second is false when its conditions are nested deeper than the form
    /// shows.
    pub(super) async fn of(
        work: &mut Work,
        newest: &RuleVersion,
        business: Currency,
    ) -> Result<(Self, bool), PageError> {
        let rule = &newest.rule;
        let affiliate = match rule.scope.affiliate_id {
            Some(id) => affiliate::get(work, id).await?.email,
            None => String::new(),
        };
        let mut typed = Self {
            group_id: written(rule.scope.group_id),
            campaign_id: written(rule.scope.campaign_id),
            affiliate,
            product_id: rule.scope.product_id.clone().unwrap_or_default(),
            on: rule.trigger.on.to_string(),
            event: rule.trigger.event.clone().unwrap_or_default(),
            base: rule.base.to_string(),
            hold_days: rule.hold_days.to_string(),
            auto_approve: rule.auto_approve,
            name: newest.name.clone(),
            ..Self::blank(business)
        };
        (typed.recurrence, typed.recurrence_count) = match rule.recurrence {
            Recurrence::Every => ("every".to_owned(), String::new()),
            Recurrence::First(count) => ("first".to_owned(), count.to_string()),
            Recurrence::Months(count) => ("months".to_owned(), count.to_string()),
        };
        match &rule.reward {
            Reward::PercentPpm(ppm) => typed.percent = percent_digits(*ppm),
            Reward::Fixed(fixed) => {
                "fixed".clone_into(&mut typed.reward);
                typed.amount = money::decimal(fixed.amount, fixed.currency);
                typed.currency = fixed.currency.to_string();
            }
            Reward::Tiers(tiers) => typed.write_tiers(tiers, business),
        }
        let currency = rule.reward_currency(Some(business)).unwrap_or(business);
        let sum = |cap: Option<i64>| {
            cap.map(|cap| money::decimal(cap, currency))
                .unwrap_or_default()
        };
        (typed.cap_event, typed.cap_customer, typed.cap_month) = (
            sum(rule.caps.per_event),
            sum(rule.caps.per_customer),
            sum(rule.caps.per_affiliate_month),
        );
        for level in &rule.levels {
            typed.level_percent.push(percent_digits(level.ppm));
            typed.level_of.push(level.of.word().to_owned());
        }
        let shown = match &rule.conditions {
            Some(conditions) => conditions::write(conditions, business, &mut typed),
            None => true,
        };
        Ok((typed, shown))
    }

    fn write_tiers(&mut self, tiers: &Tiers, business: Currency) {
        "tiers".clone_into(&mut self.reward);
        self.tier_metric = match tiers.metric {
            TierMetric::Conversions => "conversions",
            TierMetric::Revenue => "revenue",
        }
        .to_owned();
        self.tier_period = match tiers.period {
            TierPeriod::Month => "month",
            TierPeriod::Lifetime => "lifetime",
        }
        .to_owned();
        self.tier_mode = match tiers.mode {
            TierMode::Volume => "volume",
            TierMode::Graduated => "graduated",
        }
        .to_owned();
        (self.band_from, self.band_pays) = (Vec::new(), Vec::new());
        for band in &tiers.bands {
            self.band_from.push(match tiers.metric {
                TierMetric::Conversions => band.from.to_string(),
                TierMetric::Revenue => money::decimal(band.from, business),
            });
            self.band_pays.push(match band.reward {
                BandReward::PercentPpm(ppm) => percent_digits(ppm),
                BandReward::Fixed(fixed) => {
                    "fixed".clone_into(&mut self.tier_pays);
                    self.currency = fixed.currency.to_string();
                    money::decimal(fixed.amount, fixed.currency)
                }
            });
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
}

/// A hundred units of a currency.
fn sample(currency: Currency) -> i64 {
    100_i64.saturating_mul(10_i64.saturating_pow(currency.decimals()))
}

/// How a level's base is written in the form.
trait Word {
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

fn remove(column: &mut Vec<String>, index: usize) {
    if index < column.len() {
        column.remove(index);
    }
}

fn written<T: ToString>(id: Option<T>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

/// A sum of money that is not below zero.
pub(super) fn sum(typed: &str, currency: Currency) -> Result<i64, String> {
    match money::parse_decimal(typed, currency) {
        Ok(amount) if amount < 0 => Err("Write a sum that is not below 0".to_owned()),
        Ok(amount) => Ok(amount),
        Err(error) => Err(capital(&error.to_string())),
    }
}

pub(super) fn text(typed: &str) -> Option<String> {
    let typed = typed.trim();
    (!typed.is_empty()).then(|| typed.to_owned())
}

fn choice<T: std::str::FromStr>(typed: &str, field: &str, errors: &mut Errors) -> Option<T> {
    let typed = text(typed)?;
    let parsed = typed.parse().ok();
    if parsed.is_none() {
        errors.add(field, "Choose one of the list");
    }
    parsed
}

fn word<T: std::str::FromStr>(typed: &str, field: &str, otherwise: T, errors: &mut Errors) -> T {
    typed.parse().unwrap_or_else(|_| {
        errors.add(field, "Choose one of the list");
        otherwise
    })
}

/// `12.5` → 125000 ppm; none for what is not from 0 to 100, or has more than four decimals.
fn percent(typed: &str) -> Option<i64> {
    let typed = typed.trim().trim_end_matches('%').trim_end();
    let (whole, fraction) = typed.split_once(['.', ',']).unwrap_or((typed, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || fraction.len() > 4
        || !digits(whole)
        || !digits(fraction)
    {
        return None;
    }
    let ppm: i64 = format!("{whole}{fraction:0<4}").parse().ok()?;
    (0..=PPM_MAX).contains(&ppm).then_some(ppm)
}

/// 125000 ppm → `12.5`.
fn percent_digits(ppm: i64) -> String {
    let fraction = format!("{:04}", ppm % PPM_OF_PERCENT);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", ppm / PPM_OF_PERCENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read_exactly() {
        assert_eq!(percent("20"), Some(200_000));
        assert_eq!(percent(" 12,5 % "), Some(125_000));
        assert_eq!(percent("0.0001"), Some(1));
        assert_eq!(percent("0"), Some(0));
        assert_eq!(percent("100"), Some(1_000_000));
        for bad in ["", "-1", "100.0001", "1.00001", "x", ".", "1e2"] {
            assert_eq!(percent(bad), None, "{bad}");
        }
        for ppm in [1, 29_000, 200_000, 1_000_000] {
            assert_eq!(percent(&percent_digits(ppm)), Some(ppm));
        }
    }

    #[test]
    fn groups_go_with_their_rows() {
        let act = |typed: &mut Typed, act: &str| {
            act.clone_into(&mut typed.act);
            assert!(typed.arrange(), "{act}");
        };
        let mut typed = Typed::default();
        act(&mut typed, "add-row:0");
        act(&mut typed, "add-group");
        act(&mut typed, "add-group");
        assert_eq!(typed.row_group, ["0", "1", "2"]);
        act(&mut typed, "remove-group:1");
        assert_eq!(
            (typed.row_group.clone(), typed.group_match.len()),
            (vec!["0".to_owned(), "1".to_owned()], 1)
        );
        act(&mut typed, "remove-row:0");
        assert_eq!(typed.row_group, ["1"]);
        act(&mut typed, "remove-row:9");
        act(&mut typed, "remove-group:9");
        for _ in 0..10 {
            act(&mut typed, "add-level");
        }
        assert_eq!(typed.level_percent.len(), LEVELS_MAX);
        "save".clone_into(&mut typed.act);
        assert!(!typed.arrange());
    }
}
