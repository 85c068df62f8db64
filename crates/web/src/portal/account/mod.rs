//! The person's own pages, which all apps of the portal share: the [`profile`], [`security`] with the
//! step-up [`prove`], [`notice`], which mail they want, and [`payout_method`].
//!
//! [`Me`] is the extractor of all of them.

mod address;
pub(super) mod notice;
mod passkey;
mod payout_method;
mod profile;
mod prove;
mod security;
mod two_step;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use service::portal::session::{LoggedIn, is_proven};
use service::{App, Work};

use super::session::{Person, Portal};
use crate::error::PageError;
use crate::flash;
use crate::form::with_next;
use crate::language::t;
use crate::ui::PortalShell;

/// The routes of this folder.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(address::routes())
        .merge(notice::routes())
        .merge(passkey::routes())
        .merge(payout_method::routes())
        .merge(profile::routes())
        .merge(prove::routes())
        .merge(security::routes())
        .merge(two_step::routes())
}

/// The person who is logged in, on pages about themselves.
struct Me {
    /// The person and their session.
    who: LoggedIn,
    /// The portal, for cookies and addresses.
    portal: Portal,
    /// Who acts, and what stands around the page.
    person: Person,
    /// The mark of a browser that has logged in here before.
    mark: Option<String>,
}

impl FromRequestParts<App> for Me {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let person = Person::from_request_parts(parts, app).await?;
        let portal = person.portal();
        Ok(Self {
            who: person.who.clone(),
            mark: portal.mark(&parts.headers),
            portal,
            person,
        })
    }
}

impl Me {
    /// The path of one of these pages; `page` empty is the profile.
    fn path(&self, page: &str) -> String {
        let slash = if page.is_empty() { "" } else { "/" };
        format!("{}/account{slash}{page}", self.portal.base())
    }

    async fn shell(&self, work: &mut Work, title: &str) -> Result<PortalShell, PageError> {
        let mut shell = self.person.shell(work, title).await?;
        for app in &mut shell.apps {
            app.current = false;
        }
        Ok(PortalShell {
            app: t("frame-your-account").to_owned(),
            ..shell
        })
    }

    /// The tabs, with this page's marked.
    fn tabs(&self, current: &str) -> Vec<Tab> {
        let pages = [
            ("", t("account-profile")),
            ("security", t("account-security")),
            ("notifications", t("account-notifications")),
        ];
        let paid = self.who.affiliate.is_some();
        let method = paid.then_some((payout_method::PAGE, t("account-payout-method")));
        pages
            .into_iter()
            .chain(method)
            .map(|(page, label)| Tab {
                label,
                href: self.path(page),
                current: page == current,
            })
            .collect()
    }

    /// Whether the person proved lately who they are; if not, the way to do so and come back to `page`.
    ///
    /// # Errors
    /// The redirect.
    fn require_proof(&self, page: &str) -> Result<(), PageError> {
        if is_proven(&self.portal.app, &self.who.session) {
            return Ok(());
        }
        let to = with_next(&self.path("prove"), &self.path(page));
        Err(flash::see_other(&to).into())
    }
}

/// A tab above these pages.
struct Tab {
    label: &'static str,
    href: String,
    current: bool,
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

/// Where to go afterwards.
#[derive(Debug, Default, serde::Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}
