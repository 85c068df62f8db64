//! Adding and editing an affiliate by hand.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::{AffiliateId, CampaignId, GroupId};
use domain::status::{AffiliateStatus, DealType};
use domain::tag;
use serde::Deserialize;
use service::identity::setting;
use service::programme::affiliate::{self, Affiliate, AffiliateIn, AffiliatePatch};
use service::programme::partnership::{self, PartnershipIn};
use service::programme::{affiliate_group, campaign};
use service::store::list::Window;
use service::{ServiceError, Work};

use super::shown::{deal_type_label, status_pairs};
use super::{PATH, read_id};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, FormErrors, PostForm};
use crate::shown::payout::payout_methods;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, html};

/// What was typed; everything is text until it is checked, so that it can be shown again.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
    name: String,
    email: String,
    status: String,
    group: String,
    campaign: String,
    company: String,
    phone: String,
    website: String,
    country: String,
    traffic_source: String,
    deal_type: String,
    payout_method: String,
    /// The address of the affiliate above.
    parent: String,
    tags: String,
    note: String,
}

#[derive(Template)]
#[template(path = "admin/affiliate/form.html")]
struct FormPage {
    shell: AdminShell,
    action: String,
    cancel: String,
    submit: &'static str,
    new: bool,
    typed: Typed,
    errors: FormErrors,
    statuses: Vec<Choice>,
    groups: Vec<Choice>,
    campaigns: Vec<Choice>,
    deal_types: Vec<Choice>,
    payout_methods: Vec<Choice>,
}

/// What the typed texts stand for.
struct Read {
    status: Option<AffiliateStatus>,
    group_id: Option<GroupId>,
    parent_id: Option<AffiliateId>,
    campaign_id: Option<CampaignId>,
    deal_type: Option<DealType>,
}

impl Typed {
    fn of(affiliate: &Affiliate, parent: Option<String>) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Self {
            name: affiliate.name.clone(),
            email: affiliate.email.clone(),
            status: affiliate.status.as_str().to_owned(),
            group: affiliate
                .group_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
            campaign: String::new(),
            company: text(&affiliate.company),
            phone: text(&affiliate.phone),
            website: text(&affiliate.website),
            country: text(&affiliate.country),
            traffic_source: text(&affiliate.traffic_source),
            deal_type: affiliate
                .deal_type
                .map(|deal| deal.as_str().to_owned())
                .unwrap_or_default(),
            payout_method: text(&affiliate.payout_method),
            parent: parent.unwrap_or_default(),
            tags: affiliate.tag_list().join(", "),
            note: affiliate.note.clone(),
        }
    }

    /// Reads choices and the address of the affiliate above; notes what cannot be read.
    async fn read(&self, work: &mut Work, errors: &mut FormErrors) -> Result<Read, PageError> {
        fn choice<T: std::str::FromStr>(
            text: &str,
            field: &str,
            errors: &mut FormErrors,
        ) -> Option<T> {
            if text.is_empty() {
                return None;
            }
            let value = text.parse().ok();
            if value.is_none() {
                errors.add(field, "Choose one of the list.");
            }
            value
        }
        let parent_id = match self.parent.trim() {
            "" => None,
            email => {
                let filter = affiliate::Filter {
                    email: Some(email.to_owned()),
                    ..affiliate::Filter::default()
                };
                let found = affiliate::list(work, &filter, Window::after(None, 1)).await?;
                if found.is_empty() {
                    errors.add("parent_id", "There is no affiliate with this address.");
                }
                found.first().map(|affiliate| affiliate.id)
            }
        };
        Ok(Read {
            status: choice(&self.status, "status", errors),
            group_id: choice(&self.group, "group_id", errors),
            parent_id,
            campaign_id: choice(&self.campaign, "campaign", errors),
            deal_type: choice(&self.deal_type, "deal_type", errors),
        })
    }
}

