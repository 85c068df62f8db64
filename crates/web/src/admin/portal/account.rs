//! One account of the portal: what it is, its sessions and log-ins, and what staff can do about it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::{AccountId, SessionId};
use jiff::tz::TimeZone;
use service::ServiceError;
use service::identity::audit::AuditEntry;
use service::identity::business;
use service::identity::two_step::{self, Holder};
use service::portal::invitation::{self, InvitationView};
use service::portal::roster::{self, AccountLine};
use service::portal::session::Session;
use service::portal::two_step as portal_step;

use super::list::app_of;
use super::{ACCOUNTS, state_badge};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::shown::browser::browser;
use crate::shown::money::count;
use crate::ui::{AdminItem, AdminShell, Tone};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/portal/account.html")]
struct AccountPage {
    shell: AdminShell,
    href: String,
    name: String,
    email: String,
    app: &'static str,
    affiliate: String,
    affiliate_href: String,
    state: (&'static str, Tone),
    blocked: bool,
    two_step: bool,
    joined: Moment,
    first: Option<Moment>,
    seen: Option<Moment>,
    log_ins: String,
    sessions: Vec<SessionRow>,
    invitations: Vec<InvitationRow>,
    history: Vec<Happened>,
}

struct SessionRow {
    browser: String,
    opened: Moment,
    seen: Moment,
    end_action: String,
}

struct InvitationRow {
    label: &'static str,
    email: String,
    campaign: String,
    made: Moment,
}

struct Happened {
    at: Moment,
    who: String,
    text: String,
}

pub(super) async fn show(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let line = roster::get(&mut work, id).await?;
    let zone = business::zone_of(&admin.business)?;
    let href = format!("{ACCOUNTS}/{id}");
    let sessions = roster::sessions(&mut work, id).await?;
    let history = roster::history(&mut work, id).await?;
    let invitations = match line.affiliate_id {
        Some(affiliate) => invitation::for_affiliate(&mut work, affiliate).await?,
        None => Vec::new(),
    };
    let two_step = two_step::is_on(&mut work, Holder::Account(id)).await?;
    let state = roster::state_of(&line, work.now);
    let app = app_of(&line);
    let AccountLine {
        email,
        name,
        affiliate_id,
        affiliate_name,
        blocked,
        created_at_ms,
        first_log_in_at_ms,
        last_seen_at_ms,
        log_ins,
        ..
    } = line;
    let page = AccountPage {
        shell: admin
            .shell(&mut work, name.clone(), AdminItem::Accounts)
            .await?,
        name,
        email,
        app,
        affiliate: affiliate_name.unwrap_or_default(),
        affiliate_href: affiliate_id
            .map(|id| format!("/admin/affiliates/{id}"))
            .unwrap_or_default(),
        state: state_badge(state),
        blocked,
        two_step,
        joined: Moment::new(created_at_ms, &zone),
        first: first_log_in_at_ms.map(|at| Moment::new(at, &zone)),
        seen: last_seen_at_ms.map(|at| Moment::new(at, &zone)),
        log_ins: count(log_ins.unwrap_or_default()),
        sessions: sessions
            .into_iter()
            .map(|session| SessionRow::new(session, &href, &zone))
            .collect(),
        invitations: invitations
            .into_iter()
            .map(|view| InvitationRow::new(view, &zone))
            .collect(),
        history: history
            .into_iter()
            .map(|entry| Happened::new(entry, &zone))
            .collect(),
        href,
    };
    html::page(&page)
}

impl SessionRow {
    fn new(session: Session, href: &str, zone: &TimeZone) -> Self {
        Self {
            browser: browser(&session.user_agent),
            opened: Moment::new(session.created_at_ms, zone),
            seen: Moment::new(session.seen_at_ms, zone),
            end_action: format!("{href}/sessions/{}/end", session.id),
        }
    }
}

impl InvitationRow {
    fn new(view: InvitationView, zone: &TimeZone) -> Self {
        Self {
            label: view.label(),
            made: Moment::new(view.created_at, zone),
            campaign: view.campaign.unwrap_or_default(),
            email: view.email,
        }
    }
}

impl Happened {
    fn new(entry: AuditEntry, zone: &TimeZone) -> Self {
        Self {
            at: Moment::new(entry.at_ms, zone),
            who: entry.actor_name,
            text: entry.detail,
        }
    }
}

fn id_of(text: &str) -> Result<AccountId, PageError> {
    text.parse().map_err(|_| PageError::not_found())
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn block(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let account = roster::block(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect_with_undo(
        &format!("{ACCOUNTS}/{id}"),
        format!("{} is blocked, and logged out everywhere.", account.email),
        format!("{ACCOUNTS}/{id}/unblock"),
        [],
    ))
}

pub(super) async fn unblock(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let account = roster::unblock(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &format!("{ACCOUNTS}/{id}"),
        format!("{} can log in again.", account.email),
    ))
}

pub(super) async fn send_log_in(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let back = format!("{ACCOUNTS}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    let account = match roster::send_log_in(&mut work, id).await {
        Err(ServiceError::Conflict(text)) => {
            return Ok(flash::redirect_with_error(
                &back,
                format!("Nothing was sent: {text}."),
            ));
        }
        result => result?,
    };
    work.commit().await?;
    let text = if admin.app.settings().mail_server {
        format!("A mail with the way in goes to {}.", account.email)
    } else {
        "No mail server is configured: the mail with the way in is kept on the page Mail."
            .to_owned()
    };
    Ok(flash::redirect(&back, text))
}

pub(super) async fn end_session(
    admin: Admin,
    Path((id, session)): Path<(String, String)>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let session: SessionId = session.parse().map_err(|_| PageError::not_found())?;
    let mut work = admin.app.begin(&admin.actor).await?;
    roster::end_session(&mut work, id, session).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &format!("{ACCOUNTS}/{id}"),
        "The session has ended.",
    ))
}

/// For who has lost phone and recovery codes.
pub(super) async fn turn_two_step_off(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = id_of(&id)?;
    let back = format!("{ACCOUNTS}/{id}");
    admin.require_proof(&back)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    portal_step::reset_account(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(&back, "Two-step log-in is off"))
}
