//! Who works here and in which role, invitations to work here, and help for who has lost phone and recovery
//! codes. For the owner.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::{StaffId, StaffInvitationId};
use domain::status::Role;
use service::identity::business;
use service::identity::staff::{self, TeamLine};
use service::identity::staff_invitation::{self, NewInvitation, Open};
use service::{App, ServiceError};

use super::{Tab, tabs};
use crate::admin::door;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, html};

const PATH: &str = "/admin/settings/team";
/// Roles that can be given.
const GIVEN: [Role; 2] = [Role::Agent, Role::Admin];

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show))
        .route("/admin/settings/team/invite", post(invite))
        .route(
            "/admin/settings/team/invitations/{id}/revoke",
            post(take_back),
        )
        .route("/admin/settings/team/{id}/role", post(set_role))
        .route("/admin/settings/team/{id}/two-step-off", post(turn_off))
        .route("/admin/settings/team/{id}/remove", post(remove))
}

struct Row {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    /// The role that can be given instead, and how it is called; none for the owner, who cannot be removed either.
    other: Option<(&'static str, &'static str)>,
    two_step: bool,
    /// Whether it is who looks.
    own: bool,
}

struct Invited {
    id: String,
    name: String,
    email: String,
    role: &'static str,
    open: bool,
    /// Its link, where no mail server carries it.
    link: Option<String>,
    until: String,
}

#[derive(Template)]
#[template(path = "admin/settings/team.html")]
struct TeamPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    invited: Vec<Invited>,
    form: InviteForm,
    roles: Vec<Choice>,
    errors: FormErrors,
}

#[derive(Debug, Clone, Default, serde::Deserialize)]
struct InviteForm {
    name: String,
    email: String,
    role: String,
}

fn row(line: TeamLine, own: StaffId) -> Row {
    let TeamLine { member, two_step } = line;
    let other = match member.role {
        Role::Owner => None,
        Role::Admin => Some(Role::Agent),
        Role::Agent => Some(Role::Admin),
    };
    Row {
        id: member.id.to_string(),
        own: member.id == own,
        name: member.name,
        email: member.email,
        role: door::label(member.role),
        other: other.map(|role| (role.as_str(), door::label(role))),
        two_step,
    }
}

async fn page(admin: &Admin, form: InviteForm, errors: FormErrors) -> Result<TeamPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let own = admin.who.member.id;
    let team = staff::team(&mut work).await?;
    let invited = |Open {
                       invitation,
                       open,
                       link,
                   }: Open| Invited {
        id: invitation.id.to_string(),
        name: invitation.name,
        email: invitation.email,
        role: door::label(invitation.role),
        open,
        link,
        until: Moment::new(invitation.expires_at_ms, &zone).full,
    };
    Ok(TeamPage {
        rows: team.into_iter().map(|line| row(line, own)).collect(),
        invited: staff_invitation::list(&mut work)
            .await?
            .into_iter()
            .map(invited)
            .collect(),
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        roles: Choice::list(
            GIVEN.map(|role| {
                let may = match role {
                    Role::Agent => "Agent: reads the leads, nothing else",
                    Role::Admin | Role::Owner => "Admin: nearly everything, but not the team",
                };
                (role.as_str(), may)
            }),
            &form.role,
        ),
        form,
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    html::page(&page(&admin, InviteForm::default(), FormErrors::new()).await?)
}

async fn invite(admin: Admin, PostForm(form): PostForm<InviteForm>) -> Result<Response, PageError> {
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let Ok(role) = form.role.parse() else {
        let mut errors = FormErrors::new();
        errors.add("role", "Choose what they are to do");
        drop(work);
        return html::refused(&page(&admin, form, errors).await?);
    };
    let new = NewInvitation {
        email: form.email.clone(),
        name: form.name.clone(),
        role,
    };
    match staff_invitation::invite(&mut work, new).await {
        Ok(_) => {
            work.commit().await?;
            let text = format!("{} is invited", form.name.trim());
            Ok(flash::redirect(PATH, text))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(PATH, text)),
        Err(error) => {
            let errors = refused(error)?;
            drop(work);
            html::refused(&page(&admin, form, errors).await?)
        }
    }
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn take_back(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: StaffInvitationId = id.parse().map_err(|_| PageError::not_found())?;
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match staff_invitation::revoke(&mut work, id).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "The invitation is taken back"))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(PATH, text)),
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, serde::Deserialize)]
struct RoleForm {
    role: String,
}

async fn set_role(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(RoleForm { role }): PostForm<RoleForm>,
) -> Result<Response, PageError> {
    let id: StaffId = id.parse().map_err(|_| PageError::not_found())?;
    let role: Role = role
        .parse()
        .map_err(|_| PageError::bad_request("There is no such role."))?;
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match staff::set_role(&mut work, id, role).await {
        Ok(()) => {
            work.commit().await?;
            let text = format!("The role is {} now", door::label(role).to_lowercase());
            Ok(flash::redirect(PATH, text))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(PATH, text)),
        Err(error) => Err(error.into()),
    }
}

async fn turn_off(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: StaffId = id.parse().map_err(|_| PageError::not_found())?;
    admin.actor.require_owner()?;
    admin.require_proof(PATH)?;
    match staff::reset_two_step(&admin.app, &admin.actor, id).await {
        Ok(()) => Ok(flash::redirect(PATH, "Two-step log-in is off")),
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(PATH, text)),
        Err(error) => Err(error.into()),
    }
}

async fn remove(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: StaffId = id.parse().map_err(|_| PageError::not_found())?;
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match staff::remove(&mut work, id).await {
        Ok(member) => {
            work.commit().await?;
            let text = format!("{} is removed from the team", member.name);
            Ok(flash::redirect(PATH, text))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(PATH, text)),
        Err(error) => Err(error.into()),
    }
}
