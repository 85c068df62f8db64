//! What the form's texts mean.

use domain::id::AffiliateId;
use domain::money::Currency;
use domain::rule::{
    Band, BandReward, Caps, Fixed, Level, LevelOf, Recurrence, Reward, Scope, TierMetric, TierMode,
    TierPeriod, Tiers, Trigger,
};
use domain::status::{Base, TriggerOn};
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use service::Work;
use service::programme::rule::{self, RuleIn};

use super::conditions;
use super::figures::{percent, sum, text};
use super::typed::Typed;
use crate::error::PageError;
use crate::ui::Errors;

impl Typed {
    /// The rule that the texts mean; or everything that is wrong, by the form's field. `was_for_clicks`: it takes the
    /// place of a version for clicks.
    pub(super) async fn parse(
        &self,
        work: &mut Work,
        zone: &TimeZone,
        business: Currency,
        was_for_clicks: bool,
    ) -> Result<Result<RuleIn, Errors>, PageError> {
        let mut errors = Errors::new();
        let scope = Scope {
            affiliate_id: self.affiliate_id(work, &mut errors).await?,
            product_id: text(&self.product_id),
            campaign_id: choice(&self.campaign_id, "scope.campaign_id", &mut errors),
            group_id: choice(&self.group_id, "scope.group_id", &mut errors),
        };
        let on = word(&self.on, "trigger.on", TriggerOn::Sale, &mut errors);
        // What the form does not ask of a click is not read either.
        let is_click = on == TriggerOn::Click;
        let trigger = Trigger {
            on,
            event: text(&self.event).filter(|_| !is_click),
        };
        let conditions = conditions::read(self, business, &mut errors);
        let reward = self.reward(business, &mut errors);
        let base = word(&self.base, "base", Base::Net, &mut errors);
        let recurrence = if is_click {
            Recurrence::Every
        } else {
            self.recurrence(&mut errors)
        };
        let caps = self.caps(business, &mut errors);
        let levels = self.levels(&mut errors);
        let hold_days = self.hold_days.trim().parse().unwrap_or_else(|_| {
            errors.add("hold_days", "Write a whole number of days");
            0
        });
        let whole_days = is_click || was_for_clicks;
        let effective_from = self.effective_from(work.now, zone, whole_days, &mut errors);
        let Some(reward) = reward.filter(|_| errors.is_empty()) else {
            return Ok(Err(errors));
        };
        Ok(Ok(RuleIn {
            name: self.name.clone(),
            scope,
            trigger,
            conditions,
            reward,
            base: Some(base),
            recurrence: Some(recurrence),
            caps: Some(caps),
            levels: Some(levels),
            hold_days: Some(hold_days),
            auto_approve: Some(self.auto_approve),
            effective_from,
        }))
    }

    async fn affiliate_id(
        &self,
        work: &mut Work,
        errors: &mut Errors,
    ) -> Result<Option<AffiliateId>, PageError> {
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

    fn caps(&self, business: Currency, errors: &mut Errors) -> Caps {
        let fixed = match (self.reward.as_str(), self.tier_pays.as_str()) {
            ("fixed", _) | ("tiers", "fixed") => self.currency.trim().parse().ok(),
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

    /// The start of the day typed; today means now, because the morning is over. A version of whole days cannot begin
    /// today: the service says so.
    fn effective_from(
        &self,
        now: UnixMs,
        zone: &TimeZone,
        whole_days: bool,
        errors: &mut Errors,
    ) -> Option<UnixMs> {
        let typed = text(&self.effective_on)?;
        match Day::parse(&typed) {
            Ok(day) if day == now.day_in(zone) && !whole_days => None,
            Ok(day) => Some(day.start(zone)),
            Err(_) => {
                errors.add("effective_from", "Write the day like 2026-11-21");
                None
            }
        }
    }
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
