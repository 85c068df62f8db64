//! The session of a person in a portal, as pages see it.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use jiff::tz::TimeZone;
use service::identity::business::{self, Business};
use service::portal::brand::{self, Brand};
use service::portal::host_name;
use service::portal::session::{self, ABSOLUTE_MS, Client, LoggedIn, Opened};
use service::{Actor, App, ServiceError, Work};

use super::notification;
use super::viewer::{HOME, account_links, apps};
use crate::error::PageError;
use crate::flash::Brought;
use crate::form::{Csrf, with_next};
use crate::language::{self, Language, t};
use crate::middleware::{Host, OwnHost, below};
use crate::ui::{AuthShell, Flash, Frame, Person as ShellPerson, PortalItem, PortalShell, Theme};
use crate::{cookie, flash, log_in, theme};

/// The longest that browsers keep a cookie: the demo's sessions do not end.
const DEMO_LIVES_S: i64 = 400 * 24 * 3600;

/// The text of a portal's session cookie.
pub(super) fn cookie_text<'a>(app: &App, slug: &str, headers: &'a HeaderMap) -> Option<&'a str> {
    cookie::get(headers, &cookie_name(app, slug))
}

/// The name of a portal's session cookie. Each portal has its own, because `__Host-` puts all of them on
/// the path `/`; under https it has that prefix.
fn cookie_name(app: &App, slug: &str) -> String {
    cookie::host_name(app, &format!("portal_{slug}"))
}

/// The name of the cookie that marks a browser which has logged in to this portal before.
fn mark_name(slug: &str) -> String {
    format!("portal_known_{slug}")
}

/// The portal an address names: everything a page without a session needs.
pub struct Portal {
    /// The application.
    pub app: App,
    /// Whose portal it is.
    pub business: Business,
    /// How it looks.
    pub brand: Brand,
    /// The path of this portal without a slash at its end; empty on a host of its own.
    base: String,
    /// The host name of the request.
    pub host: String,
    /// Path and query of the page.
    pub path: String,
    /// Light or dark.
    pub theme: Theme,
    /// What the browser asks for, else the business's.
    pub language: Language,
    /// What the last act led to.
    pub flash: Option<Flash>,
}

impl FromRequestParts<App> for Portal {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let portal = Self::bare(parts, app).await?;
        let brand = brand::of_portal(app, &portal.business).await?;
        Ok(Self { brand, ..portal })
    }
}

