//! A rule's page: what it says now, and every version.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::money::Currency;
use domain::rule::{Difference, describe, differences};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::identity::business;
use service::programme::back_test::not_replayed;
use service::programme::rule::{self, RulePatch, RuleVersion};

use super::{PATH, Standing, capital};
use crate::admin::campaign::path_id;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Step, StepState, Tone};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/rule/show.html")]
struct RecordPage {
    shell: AdminShell,
    scope: String,
    sentence: String,
    next: String,
    state: (String, Tone),
    active: bool,
    /// Empty: clicks are not replayed.
    back_test_href: String,
    edit_href: String,
    active_action: String,
    steps: Vec<Step>,
    changes: Vec<Change>,
}

/// What a version changed.
struct Change {
    version: i64,
    at: String,
    parts: Vec<Difference>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    active: bool,
}

/// The page.
pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let now = work.now;
    let versions = rule::versions(&mut work, id).await?;
    let current = rule::versions_in_force(&mut work, now, None)
        .await?
        .into_iter()
        .find(|version| version.rule.id == id);
    let Some(newest) = versions.first() else {
        return Err(PageError::not_found());
    };
    let zone = business::zone_of(&admin.business)?;
    let currency = admin.business.currency;
    let standing = Standing::new(newest, current.as_ref(), now, currency, &zone);
    // Of those that have begun, the one with the latest time is the one that counts, on or off.
    let counts = versions
        .iter()
        .filter(|version| version.rule.effective_from <= now)
        .max_by_key(|version| (version.rule.effective_from, version.rule.version));
    let counts = counts.map(|version| version.rule.version);
    let steps = versions
        .iter()
        .map(|version| {
            let number = version.rule.version;
            let (state, tone) = match counts {
                Some(counting) if counting == number => (
                    StepState::Current,
                    if version.active {
                        Tone::Success
                    } else {
                        Tone::Neutral
                    },
                ),
                _ if version.rule.effective_from > now => (StepState::Upcoming, Tone::Info),
                _ => (StepState::Done, Tone::Neutral),
            };
            let what = if version.active {
                describe(&version.rule, currency)
            } else {
                "switched off".to_owned()
            };
            let mut detail = format!("Made {}", Moment::new(version.created_at, &zone).full);
            if !version.name.is_empty() {
                detail = format!("{} · {detail}", version.name);
            }
            Step {
                title: format!("Version {number}: {what}"),
                detail,
                at: format!(
                    "from {}",
                    Moment::new(version.rule.effective_from, &zone).full
                ),
                tone,
                state,
            }
        })
        .collect();
    let scope = match rule::scope_words(newest).as_str() {
        "default" => "Everybody, where nothing closer fits".to_owned(),
        words => capital(words),
    };
    html::page(&RecordPage {
        shell: admin.shell(&mut work, "Rule", AdminItem::Rules).await?,
        scope,
        sentence: standing.sentence,
        next: standing.next,
        state: standing.state,
        active: standing.active,
        back_test_href: if not_replayed(&newest.rule).is_none() {
            format!("{}?rule={id}", super::back_test::HERE)
        } else {
            String::new()
        },
        edit_href: format!("{PATH}/{id}/edit"),
        active_action: format!("{PATH}/{id}/active"),
        steps,
        changes: changes(&versions, currency, &zone),
    })
}

/// What each version says otherwise than the one before it, newest first.
fn changes(versions: &[RuleVersion], currency: Currency, zone: &TimeZone) -> Vec<Change> {
    versions
        .windows(2)
        .filter_map(|pair| {
            let [after, before] = pair else { return None };
            let mut parts = differences(&before.rule, &after.rule, currency);
            let mut note = |part: &'static str, before: String, after: String| {
                if before != after {
                    parts.push(Difference {
                        part,
                        before,
                        after,
                    });
                }
            };
            note("Scope", rule::scope_words(before), rule::scope_words(after));
            note("Name", before.name.clone(), after.name.clone());
            let on = |version: &RuleVersion| if version.active { "on" } else { "off" }.to_owned();
            note("Switched", on(before), on(after));
            Some(Change {
                version: after.rule.version,
                at: Moment::new(after.rule.effective_from, zone).full,
                parts,
            })
        })
        .collect()
}

/// Switches the rule on or off, by another version.
pub(super) async fn set_active(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Switch { active }): PostForm<Switch>,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let now = work.now;
    let saved = rule::change(
        &mut work,
        id,
        RulePatch {
            active: Some(active),
            ..RulePatch::default()
        },
    )
    .await?;
    work.commit().await?;
    let zone = business::zone_of(&admin.business)?;
    let from = if saved.rule.effective_from > now {
        format!(
            " from {}",
            Moment::new(saved.rule.effective_from, &zone).date
        )
    } else {
        String::new()
    };
    let text = format!(
        "The rule is {}{from}. Commissions that were made stay as they are.",
        if active { "on" } else { "off" }
    );
    let other = [("active", (!active).to_string())];
    Ok(flash::redirect_with_undo(
        PATH,
        text,
        format!("{PATH}/{id}/active"),
        other,
    ))
}
