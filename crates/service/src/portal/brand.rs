//! How a business's portal looks: its name, logo, colour and footer, and the files behind them.
//!
//! A file is found under `/brand/{business}_{hash}.{ending}`: the name says whose it is and what is in it,
//! so that a browser may keep it for good. A change makes new names; pages lead to them at once.

use data_encoding::HEXLOWER;
use domain::brand::colour::CONTRAST_MIN;
use domain::brand::picture::{self, NoPicture};
pub use domain::brand::{Colour, Format, Palette, TooLight};
use domain::id::BusinessId;
use domain::status::Scope;
use sha2::{Digest as _, Sha256};
use store::portal::brand as rows;
pub use store::portal::brand::File;

use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, not_found};
use crate::identity::business::{self, Business};
use crate::identity::{audit, setting};
use crate::work::Work;

/// The largest picture, in bytes: 256 KiB.
pub const PICTURE_BYTES_MAX: usize = 256 * 1024;
/// The longest side of a picture, in pixels.
const PICTURE_SIDE_MAX: u32 = 2_000;
/// The shortest.
const PICTURE_SIDE_MIN: u32 = 16;
/// Files kept though nothing shows them now: mails that were sent do.
const OLD_FILES_KEPT: i64 = 40;
/// Hexadecimal digits of a file's hash.
const HASH_LENGTH: usize = 32;

/// How a portal looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// The portal's name; without one of its own it is the business's.
    pub name: String,
    /// Whether the name stands beside the logo.
    pub show_name: bool,
    /// The colour that was chosen; none is the house's green.
    pub colour: Option<Colour>,
    /// The path of the style sheet.
    pub css: Option<String>,
    /// The logo.
    pub logo: Option<Logo>,
    /// The small picture of tabs and bookmarks.
    pub favicon: Option<Favicon>,
    /// What stands at the end of every page.
    pub footer: Option<String>,
    /// The address of the terms.
    pub terms_url: Option<String>,
    /// The address of the privacy notice.
    pub privacy_url: Option<String>,
    /// Whether pages say what makes them; off is a white label.
    pub credit: bool,
    /// Where affiliates write to.
    pub support_email: Option<String>,
}

/// A logo's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Its path on this installation.
    pub path: String,
    /// What it is.
    pub format: Format,
    /// In pixels, as the height.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A favicon's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favicon {
    /// Its path on this installation.
    pub path: String,
    /// What it is.
    pub format: Format,
}

impl Brand {
    /// How it looks until something is chosen.
    #[must_use]
    pub fn plain(business: &Business) -> Self {
        Self {
            name: business.name.clone(),
            show_name: true,
            colour: None,
            css: None,
            logo: None,
            favicon: None,
            footer: None,
            terms_url: None,
            privacy_url: None,
            credit: true,
            support_email: None,
        }
    }

    /// The address of the logo for a mail, when mail programs can show it: they do not show drawings.
    #[must_use]
    pub fn mail_logo(&self, base_url: &str) -> Option<String> {
        let logo = self.logo.as_ref()?;
        (logo.format != Format::Svg).then(|| format!("{base_url}{}", logo.path))
    }
}

