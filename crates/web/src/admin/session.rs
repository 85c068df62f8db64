//! The session of a member of staff, as pages see it.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use domain::time::Day;
use service::identity::business::{self, Business};
use service::identity::checklist::{self, Step, Waiting};
use service::identity::session::{self, LoggedIn, Opened};
use service::{Actor, App, Work};

use super::{door, notification};
use crate::error::PageError;
use crate::flash::Brought;
use crate::form::{Csrf, with_next};
pub(super) use crate::log_in::user_agent;
use crate::middleware::Host;
use crate::ui::{
    AdminItem, AdminShell, BusinessChoice, Checklist, Counts, Flash, Frame, Person, Theme,
};
use crate::{cookie, flash, log_in, theme};

/// Where the log-in page is.
pub const LOG_IN: &str = "/admin/log-in";
/// Where the second step of the log-in is.
pub const SECOND_STEP: &str = "/admin/second-step";
/// The name of the session's cookie; under https it has the prefix `__Host-`.
const COOKIE: &str = "tributary_staff";
/// The name of the cookie that marks a browser which has logged in before.
const MARK: &str = "tributary_known";

/// A logged-in member of staff whose role may call the route. Without one the extractor leads to the log-in and
/// back; a route that the role may not call is refused.
pub struct Admin {
    /// The application.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// The business they are in.
    pub business: Business,
    /// The token every form sends back.
    pub csrf: String,
    /// The person and their session.
    pub who: LoggedIn,
    /// Path and query of the page.
    pub path: String,
    /// Light or dark.
    pub theme: Theme,
    flash: Option<Flash>,
}

impl FromRequestParts<App> for Admin {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let path = parts
            .uri
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let who = match cookie_text(app, &parts.headers) {
            Some(cookie) => session::authenticate(app, cookie, &Host::of(parts)).await?,
            None => None,
        };
        let Some(who) = who else {
            let waits = waiting(app, parts).await?.is_some();
            let page = if waits { SECOND_STEP } else { LOG_IN };
            return Err(log_in::to_log_in(parts, page, &path, "/admin").into());
        };
        require_door(&who, parts)?;
        parts.extensions.insert(Csrf(who.session.csrf.clone()));
        Ok(Self {
            app: app.clone(),
            actor: who.actor(),
            business: who.business.clone(),
            csrf: who.session.csrf.clone(),
            path,
            theme: theme::of(&parts.headers),
            flash: Brought::take(parts),
            who,
        })
    }
}

impl Admin {
    /// Today in the business's zone, at the instant of a work.
    ///
    /// # Errors
    /// When the business's zone is unknown.
    pub fn today(&self, work: &Work) -> Result<Day, PageError> {
        Ok(work.now.day_in(&business::zone_of(&self.business)?))
    }
}

/// Refuses a route that the role may not call. The front page leads a role without it to its own.
fn require_door(who: &LoggedIn, parts: &Parts) -> Result<(), PageError> {
    let role = who.member.role;
    let route = parts
        .extensions
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    if door::opens(role, route) {
        return Ok(());
    }
    if route == "/admin" {
        return Err(flash::see_other(door::home(role)).into());
    }
    let text = format!(
        "Your role, {}, does not open this page.",
        door::label(role).to_lowercase()
    );
    Err(PageError::forbidden(text))
}

/// Whoever has logged in but for the second step.
pub(super) async fn waiting(app: &App, parts: &Parts) -> Result<Option<LoggedIn>, PageError> {
    match cookie_text(app, &parts.headers) {
        Some(cookie) => Ok(session::waiting(app, cookie, &Host::of(parts)).await?),
        None => Ok(None),
    }
}

