//! Adding affiliates to a campaign.

use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{AffiliateId, CampaignId};
use domain::link::LinkState;
use serde::Deserialize;
use service::Work;
use service::programme::campaign::CampaignDetail;
use service::programme::partnership::{self, CANDIDATES_MAX, PartnershipIn};

use super::record;
use crate::admin::campaign::{href, path_id};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::ui::{Errors, Flash, Tone, status_label};
use crate::{flash, html};

/// The form that adds affiliates.
pub(super) struct Add {
    pub(super) find: String,
    pub(super) clear_href: String,
    pub(super) action: String,
    pub(super) candidates: Vec<Candidate>,
    pub(super) more: bool,
    pub(super) code: String,
    pub(super) errors: Errors,
    pub(super) submit: &'static str,
    pub(super) note: &'static str,
}

pub(super) struct Candidate {
    pub(super) id: AffiliateId,
    pub(super) name: String,
    pub(super) detail: String,
    pub(super) chosen: bool,
}

/// What was sent to add affiliates.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::admin::campaign) struct Adding {
    #[serde(default)]
    affiliate_id: Vec<String>,
    #[serde(default)]
    code: String,
}

pub(super) async fn add_form(
    work: &mut Work,
    detail: &CampaignDetail,
    find: String,
    adding: Adding,
    errors: Errors,
) -> Result<Add, PageError> {
    let id = detail.campaign.id;
    let found = partnership::candidates(work, id, Some(&find)).await?;
    let more = i64::try_from(found.len()).unwrap_or(CANDIDATES_MAX) >= CANDIDATES_MAX;
    let query = if find.is_empty() {
        String::new()
    } else {
        format!(
            "?{}",
            form_urlencoded::Serializer::new(String::new())
                .append_pair("find", &find)
                .finish()
        )
    };
    let invites =
        detail.campaign.active && detail.state(work.now) != Some(LinkState::CampaignEnded);
    Ok(Add {
        clear_href: format!("{}#add", href(id)),
        action: format!("{}/affiliates{query}", href(id)),
        find,
        candidates: found
            .into_iter()
            .map(|candidate| {
                let group = candidate
                    .group_name
                    .map(|group| format!(" · {group}"))
                    .unwrap_or_default();
                let word = candidate.id.to_string();
                Candidate {
                    chosen: adding.affiliate_id.contains(&word),
                    id: candidate.id,
                    name: candidate.name,
                    detail: format!(
                        "{}{group} · {}",
                        candidate.email,
                        status_label(candidate.status.as_str())
                    ),
                }
            })
            .collect(),
        more,
        code: adding.code,
        errors,
        submit: if invites {
            "Add and invite"
        } else {
            "Add without invitation"
        },
        note: if invites {
            "Each gets a link. Who cannot log in to the portal yet is invited by e-mail."
        } else {
            "The campaign is not active: the links do not work yet and no invitation is sent."
        },
    })
}

/// Adds affiliates, all or none.
pub(in crate::admin::campaign) async fn add(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    PostForm(adding): PostForm<Adding>,
) -> Result<Response, PageError> {
    let id: CampaignId = path_id(&id)?;
    let mut errors = Errors::new();
    let code = Some(adding.code.trim().to_owned()).filter(|code| !code.is_empty());
    match adding.affiliate_id.len() {
        0 => errors.add("affiliate_id", "Choose at least one affiliate"),
        1 => {}
        _ if code.is_some() => {
            errors.add("code", "Choose one affiliate only for a code of your own")
        }
        _ => {}
    }
    if errors.is_empty() {
        match add_all(&admin, id, &adding.affiliate_id, code).await {
            Ok(response) => return Ok(response),
            Err(error) => errors = form::refused(error)?,
        }
    }
    html::page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &record(&admin, id, query.as_deref(), adding, errors).await?,
    )
}

async fn add_all(
    admin: &Admin,
    id: CampaignId,
    chosen: &[String],
    code: Option<String>,
) -> service::Result<Response> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let (mut invited, mut warning) = (0, None);
    for affiliate in chosen {
        let affiliate_id = affiliate
            .parse()
            .map_err(|_| service::error::invalid("affiliate_id", "affiliate not found"))?;
        let added = partnership::add(
            &mut work,
            id,
            PartnershipIn {
                affiliate_id,
                code: code.clone(),
            },
        )
        .await?;
        invited += usize::from(added.invited);
        warning = added.warning;
    }
    work.commit().await?;
    let mut text = match chosen.len() {
        1 => "The affiliate was added.".to_owned(),
        many => format!("{many} affiliates were added."),
    };
    match invited {
        0 => {}
        1 => text.push_str(" The invitation is on its way."),
        many => text.push_str(&format!(" {many} invitations are on their way.")),
    }
    if let Some(warning) = warning {
        text.push(' ');
        text.push_str(warning);
    }
    let tone = if warning.is_some() {
        Tone::Warning
    } else {
        Tone::Success
    };
    Ok(flash::redirect_with(
        &href(id),
        Flash {
            tone,
            text,
            undo: None,
        },
    ))
}