/// How the portal of this business looks.
///
/// # Errors
/// When the database cannot serve.
pub async fn of(work: &mut Work, business: &Business) -> Result<Brand> {
    let row = rows::find(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without settings".to_owned()))?;
    Ok(read(business, row))
}

/// The same, outside of a work: for pages without a session.
///
/// # Errors
/// When the database cannot serve.
pub async fn of_portal(app: &App, business: &Business) -> Result<Brand> {
    of(&mut app.view(&App::system(business.id)).await?, business).await
}

/// The same of a business that is known by its id alone.
///
/// # Errors
/// When the database cannot serve.
pub async fn of_business(app: &App, id: BusinessId) -> Result<Brand> {
    let mut work = app.view(&App::system(id)).await?;
    let business = business::get(&mut work).await?;
    of(&mut work, &business).await
}

fn read(business: &Business, row: rows::Brand) -> Brand {
    let path = |hash: &Option<String>, ending: &Option<String>| {
        let (hash, ending) = (hash.as_ref()?, ending.as_ref()?);
        let format = Format::of_ending(ending)?;
        Some((file_path(business.id, hash, ending), format))
    };
    let side = |side: Option<i64>| side.and_then(|side| u32::try_from(side).ok()).unwrap_or(1);
    Brand {
        name: row.portal_name.unwrap_or_else(|| business.name.clone()),
        show_name: row.show_name.unwrap_or(true),
        colour: row.colour.and_then(|colour| colour.parse().ok()),
        css: row
            .css_hash
            .map(|hash| file_path(business.id, &hash, "css")),
        logo: path(&row.logo_hash, &row.logo_ending).map(|(path, format)| Logo {
            path,
            format,
            width: side(row.logo_width),
            height: side(row.logo_height),
        }),
        favicon: path(&row.favicon_hash, &row.favicon_ending)
            .map(|(path, format)| Favicon { path, format }),
        footer: row.footer,
        terms_url: row.terms_url,
        privacy_url: row.privacy_url,
        credit: row.credit.unwrap_or(true),
        support_email: row.support_email,
    }
}

fn file_path(business: BusinessId, hash: &str, ending: &str) -> String {
    format!("/brand/{}_{hash}.{ending}", business.code())
}

/// The file of a name as [`Brand`] has them in its paths: `{business}_{hash}.{ending}`.
///
/// # Errors
/// [`ServiceError::NotFound`] when no business has stored such a file.
pub async fn file(app: &App, name: &str) -> Result<File> {
    let none = || not_found("file");
    let (code, rest) = name.split_once('_').ok_or_else(none)?;
    let (hash, ending) = rest.split_once('.').ok_or_else(none)?;
    let business = BusinessId::from_code(code).ok_or_else(none)?;
    if hash.len() != HASH_LENGTH || business.code() != code {
        return Err(none());
    }
    let mut work = app.view(&App::system(business)).await?;
    rows::find_file(&mut work.tx, hash)
        .await?
        .filter(|file| file.ending == ending)
        .ok_or_else(none)
}

/// What becomes of a picture.
#[derive(Debug, Clone, Default)]
pub enum Change {
    /// It stays.
    #[default]
    Keep,
    /// There is none any more.
    Remove,
    /// This is it from now on.
    New {
        /// What is in the file, at least as much as is allowed.
        bytes: Vec<u8>,
        /// Whether that is all of it.
        is_whole: bool,
    },
}

/// What a business chooses; blank texts are none.
#[derive(Debug, Clone, Default)]
pub struct BrandIn {
    /// 1 to 60 characters; blank: the business's name.
    pub portal_name: String,
    /// Whether the name stands beside the logo.
    pub show_name: bool,
    /// `#rrggbb`; blank: the house's green.
    pub colour: String,
    /// The logo.
    pub logo: Change,
    /// The favicon, as wide as it is high.
    pub favicon: Change,
    /// Up to 200 characters.
    pub footer: String,
    /// An https address.
    pub terms_url: String,
    /// An https address.
    pub privacy_url: String,
    /// Whether pages say what makes them.
    pub credit: bool,
    /// Where affiliates write to.
    pub support_email: String,
}

/// The shade that can be read instead of this colour; none when it can be read itself or is none.
#[must_use]
pub fn offer(colour: &str) -> Option<Colour> {
    let chosen: Colour = colour.parse().ok()?;
    Palette::of(chosen).err().map(|why| why.nearest)
}

/// What is wrong with a colour in words, or its palette; none for a blank one.
///
/// # Errors
/// The words.
pub fn palette(colour: &str) -> std::result::Result<Option<Palette>, String> {
    if colour.trim().is_empty() {
        return Ok(None);
    }
    let chosen: Colour = colour
        .parse()
        .map_err(|_| "is not a colour; write six digits such as #0b7a55".to_owned())?;
    Palette::of(chosen).map(Some).map_err(|why| {
        let TooLight { contrast, nearest } = why;
        format!(
            "is too light to read on a white page: its contrast is {contrast:.1} to 1, and {CONTRAST_MIN:.1} to 1 is needed. The nearest shade that works is {nearest}."
        )
    })
}

/// A picture that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What it is.
    pub format: Format,
    /// In pixels, as the height.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// Looks at a new picture; `square` wants it as wide as it is high.
///
/// # Errors
/// What is wrong with it, in words.
pub fn look(bytes: &[u8], is_whole: bool, square: bool) -> std::result::Result<Looked, String> {
    if !is_whole || bytes.len() > PICTURE_BYTES_MAX {
        return Err("is larger than 256 KiB; choose a smaller file".to_owned());
    }
    let found = picture::look(bytes).map_err(|why| {
        match why {
            NoPicture::Unknown => "is not a PNG, JPEG, WebP or SVG picture",
            NoPicture::Broken => {
                "does not say how large the picture is; save it anew and try again"
            }
            NoPicture::Active => {
                "has scripts or foreign parts in it; save the drawing as plain SVG"
            }
        }
        .to_owned()
    })?;
    let (width, height) = (found.width, found.height);
    if found.format != Format::Svg
        && (width.min(height) < PICTURE_SIDE_MIN || width.max(height) > PICTURE_SIDE_MAX)
    {
        return Err(format!(
            "is {width} × {height} pixels; each side must have {PICTURE_SIDE_MIN} to {PICTURE_SIDE_MAX}"
        ));
    }
    if square && width != height {
        return Err(format!(
            "is {width} × {height}; it must be as wide as it is high"
        ));
    }
    Ok(Looked {
        format: found.format,
        width,
        height,
    })
}

/// Stores what a business chooses, with the files that it needs.
///
/// # Errors
/// [`ServiceError::Invalid`] by field; [`ServiceError::Forbidden`] without the scope `manage`.
pub async fn save(work: &mut Work, input: BrandIn) -> Result<()> {
    work.require(Scope::Manage)?;
    let before = rows::find(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without settings".to_owned()))?;
    let BrandIn {
        portal_name,
        show_name,
        colour,
        logo,
        favicon,
        footer,
        terms_url,
        privacy_url,
        credit,
        support_email,
    } = input;
    let mut checks = Checks::new();
    let portal_name = checks.optional_text("portal_name", Some(&portal_name), 60);
    let footer = checks.optional_text("footer", Some(&footer), 200);
    let terms_url = https(&mut checks, "terms_url", &terms_url);
    let privacy_url = https(&mut checks, "privacy_url", &privacy_url);
    let palette = palette(&colour).unwrap_or_else(|why| {
        checks.fail("colour", why);
        None
    });
    let logo = checked(&mut checks, "logo", logo, false);
    let favicon = checked(&mut checks, "favicon", favicon, true);
    let support_email = match support_email.trim() {
        "" => String::new(),
        text => checks.email("support_email", text),
    };
    checks.done()?;

    let css_hash = match palette {
        Some(palette) => {
            let css = palette.css(":root").into_bytes();
            Some(store_file(work, "css", css, 0, 0).await?)
        }
        None => None,
    };
    let choice = rows::Choice {
        portal_name,
        show_name,
        colour: palette.map(|palette| palette.primary.to_string()),
        css_hash,
        logo_hash: stored(work, logo, before.logo_hash.clone()).await?,
        favicon_hash: stored(work, favicon, before.favicon_hash.clone()).await?,
        footer,
        terms_url,
        privacy_url,
        credit,
    };
    rows::save(&mut work.tx, &choice, work.now).await?;
    rows::remove_old_files(&mut work.tx, OLD_FILES_KEPT).await?;
    let changes = changes(&before, &choice);
    if !changes.is_empty() {
        audit::record(work, "brand.update", "brand", "", &changes.join("; ")).await?;
    }
    if support_email != before.support_email.unwrap_or_default() {
        let patch = setting::SettingPatch {
            support_email: Some(support_email),
            ..setting::SettingPatch::default()
        };
        setting::update(work, patch).await?;
    }
    work.changed(None);
    Ok(())
}

fn https(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    let address = checks.web_address(field, text);
    if address.starts_with("http://") {
        checks.fail(field, "must begin with https://");
    }
    Some(address)
}

type Checked = Option<Option<(Looked, Vec<u8>)>>;

/// A picture that may be stored; the outer none keeps what is there, the inner removes it.
fn checked(checks: &mut Checks, field: &str, change: Change, square: bool) -> Checked {
    match change {
        Change::Keep => None,
        Change::Remove => Some(None),
        Change::New { bytes, is_whole } => match look(&bytes, is_whole, square) {
            Ok(looked) => Some(Some((looked, bytes))),
            Err(why) => {
                checks.fail(field, why);
                None
            }
        },
    }
}

/// The hash of a picture after the change.
async fn stored(
    work: &mut Work,
    change: Checked,
    before: Option<String>,
) -> Result<Option<String>> {
    match change {
        None => Ok(before),
        Some(None) => Ok(None),
        Some(Some((looked, bytes))) => {
            let (width, height) = (looked.width.into(), looked.height.into());
            let ending = looked.format.ending();
            Ok(Some(store_file(work, ending, bytes, width, height).await?))
        }
    }
}

async fn store_file(
    work: &mut Work,
    ending: &str,
    content: Vec<u8>,
    width: i64,
    height: i64,
) -> Result<String> {
    let mut hash = HEXLOWER.encode(&Sha256::digest(&content));
    hash.truncate(HASH_LENGTH);
    let file = File {
        hash,
        ending: ending.to_owned(),
        content,
        width,
        height,
    };
    rows::store_file(&mut work.tx, &file, work.now).await?;
    Ok(file.hash)
}

/// What differs, in words.
fn changes(before: &rows::Brand, after: &rows::Choice) -> Vec<String> {
    let mut changes = Vec::new();
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
    let mut compare = |name: &str, old: &Option<String>, new: &Option<String>| {
        if old != new {
            changes.push(format!("{name}: {} → {}", or_none(old), or_none(new)));
        }
    };
    compare("portal name", &before.portal_name, &after.portal_name);
    compare("colour", &before.colour, &after.colour);
    compare("footer", &before.footer, &after.footer);
    compare("terms", &before.terms_url, &after.terms_url);
    compare("privacy", &before.privacy_url, &after.privacy_url);
    let mut note = |name: &str, differs: bool| {
        if differs {
            changes.push(format!("{name} changed"));
        }
    };
    note("logo", before.logo_hash != after.logo_hash);
    note("favicon", before.favicon_hash != after.favicon_hash);
    let mut switched = |name: &str, old: bool, new: bool| {
        if old != new {
            changes.push(format!("{name}: {}", if new { "yes" } else { "no" }));
        }
    };
    switched(
        "name beside the logo",
        before.show_name.unwrap_or(true),
        after.show_name,
    );
    switched("credit", before.credit.unwrap_or(true), after.credit);
    changes
}
