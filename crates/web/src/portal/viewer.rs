//! Who looks at an affiliate's pages, and through which door.
//!
//! The pages are the same for the affiliate, who is logged in to the portal, and for a member of staff
//! who looks inside as that affiliate and only reads. [`Viewer`] is their extractor; the address says
//! which door it is: one with a `slug` is the portal's, one with an `id` the admin's.

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::id::AffiliateId;
use jiff::tz::TimeZone;
use service::error::not_found;
use service::identity::business::{Business, zone_of};
use service::messaging::{message, notice};
use service::portal::account::{Access, Account, Affiliate};
use service::portal::brand::{self, Brand};
use service::portal::session;
use service::{Actor, App, Work};

use super::notification;
use super::session::Person;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::language::{phrase, said, t};
use crate::ui::{
    AppLink, Flash, Frame, Link, Person as ShellPerson, PortalItem, PortalShell, Theme,
};

/// Where the pages of an affiliate are: for the affiliate, and for staff who looks inside.
pub const DOORS: [&str; 2] = ["/portal/{slug}", "/admin/affiliates/{id}/inside"];

/// The app of affiliates: the key of its name.
pub(super) const AFFILIATE: &str = "frame-app-affiliate";
/// A person's own page: the key of its name.
pub(super) const HOME: &str = "frame-app-home";

/// Whoever looks at the pages of one affiliate.
pub struct Viewer {
    /// The application.
    pub app: App,
    /// Who acts; narrowed to the affiliate.
    pub actor: Actor,
    /// Whose portal it is.
    pub business: Business,
    /// What may be seen.
    pub access: Access,
    /// The affiliate whose pages they are.
    pub affiliate: Option<Affiliate>,
    /// The path of the pages without a slash at its end.
    pub base: String,
    /// The zone times are shown in: the person's own, else the business's. Days are counted in the
    /// business's, see [`service::identity::business::zone_of`].
    pub zone: TimeZone,
    person: ShellPerson,
    /// Whose session it is; none when staff looks inside.
    account: Option<Account>,
    csrf: String,
    path: String,
    theme: Theme,
    flash: Option<Flash>,
    /// The way back, when staff looks inside.
    inside: Option<Link>,
}

impl FromRequestParts<App> for Viewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, PageError> {
        let params = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| PageError::not_found())?;
        let id = params
            .iter()
            .find(|(name, _)| *name == "id")
            .map(|(_, value)| value.to_owned());
        match id {
            None => {
                let person = Person::from_request_parts(parts, app).await?;
                if person.who.affiliate.is_none() {
                    return Err(no_app());
                }
                Ok(Self::of_person(person))
            }
            Some(id) => Self::inside(Admin::from_request_parts(parts, app).await?, &id).await,
        }
    }
}

/// What an account without the affiliate's app is told at any of its addresses.
pub(super) fn no_app() -> PageError {
    PageError::new(
        StatusCode::FORBIDDEN,
        t("frame-no-app-title"),
        t("frame-no-app"),
    )
}

/// The apps of an account, for the switcher: none when home is all there is. `at` is the label of the
/// one whose page it is.
pub(super) fn apps(base: &str, affiliate: bool, at: &str) -> Vec<AppLink> {
    if !affiliate {
        return Vec::new();
    }
    let app = |label, path: &str, icon, about| AppLink {
        label: t(label),
        href: format!("{base}{path}"),
        icon,
        about,
        current: label == at,
    };
    vec![
        app(AFFILIATE, "/", "hand-coins", t("frame-app-affiliate-about")),
        app(HOME, "/home", "house", t("frame-app-home-about")),
    ]
}

/// What the menu of the account offers beside the log-out; `own` is the portal's path and the account when
/// the person themselves looks.
pub(super) async fn account_links(
    work: &mut Work,
    brand: &Brand,
    own: Option<(&str, &Account)>,
) -> Result<Vec<Link>, PageError> {
    let mut links = Vec::new();
    if let Some((base, account)) = own {
        if session::has_others(work, account).await? {
            links.push(Link {
                label: t("frame-switch-account").to_owned(),
                href: format!("{base}/accounts"),
                icon: "users",
            });
        }
        links.push(Link {
            label: t("frame-your-account").to_owned(),
            href: format!("{base}/account"),
            icon: "settings",
        });
    }
    let support = notice::sender(work).await?.support_email;
    let write = |address: String| Link {
        label: phrase("frame-write").with("business", &brand.name).into(),
        href: format!("mailto:{address}"),
        icon: "mail",
    };
    links.extend(support.map(write));
    Ok(links)
}

