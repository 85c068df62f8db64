//! Back-tests: what a past period would have paid under a draft rule or another model. The form, the run
//! with its progress, and what it found.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use domain::id::{CampaignId, RuleId};
use domain::money::{Currency, display};
use domain::rule::{Rule, describe};
use domain::status::Model;
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::Work;
use service::identity::business;
use service::programme::back_test::{self, Plan, Report, RunState};
use service::programme::{campaign, rule};
use service::store::list::Window;

use super::capital;
use crate::admin::session::Admin;
use crate::csv::{Cell, Sheet};
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Choice, Errors, ListUrl};
use crate::{flash, html};

/// The page's path.
pub(super) const HERE: &str = "/admin/rules/back-test";
/// Days replayed when none are typed: the last ninety.
const DAYS_USUAL: i64 = 90;
/// Rows shown of each list; the exports hold all.
const ROWS_SHOWN: usize = 50;

/// The form as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Typed {
    from: String,
    to: String,
    campaign: String,
    model: String,
    /// A rule as JSON; empty: the rules as they were.
    draft: String,
}

#[derive(Template)]
#[template(path = "admin/rule/back_test.html")]
struct FormPage {
    shell: AdminShell,
    errors: Errors,
    typed: Typed,
    campaigns: Vec<Choice>,
    models: Vec<Choice>,
    /// What the draft pays, in a sentence; empty: no draft.
    sentence: String,
    /// "in place of version 3 of Maria in Spring", or "beside the rules there are".
    place: String,
}

#[derive(Template)]
#[template(path = "admin/rule/back_test_run.html")]
struct RunPage {
    shell: AdminShell,
    href: String,
    /// What is replayed, a line each.
    facts: Vec<(&'static str, String)>,
    state: State,
}

enum State {
    Running {
        done: u64,
        total: u64,
        /// "About 12 seconds left", once it can be told.
        left: String,
    },
    Failed(String),
    Done(Box<Found>),
}

/// A report as the page shows it.
struct Found {
    events: String,
    changed: String,
    from_today: u64,
    totals: Vec<SumRow>,
    affiliates: Vec<SumRow>,
    affiliates_more: usize,
    changes: Vec<ChangeRow>,
    changes_more: u64,
}

struct SumRow {
    name: String,
    href: String,
    then: String,
    now: String,
    difference: String,
    changed: u64,
}

struct ChangeRow {
    at: Moment,
    href: String,
    event_href: String,
    name: String,
    then: String,
    now: String,
    difference: String,
    then_reason: String,
    now_reason: String,
}

/// The form; the address may name a rule, whose newest version is the draft then.
pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let asked = ListUrl::from_query(HERE, query.as_deref().unwrap_or_default());
    let mut work = admin.app.view(&admin.actor).await?;
    let draft = match asked.get("rule").parse::<RuleId>() {
        Ok(id) => written(&rule::get(&mut work, id).await?.rule)?,
        Err(_) => String::new(),
    };
    let typed = usual(&admin, &work, draft)?;
    html::page(&FormPage::new(&admin, &mut work, typed, Errors::new()).await?)
}

/// The form for a rule that was just typed and is stored nowhere.
pub(super) async fn of_draft(admin: &Admin, draft: &Rule) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let typed = usual(admin, &work, written(draft)?)?;
    html::page(&FormPage::new(admin, &mut work, typed, Errors::new()).await?)
}

fn usual(admin: &Admin, work: &Work, draft: String) -> Result<Typed, PageError> {
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(Typed {
        from: today.plus(1 - DAYS_USUAL).to_string(),
        to: today.to_string(),
        draft,
        ..Typed::default()
    })
}

fn written(rule: &Rule) -> Result<String, PageError> {
    serde_json::to_string(rule).map_err(|error| PageError::internal(error.to_string()))
}

/// Starts it.
pub(super) async fn start(
    admin: Admin,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let mut errors = Errors::new();
    let plan = typed.plan(&mut errors);
    if let (Some(plan), true) = (plan, errors.is_empty()) {
        match back_test::start(&admin.app, &admin.actor, plan) {
            Ok(id) => return Ok(Redirect::to(&format!("{HERE}/{id}")).into_response()),
            Err(service::ServiceError::Conflict(text)) => {
                return Ok(flash::redirect_with_error(HERE, text));
            }
            Err(error) => {
                let refused = form::refused(error)?;
                let day = refused.of("to").to_owned();
                if !day.is_empty() {
                    errors.add("to", day);
                }
                for message in refused.messages() {
                    if message != errors.of("to") {
                        errors.add("draft", message);
                    }
                }
            }
        }
    }
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&FormPage::new(&admin, &mut work, typed, errors).await?)
}