fn optional(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// The form, with what was typed and what is wrong with it. `old` is the affiliate that is edited.
async fn form_page(
    admin: &Admin,
    work: &mut Work,
    old: Option<&Affiliate>,
    typed: Typed,
    errors: FormErrors,
) -> Result<FormPage, PageError> {
    let groups = affiliate_group::all(work).await?;
    let groups = groups
        .into_iter()
        .map(|group| (group.id.to_string(), group.name));
    let no_group = std::iter::once((String::new(), "No group".to_owned()));
    let campaigns = match old {
        Some(_) => Vec::new(),
        None => campaign_choices(work, &typed.campaign).await?,
    };
    let deal_types = DealType::ALL
        .iter()
        .map(|&deal| (deal.as_str(), deal_type_label(deal)));
    let title = old.map_or("Add affiliate", |_| "Edit affiliate");
    let (action, cancel) = match old {
        None => (format!("{PATH}/new"), PATH.to_owned()),
        Some(old) => (
            format!("{PATH}/{}/edit", old.id),
            format!("{PATH}/{}", old.id),
        ),
    };
    Ok(FormPage {
        shell: admin.shell(work, title, AdminItem::Affiliates).await?,
        action,
        cancel,
        submit: if old.is_some() {
            "Save"
        } else {
            "Add affiliate"
        },
        new: old.is_none(),
        statuses: Choice::list(status_pairs(), &typed.status),
        groups: Choice::list(no_group.chain(groups), &typed.group),
        campaigns,
        deal_types: Choice::list(
            std::iter::once(("", "None")).chain(deal_types),
            &typed.deal_type,
        ),
        payout_methods: payout_methods(&typed.payout_method, "As the group or business"),
        typed,
        errors,
    })
}

/// Campaigns as choices, with what an inactive one means.
async fn campaign_choices(work: &mut Work, chosen: &str) -> Result<Vec<Choice>, PageError> {
    let campaigns = campaign::list(
        work,
        &campaign::Filter::default(),
        Window::all(campaign::BY_AGE),
    )
    .await?;
    let now = work.now;
    let pairs = campaigns.into_iter().map(|detail| {
        let note = if detail.state(now).is_some() {
            " (not live)"
        } else {
            ""
        };
        (
            detail.campaign.id.to_string(),
            format!("{}{note}", detail.campaign.name),
        )
    });
    Ok(Choice::list(
        std::iter::once((String::new(), "Not yet".to_owned())).chain(pairs),
        chosen,
    ))
}

pub(super) async fn new(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let asked = crate::ui::ListUrl::from_query("", query.as_deref().unwrap_or_default());
    let typed = Typed {
        status: setting::get(&mut work)
            .await?
            .default_affiliate_status
            .as_str()
            .to_owned(),
        group: asked.get("group").to_owned(),
        campaign: asked.get("campaign").to_owned(),
        ..Typed::default()
    };
    html::page(&form_page(&admin, &mut work, None, typed, FormErrors::new()).await?)
}

pub(super) async fn create(
    admin: Admin,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let mut errors = FormErrors::new();
    let Read {
        status,
        group_id,
        parent_id,
        campaign_id,
        deal_type,
    } = typed.read(&mut work, &mut errors).await?;
    let input = AffiliateIn {
        name: typed.name.clone(),
        email: typed.email.clone(),
        status,
        group_id,
        parent_id,
        company: optional(&typed.company),
        phone: optional(&typed.phone),
        website: optional(&typed.website),
        country: optional(&typed.country),
        traffic_source: optional(&typed.traffic_source),
        deal_type,
        note: typed.note.clone(),
        tags: tag::split(&typed.tags),
        payout_method: optional(&typed.payout_method),
    };
    let affiliate = match affiliate::create(&mut work, input).await {
        Ok(affiliate) if errors.is_empty() => affiliate,
        Ok(_) => {
            drop(work);
            return again(&admin, None, typed, errors).await;
        }
        Err(error) => {
            drop(work);
            errors.merge(form::refused(error)?);
            return again(&admin, None, typed, errors).await;
        }
    };
    let mut text = format!("{} was added.", affiliate.name);
    if let Some(campaign_id) = campaign_id {
        let input = PartnershipIn {
            affiliate_id: affiliate.id,
            code: None,
        };
        match partnership::add(&mut work, campaign_id, input).await {
            Ok(added) => {
                text = match (added.invited, added.warning) {
                    (true, _) => format!("{} was added and invited.", affiliate.name),
                    (false, Some(warning)) => format!("{} was added. {warning}", affiliate.name),
                    (false, None) => text,
                };
            }
            Err(ServiceError::NotFound(_)) => {
                drop(work);
                errors.add("campaign", "This campaign is gone. Choose another.");
                return again(&admin, None, typed, errors).await;
            }
            Err(error) => {
                drop(work);
                for message in form::refused(error)?.messages() {
                    errors.add("campaign", message);
                }
                return again(&admin, None, typed, errors).await;
            }
        }
    }
    work.commit().await?;
    Ok(flash::redirect(&format!("{PATH}/{}", affiliate.id), text))
}

pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let old = affiliate::get(&mut work, read_id(&id)?).await?;
    let parent = match old.parent_id {
        None => None,
        Some(parent) => Some(affiliate::get(&mut work, parent).await?.email),
    };
    let typed = Typed::of(&old, parent);
    html::page(&form_page(&admin, &mut work, Some(&old), typed, FormErrors::new()).await?)
}

pub(super) async fn save(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let old = affiliate::get(&mut work, read_id(&id)?).await?;
    let mut errors = FormErrors::new();
    let Read {
        group_id,
        parent_id,
        deal_type,
        ..
    } = typed.read(&mut work, &mut errors).await?;
    let patch = AffiliatePatch {
        name: Some(typed.name.clone()),
        email: Some(typed.email.clone()),
        group_id: Some(group_id),
        parent_id: Some(parent_id),
        company: Some(optional(&typed.company)),
        phone: Some(optional(&typed.phone)),
        website: Some(optional(&typed.website)),
        country: Some(optional(&typed.country)),
        traffic_source: Some(optional(&typed.traffic_source)),
        deal_type: Some(deal_type),
        note: Some(typed.note.clone()),
        tags: Some(tag::split(&typed.tags)),
        payout_method: Some(optional(&typed.payout_method)),
    };
    match affiliate::patch(&mut work, old.id, patch).await {
        Ok(affiliate) if errors.is_empty() => {
            work.commit().await?;
            Ok(flash::redirect(
                &format!("{PATH}/{}", affiliate.id),
                format!("{} was saved.", affiliate.name),
            ))
        }
        Ok(_) => {
            drop(work);
            again(&admin, Some(&old), typed, errors).await
        }
        Err(error) => {
            drop(work);
            errors.merge(form::refused(error)?);
            again(&admin, Some(&old), typed, errors).await
        }
    }
}

/// The form again, with what was typed: 422. Nothing of the act was kept.
async fn again(
    admin: &Admin,
    old: Option<&Affiliate>,
    typed: Typed,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&form_page(admin, &mut work, old, typed, errors).await?)
}