impl Viewer {
    pub(super) fn of_person(person: Person) -> Self {
        let Person {
            app,
            actor,
            business,
            base,
            path,
            theme,
            who,
            zone,
            flash,
        } = person;
        Self {
            app,
            actor,
            access: who.access(),
            base,
            zone,
            business,
            person: ShellPerson {
                name: who.account.name.clone(),
                detail: who.account.email.clone(),
            },
            account: Some(who.account),
            affiliate: who.affiliate,
            csrf: who.session.csrf,
            path,
            theme,
            flash,
            inside: None,
        }
    }

    async fn inside(admin: Admin, id: &str) -> Result<Self, PageError> {
        let id: AffiliateId = id.parse().map_err(|_| not_found("affiliate"))?;
        let mut work = admin.app.view(&admin.actor).await?;
        let affiliate = service::programme::affiliate::get(&mut work, id).await?;
        drop(work);
        let back = format!("/admin/affiliates/{id}");
        Ok(Self {
            actor: Actor::Inside {
                business: admin.business.id,
                id: admin.who.member.id,
                name: admin.who.member.name.clone(),
                affiliate: id,
            },
            app: admin.app,
            zone: zone_of(&admin.business)?,
            business: admin.business,
            access: Access::of(affiliate.status),
            base: format!("{back}/inside"),
            person: ShellPerson {
                name: affiliate.name.clone(),
                detail: affiliate.email.clone(),
            },
            account: None,
            csrf: admin.csrf,
            path: admin.path,
            theme: admin.theme,
            flash: None,
            inside: Some(Link {
                label: phrase("frame-leave").with("name", &affiliate.name).into(),
                href: back,
                icon: "arrow-left",
            }),
            affiliate: Some(affiliate),
        })
    }

    /// Whether this person may change what is theirs: an approved affiliate, through their own door.
    #[must_use]
    pub const fn may_change(&self) -> bool {
        matches!(self.access, Access::Full) && self.inside.is_none()
    }

    /// Leads who may not see figures (links, leads, commissions) to the first page, which says why.
    ///
    /// # Errors
    /// The redirect.
    pub fn require_figures(&self) -> Result<(), PageError> {
        self.require(self.access.may_see_figures())
    }

    /// Leads who may not see payouts to the first page, which says why.
    ///
    /// # Errors
    /// The redirect.
    pub fn require_statements(&self) -> Result<(), PageError> {
        self.require(self.access.may_see_statements())
    }

    /// The affiliate whose pages these are; an account that is none is led to the first page.
    ///
    /// # Errors
    /// The redirect.
    pub fn require_affiliate(&self) -> Result<&Affiliate, PageError> {
        self.require(self.affiliate.is_some())?;
        self.affiliate.as_ref().ok_or_else(PageError::not_found)
    }

    /// Whether staff looks inside, who changes nothing.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.inside.is_some()
    }

    fn require(&self, may: bool) -> Result<(), PageError> {
        if may {
            Ok(())
        } else {
            Err(flash::see_other(&format!("{}/", self.base)).into())
        }
    }

    /// What stands around a page: its title, the menu's entry, who is there.
    ///
    /// # Errors
    /// When the database cannot serve.
    pub async fn shell(
        &self,
        work: &mut Work,
        title: impl Into<String>,
        active: PortalItem,
    ) -> Result<PortalShell, PageError> {
        let own = self.account.as_ref().map(|account| (&*self.base, account));
        let brand = brand::of(work, &self.business).await?;
        let account_links = account_links(work, &brand, own).await?;
        let mut items = vec![PortalItem::Dashboard];
        if self.access.may_see_figures() {
            items.extend([
                PortalItem::Links,
                PortalItem::Leads,
                PortalItem::Commissions,
                PortalItem::Assets,
            ]);
        }
        if self.access.may_see_statements() {
            items.push(PortalItem::Payouts);
        }
        let mut messages_unread = 0;
        if self.affiliate.is_some() {
            items.push(PortalItem::Messages);
            messages_unread = u64::try_from(message::unread(work).await?).unwrap_or_default();
        }
        Ok(PortalShell {
            frame: Frame {
                title: title.into(),
                path: self.path.clone(),
                theme: self.theme,
                csrf: self.csrf.clone(),
                demo: self.app.settings().demo,
                flash: self.flash.clone(),
                told: work.told,
            },
            active,
            items,
            bell: notification::bell(work, &self.base, &self.zone).await?,
            messages_unread,
            base: self.base.clone(),
            brand: (&brand).into(),
            business: brand.name,
            app: t(AFFILIATE).to_owned(),
            // Staff who looks inside stays inside.
            apps: if self.inside.is_none() {
                apps(&self.base, true, AFFILIATE)
            } else {
                Vec::new()
            },
            person: self.person.clone(),
            account_links,
            inside: self.inside.clone(),
            notice: said(self.access.notice().unwrap_or_default().to_owned()),
            live: true,
        })
    }
}
