//! The form that makes a rule, or another version of one. It reads as a sentence while it is filled in
//! ([`preview`]), and works out an example beside it. Every button but the last sends the form to be shown again.

mod arrange;
mod conditions;
mod example;
mod fields;
mod figures;
mod page;
mod parse;
mod preview;
mod stored;
mod typed;

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::RuleId;
use domain::status::TriggerOn;
use service::identity::business;
use service::programme::affiliate;
use service::programme::back_test::not_replayed;
use service::programme::rule::{self, RulePatch};

pub(super) use self::example::who;
use self::fields::{field_errors, form_field};
use self::page::{Draft, Edited, FormPage};
use self::preview::as_in_force;
use self::typed::Typed;
use super::{PATH, back_test, capital};
use crate::admin::campaign::path_id;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::ui::{Errors, ListUrl};
use crate::{flash, html};

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
        edited: None,
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
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let parsed = typed
        .parse(&mut work, &zone, admin.business.currency, false)
        .await?;
    let errors = match parsed {
        Ok(input) => match rule::create(&mut work, input).await {
            Ok(_) => {
                work.commit().await?;
                return Ok(flash::redirect(
                    PATH,
                    "The rule is ready. It pays for events from its day on.",
                ));
            }
            Err(error) => field_errors(error)?,
        },
        Err(errors) => errors,
    };
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    let draft = Draft {
        typed,
        errors,
        edited: None,
    };
    html::refused(&FormPage::new(&admin, &mut work, draft).await?)
}

/// The form with what was typed and without errors: nothing was to be saved.
async fn again(admin: &Admin, typed: Typed, id: Option<RuleId>) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let edited = match id {
        Some(id) => Some(Edited::of(&mut work, id, admin.business.currency).await?.0),
        None => None,
    };
    let draft = Draft {
        typed,
        errors: Errors::new(),
        edited,
    };
    html::page(&FormPage::new(admin, &mut work, draft).await?)
}

/// The back-test of what was typed, which is stored nowhere.
async fn try_out(admin: &Admin, typed: Typed, id: Option<RuleId>) -> Result<Response, PageError> {
    let own = admin.business.currency;
    let mut work = admin.app.view(&admin.actor).await?;
    let edited = match id {
        Some(id) => Some(Edited::of(&mut work, id, own).await?.0),
        None => None,
    };
    let parsed = typed
        .parse(&mut work, &business::zone_of(&admin.business)?, own, false)
        .await?;
    let errors = match parsed {
        Ok(input) => {
            let mut draft = as_in_force(&work, input);
            if let Some(edited) = &edited {
                let newest = &edited.newest.rule;
                draft.id = newest.id;
                draft.version = newest.version.saturating_add(1);
                draft.created_at = newest.created_at;
                if edited.kept {
                    draft.conditions.clone_from(&newest.conditions);
                }
            }
            let mut problems = draft.validate();
            if let Some((field, message)) = not_replayed(&draft) {
                problems.push((field.to_owned(), capital(message)));
            }
            if problems.is_empty() {
                drop(work);
                return back_test::of_draft(admin, &draft).await;
            }
            let mut errors = Errors::new();
            for (field, message) in problems {
                errors.add(form_field(&field), message);
            }
            errors
        }
        Err(errors) => errors,
    };
    let draft = Draft {
        typed,
        errors,
        edited,
    };
    html::refused(&FormPage::new(admin, &mut work, draft).await?)
}

/// The form with what the newest version says.
pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (edited, typed) = Edited::of(&mut work, id, admin.business.currency).await?;
    let draft = Draft {
        typed: if edited.kept {
            typed.without_rows()
        } else {
            typed
        },
        errors: Errors::new(),
        edited: Some(edited),
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
    let (edited, _) = Edited::of(&mut work, id, own).await?;
    let newest = &edited.newest.rule;
    let zone = business::zone_of(&admin.business)?;
    let was_for_clicks = newest.trigger.on == TriggerOn::Click;
    let parsed = typed.parse(&mut work, &zone, own, was_for_clicks).await?;
    let errors = match parsed {
        Ok(input) => {
            let conditions = (!edited.kept).then(|| {
                conditions::settled(input.conditions.clone(), newest.conditions.as_ref(), own)
            });
            let patch = RulePatch {
                conditions,
                ..input.into()
            };
            match rule::change(&mut work, id, patch).await {
                Ok(saved) => {
                    work.commit().await?;
                    let text = if saved.rule.version == newest.version {
                        "Nothing was different, so no version was made.".to_owned()
                    } else {
                        format!(
                            "Saved as version {}. Commissions that were made stay as they are.",
                            saved.rule.version
                        )
                    };
                    return Ok(flash::redirect(PATH, text));
                }
                Err(error) => field_errors(error)?,
            }
        }
        Err(errors) => errors,
    };
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    let draft = Draft {
        typed,
        errors,
        edited: Some(edited),
    };
    html::refused(&FormPage::new(&admin, &mut work, draft).await?)
}