impl Portal {
    /// The portal in the house's own look, for pages that read its brand later.
    async fn bare(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| PageError::not_found())?;
        let slug = params
            .iter()
            .find(|(name, _)| *name == "slug")
            .map(|(_, value)| value.to_owned())
            .ok_or_else(PageError::not_found)?;
        let business = match business::by_slug(app, &slug).await {
            Ok(business) => business,
            Err(ServiceError::NotFound(_)) => return Err(PageError::not_found()),
            Err(error) => return Err(error.into()),
        };
        let language = language::of_request(&parts.headers).unwrap_or(business.language);
        language::choose(language);
        let asked = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let (base, path) = match parts.extensions.get::<OwnHost>() {
            Some(own) => (String::new(), own.path.clone()),
            None => {
                if let Some(to) = main_address(parts, app, &business, asked).await? {
                    return Err(to.into());
                }
                (format!("/portal/{}", business.slug), asked.to_owned())
            }
        };
        Ok(Self {
            app: app.clone(),
            brand: Brand::plain(&business),
            business,
            base,
            host: Host::of(parts),
            path,
            theme: theme::of(&parts.headers),
            language,
            flash: Brought::take(parts),
        })
    }

    /// The path of this portal without a slash at its end; empty on a host of its own.
    #[must_use]
    pub fn base(&self) -> String {
        self.base.clone()
    }

    /// Where a log-in leads: a path of this portal, or its first page.
    #[must_use]
    pub fn home(&self, next: &str) -> String {
        local(&self.base, next)
    }

    /// The same path below the portal's own, which is the same on each of its hosts; empty for its first page.
    #[must_use]
    pub fn below(&self, next: &str) -> String {
        let path = self.home(next);
        let below = path.strip_prefix(&self.base).unwrap_or(&path);
        if below == "/" {
            String::new()
        } else {
            below.to_owned()
        }
    }

    /// What stands around the log-in and the invitation.
    #[must_use]
    pub fn auth_shell(&self, title: impl Into<String>) -> AuthShell {
        let frame = Frame {
            title: title.into(),
            path: self.path.clone(),
            theme: self.theme,
            demo: self.app.settings().demo,
            flash: self.flash.clone(),
            ..Frame::default()
        };
        AuthShell {
            frame,
            business: self.brand.name.clone(),
            brand: (&self.brand).into(),
            portal: true,
        }
    }

    /// Where this request comes from, for the session it opens.
    #[must_use]
    pub fn client(&self, headers: &HeaderMap) -> Client {
        Client {
            host: self.host.clone(),
            user_agent: log_in::user_agent(headers),
        }
    }

    /// Whoever is logged in to this portal.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn logged_in(&self, headers: &HeaderMap) -> Result<Option<LoggedIn>, PageError> {
        match cookie_text(&self.app, &self.business.slug, headers) {
            Some(cookie) => {
                Ok(session::authenticate(&self.app, self.business.id, cookie, &self.host).await?)
            }
            None => Ok(None),
        }
    }

    /// Whoever has logged in but for the second step.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn waiting(&self, headers: &HeaderMap) -> Result<Option<LoggedIn>, PageError> {
        match cookie_text(&self.app, &self.business.slug, headers) {
            Some(cookie) => {
                Ok(session::waiting(&self.app, self.business.id, cookie, &self.host).await?)
            }
            None => Ok(None),
        }
    }

    /// The mark of a browser that has logged in here before.
    #[must_use]
    pub fn mark(&self, headers: &HeaderMap) -> Option<String> {
        cookie::get(headers, &mark_name(&self.business.slug)).map(str::to_owned)
    }

    /// Leads to the log-in without a session.
    #[must_use]
    pub fn leave(&self) -> Response {
        leave(&self.app, &self.base, &self.business)
    }

    /// Leads to a path of this portal with the cookies of a session just opened.
    #[must_use]
    pub fn enter(&self, opened: &Opened, to: &str) -> Response {
        let Self { app, business, .. } = self;
        let lives_s = if app.settings().demo {
            DEMO_LIVES_S
        } else {
            ABSOLUTE_MS / 1000
        };
        let name = cookie_name(app, &business.slug);
        let session = (name.as_str(), opened.cookie.as_str(), Some(lives_s));
        let mark_name = mark_name(&business.slug);
        let mark = (mark_name.as_str(), opened.mark.as_str());
        log_in::enter(app, session, mark, flash::see_other(to))
    }
}

/// To the same page at the main address, for who looks at the portal's path and the business has one.
async fn main_address(
    parts: &Parts,
    app: &App,
    business: &Business,
    asked: &str,
) -> Result<Option<Response>, PageError> {
    if !parts.method.is_safe() {
        return Ok(None);
    }
    let Some(main) = host_name::main_of(app, business.id).await? else {
        return Ok(None);
    };
    let origin = host_name::origin(&app.settings().base_url, &main);
    let page = below(asked, &business.slug).unwrap_or("/");
    let to = format!("{origin}{page}");
    Ok(Some(if flash::is_part(&parts.headers) {
        // A part of a page cannot come from another host: htmx leads the whole page there.
        flash::part_to(StatusCode::OK, &to)
    } else {
        let to = HeaderValue::try_from(to)
            .map_err(|_| PageError::internal("a main address is no header"))?;
        (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to)]).into_response()
    }))
}

fn local(base: &str, next: &str) -> String {
    let home = format!("{base}/");
    let path = crate::form::local_path(next, &home);
    // A dot segment could lead out of the portal again.
    if path.starts_with(&home) && !path.contains("/..") && !path.contains("/%2") {
        path
    } else {
        home
    }
}

/// A person logged in to a portal. Without one the extractor leads to the portal's log-in and back; an
/// unknown portal is 404.
pub struct Person {
    /// The application.
    pub app: App,
    /// Who acts.
    pub actor: Actor,
    /// Whose portal it is.
    pub business: Business,
    /// The path of this portal without a slash at its end; empty on a host of its own.
    pub base: String,
    /// Path and query of the page.
    pub path: String,
    /// Light or dark.
    pub theme: Theme,
    /// The person and their session.
    pub who: LoggedIn,
    /// The zone times are shown in: the person's own, else the business's.
    pub zone: TimeZone,
    /// What the last act led to.
    pub flash: Option<Flash>,
}

