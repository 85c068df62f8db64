//! What stands around a page. The handler fills a shell from the session and the database; the
//! layouts only show it.

use domain::status::Role;

use super::{BrandLook, Markup, Theme, Tone, icon};
use crate::admin::door;
use crate::language::t;
use crate::moment::Moment;

/// What every page has, whoever sees it.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// The page's heading and the first part of the browser's title.
    pub title: String,
    /// Path and query of the page: where the theme form returns to.
    pub path: String,
    pub theme: Theme,
    /// The session's CSRF token, sent by every form as the field `csrf`.
    pub csrf: String,
    /// Shows the banner that says this is a demo.
    pub demo: bool,
    /// What the last act led to.
    pub flash: Option<Flash>,
    /// How much the hub had told when the page was read; the page's live stream begins there.
    pub told: u64,
}

/// A toast: an act's result, with a way back where there is one.
#[derive(Debug, Clone)]
pub struct Flash {
    /// [`Tone::Error`] stays until closed, others leave by themselves.
    pub tone: Tone,
    pub text: String,
    pub undo: Option<Undo>,
}

/// The form behind an undo button: POST to `action` with the CSRF token and `fields`.
#[derive(Debug, Clone)]
pub struct Undo {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

/// A link of a menu.
#[derive(Debug, Clone)]
pub struct Link {
    pub label: String,
    pub href: String,
    pub icon: &'static str,
}

/// The person at the page.
#[derive(Debug, Clone, Default)]
pub struct Person {
    pub name: String,
    /// E-mail or company, the second line.
    pub detail: String,
}

impl Person {
    /// "Maya Okonkwo" → "MO".
    #[must_use]
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// A business in the switcher.
#[derive(Debug, Clone)]
pub struct BusinessChoice {
    /// Public id, the value of the field `business`.
    pub id: String,
    pub name: String,
    pub current: bool,
}

/// Progress of the set-up, from real state.
#[derive(Debug, Clone)]
pub struct Checklist {
    pub done: u32,
    pub total: u32,
    pub next_label: String,
    pub next_href: String,
}

/// Numbers beside menu entries; 0 shows none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub affiliates: u64,
    pub referrals_pending: u64,
    pub commissions_pending: u64,
    pub payouts_open: u64,
    pub transfers_unknown: u64,
    pub mail_unread: u64,
    pub messages_unread: u64,
    pub applications_pending: u64,
}

/// The entries of the admin's menu.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AdminItem {
    #[default]
    None,
    Dashboard,
    Affiliates,
    Groups,
    Campaigns,
    Referrals,
    Commissions,
    Payouts,
    Transfers,
    Ledger,
    Rules,
    Settings,
    Messages,
    Applications,
    Portal,
    Accounts,
    Customers,
    Leads,
    ApiKeys,
    Mail,
    Audit,
    Branding,
}

/// A titled part of a menu.
#[derive(Debug, Clone)]
pub struct MenuSection {
    pub label: &'static str,
    pub items: Vec<MenuItem>,
}

/// One entry of a menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    pub label: &'static str,
    pub href: String,
    pub icon: Markup,
    pub active: bool,
    pub badge: u64,
    /// Whether the badge counts what waits for a person.
    pub waiting: bool,
}

/// Around an admin page.
#[derive(Debug, Clone)]
pub struct AdminShell {
    pub frame: Frame,
    /// What the person may open is in the menu.
    pub role: Role,
    pub active: AdminItem,
    pub business: String,
    /// "Program · USD": the second line of the switcher.
    pub business_detail: String,
    /// All businesses of this person; a switcher shows from two on.
    pub businesses: Vec<BusinessChoice>,
    pub staff: Person,
    pub counts: Counts,
    /// What has happened of late.
    pub bell: Bell,
    /// None when everything is done.
    pub checklist: Option<Checklist>,
    /// "Live · 37 clicks in the last 5 min"; none on pages that do not move.
    pub live: Option<String>,
}

impl AdminShell {
    /// The first letter of the business, for its tile.
    #[must_use]
    pub fn initial(&self) -> String {
        initials(&self.business).chars().take(1).collect()
    }

