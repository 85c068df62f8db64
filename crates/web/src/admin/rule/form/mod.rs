//! The form that makes a rule, or another version of one. It reads as a sentence while it is filled in, and
//! works out an example beside it. Every button but the last sends the form to be shown again.

mod arrange;
mod conditions;
mod example;
mod figures;
mod parse;
mod stored;
mod typed;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::RuleId;
use domain::money::Currency;
use domain::rule::{Rule, describe};
use domain::status::{Base, TriggerOn};
use service::error::FieldError;
use service::identity::business;
use service::programme::rule::{self, RulePatch, RuleVersion};
use service::programme::{affiliate, affiliate_group, campaign};
use service::store::list::Window;
use service::{ServiceError, Work};

use self::conditions::Group;
use self::example::Example;
pub(super) use self::example::who;
use self::parse::Parsed;
use self::typed::Typed;
use super::{PATH, back_test, trigger_label};
use crate::admin::campaign::path_id;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Choice, Errors, ListUrl};
use crate::{currency, flash, html};

/// A band of the tiers, as the template shows it.
struct BandRow {
    index: usize,
    from: String,
    from_error: String,
    pays: String,
    pays_error: String,
}

/// A level, as the template shows it.
struct LevelRow {
    index: usize,
    who: String,
    percent: String,
    error: String,
    of: Vec<Choice>,
}

/// The rule as a sentence, with its example; or what is missing.
#[derive(Default)]
struct Preview {
    sentence: String,
    missing: Vec<String>,
    example: Example,
}

#[derive(Template)]
#[template(path = "admin/rule/form.html")]
struct FormPage {
    shell: AdminShell,
    action: String,
    typed: Typed,
    errors: Errors,
    groups: Vec<Choice>,
    campaigns: Vec<Choice>,
    triggers: Vec<Choice>,
    recurrences: Vec<Choice>,
    counted: &'static str,
    rewards: Vec<Choice>,
    currencies: Vec<Choice>,
    bases: Vec<Choice>,
    condition_groups: Vec<Group>,
    /// Conditions that are nested deeper than the form shows, in words; they stay as they are.
    kept: String,
    metrics: Vec<Choice>,
    periods: Vec<Choice>,
    modes: Vec<Choice>,
    pays: Vec<Choice>,
    band_unit: String,
    pays_unit: String,
    bands: Vec<BandRow>,
    caps_currency: String,
    levels: Vec<LevelRow>,
    example_currencies: Vec<Choice>,
    by_revenue: bool,
    preview: Preview,
    from_hint: String,
    submit: &'static str,
}

/// What a page of the form is made from.
struct Draft<'a> {
    typed: Typed,
    errors: Errors,
    newest: Option<&'a RuleVersion>,
    /// Conditions that the form cannot show.
    kept: bool,
}