impl Typed {
    fn plan(&self, errors: &mut Errors) -> Option<Plan> {
        let mut day = |typed: &str, field: &str| {
            let day = Day::parse(typed.trim()).ok();
            if day.is_none() {
                errors.add(field, "Write the day like 2026-11-21");
            }
            day
        };
        let (from, to) = (day(&self.from, "from"), day(&self.to, "to"));
        let campaign: Option<CampaignId> = match self.campaign.as_str() {
            "" => None,
            text => {
                let campaign = text.parse().ok();
                if campaign.is_none() {
                    errors.add("campaign", "Choose one of the list");
                }
                campaign
            }
        };
        let model = match self.model.as_str() {
            "" => None,
            text => {
                let model: Option<Model> = text.parse().ok();
                if model.is_none() {
                    errors.add("model", "Choose one of the list");
                }
                model
            }
        };
        let draft = match self.draft.as_str() {
            "" => None,
            json => match serde_json::from_str::<Rule>(json) {
                Ok(rule) => Some(rule),
                Err(_) => {
                    errors.add("draft", "The draft could not be read. Open the rule again.");
                    None
                }
            },
        };
        Some(Plan {
            from: from?,
            to: to?,
            campaign,
            draft,
            model,
        })
    }
}

impl FormPage {
    async fn new(
        admin: &Admin,
        work: &mut Work,
        typed: Typed,
        errors: Errors,
    ) -> Result<Self, PageError> {
        let campaigns = campaign::list(
            work,
            &campaign::Filter::default(),
            Window::all(campaign::BY_NAME),
        )
        .await?;
        let draft = serde_json::from_str::<Rule>(&typed.draft).ok();
        let (sentence, place) = match &draft {
            None => (String::new(), String::new()),
            Some(draft) => (
                format!("Pays {}.", describe(draft, admin.business.currency)),
                place(work, draft).await?,
            ),
        };
        Ok(Self {
            shell: admin.shell(work, "Back-test", AdminItem::Rules).await?,
            campaigns: Choice::list(
                std::iter::once((String::new(), "All campaigns".to_owned())).chain(
                    campaigns
                        .into_iter()
                        .map(|detail| (detail.campaign.id.to_string(), detail.campaign.name)),
                ),
                &typed.campaign,
            ),
            models: Choice::list(
                [
                    ("", "As each campaign had it"),
                    (Model::LastClick.as_str(), "The last click"),
                    (Model::FirstClick.as_str(), "The first click"),
                ],
                &typed.model,
            ),
            sentence,
            place,
            typed,
            errors,
        })
    }
}

/// Where a draft stands among the rules.
async fn place(work: &mut Work, draft: &Rule) -> Result<String, PageError> {
    Ok(match rule::get(work, draft.id).await {
        Ok(newest) => format!(
            "In place of the rule \u{201c}{}\u{201d}, for the whole period.",
            capital(&rule::scope_words(&newest))
        ),
        Err(service::ServiceError::NotFound(_)) => {
            "Beside the rules there are, for the whole period.".to_owned()
        }
        Err(error) => return Err(error.into()),
    })
}

