//! What stands around every page, each part a template of its own. Were it text of the layouts themselves, every
//! page would be compiled with the whole of it, which is most of what a small page is.

use askama::Template;
use askama::filters::HtmlSafe;

use super::brand::HOUSE;
use super::{AdminShell, AuthShell, BrandLook, Frame, PortalShell};

/// The document down to its body.
#[derive(Debug, Template)]
#[template(path = "layout/head.html")]
pub struct Head<'a> {
    frame: &'a Frame,
    /// Whose colours: `admin` or `portal`.
    face: &'static str,
    /// What the browser's title ends with.
    owner: &'a str,
    brand: &'a BrandLook,
}

/// The end of a document.
#[derive(Debug, Template)]
#[template(path = "layout/tail.html")]
pub struct Tail<'a> {
    frame: &'a Frame,
}

/// An admin page down to the acts at its top.
#[derive(Debug, Template)]
#[template(path = "layout/admin_top.html")]
pub struct AdminTop<'a> {
    shell: &'a AdminShell,
}

/// The end of an admin page's bar.
#[derive(Debug, Template)]
#[template(path = "layout/admin_tools.html")]
pub struct AdminTools<'a> {
    shell: &'a AdminShell,
}

/// A portal page down to its content.
#[derive(Debug, Template)]
#[template(path = "layout/portal_top.html")]
pub struct PortalTop<'a> {
    shell: &'a PortalShell,
}

/// A portal page below its content.
#[derive(Debug, Template)]
#[template(path = "layout/portal_end.html")]
pub struct PortalEnd<'a> {
    shell: &'a PortalShell,
}

/// A card in the middle down to its heading.
#[derive(Debug, Template)]
#[template(path = "layout/auth_top.html")]
pub struct AuthTop<'a> {
    shell: &'a AuthShell,
}

/// What stands below the card.
#[derive(Debug, Template)]
#[template(path = "layout/auth_end.html")]
pub struct AuthEnd<'a> {
    shell: &'a AuthShell,
}

// Their templates have escaped what people wrote.
impl HtmlSafe for Head<'_> {}
impl HtmlSafe for Tail<'_> {}
impl HtmlSafe for AdminTop<'_> {}
impl HtmlSafe for AdminTools<'_> {}
impl HtmlSafe for PortalTop<'_> {}
impl HtmlSafe for PortalEnd<'_> {}
impl HtmlSafe for AuthTop<'_> {}
impl HtmlSafe for AuthEnd<'_> {}

impl Frame {
    /// The end of the document.
    #[must_use]
    pub const fn tail(&self) -> Tail<'_> {
        Tail { frame: self }
    }
}

impl AdminShell {
    /// The document down to its body, in the house's own look.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        Head {
            frame: &self.frame,
            face: "admin",
            owner: &self.business,
            brand: &HOUSE,
        }
    }

    /// The page down to the acts at its top.
    #[must_use]
    pub const fn top(&self) -> AdminTop<'_> {
        AdminTop { shell: self }
    }

    /// The end of its bar.
    #[must_use]
    pub const fn tools(&self) -> AdminTools<'_> {
        AdminTools { shell: self }
    }
}

impl PortalShell {
    /// The document down to its body.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        Head {
            frame: &self.frame,
            face: "portal",
            owner: &self.business,
            brand: &self.brand,
        }
    }

    /// The page down to its content.
    #[must_use]
    pub const fn top(&self) -> PortalTop<'_> {
        PortalTop { shell: self }
    }

    /// The page below its content.
    #[must_use]
    pub const fn end(&self) -> PortalEnd<'_> {
        PortalEnd { shell: self }
    }
}

impl AuthShell {
    /// The document down to its body.
    #[must_use]
    pub fn head(&self) -> Head<'_> {
        Head {
            frame: &self.frame,
            face: if self.portal { "portal" } else { "admin" },
            owner: if self.business.is_empty() {
                "Tributary"
            } else {
                &self.business
            },
            brand: &self.brand,
        }
    }

    /// The page down to its heading.
    #[must_use]
    pub const fn top(&self) -> AuthTop<'_> {
        AuthTop { shell: self }
    }

    /// What stands below the card.
    #[must_use]
    pub const fn end(&self) -> AuthEnd<'_> {
        AuthEnd { shell: self }
    }
}