    /// Whether the person may call a route of the admin.
    #[must_use]
    pub fn opens(&self, route: &str) -> bool {
        door::opens(self.role, route)
    }

    /// The menu with this page's entry marked: what the role opens.
    #[must_use]
    pub fn menu(&self) -> Vec<MenuSection> {
        let mut sections = self.all_sections();
        for section in &mut sections {
            section.items.retain(|item| self.opens(&item.href));
        }
        sections.retain(|section| !section.items.is_empty());
        sections
    }

    fn all_sections(&self) -> Vec<MenuSection> {
        let item = |label, item: AdminItem, path: &str, name, badge, waiting| MenuItem {
            label,
            href: format!("/admin{path}"),
            icon: icon(name),
            active: self.active == item,
            badge,
            waiting,
        };
        let counts = self.counts;
        vec![
            MenuSection {
                label: "Affiliate management",
                items: vec![
                    item(
                        "Dashboard",
                        AdminItem::Dashboard,
                        "",
                        "layout-dashboard",
                        0,
                        false,
                    ),
                    item(
                        "Affiliates",
                        AdminItem::Affiliates,
                        "/affiliates",
                        "users",
                        counts.affiliates,
                        false,
                    ),
                    item(
                        "Affiliate groups",
                        AdminItem::Groups,
                        "/groups",
                        "layers-2",
                        0,
                        false,
                    ),
                    item(
                        "Campaigns",
                        AdminItem::Campaigns,
                        "/campaigns",
                        "megaphone",
                        0,
                        false,
                    ),
                    item(
                        "Referrals",
                        AdminItem::Referrals,
                        "/referrals",
                        "user-round-check",
                        counts.referrals_pending,
                        true,
                    ),
                    item(
                        "Commissions",
                        AdminItem::Commissions,
                        "/commissions",
                        "coins",
                        counts.commissions_pending,
                        true,
                    ),
                    item(
                        "Payouts",
                        AdminItem::Payouts,
                        "/payouts",
                        "banknote",
                        counts.payouts_open,
                        true,
                    ),
                    item(
                        "Transfers",
                        AdminItem::Transfers,
                        "/transfers",
                        "send",
                        counts.transfers_unknown,
                        true,
                    ),
                    item(
                        "Ledger",
                        AdminItem::Ledger,
                        "/ledger",
                        "book-open",
                        0,
                        false,
                    ),
                    item("Rules", AdminItem::Rules, "/rules", "scale", 0, false),
                    item(
                        "Settings",
                        AdminItem::Settings,
                        "/settings",
                        "settings",
                        0,
                        false,
                    ),
                ],
            },
            MenuSection {
                label: "Client portal",
                items: vec![
                    item(
                        "Overview",
                        AdminItem::Portal,
                        "/portal",
                        "activity",
                        0,
                        false,
                    ),
                    item(
                        "Accounts",
                        AdminItem::Accounts,
                        "/portal/accounts",
                        "user-round-check",
                        0,
                        false,
                    ),
                    item(
                        "Applications",
                        AdminItem::Applications,
                        "/applications",
                        "user-plus",
                        counts.applications_pending,
                        true,
                    ),
                    item(
                        "Messages",
                        AdminItem::Messages,
                        "/messages",
                        "message-square",
                        counts.messages_unread,
                        true,
                    ),
                    item(
                        "Branding",
                        AdminItem::Branding,
                        "/branding",
                        "palette",
                        0,
                        false,
                    ),
                ],
            },
            MenuSection {
                label: "Workspace",
                items: vec![
                    item("Leads", AdminItem::Leads, "/leads", "inbox", 0, false),
                    item(
                        "Customers",
                        AdminItem::Customers,
                        "/customers",
                        "user",
                        0,
                        false,
                    ),
                    item(
                        "API keys",
                        AdminItem::ApiKeys,
                        "/api-keys",
                        "key-round",
                        0,
                        false,
                    ),
                    item(
                        "Mail",
                        AdminItem::Mail,
                        "/mail",
                        "mail",
                        counts.mail_unread,
                        true,
                    ),
                    item(
                        "Audit log",
                        AdminItem::Audit,
                        "/audit",
                        "scroll-text",
                        0,
                        false,
                    ),
                ],
            },
        ]
    }
}

