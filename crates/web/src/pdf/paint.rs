//! Writes what was laid out as PDF/A-2b (ISO 19005-2): fonts inside, texts that can be searched and copied.

use domain::time::UnixMs;
use jiff::tz::TimeZone;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

use super::document::Document;
use super::layout::{Page, Rule, SHEET, Text};
use super::typeface::Typefaces;

/// The width of a rule, in points.
const RULE: f32 = 0.5;

/// The bytes of the file.
///
/// # Errors
/// What the library says; never a text of the document, since it is logged.
pub(super) fn file(
    document: &Document,
    pages: &[Page],
    faces: &Typefaces,
) -> Result<Vec<u8>, String> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_B)
        .finish()
        .map_err(|error| format!("{error:?}"))?;
    let mut file = krilla::Document::new_with(SerializeSettings {
        configuration,
        enable_tagging: false,
        ..SerializeSettings::default()
    });
    // Nothing tells what it was made with: portals are white-label.
    file.set_metadata(
        Metadata::new()
            .title(document.title.clone())
            .language(document.language.as_str().to_owned())
            .creation_date(date_time(document.made_at)),
    );
    let sheet = PageSettings::from_wh(SHEET.0, SHEET.1).ok_or("a sheet without a size")?;
    for page in pages {
        let mut painted = file.start_page_with(sheet.clone());
        let mut surface = painted.surface();
        for rule in &page.rules {
            draw_rule(&mut surface, *rule);
        }
        surface.set_stroke(None);
        for text in &page.texts {
            draw_text(&mut surface, text, faces);
        }
        surface.finish();
        painted.finish();
    }
    file.finish().map_err(|error| error.to_string())
}

fn draw_rule(surface: &mut Surface<'_>, rule: Rule) {
    let mut path = PathBuilder::new();
    path.move_to(rule.x, rule.y);
    path.line_to(rule.x + rule.width, rule.y);
    let Some(path) = path.finish() else {
        return;
    };
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke {
        paint: rgb::Color::new(0xc8, 0xc8, 0xce).into(),
        width: RULE,
        ..Stroke::default()
    }));
    surface.draw_path(&path);
}

fn draw_text(surface: &mut Surface<'_>, text: &Text, faces: &Typefaces) {
    let face = faces.of(text.style.weight);
    let color = if text.style.muted {
        rgb::Color::new(0x52, 0x52, 0x5b)
    } else {
        rgb::Color::new(0x18, 0x18, 0x1b)
    };
    surface.set_fill(Some(Fill {
        paint: color.into(),
        ..Fill::default()
    }));
    surface.draw_glyphs(
        Point::from_xy(text.x, text.y),
        &face.glyphs(&text.text),
        face.font(),
        &text.text,
        text.style.size,
        false,
    );
}

/// An instant in UTC, to the second.
fn date_time(at: UnixMs) -> DateTime {
    let at = at.timestamp().to_zoned(TimeZone::UTC);
    let part = |part: i8| u8::try_from(part).unwrap_or_default();
    DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
}