impl Admin {
    /// What stands around a page: its title, the menu's entry (`AdminItem` or its path's word, such
    /// as `"affiliates"`), the business, what waits.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn shell(
        &self,
        work: &mut Work,
        title: impl Into<String>,
        active: impl Into<AdminItem>,
    ) -> Result<AdminShell, PageError> {
        let role = self.who.member.role;
        // What waits, and how far the set-up is, concerns who can do something about it.
        let (counts, next) = if door::opens(role, "/admin/checklist") {
            let progress = checklist::get(work).await?;
            let box_of = |next| Checklist {
                done: progress.done() as u32,
                total: progress.steps.len() as u32,
                next_label: step_label(next).to_owned(),
                next_href: step_path(next).to_owned(),
            };
            let next = progress.next().filter(|_| !progress.dismissed);
            (counts(checklist::waiting(work).await?), next.map(box_of))
        } else {
            (Counts::default(), None)
        };
        let zone = business::zone_of(&self.business)?;
        let bell = notification::bell(work, &zone).await?;
        Ok(AdminShell {
            frame: Frame {
                title: title.into(),
                path: self.path.clone(),
                theme: self.theme,
                csrf: self.csrf.clone(),
                demo: self.app.settings().demo,
                flash: self.flash.clone(),
                told: work.told,
            },
            active: active.into(),
            business: self.business.name.clone(),
            business_detail: format!("Program · {}", self.business.currency),
            businesses: self
                .who
                .businesses
                .iter()
                .map(|business| BusinessChoice {
                    id: business.id.to_string(),
                    name: business.name.clone(),
                    current: business.id == self.business.id,
                })
                .collect(),
            staff: Person {
                name: self.who.member.name.clone(),
                detail: self.who.member.email.clone(),
            },
            counts,
            bell,
            checklist: next,
            role,
            live: None,
        })
    }

    /// Whether the password was given lately; if not, the way to give it and come back to `next`.
    ///
    /// # Errors
    /// The redirect.
    pub fn require_proof(&self, next: &str) -> Result<(), PageError> {
        if session::is_proven(&self.app, &self.who.session) {
            return Ok(());
        }
        Err(flash::see_other(&with_next("/admin/prove", next)).into())
    }
}

/// What waits, beside the menu's entries.
fn counts(waiting: Waiting) -> Counts {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Counts {
        affiliates: count(waiting.affiliates),
        referrals_pending: count(waiting.referrals_pending),
        commissions_pending: count(waiting.commissions_pending),
        payouts_open: count(waiting.payouts_open),
        transfers_unknown: count(waiting.transfers_unknown),
        mail_unread: count(waiting.mail_failed),
        messages_unread: count(waiting.messages_unread),
        applications_pending: count(waiting.applications_pending),
    }
}

/// What a step of the set-up asks for.
pub(super) const fn step_label(step: Step) -> &'static str {
    match step {
        Step::Settings => "Review the settings",
        Step::Groups => "Make an affiliate group",
        Step::Campaign => "Start a campaign",
        Step::Affiliates => "Add an affiliate",
        Step::Referral => "Make a test referral",
        Step::Commission => "Approve a commission",
        Step::Payout => "Make a test payout",
    }
}

/// Where a step of the set-up is done.
pub(super) const fn step_path(step: Step) -> &'static str {
    match step {
        Step::Settings => "/admin/settings",
        Step::Groups => "/admin/groups",
        Step::Campaign => "/admin/campaigns",
        Step::Affiliates => "/admin/affiliates",
        Step::Referral => "/admin/referrals",
        Step::Commission => "/admin/commissions",
        Step::Payout => "/admin/payouts",
    }
}

impl From<&str> for AdminItem {
    fn from(word: &str) -> Self {
        match word {
            "dashboard" => Self::Dashboard,
            "affiliates" => Self::Affiliates,
            "groups" => Self::Groups,
            "campaigns" => Self::Campaigns,
            "referrals" => Self::Referrals,
            "commissions" => Self::Commissions,
            "payouts" => Self::Payouts,
            "ledger" => Self::Ledger,
            "rules" => Self::Rules,
            "settings" => Self::Settings,
            "messages" => Self::Messages,
            "applications" => Self::Applications,
            "portal" => Self::Portal,
            "accounts" => Self::Accounts,
            "customers" => Self::Customers,
            "leads" => Self::Leads,
            "api-keys" => Self::ApiKeys,
            "mail" => Self::Mail,
            "audit" => Self::Audit,
            "branding" => Self::Branding,
            _ => Self::None,
        }
    }
}

/// The name of the session's cookie.
fn cookie_name(app: &App) -> String {
    cookie::host_name(app, COOKIE)
}

/// The text of the session's cookie.
pub(super) fn cookie_text<'a>(app: &App, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie::get(headers, &cookie_name(app))
}

/// Leads to `to` with the cookies of a session just opened.
pub(super) fn enter(app: &App, opened: &Opened, to: Response) -> Response {
    let name = cookie_name(app);
    let session = (name.as_str(), opened.cookie.as_str(), None);
    log_in::enter(app, session, (MARK, &opened.mark), to)
}

/// Leads to the log-in without a session.
pub(super) fn leave(app: &App) -> Response {
    let to = flash::redirect(LOG_IN, "You are logged out.");
    log_in::leave(app, &cookie_name(app), to)
}

/// The mark of a browser that has logged in before.
pub(super) fn mark(headers: &HeaderMap) -> Option<String> {
    cookie::get(headers, MARK).map(str::to_owned)
}