/// The entries of the portal's menu.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PortalItem {
    #[default]
    None,
    Dashboard,
    Links,
    Leads,
    Commissions,
    Assets,
    Payouts,
    Messages,
}

/// An app of the switcher.
#[derive(Debug, Clone)]
pub struct AppLink {
    pub label: &'static str,
    pub href: String,
    pub icon: &'static str,
    /// What it is for, in a line.
    pub about: &'static str,
    /// Whether this page is the app's.
    pub current: bool,
}

/// What an account is told, behind the bell.
#[derive(Debug, Clone, Default)]
pub struct Bell {
    pub unread: u64,
    /// The latest first.
    pub items: Vec<BellItem>,
    /// The page with all of them.
    pub path: String,
}

/// A line behind the bell.
#[derive(Debug, Clone)]
pub struct BellItem {
    pub id: String,
    /// Where it leads by itself; empty where opening it is an act.
    pub href: String,
    pub icon: &'static str,
    pub tone: Tone,
    pub text: String,
    pub unread: bool,
    pub at: Moment,
}

/// Around a portal page.
#[derive(Debug, Clone, Default)]
pub struct PortalShell {
    pub frame: Frame,
    pub active: PortalItem,
    /// The entries of the menu; what a person may not see is not among them.
    pub items: Vec<PortalItem>,
    /// Messages that the person has not read.
    pub messages_unread: u64,
    /// None for who has no notifications of their own: staff who looks inside.
    pub bell: Option<Bell>,
    /// Path of this portal without a slash at its end: `/portal/fernhill`, or empty on its own host.
    pub base: String,
    /// The portal's name.
    pub business: String,
    /// The name of the app: "Affiliate".
    pub app: String,
    /// What the person may go to from the switcher; empty shows none.
    pub apps: Vec<AppLink>,
    pub brand: BrandLook,
    pub person: Person,
    pub account_links: Vec<Link>,
    /// The way out, when a member of staff sees the page as the affiliate does.
    pub inside: Option<Link>,
    /// What stands above every page, such as that the participation is suspended; empty: nothing.
    pub notice: String,
    /// Whether the page follows events of its own accord.
    pub live: bool,
}

impl PortalShell {
    /// The menu with this page's entry marked.
    #[must_use]
    pub fn menu(&self) -> Vec<MenuItem> {
        self.items
            .iter()
            .map(|&item| {
                let (label, path, name) = match item {
                    PortalItem::None | PortalItem::Dashboard => {
                        (t("menu-dashboard"), "/", "layout-dashboard")
                    }
                    PortalItem::Links => (t("menu-links"), "/links", "link"),
                    PortalItem::Leads => (t("menu-leads"), "/leads", "users"),
                    PortalItem::Commissions => (t("menu-commissions"), "/commissions", "coins"),
                    PortalItem::Assets => (t("menu-assets"), "/assets", "image"),
                    PortalItem::Payouts => (t("menu-payouts"), "/payouts", "banknote"),
                    PortalItem::Messages => (t("menu-messages"), "/messages", "message-square"),
                };
                let unread = if item == PortalItem::Messages {
                    self.messages_unread
                } else {
                    0
                };
                MenuItem {
                    label,
                    href: format!("{}{path}", self.base),
                    icon: icon(name),
                    active: self.active == item,
                    badge: unread,
                    waiting: unread > 0,
                }
            })
            .collect()
    }
}

/// Around log-in, set-up and invitation: a card in the middle.
#[derive(Debug, Clone, Default)]
pub struct AuthShell {
    pub frame: Frame,
    /// Whose page it is; empty is Tributary's own.
    pub business: String,
    pub brand: BrandLook,
    /// Whether the colours are the portal's.
    pub portal: bool,
}

/// The first letters of the first and last word, in capitals; "?" for an empty name.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut words = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let Some(first) = words.next() else {
        return "?".to_owned();
    };
    std::iter::once(first)
        .chain(words.next_back())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_ends_of_a_name() {
        assert_eq!(initials("Maya Okonkwo"), "MO");
        assert_eq!(initials("maría del carmen (ñ)"), "MÑ");
        assert_eq!(initials("Northwind"), "N");
        assert_eq!(initials("  "), "?");
    }
}
