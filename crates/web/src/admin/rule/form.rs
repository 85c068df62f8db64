//! The form that makes a rule, or another version of one.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::RuleId;
use domain::money::{self, Currency};
use domain::rule::{Fixed, Recurrence, Reward, Scope, Trigger};
use domain::status::{Base, TriggerOn};
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::FieldError;
use service::identity::business;
use service::programme::rule::{self, RuleIn, RulePatch, RuleVersion};
use service::programme::{affiliate, affiliate_group, campaign};
use service::store::list::Window;
use service::{ServiceError, Work};

use super::{PATH, trigger_label};
use crate::admin::campaign::path_id;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Choice, Errors, ListUrl};
use crate::{currency, flash, html};

/// Parts per million in a per cent.
const PPM_OF_PERCENT: i64 = 10_000;
/// A hundred per cent.
const PPM_MAX: i64 = 100 * PPM_OF_PERCENT;

/// The form as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    #[serde(default)]
    group_id: String,
    #[serde(default)]
    campaign_id: String,
    /// An e-mail address.
    #[serde(default)]
    affiliate: String,
    #[serde(default)]
    product_id: String,
    on: String,
    #[serde(default)]
    event: String,
    recurrence: String,
    #[serde(default)]
    recurrence_count: String,
    reward: String,
    #[serde(default)]
    percent: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    currency: String,
    base: String,
    hold_days: String,
    #[serde(default)]
    auto_approve: bool,
    #[serde(default)]
    effective_on: String,
    #[serde(default)]
    name: String,
}

#[derive(Template)]
#[template(path = "admin/rule/form.html")]
struct FormPage {
    shell: AdminShell,
    typed: Typed,
    errors: Errors,
    groups: Vec<Choice>,
    campaigns: Vec<Choice>,
    triggers: Vec<Choice>,
    recurrences: Vec<Choice>,
    rewards: Vec<Choice>,
    currencies: Vec<Choice>,
    bases: Vec<Choice>,
    /// What else the rule has, that this form does not change.
    kept: String,
    from_hint: String,
    submit: &'static str,
}

impl FormPage {
    async fn new(
        admin: &Admin,
        work: &mut Work,
        typed: Typed,
        errors: Errors,
        newest: Option<&RuleVersion>,
    ) -> Result<Self, PageError> {
        let groups = affiliate_group::all(work).await?;
        let campaigns = campaign::list(
            work,
            &campaign::Filter::default(),
            Window::all(campaign::BY_NAME),
        )
        .await?;
        let with_tiers =
            newest.is_some_and(|newest| matches!(newest.rule.reward, Reward::Tiers(_)));
        let mut rewards = vec![("percent", "A share of the sale"), ("fixed", "A fixed sum")];
        if with_tiers {
            rewards.push(("tiers", "Tiers, as they are"));
        }
        let zone = business::zone_of(&admin.business)?;
        let from_hint = match newest.filter(|newest| newest.rule.effective_from > work.now) {
            Some(newest) => format!(
                "Not before {}, when the newest version begins.",
                Moment::new(newest.rule.effective_from, &zone).date
            ),
            None => "Left empty: from now on.".to_owned(),
        };
        let any = |label: &str| (String::new(), label.to_owned());
        Ok(Self {
            shell: admin
                .shell(
                    work,
                    if newest.is_some() {
                        "Edit rule"
                    } else {
                        "New rule"
                    },
                    AdminItem::Rules,
                )
                .await?,
            groups: Choice::list(
                std::iter::once(any("Any group")).chain(
                    groups
                        .into_iter()
                        .map(|group| (group.id.to_string(), group.name)),
                ),
                &typed.group_id,
            ),
            campaigns: Choice::list(
                std::iter::once(any("Any campaign")).chain(
                    campaigns
                        .into_iter()
                        .map(|detail| (detail.campaign.id.to_string(), detail.campaign.name)),
                ),
                &typed.campaign_id,
            ),
            triggers: Choice::list(
                [TriggerOn::Sale, TriggerOn::Lead].map(|on| (on.as_str(), trigger_label(on))),
                &typed.on,
            ),
            recurrences: Choice::list(
                [
                    ("every", "Every sale"),
                    ("first", "A customer's first sales"),
                    ("months", "Sales of a customer's first months"),
                ],
                &typed.recurrence,
            ),
            rewards: Choice::list(rewards, &typed.reward),
            currencies: currency::choices(&typed.currency),
            bases: Choice::list(
                [
                    (Base::Net.as_str(), "The net amount"),
                    (Base::Gross.as_str(), "The whole amount"),
                ],
                &typed.base,
            ),
            kept: newest.map(kept).unwrap_or_default(),
            from_hint,
            submit: if newest.is_some() {
                "Save as new version"
            } else {
                "Make rule"
            },
            typed,
            errors,
        })
    }
}

