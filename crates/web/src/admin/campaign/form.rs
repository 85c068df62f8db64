//! Making and editing a campaign.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::CampaignId;
use domain::status::Model;
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::FieldError;
use service::identity::{business, setting};
use service::programme::campaign::{self, CampaignDetail, CampaignIn, CampaignPatch};
use service::{ServiceError, Work};

use super::{PATH, href, model_label, path_id};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::ui::{AdminItem, AdminShell, Choice, Errors};
use crate::{flash, html};

/// The form as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    name: String,
    destination_url: String,
    #[serde(default)]
    hosts: String,
    cookie_days: String,
    attribution: String,
    #[serde(default)]
    starts_on: String,
    #[serde(default)]
    ends_on: String,
    link_parameter: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    active: bool,
}

#[derive(Template)]
#[template(path = "admin/campaign/form.html")]
struct FormPage {
    shell: AdminShell,
    typed: Typed,
    errors: Errors,
    models: Vec<Choice>,
    zone_note: String,
    submit: &'static str,
    cancel_href: String,
}

impl FormPage {
    async fn new(
        admin: &Admin,
        work: &mut Work,
        typed: Typed,
        errors: Errors,
        id: Option<CampaignId>,
    ) -> Result<Self, PageError> {
        let title = if id.is_some() {
            "Edit campaign"
        } else {
            "New campaign"
        };
        Ok(Self {
            shell: admin.shell(work, title, AdminItem::Campaigns).await?,
            models: Choice::list(
                Model::ALL
                    .iter()
                    .map(|&model| (model.as_str(), model_label(model))),
                &typed.attribution,
            ),
            typed,
            errors,
            zone_note: format!("Included, in the time zone {}.", admin.business.timezone),
            submit: if id.is_some() {
                "Save changes"
            } else {
                "Make campaign"
            },
            cancel_href: id.map_or_else(|| PATH.to_owned(), href),
        })
    }
}

/// What the form's texts mean, or what is wrong with them.
struct Parsed {
    cookie_days: i64,
    model: Option<Model>,
    starts_at: Option<UnixMs>,
    ends_at: Option<UnixMs>,
    hosts: Vec<String>,
    errors: Errors,
}

impl Typed {
    fn parse(&self, zone: &TimeZone) -> Parsed {
        let mut errors = Errors::new();
        let cookie_days = self.cookie_days.trim().parse().unwrap_or_else(|_| {
            errors.add("cookie_days", "Write a whole number of days");
            1
        });
        let model = self.attribution.parse().ok();
        if model.is_none() {
            errors.add("attribution", "Choose a model");
        }
        let mut day = |field: &str, text: &str, plus: i64| {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            match Day::parse(text) {
                Ok(day) => Some(day.plus(plus).start(zone)),
                Err(_) => {
                    errors.add(field, "Write the day like 2026-11-21");
                    None
                }
            }
        };
        let starts_at = day("starts_at", &self.starts_on, 0);
        let ends_at = day("ends_at", &self.ends_on, 1);
        let hosts = self
            .hosts
            .split(['\n', ',', ' '])
            .map(str::trim)
            .filter(|host| !host.is_empty())
            .map(str::to_owned)
            .collect();
        Parsed {
            cookie_days,
            model,
            starts_at,
            ends_at,
            hosts,
            errors,
        }
    }

    fn of(detail: &CampaignDetail, zone: &TimeZone) -> Self {
        let CampaignDetail { campaign, hosts } = detail;
        Self {
            name: campaign.name.clone(),
            destination_url: campaign.destination_url.clone(),
            hosts: hosts.join("\n"),
            cookie_days: campaign.cookie_days.to_string(),
            attribution: campaign.model.to_string(),
            starts_on: first_day(campaign.starts_at_ms, zone),
            ends_on: last_day(campaign.ends_at_ms, zone),
            link_parameter: campaign.link_parameter.clone(),
            description: campaign.description.clone(),
            active: campaign.active,
        }
    }
}

fn first_day(starts_at: Option<UnixMs>, zone: &TimeZone) -> String {
    starts_at
        .map(|at| at.day_in(zone).to_string())
        .unwrap_or_default()
}