impl FromRequestParts<App> for Person {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let portal = Portal::bare(parts, app).await?;
        let Some(who) = portal.logged_in(&parts.headers).await? else {
            let waits = portal.waiting(&parts.headers).await?.is_some();
            let page = if waits { "second-step" } else { "log-in" };
            let home = format!("{}/", portal.base);
            let page = format!("{home}{page}");
            return Err(log_in::to_log_in(parts, &page, &portal.path, &home).into());
        };
        if !who.complete && !is_open_without_profile(&portal) {
            return Err(to_profile(parts, &portal).into());
        }
        parts.extensions.insert(Csrf(who.session.csrf.clone()));
        let Portal {
            app,
            business,
            brand: _,
            base,
            host: _,
            path,
            theme,
            language: _,
            flash,
        } = portal;
        if let Some(language) = who.profile.language {
            language::choose(language);
        }
        let own = who.profile.timezone.as_deref().and_then(domain::time::zone);
        let zone = match own {
            Some(zone) => zone,
            None => business::zone_of(&business)?,
        };
        Ok(Self {
            app,
            zone,
            actor: who.actor(),
            business,
            base,
            path,
            theme,
            who,
            flash,
        })
    }
}

/// The pages that do not wait for a complete profile: the person's own, the way out and the way to
/// another account. Whatever else asks for a [`Person`] waits.
const OPEN_PAGES: &[&str] = &["account", "accounts", "invitation", "live", "log-out"];

fn is_open_without_profile(portal: &Portal) -> bool {
    let path = portal.path.split('?').next().unwrap_or_default();
    let page = path.strip_prefix(&portal.base()).unwrap_or(path);
    let first = page.trim_start_matches('/').split('/').next();
    first.is_some_and(|first| OPEN_PAGES.contains(&first))
}

/// To the profile that is not complete, and from there back to a page. An act is refused.
fn to_profile(parts: &Parts, portal: &Portal) -> Response {
    let base = portal.base();
    let is_part = flash::is_part(&parts.headers);
    let is_page = parts.method == Method::GET && !is_part;
    let next = if is_page {
        portal.path.clone()
    } else {
        format!("{base}/")
    };
    let to = with_next(&format!("{base}/account"), &next);
    if is_part {
        return flash::part_to(StatusCode::FORBIDDEN, &to);
    }
    if is_page {
        flash::see_other(&to)
    } else {
        let text = t("frame-profile-first");
        flash::redirect_with_error(&to, text)
    }
}

impl Person {
    /// The portal they are in, for cookies and addresses.
    #[must_use]
    pub fn portal(&self) -> Portal {
        Portal {
            app: self.app.clone(),
            brand: Brand::plain(&self.business),
            business: self.business.clone(),
            base: self.base.clone(),
            host: self.who.session.host.clone(),
            path: self.path.clone(),
            theme: self.theme,
            language: language::now(),
            flash: None,
        }
    }

    /// What stands around a page that belongs to no app: its title, and who is there.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn shell(
        &self,
        work: &mut Work,
        title: impl Into<String>,
    ) -> Result<PortalShell, PageError> {
        let base = self.base.clone();
        let account = &self.who.account;
        let brand = brand::of(work, &self.business).await?;
        let account_links = account_links(work, &brand, Some((&base, account))).await?;
        Ok(PortalShell {
            frame: Frame {
                title: title.into(),
                path: self.path.clone(),
                theme: self.theme,
                csrf: self.who.session.csrf.clone(),
                demo: self.app.settings().demo,
                flash: self.flash.clone(),
                told: work.told,
            },
            active: PortalItem::None,
            bell: notification::bell(work, &base, &self.zone).await?,
            apps: apps(&base, self.who.affiliate.is_some(), HOME),
            base,
            brand: (&brand).into(),
            business: brand.name,
            app: t(HOME).to_owned(),
            person: ShellPerson {
                name: account.name.clone(),
                detail: account.email.clone(),
            },
            account_links,
            ..PortalShell::default()
        })
    }

    /// Leads to the log-in without a session.
    #[must_use]
    pub fn leave(&self) -> Response {
        leave(&self.app, &self.base, &self.business)
    }
}

fn leave(app: &App, base: &str, business: &Business) -> Response {
    let to = flash::redirect(&format!("{base}/log-in"), t("frame-logged-out"));
    log_in::leave(app, &cookie_name(app, &business.slug), to)
}