/// A run: its progress, or what it found.
pub(super) async fn run(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let view = back_test::find(&admin.app, &admin.actor, &id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let zone = business::zone_of(&admin.business)?;
    let facts = facts(&admin, &mut work, &view.plan).await?;
    let state = match view.state {
        RunState::Running { done, total } => State::Running {
            left: left(view.started_at, work.now, done, total),
            done,
            total,
        },
        RunState::Failed(text) => State::Failed(text),
        RunState::Done(report) => State::Done(Box::new(Found::new(&report, &zone))),
    };
    html::page(&RunPage {
        shell: admin
            .shell(&mut work, "Back-test", AdminItem::Rules)
            .await?,
        href: format!("{HERE}/{id}"),
        facts,
        state,
    })
}

async fn facts(
    admin: &Admin,
    work: &mut Work,
    plan: &Plan,
) -> Result<Vec<(&'static str, String)>, PageError> {
    let Plan {
        from,
        to,
        campaign,
        draft,
        model,
    } = plan;
    let mut facts = vec![("Period", format!("{from} to {to}"))];
    if let Some(id) = campaign {
        let detail = campaign::get(work, *id).await?;
        facts.push(("Campaign", detail.campaign.name));
    }
    match draft {
        Some(draft) => {
            let sentence = describe(draft, admin.business.currency);
            facts.push(("Draft", format!("Pays {sentence}.")));
            facts.push(("It stands", place(work, draft).await?));
        }
        None => facts.push(("Rules", "As they were".to_owned())),
    }
    facts.push((
        "Attribution",
        match model {
            None => "As each campaign had it",
            Some(Model::LastClick) => "The last click",
            Some(Model::FirstClick) => "The first click",
        }
        .to_owned(),
    ));
    Ok(facts)
}

/// How long it still takes, if it goes on as it went.
fn left(started: UnixMs, now: UnixMs, done: u64, total: u64) -> String {
    let went = now.0.saturating_sub(started.0).max(0).unsigned_abs();
    match went
        .saturating_mul(total.saturating_sub(done))
        .checked_div(done)
    {
        None => String::new(),
        Some(..1_000) => "About a second left".to_owned(),
        Some(ms) => format!("About {} seconds left", ms / 1_000 + 1),
    }
}

/// `+$12.00`, `−$9.80`, `$0.00`.
fn signed(amount: i64, currency: Currency) -> String {
    let plus = if amount > 0 { "+" } else { "" };
    format!("{plus}{}", display(amount, currency))
}

impl Found {
    fn new(report: &Report, zone: &TimeZone) -> Self {
        let mut affiliates: Vec<_> = report.affiliates.iter().collect();
        affiliates.sort_by_key(|((_, currency), sum)| {
            (
                std::cmp::Reverse(sum.difference().unsigned_abs()),
                *currency,
            )
        });
        let name = |id: &domain::id::AffiliateId| report.names.get(id).cloned().unwrap_or_default();
        let count = |number: u64| domain::money::group_thousands(&number.to_string());
        Self {
            events: count(report.events),
            changed: count(report.changed),
            from_today: report.from_today,
            totals: report
                .totals
                .iter()
                .map(|(currency, sum)| SumRow {
                    name: currency.to_string(),
                    href: String::new(),
                    then: display(sum.then, *currency),
                    now: display(sum.now, *currency),
                    difference: signed(sum.difference(), *currency),
                    changed: sum.changed,
                })
                .collect(),
            affiliates_more: affiliates.len().saturating_sub(ROWS_SHOWN),
            affiliates: affiliates
                .iter()
                .take(ROWS_SHOWN)
                .map(|((id, currency), sum)| SumRow {
                    name: name(id),
                    href: format!("/admin/affiliates/{id}"),
                    then: display(sum.then, *currency),
                    now: display(sum.now, *currency),
                    difference: signed(sum.difference(), *currency),
                    changed: sum.changed,
                })
                .collect(),
            changes: report
                .changes
                .iter()
                .take(ROWS_SHOWN)
                .map(|change| ChangeRow {
                    at: Moment::new(change.occurred_at, zone),
                    href: format!("/admin/affiliates/{}", change.affiliate_id),
                    event_href: format!("/admin/events/{}", change.event_id),
                    name: name(&change.affiliate_id),
                    then: display(change.then, change.currency),
                    now: display(change.now, change.currency),
                    difference: signed(change.now.saturating_sub(change.then), change.currency),
                    then_reason: change.then_reason.clone(),
                    now_reason: change.now_reason.clone(),
                })
                .collect(),
            changes_more: report.changes_all.saturating_sub(ROWS_SHOWN as u64),
        }
    }
}

/// Stops a run.
pub(super) async fn cancel(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    back_test::cancel(&admin.app, &admin.actor, &id)?;
    Ok(flash::redirect(
        HERE,
        "The back-test is stopped. Nothing was written.",
    ))
}

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

fn report(admin: &Admin, id: &str) -> Result<(Arc<Report>, Plan), PageError> {
    let view = back_test::find(&admin.app, &admin.actor, id)?;
    match view.state {
        RunState::Done(report) => Ok((report, view.plan)),
        RunState::Running { .. } | RunState::Failed(_) => Err(PageError::not_found()),
    }
}

/// The report per affiliate.
pub(super) async fn affiliates(
    admin: Admin,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let (report, plan) = report(&admin, &id)?;
    let mut sheet = Sheet::new(&[
        "Affiliate id",
        "Affiliate",
        "Then",
        "Now",
        "Difference",
        "Currency",
        "Events changed",
    ]);
    for ((affiliate, currency), sum) in &report.affiliates {
        sheet.row(vec![
            Cell::Plain(affiliate.to_string()),
            report.names.get(affiliate).into(),
            Cell::amount(sum.then, *currency),
            Cell::amount(sum.now, *currency),
            Cell::amount(sum.difference(), *currency),
            (*currency).into(),
            Cell::Plain(sum.changed.to_string()),
        ]);
    }
    Ok(sheet.download("back-test", plan.to))
}

/// The biggest changes.
pub(super) async fn changes(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let (report, plan) = report(&admin, &id)?;
    let mut sheet = Sheet::new(&[
        "Event id",
        "Occurred at",
        "Affiliate id",
        "Affiliate",
        "Then",
        "Now",
        "Difference",
        "Currency",
        "Reason then",
        "Reason now",
    ]);
    for change in &report.changes {
        sheet.row(vec![
            Cell::Plain(change.event_id.to_string()),
            change.occurred_at.into(),
            Cell::Plain(change.affiliate_id.to_string()),
            report.names.get(&change.affiliate_id).into(),
            Cell::amount(change.then, change.currency),
            Cell::amount(change.now, change.currency),
            Cell::amount(change.now.saturating_sub(change.then), change.currency),
            change.currency.into(),
            Cell::from(&change.then_reason),
            Cell::from(&change.now_reason),
        ]);
    }
    Ok(sheet.download("back-test-changes", plan.to))
}
