//! How affiliates and referrals come in, and what affiliates see of customers.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use domain::status::{AffiliateStatus, ReferralApproval, SelfReferralPolicy, TeamNames};
use service::App;
use service::identity::setting::{self, SettingPatch};
use service::portal::{application, team};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, html};

const PATH: &str = "/admin/settings/affiliates";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show).post(save))
        .route("/admin/settings/affiliates/team", post(save_team))
}

#[derive(Template)]
#[template(path = "admin/settings/affiliates.html")]
struct AffiliatesPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    statuses: Vec<Choice>,
    approvals: Vec<Choice>,
    self_referrals: Vec<Choice>,
    mask_customer_emails: bool,
    team_open: bool,
    team_names: Vec<Choice>,
    /// People can apply; without it nobody comes by a link.
    applications_open: bool,
    errors: FormErrors,
}

#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct TeamForm {
    #[serde(default)]
    open: bool,
    names: TeamNames,
}

#[derive(Debug, Clone, serde::Deserialize)]
struct AffiliatesForm {
    default_affiliate_status: AffiliateStatus,
    referral_approval: ReferralApproval,
    self_referral: SelfReferralPolicy,
    #[serde(default)]
    mask_customer_emails: bool,
}

async fn page(
    admin: &Admin,
    form: AffiliatesForm,
    errors: FormErrors,
) -> Result<AffiliatesPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let AffiliatesForm {
        default_affiliate_status,
        referral_approval,
        self_referral,
        mask_customer_emails,
    } = form;
    let statuses = [
        ("approved", "Approved: links work at once"),
        ("pending", "Pending: someone decides first"),
    ];
    let approvals = [
        (ReferralApproval::Manual.as_str(), "By hand, after checks"),
        (
            ReferralApproval::Automatic.as_str(),
            "Automatically, at once",
        ),
    ];
    let policies = [
        ("hold", "Credit it, but wait for a person"),
        ("reject", "Credit the next candidate instead"),
        ("allow", "Credit it"),
    ];
    let team = team::setting(&mut work).await?;
    let names = [
        (TeamNames::Full.as_str(), "Full names"),
        (TeamNames::Short.as_str(), "First name and an initial"),
        (TeamNames::Initials.as_str(), "Initials only"),
    ];
    Ok(AffiliatesPage {
        team_open: team.open,
        team_names: Choice::list(names, team.names.as_str()),
        applications_open: application::is_open(&mut work).await?,
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        statuses: Choice::list(statuses, default_affiliate_status.as_str()),
        approvals: Choice::list(approvals, referral_approval.as_str()),
        self_referrals: Choice::list(policies, self_referral.as_str()),
        mask_customer_emails,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let setting = setting::get(&mut admin.app.view(&admin.actor).await?).await?;
    let form = AffiliatesForm {
        default_affiliate_status: setting.default_affiliate_status,
        referral_approval: setting.referral_approval,
        self_referral: setting.self_referral,
        mask_customer_emails: setting.mask_customer_emails,
    };
    html::page(&page(&admin, form, FormErrors::new()).await?)
}

async fn save(
    admin: Admin,
    PostForm(form): PostForm<AffiliatesForm>,
) -> Result<Response, PageError> {
    let AffiliatesForm {
        default_affiliate_status,
        referral_approval,
        self_referral,
        mask_customer_emails,
    } = form.clone();
    let patch = SettingPatch {
        default_affiliate_status: Some(default_affiliate_status),
        referral_approval: Some(referral_approval),
        self_referral: Some(self_referral),
        mask_customer_emails: Some(mask_customer_emails),
        ..SettingPatch::default()
    };
    match super::save(&admin, patch, PATH).await? {
        Ok(done) => Ok(done),
        Err(errors) => html::refused(&page(&admin, form, errors).await?),
    }
}

async fn save_team(
    admin: Admin,
    PostForm(TeamForm { open, names }): PostForm<TeamForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    team::set(&mut work, open, names).await?;
    work.commit().await?;
    Ok(flash::redirect(PATH, "Settings saved"))
}