/// What a rule has that the form leaves alone, as a sentence.
fn kept(newest: &RuleVersion) -> String {
    let rule = &newest.rule;
    let mut words = Vec::new();
    if rule.conditions.is_some() {
        words.push("conditions");
    }
    if rule.caps != domain::rule::Caps::default() {
        words.push("caps");
    }
    if !rule.levels.is_empty() {
        words.push("levels");
    }
    match words.split_last() {
        None => String::new(),
        Some((last, [])) => {
            format!("This rule also has {last}, set by API. The new version keeps them.")
        }
        Some((last, before)) => format!(
            "This rule also has {} and {last}, set by API. The new version keeps them.",
            before.join(", ")
        ),
    }
}

/// What the form's texts mean.
struct Parsed {
    scope: Scope,
    trigger: Trigger,
    /// None: tiers stay as they are.
    reward: Option<Reward>,
    base: Base,
    recurrence: Recurrence,
    hold_days: i64,
    effective_from: Option<UnixMs>,
}

impl Typed {
    /// Reads the texts; everything that is wrong is noted by the form's field.
    async fn parse(&self, work: &mut Work, zone: &TimeZone) -> Result<(Parsed, Errors), PageError> {
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
        let reward = self.reward(&mut errors);
        let base = word(&self.base, "base", Base::Net, &mut errors);
        let recurrence = self.recurrence(&mut errors);
        let hold_days = self.hold_days.trim().parse().unwrap_or_else(|_| {
            errors.add("hold_days", "Write a whole number of days");
            0
        });
        let effective_from = self.effective_from(work.now, zone, &mut errors);
        Ok((
            Parsed {
                scope,
                trigger,
                reward,
                base,
                recurrence,
                hold_days,
                effective_from,
            },
            errors,
        ))
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

    fn reward(&self, errors: &mut Errors) -> Option<Reward> {
        match self.reward.as_str() {
            "percent" => match percent(&self.percent) {
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
                let Ok(currency) = self.currency.trim().parse::<Currency>() else {
                    errors.add("currency", "Choose a currency");
                    return None;
                };
                match money::parse_decimal(&self.amount, currency) {
                    Ok(amount) if amount > 0 => Some(Reward::Fixed(Fixed { amount, currency })),
                    Ok(_) => {
                        errors.add("amount", "Write a sum above 0");
                        None
                    }
                    Err(error) => {
                        errors.add("amount", super::capital(&error.to_string()));
                        None
                    }
                }
            }
            "tiers" => None,
            _ => {
                errors.add("reward", "Choose a reward");
                None
            }
        }
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

    /// The form of a stored rule.
    async fn of(
        work: &mut Work,
        newest: &RuleVersion,
        currency: Currency,
    ) -> Result<Self, PageError> {
        let rule = &newest.rule;
        let affiliate = match rule.scope.affiliate_id {
            Some(id) => affiliate::get(work, id).await?.email,
            None => String::new(),
        };
        let (recurrence, recurrence_count) = match rule.recurrence {
            Recurrence::Every => ("every", String::new()),
            Recurrence::First(count) => ("first", count.to_string()),
            Recurrence::Months(count) => ("months", count.to_string()),
        };
        let (reward, percent, amount, currency) = match &rule.reward {
            Reward::PercentPpm(ppm) => ("percent", percent_digits(*ppm), String::new(), currency),
            Reward::Fixed(fixed) => (
                "fixed",
                String::new(),
                money::decimal(fixed.amount, fixed.currency),
                fixed.currency,
            ),
            Reward::Tiers(_) => ("tiers", String::new(), String::new(), currency),
        };
        Ok(Self {
            group_id: rule
                .scope
                .group_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            campaign_id: rule
                .scope
                .campaign_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            affiliate,
            product_id: rule.scope.product_id.clone().unwrap_or_default(),
            on: rule.trigger.on.to_string(),
            event: rule.trigger.event.clone().unwrap_or_default(),
            recurrence: recurrence.to_owned(),
            recurrence_count,
            reward: reward.to_owned(),
            percent,
            amount,
            currency: currency.to_string(),
            base: rule.base.to_string(),
            hold_days: rule.hold_days.to_string(),
            auto_approve: rule.auto_approve,
            effective_on: String::new(),
            name: newest.name.clone(),
        })
    }
}

fn text(typed: &str) -> Option<String> {
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

/// `12.5` → 125000 ppm; none for what is not above 0 and up to 100, or has more than four decimals.
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
    (1..=PPM_MAX).contains(&ppm).then_some(ppm)
}

/// 125000 ppm → `12.5`.
fn percent_digits(ppm: i64) -> String {
    let fraction = format!("{:04}", ppm % PPM_OF_PERCENT);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{point}{fraction}", ppm / PPM_OF_PERCENT)
}

/// The service's errors at the fields of this form; what it has no field for stands at the reward.
fn field_errors(error: ServiceError) -> Result<Errors, PageError> {
    form::refused(match error {
        ServiceError::Invalid(fields) => ServiceError::Invalid(
            fields
                .into_iter()
                .map(|FieldError { field, message }| {
                    let field = match field.as_str() {
                        "reward.percent_ppm" => "percent",
                        "reward.fixed.amount" => "amount",
                        "reward.fixed.currency" => "currency",
                        "recurrence.first" | "recurrence.months" => "recurrence_count",
                        known if known.starts_with("scope.") || known.starts_with("trigger.") => {
                            known
                        }
                        known @ ("name" | "hold_days" | "effective_from" | "base"
                        | "recurrence") => known,
                        _ => "reward",
                    };
                    FieldError {
                        field: field.to_owned(),
                        message,
                    }
                })
                .collect(),
        ),
        other => other,
    })
}

/// The empty form; the address may name a campaign, group or affiliate (`?campaign=cmp_…`).
pub(super) async fn new(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let asked = ListUrl::from_query(PATH, query.as_deref().unwrap_or_default());
    let mut work = admin.app.view(&admin.actor).await?;
    let affiliate = match asked.get("affiliate").parse() {
        Ok(id) => affiliate::get(&mut work, id).await?.email,
        Err(_) => String::new(),
    };
    let typed = Typed {
        affiliate,
        group_id: asked.get("group").to_owned(),
        campaign_id: asked.get("campaign").to_owned(),
        on: TriggerOn::Sale.to_string(),
        recurrence: "every".to_owned(),
        reward: "percent".to_owned(),
        currency: admin.business.currency.to_string(),
        base: Base::Net.to_string(),
        hold_days: "0".to_owned(),
        ..Typed::default()
    };
    html::page(&FormPage::new(&admin, &mut work, typed, Errors::new(), None).await?)
}

/// Makes the rule.
pub(super) async fn create(
    admin: Admin,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let (parsed, mut errors) = typed
        .parse(&mut work, &business::zone_of(&admin.business)?)
        .await?;
    let Parsed {
        scope,
        trigger,
        reward,
        base,
        recurrence,
        hold_days,
        effective_from,
    } = parsed;
    if reward.is_none() && errors.is_empty() {
        errors.add("reward", "Choose a reward");
    }
    if let (true, Some(reward)) = (errors.is_empty(), reward) {
        let input = RuleIn {
            name: typed.name.clone(),
            scope,
            trigger,
            conditions: None,
            reward,
            base: Some(base),
            recurrence: Some(recurrence),
            caps: None,
            levels: None,
            hold_days: Some(hold_days),
            auto_approve: Some(typed.auto_approve),
            effective_from,
        };
        match rule::create(&mut work, input).await {
            Ok(_) => {
                work.commit().await?;
                return Ok(flash::redirect(
                    PATH,
                    "The rule is ready. It pays for events from its day on.",
                ));
            }
            Err(error) => errors = field_errors(error)?,
        }
    }
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&FormPage::new(&admin, &mut work, typed, errors, None).await?)
}

/// The form with what the newest version says.
pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let newest = rule::get(&mut work, id).await?;
    let typed = Typed::of(&mut work, &newest, admin.business.currency).await?;
    html::page(&FormPage::new(&admin, &mut work, typed, Errors::new(), Some(&newest)).await?)
}

