//! One application: what was sent, and the decision.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::application::is_disposable;
use domain::id::{ApplicationId, CampaignId, GroupId};
use domain::status::ApplicationState;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::portal::application::{self, Answer, Application, Approval};
use service::programme::campaign::CampaignDetail;
use service::programme::{affiliate_group, campaign};
use service::store::list::Window;
use service::{ServiceError, Work};

use super::PATH;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::moment::Moment;
use crate::shown::application::{answer, state_badge};
use crate::shown::message::{Piece, pieces};
use crate::shown::money::live_line;
use crate::ui::{AdminItem, AdminShell, Choice, Tone};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/application/record.html")]
struct RecordPage {
    shell: AdminShell,
    applicant: Application,
    badge: (&'static str, Tone),
    pending: bool,
    disposable: bool,
    sent: Moment,
    decided: Option<Moment>,
    facts: Vec<Fact>,
    affiliate_href: String,
    href: String,
    groups: Vec<Choice>,
    campaigns: Vec<Choice>,
    reason: String,
    tell: bool,
    errors: FormErrors,
}

/// A question with its answer.
pub(super) struct Fact {
    pub(super) question: String,
    pub(super) answer: Vec<Piece>,
}

/// What was typed, for people.
pub(super) fn facts(website: &str, audience: &str, answers: Vec<Answer>) -> Vec<Fact> {
    let own = [
        ("Website or profile", website),
        ("About the audience", audience),
    ]
    .map(|(question, text)| (question.to_owned(), text.to_owned()));
    let asked = answers
        .into_iter()
        .map(|given| (given.question, answer(given.kind, &given.answer)));
    own.into_iter()
        .chain(asked)
        .map(|(question, text)| Fact {
            question,
            answer: pieces(&text),
        })
        .collect()
}

pub(super) fn read_id(text: &str) -> Result<ApplicationId, PageError> {
    Ok(text.parse().map_err(|_| not_found("application"))?)
}

/// Groups by name, behind "No group".
pub(super) async fn groups(
    work: &mut Work,
    chosen: Option<GroupId>,
) -> Result<Vec<Choice>, PageError> {
    let all = affiliate_group::all(work).await?;
    let pairs = all
        .into_iter()
        .map(|group| (group.id.to_string(), group.name));
    let none = (String::new(), "No group".to_owned());
    Ok(Choice::list(
        std::iter::once(none).chain(pairs),
        &chosen.map(|id| id.to_string()).unwrap_or_default(),
    ))
}

/// Campaigns by name.
pub(super) async fn campaigns(
    work: &mut Work,
    chosen: &[CampaignId],
) -> Result<Vec<Choice>, PageError> {
    let window = Window::all(campaign::BY_NAME);
    let all = campaign::list(work, &campaign::Filter::default(), window).await?;
    Ok(all
        .into_iter()
        .map(|CampaignDetail { campaign, .. }| Choice {
            selected: chosen.contains(&campaign.id),
            label: if campaign.active {
                campaign.name
            } else {
                format!("{} (inactive)", campaign.name)
            },
            value: campaign.id.to_string(),
        })
        .collect())
}

async fn shown(
    admin: &Admin,
    id: ApplicationId,
    reason: String,
    tell: bool,
    errors: FormErrors,
) -> Result<RecordPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (found, answers) = application::get(&mut work, id).await?;
    let usual = application::usual(&mut work).await?;
    let pending = found.state == ApplicationState::Pending;
    let groups = groups(&mut work, usual.group_id).await?;
    let campaigns = campaigns(&mut work, &usual.campaigns).await?;
    let title = format!("Application of {}", found.name);
    let mut shell = admin
        .shell(&mut work, title, AdminItem::Applications)
        .await?;
    shell.live = live_line(&mut work).await?;
    let facts = facts(&found.website, &found.audience, answers);
    Ok(RecordPage {
        shell,
        badge: state_badge(found.state),
        pending,
        disposable: is_disposable(&found.email),
        sent: Moment::new(found.created_at_ms, &zone),
        decided: found.decided_at_ms.map(|at| Moment::new(at, &zone)),
        facts,
        affiliate_href: format!("/admin/affiliates/{}", found.affiliate_id),
        href: format!("{PATH}/{id}"),
        groups,
        campaigns,
        reason,
        tell,
        errors,
        applicant: found,
    })
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    html::page(&shown(&admin, id, String::new(), true, FormErrors::new()).await?)
}

#[derive(Debug, Deserialize)]
pub(super) struct ApproveForm {
    #[serde(default)]
    group: String,
    #[serde(default)]
    campaign: Vec<String>,
}

pub(super) async fn approve(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(ApproveForm { group, campaign }): PostForm<ApproveForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let group_id = match group.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| not_found("group"))?),
    };
    let campaigns: Result<Vec<CampaignId>, ServiceError> = campaign
        .iter()
        .map(|text| text.parse().map_err(|_| not_found("campaign")))
        .collect();
    let approval = Approval {
        group_id,
        campaigns: campaigns?,
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    application::approve(&mut work, id, approval).await?;
    work.commit().await?;
    Ok(flash::redirect(&format!("{PATH}/{id}"), "Approved"))
}

#[derive(Debug, Deserialize)]
pub(super) struct RejectForm {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    tell: bool,
}

pub(super) async fn reject(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(RejectForm { reason, tell }): PostForm<RejectForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match application::reject(&mut work, id, &reason, tell).await {
        Ok(()) => {
            work.commit().await?;
            let text = match (tell, admin.app.settings().mail_server) {
                (true, true) => "Rejected. The reason goes out by mail.",
                (true, false) => "Rejected. No mail server is configured; the mail is kept.",
                (false, _) => "Rejected. No mail was written.",
            };
            Ok(flash::redirect(&format!("{PATH}/{id}"), text))
        }
        Err(error) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            html::refused(&shown(&admin, id, reason, tell, errors).await?)
        }
    }
}
