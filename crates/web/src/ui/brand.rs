//! How a business's pages look, as the layouts show it.

/// What a business chose; the default is the house's own look.
#[derive(Debug, Clone)]
pub struct BrandLook {
    /// Address of the style sheet; empty keeps the green.
    pub css: String,
    /// None shows the sprout, or without `credit` the first letter of the name.
    pub logo: Option<LogoLook>,
    /// Whether the name stands beside the logo.
    pub show_name: bool,
    /// Address of the favicon; empty shows the sprout, or without `credit` nothing.
    pub favicon: String,
    /// The favicon's media type.
    pub favicon_type: &'static str,
    /// What stands at the end of every page; empty: nothing.
    pub footer: String,
    /// Addresses of the terms and the privacy notice; empty: none.
    pub terms: String,
    pub privacy: String,
    /// Where affiliates write to; empty: nowhere.
    pub support: String,
    /// Whether pages say what makes them.
    pub credit: bool,
}

/// The house's own look.
pub(super) static HOUSE: BrandLook = BrandLook {
    css: String::new(),
    logo: None,
    show_name: true,
    favicon: String::new(),
    favicon_type: "",
    footer: String::new(),
    terms: String::new(),
    privacy: String::new(),
    support: String::new(),
    credit: true,
};

impl Default for BrandLook {
    fn default() -> Self {
        HOUSE.clone()
    }
}

/// A logo, 32 pixels high.
#[derive(Debug, Clone)]
pub struct LogoLook {
    pub src: String,
    /// In pixels; told to the browser, so that nothing moves when the picture arrives.
    pub width: u32,
}

/// The height of a logo in pixels.
const LOGO_HEIGHT: u32 = 32;
/// The widest it is shown: a phone also has to hold the menu.
const LOGO_WIDTH_MAX: u32 = 160;

impl LogoLook {
    /// A picture of `width` by `height` pixels at this address.
    #[must_use]
    pub fn new(src: impl Into<String>, width: u32, height: u32) -> Self {
        let wide = u64::from(width) * u64::from(LOGO_HEIGHT) / u64::from(height.max(1));
        let most = u64::from(LOGO_WIDTH_MAX);
        Self {
            src: src.into(),
            width: u32::try_from(wide.clamp(8, most)).unwrap_or(LOGO_WIDTH_MAX),
        }
    }
}