/// The end is the first instant that is out, so the last day is that of the instant before.
fn last_day(ends_at: Option<UnixMs>, zone: &TimeZone) -> String {
    ends_at
        .map(|at| at.plus_ms(-1).day_in(zone).to_string())
        .unwrap_or_default()
}

/// The service's errors, those of single hosts gathered at their one field.
fn field_errors(error: ServiceError) -> Result<Errors, PageError> {
    form::refused(match error {
        ServiceError::Invalid(fields) => ServiceError::Invalid(
            fields
                .into_iter()
                .map(|FieldError { field, message }| FieldError {
                    field: if field.starts_with("hosts[") {
                        "hosts".to_owned()
                    } else {
                        field
                    },
                    message,
                })
                .collect(),
        ),
        other => other,
    })
}

/// The empty form, with the settings' defaults.
pub(super) async fn new(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let settings = setting::get(&mut work).await?;
    let typed = Typed {
        cookie_days: settings.default_cookie_days.to_string(),
        attribution: settings.default_model.to_string(),
        link_parameter: settings.link_parameter,
        active: true,
        ..Typed::default()
    };
    html::page(&FormPage::new(&admin, &mut work, typed, Errors::new(), None).await?)
}

/// Makes the campaign.
pub(super) async fn create(
    admin: Admin,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let Parsed {
        cookie_days,
        model,
        starts_at,
        ends_at,
        hosts,
        mut errors,
    } = typed.parse(&business::zone_of(&admin.business)?);
    if errors.is_empty() {
        let input = CampaignIn {
            name: typed.name.clone(),
            description: typed.description.clone(),
            active: Some(typed.active),
            destination_url: typed.destination_url.clone(),
            hosts,
            cookie_days: Some(cookie_days),
            model,
            link_parameter: Some(typed.link_parameter.clone()),
            starts_at,
            ends_at,
        };
        let mut work = admin.app.begin(&admin.actor).await?;
        match campaign::create(&mut work, input).await {
            Ok(made) => {
                work.commit().await?;
                return Ok(flash::redirect(
                    &href(made.campaign.id),
                    format!("{} is ready. Add affiliates to it.", made.campaign.name),
                ));
            }
            Err(error) => errors = field_errors(error)?,
        }
    }
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&FormPage::new(&admin, &mut work, typed, errors, None).await?)
}

/// The form with what is stored.
pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let detail = campaign::get(&mut work, id).await?;
    let typed = Typed::of(&detail, &business::zone_of(&admin.business)?);
    html::page(&FormPage::new(&admin, &mut work, typed, Errors::new(), Some(id)).await?)
}

/// Saves the changes. A day that was not touched keeps the exact instant behind it.
pub(super) async fn save(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let Parsed {
        cookie_days,
        model,
        starts_at,
        ends_at,
        hosts,
        mut errors,
    } = typed.parse(&zone);
    let mut work = admin.app.begin(&admin.actor).await?;
    let before = campaign::get(&mut work, id).await?.campaign;
    if errors.is_empty() {
        let patch = CampaignPatch {
            name: Some(typed.name.clone()),
            description: Some(typed.description.clone()),
            active: Some(typed.active),
            destination_url: Some(typed.destination_url.clone()),
            hosts: Some(hosts),
            cookie_days: Some(cookie_days),
            model,
            link_parameter: Some(typed.link_parameter.clone()),
            starts_at: (typed.starts_on.trim() != first_day(before.starts_at_ms, &zone))
                .then_some(starts_at),
            ends_at: (typed.ends_on.trim() != last_day(before.ends_at_ms, &zone))
                .then_some(ends_at),
        };
        match campaign::patch(&mut work, id, patch).await {
            Ok(saved) => {
                work.commit().await?;
                return Ok(flash::redirect(
                    &href(id),
                    format!("{} is saved.", saved.campaign.name),
                ));
            }
            Err(error) => errors = field_errors(error)?,
        }
    }
    drop(work);
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&FormPage::new(&admin, &mut work, typed, errors, Some(id)).await?)
}
