//! The page of the form: what the template shows of what was typed.

use askama::Template;
use domain::id::RuleId;
use domain::money::Currency;
use domain::rule::{Condition, condition_text};
use domain::status::{Base, TriggerOn};
use service::Work;
use service::identity::business;
use service::programme::rule::{self, RuleVersion};
use service::programme::{affiliate_group, campaign};
use service::store::list::Window;

use super::conditions::{self, Group};
use super::example::who;
use super::preview::Preview;
use super::typed::Typed;
use crate::admin::rule::{PATH, trigger_label};
use crate::admin::session::Admin;
use crate::currency;
use crate::error::PageError;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Choice, Errors};

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

#[derive(Template)]
#[template(path = "admin/rule/form.html")]
pub(super) struct FormPage {
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

/// The rule that another version is made of.
pub(super) struct Edited {
    pub(super) newest: RuleVersion,
    /// Whether its conditions stay as they are, because the form cannot show them.
    pub(super) kept: bool,
}

impl Edited {
    /// The rule of this id, with the form as its newest version fills it.
    pub(super) async fn of(
        work: &mut Work,
        id: RuleId,
        business: Currency,
    ) -> Result<(Self, Typed), PageError> {
        let newest = rule::get(work, id).await?;
        let (typed, shown) = Typed::of(work, &newest, business).await?;
        let edited = Self {
            newest,
            kept: !shown,
        };
        Ok((edited, typed))
    }

    /// The conditions that stay as they are, when they do.
    pub(super) fn kept_conditions(&self) -> Option<&Condition> {
        self.newest.rule.conditions.as_ref().filter(|_| self.kept)
    }
}

/// What a page of the form is made from.
pub(super) struct Draft {
    pub(super) typed: Typed,
    pub(super) errors: Errors,
    /// None: a new rule.
    pub(super) edited: Option<Edited>,
}

impl FormPage {
    pub(super) async fn new(
        admin: &Admin,
        work: &mut Work,
        draft: Draft,
    ) -> Result<Self, PageError> {
        let Draft {
            typed,
            errors,
            edited,
        } = draft;
        let newest = edited.as_ref().map(|edited| &edited.newest);
        let kept = edited.as_ref().and_then(Edited::kept_conditions);
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
            None if typed.on == TriggerOn::Click.as_str()
                || newest.is_some_and(|newest| newest.rule.trigger.on == TriggerOn::Click) =>
            {
                "Clicks are paid by whole days. Left empty: from tomorrow on.".to_owned()
            }
            None => "Left empty: from now on.".to_owned(),
        };
        let any = |label: &str| (String::new(), label.to_owned());
        let preview = Preview::new(work, &typed, kept, own, &zone).await?;
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
                [TriggerOn::Sale, TriggerOn::Lead, TriggerOn::Click]
                    .map(|on| (on.as_str(), trigger_label(on))),
                &typed.on,
            ),
            recurrences: recurrences(&typed),
            counted: match typed.recurrence.as_str() {
                _ if typed.on == TriggerOn::Click.as_str() => "",
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
            kept: kept
                .map(|conditions| condition_text(conditions, own))
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
    if typed.on == TriggerOn::Click.as_str() {
        let every = ("every", "Every visitor's first click on a link a day");
        return Choice::list([every], "every");
    }
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