impl FormPage {
    async fn new(admin: &Admin, work: &mut Work, draft: Draft<'_>) -> Result<Self, PageError> {
        let Draft {
            typed,
            errors,
            newest,
            kept,
        } = draft;
        let groups = affiliate_group::all(work).await?;
        let campaigns = campaign::list(
            work,
            &campaign::Filter::default(),
            Window::all(campaign::BY_NAME),
        )
        .await?;
        let zone = business::zone_of(&admin.business)?;
        let own = admin.business.currency;
        let from_hint = match newest.filter(|newest| newest.rule.effective_from > work.now) {
            Some(newest) => format!(
                "Not before {}, when the newest version begins.",
                Moment::new(newest.rule.effective_from, &zone).date
            ),
            None => "Left empty: from now on.".to_owned(),
        };
        let any = |label: &str| (String::new(), label.to_owned());
        let preview = Preview::new(work, &typed, newest.filter(|_| kept), own, &zone).await?;
        let (title, action) = match newest {
            Some(newest) => ("Edit rule", format!("{PATH}/{}/edit", newest.rule.id)),
            None => ("New rule", format!("{PATH}/new")),
        };
        let fixed_bands = typed.tier_pays == "fixed";
        let by_revenue = typed.tier_metric == "revenue";
        let caps_currency = match (typed.reward.as_str(), fixed_bands) {
            ("fixed", _) | ("tiers", true) => typed.currency.clone(),
            _ => own.to_string(),
        };
        Ok(Self {
            shell: admin.shell(work, title, AdminItem::Rules).await?,
            action,
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
            recurrences: recurrences(&typed),
            counted: match typed.recurrence.as_str() {
                "first" => "The first",
                "months" => "For months",
                _ => "",
            },
            rewards: Choice::list(
                [
                    ("percent", "A share of the sale"),
                    ("fixed", "A fixed sum"),
                    ("tiers", "Tiers"),
                ],
                &typed.reward,
            ),
            currencies: currency::choices(&typed.currency),
            bases: Choice::list(
                [
                    (Base::Net.as_str(), "The net amount"),
                    (Base::Gross.as_str(), "The whole amount"),
                ],
                &typed.base,
            ),
            condition_groups: conditions::groups(&typed, &errors),
            kept: newest
                .filter(|_| kept)
                .and_then(|newest| newest.rule.conditions.as_ref())
                .map(|conditions| domain::rule::condition_text(conditions, own))
                .unwrap_or_default(),
            metrics: Choice::list(
                [("conversions", "Conversions"), ("revenue", "Revenue")],
                &typed.tier_metric,
            ),
            periods: Choice::list(
                [("month", "In the calendar month"), ("lifetime", "In all")],
                &typed.tier_period,
            ),
            modes: Choice::list(
                [
                    ("volume", "The whole event at the band reached"),
                    ("graduated", "Each part at its own band's rate"),
                ],
                &typed.tier_mode,
            ),
            pays: Choice::list(
                [("percent", "Percents"), ("fixed", "Fixed sums")],
                &typed.tier_pays,
            ),
            band_unit: if by_revenue {
                format!("{own} of revenue")
            } else {
                "conversions".to_owned()
            },
            pays_unit: if fixed_bands {
                typed.currency.clone()
            } else {
                "%".to_owned()
            },
            bands: bands(&typed, &errors),
            levels: levels(&typed, &errors),
            caps_currency,
            example_currencies: currency::choices(&typed.ex_currency),
            by_revenue,
            preview,
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

fn recurrences(typed: &Typed) -> Vec<Choice> {
    let lead = typed.on == TriggerOn::Lead.as_str();
    Choice::list(
        if lead {
            [
                ("every", "Every lead"),
                ("first", "A customer's first leads of the name"),
                ("months", "Leads of the months after the first sale"),
            ]
        } else {
            [
                ("every", "Every sale"),
                ("first", "A customer's first sales"),
                ("months", "Sales of a customer's first months"),
            ]
        },
        &typed.recurrence,
    )
}

fn bands(typed: &Typed, errors: &Errors) -> Vec<BandRow> {
    let cell = |column: &[String], index: usize| column.get(index).cloned().unwrap_or_default();
    (0..typed.band_from.len())
        .map(|index| BandRow {
            index,
            from: cell(&typed.band_from, index),
            from_error: errors.of(&format!("band_from_{index}")).to_owned(),
            pays: cell(&typed.band_pays, index),
            pays_error: errors.of(&format!("band_pays_{index}")).to_owned(),
        })
        .collect()
}

fn levels(typed: &Typed, errors: &Errors) -> Vec<LevelRow> {
    let mut number = 0;
    typed
        .level_percent
        .iter()
        .enumerate()
        .map(|(index, percent)| {
            number += 1;
            LevelRow {
                index,
                who: who(number),
                percent: percent.clone(),
                error: errors.of(&format!("level_percent_{index}")).to_owned(),
                of: Choice::list(
                    [
                        ("base", "of the base"),
                        (
                            "below",
                            if index == 0 {
                                "of the reward"
                            } else {
                                "of the level below"
                            },
                        ),
                    ],
                    typed.level_of.get(index).map_or("base", String::as_str),
                ),
            }
        })
        .collect()
}

impl Preview {
    async fn new(
        work: &mut Work,
        typed: &Typed,
        kept: Option<&RuleVersion>,
        own: Currency,
        zone: &jiff::tz::TimeZone,
    ) -> Result<Self, PageError> {
        let (parsed, errors) = typed.parse(work, zone, own).await?;
        let now = work.now;
        let mut missing: Vec<String> = errors.messages().map(str::to_owned).collect();
        let Some(mut rule) = rule_of(work, &parsed, typed).filter(|_| missing.is_empty()) else {
            return Ok(Self {
                missing,
                ..Self::default()
            });
        };
        if let Some(kept) = kept {
            rule.conditions.clone_from(&kept.rule.conditions);
        }
        missing.extend(rule.validate().into_iter().map(|(_, message)| message));
        if !missing.is_empty() {
            return Ok(Self {
                missing,
                ..Self::default()
            });
        }
        Ok(Self {
            sentence: format!("Pays {}.", describe(&rule, own)),
            missing,
            example: example::work_out(typed, &rule, own, now, zone),
        })
    }
}

/// The rule that was typed, as if it were in force; none when its reward is wrong.
fn rule_of(work: &Work, parsed: &Parsed, typed: &Typed) -> Option<Rule> {
    let mut rule = parsed.clone().input(typed)?.rule(work.new_id(), work.now);
    rule.effective_from = work.now;
    Some(rule)
}

/// The service's errors at the fields of this form; what it has no field for stands at the reward.
fn field_errors(error: ServiceError) -> Result<Errors, PageError> {
    form::refused(match error {
        ServiceError::Invalid(fields) => ServiceError::Invalid(
            fields
                .into_iter()
                .map(|FieldError { field, message }| FieldError {
                    field: form_field(&field),
                    message,
                })
                .collect(),
        ),
        other => other,
    })
}

/// `reward.tiers.bands[1].percent_ppm` → `band_pays_1`.
fn form_field(field: &str) -> String {
    let index = |field: &str| {
        field
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(index, _)| index.to_owned())
            .unwrap_or_default()
    };
    let name = match field {
        "reward.percent_ppm" => "percent",
        "reward.fixed.amount" => "amount",
        "reward.fixed.currency" => "currency",
        "reward.tiers.metric" => "tier_metric",
        "reward.tiers.mode" => "tier_mode",
        "reward.tiers.bands" => "tiers",
        "recurrence.first" | "recurrence.months" => "recurrence_count",
        "caps.per_event" => "cap_event",
        "caps.per_customer" => "cap_customer",
        "caps.per_affiliate_month" => "cap_month",
        known @ ("name" | "hold_days" | "effective_from" | "base" | "recurrence" | "levels") => {
            known
        }
        known if known.starts_with("scope.") || known.starts_with("trigger.") => known,
        bands if bands.starts_with("reward.tiers.bands[") => {
            let column = if bands.ends_with(".from") {
                "from"
            } else {
                "pays"
            };
            return format!("band_{column}_{}", index(bands));
        }
        levels if levels.starts_with("levels[") => {
            return format!("level_percent_{}", index(levels));
        }
        conditions if conditions.starts_with("conditions") => "conditions",
        _ => "reward",
    };
    name.to_owned()
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
        percent: "20".to_owned(),
        ..Typed::blank(admin.business.currency)
    };
    let draft = Draft {
        typed,
        errors: Errors::new(),
        newest: None,
        kept: false,
    };
    html::page(&FormPage::new(&admin, &mut work, draft).await?)
}

/// Makes the rule, or shows the form again as a button of it asked.
pub(super) async fn create(
    admin: Admin,
    PostForm(mut typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    if typed.arrange() {
        return again(&admin, typed, None).await;
    }
    if typed.act == "back-test" {
        return try_out(&admin, typed, None).await;
    }
    let own = admin.business.currency;
    let mut work = admin.app.begin(&admin.actor).await?;
    let (parsed, mut errors) = typed
        .parse(&mut work, &business::zone_of(&admin.business)?, own)
        .await?;
    if parsed.reward.is_none() && errors.is_empty() {
        errors.add("reward", "Choose a reward");
    }
    if let (true, Some(input)) = (errors.is_empty(), parsed.input(&typed)) {
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
    let draft = Draft {
        typed,
        errors,
        newest: None,
        kept: false,
    };
    html::refused(&FormPage::new(&admin, &mut work, draft).await?)
}

/// The form with what was typed and without errors: nothing was to be saved.
async fn again(admin: &Admin, typed: Typed, id: Option<RuleId>) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let newest = match id {
        Some(id) => Some(rule::get(&mut work, id).await?),
        None => None,
    };
    let kept = match &newest {
        Some(newest) => {
            !Typed::of(&mut work, newest, admin.business.currency)
                .await?
                .1
        }
        None => false,
    };
    let draft = Draft {
        typed,
        errors: Errors::new(),
        newest: newest.as_ref(),
        kept,
    };
    html::page(&FormPage::new(admin, &mut work, draft).await?)
}

/// The back-test of what was typed, which is stored nowhere.
async fn try_out(admin: &Admin, typed: Typed, id: Option<RuleId>) -> Result<Response, PageError> {
    let own = admin.business.currency;
    let mut work = admin.app.view(&admin.actor).await?;
    let newest = match id {
        Some(id) => Some(rule::get(&mut work, id).await?),
        None => None,
    };
    let kept = match &newest {
        Some(newest) => !Typed::of(&mut work, newest, own).await?.1,
        None => false,
    };
    let (parsed, mut errors) = typed
        .parse(&mut work, &business::zone_of(&admin.business)?, own)
        .await?;
    if let Some(mut draft) = rule_of(&work, &parsed, &typed).filter(|_| errors.is_empty()) {
        if let Some(newest) = &newest {
            draft.id = newest.rule.id;
            draft.version = newest.rule.version.saturating_add(1);
            draft.created_at = newest.rule.created_at;
            if kept {
                draft.conditions.clone_from(&newest.rule.conditions);
            }
        }
        let problems = draft.validate();
        if problems.is_empty() {
            drop(work);
            return back_test::of_draft(admin, &draft).await;
        }
        for (field, message) in problems {
            errors.add(form_field(&field), message);
        }
    }
    let draft = Draft {
        typed,
        errors,
        newest: newest.as_ref(),
        kept,
    };
    html::refused(&FormPage::new(admin, &mut work, draft).await?)
}

/// The form with what the newest version says.
pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let newest = rule::get(&mut work, id).await?;
    let (typed, shown) = Typed::of(&mut work, &newest, admin.business.currency).await?;
    let draft = Draft {
        typed: if shown { typed } else { typed.without_rows() },
        errors: Errors::new(),
        newest: Some(&newest),
        kept: !shown,
    };
    html::page(&FormPage::new(&admin, &mut work, draft).await?)
}

/// Saves what was typed as another version, or shows the form again as a button of it asked.
pub(super) async fn save(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(mut typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let id: RuleId = path_id(&id)?;
    if typed.arrange() {
        return again(&admin, typed, Some(id)).await;
    }
    if typed.act == "back-test" {
        return try_out(&admin, typed, Some(id)).await;
    }
    let own = admin.business.currency;
    let mut work = admin.app.begin(&admin.actor).await?;
    let newest = rule::get(&mut work, id).await?;
    let kept = !Typed::of(&mut work, &newest, own).await?.1;
    let (parsed, mut errors) = typed
        .parse(&mut work, &business::zone_of(&admin.business)?, own)
        .await?;
    if parsed.reward.is_none() && errors.is_empty() {
        errors.add("reward", "Choose a reward");
    }
    if let (true, Some(input)) = (errors.is_empty(), parsed.input(&typed)) {
        let conditions = (!kept).then(|| {
            conditions::settled(
                input.conditions.clone(),
                newest.rule.conditions.as_ref(),
                own,
            )
        });
        let patch = RulePatch {
            conditions,
            ..input.into()
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
    let draft = Draft {
        typed,
        errors,
        newest: Some(&newest),
        kept,
    };
    html::refused(&FormPage::new(&admin, &mut work, draft).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_at_the_forms_own_fields() {
        for (field, own) in [
            ("reward.percent_ppm", "percent"),
            ("reward.tiers.bands[3].from", "band_from_3"),
            ("reward.tiers.bands[0].fixed.amount", "band_pays_0"),
            ("levels[6].of", "level_percent_6"),
            ("caps.per_event", "cap_event"),
            ("conditions.all[2].value", "conditions"),
            ("scope.group_id", "scope.group_id"),
        ] {
            assert_eq!(form_field(field), own);
        }
    }
}