/// Saves what was typed as another version.
pub(super) async fn save(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let id: RuleId = path_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let newest = rule::get(&mut work, id).await?;
    let (parsed, mut errors) = typed
        .parse(&mut work, &business::zone_of(&admin.business)?)
        .await?;
    if errors.is_empty() {
        let Parsed {
            scope,
            trigger,
            reward,
            base,
            recurrence,
            hold_days,
            effective_from,
        } = parsed;
        let patch = RulePatch {
            name: Some(typed.name.clone()),
            scope: Some(scope),
            trigger: Some(trigger),
            conditions: None,
            reward,
            base: Some(base),
            recurrence: Some(recurrence),
            caps: None,
            levels: None,
            hold_days: Some(hold_days),
            auto_approve: Some(typed.auto_approve),
            active: None,
            effective_from,
        };
        match rule::change(&mut work, id, patch).await {
            Ok(saved) => {
                work.commit().await?;
                let text = if saved.rule.version == newest.rule.version {
                    "Nothing was different, so no version was made.".to_owned()
                } else {
                    format!(
                        "Saved as version {}. Commissions that were made stay as they are.",
                        saved.rule.version
                    )
                };
                return Ok(flash::redirect(PATH, text));
            }
            Err(error) => errors = field_errors(error)?,
        }
    }
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&FormPage::new(&admin, &mut work, typed, errors, Some(&newest)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_read_exactly() {
        assert_eq!(percent("20"), Some(200_000));
        assert_eq!(percent(" 12,5 % "), Some(125_000));
        assert_eq!(percent("0.0001"), Some(1));
        assert_eq!(percent("100"), Some(1_000_000));
        for bad in ["", "0", "-1", "100.0001", "1.00001", "x", ".", "1e2"] {
            assert_eq!(percent(bad), None, "{bad}");
        }
        for ppm in [1, 29_000, 200_000, 1_000_000] {
            assert_eq!(percent(&percent_digits(ppm)), Some(ppm));
        }
    }
}
