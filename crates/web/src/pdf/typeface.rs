//! The faces that documents are set in: which signs they have, how wide a text is, and its glyphs.
//!
//! Inter has Latin, Greek and Cyrillic letters. What it has no sign for is shown as a box, since PDF/A forbids the
//! font's own sign for what is missing, and a document with a box is worth more than none.

use std::cell::RefCell;
use std::collections::HashMap;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{
    Direction, Face, Feature, GlyphBuffer, ShapePlan, UnicodeBuffer, script, shape_with_plan,
};
use unicode_normalization::UnicodeNormalization as _;

include!(concat!(env!("OUT_DIR"), "/print_fonts.rs"));

/// What stands for a sign that the face has not: a white square.
const MISSING: char = '\u{25a1}';

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Semibold,
}

/// Both weights of the face, for one document.
pub(super) struct Typefaces {
    regular: Typeface,
    semibold: Typeface,
}

impl Typefaces {
    /// Reads what the binary holds; none where it was built without.
    pub(super) fn new() -> Option<Self> {
        Some(Self {
            regular: Typeface::new(REGULAR)?,
            semibold: Typeface::new(SEMIBOLD)?,
        })
    }

    /// The face of a weight.
    pub(super) const fn of(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Semibold => &self.semibold,
        }
    }
}

/// One weight.
pub(super) struct Typeface {
    font: Font,
    face: Face<'static>,
    words: ShapePlan,
    figures: ShapePlan,
    /// Widths that were measured, in ems: a table has the same words again and again.
    widths: RefCell<HashMap<String, f32>>,
}

impl Typeface {
    fn new(data: &'static [u8]) -> Option<Self> {
        let face = Face::from_slice(data, 0)?;
        // Texts stay as they were written: no arrow for `->`, no cross for an x.
        let as_written = Feature::new(Tag::from_bytes(b"calt"), 0, ..);
        // Figures of one width stand below each other.
        let of_one_width = Feature::new(Tag::from_bytes(b"tnum"), 1, ..);
        let plan = |features: &[Feature]| {
            let (ahead, latin) = (Direction::LeftToRight, Some(script::LATIN));
            ShapePlan::new(&face, ahead, latin, None, features)
        };
        let words = plan(&[as_written]);
        let figures = plan(&[as_written, of_one_width]);
        Some(Self {
            font: Font::new(data.into(), 0)?,
            face,
            words,
            figures,
            widths: RefCell::new(HashMap::new()),
        })
    }

    /// The face, to write with.
    pub(super) fn font(&self) -> Font {
        self.font.clone()
    }

    /// The same line in signs that the face has: letters and their marks are put together where they can be.
    pub(super) fn printable(&self, line: &str) -> String {
        line.nfc().filter_map(|sign| self.sign(sign)).collect()
    }

    fn sign(&self, sign: char) -> Option<char> {
        if sign.is_control() {
            return sign.is_whitespace().then_some(' ');
        }
        if is_invisible(sign) {
            return None;
        }
        if self.face.glyph_index(sign).is_some() {
            return Some(sign);
        }
        Some(if sign.is_whitespace() { ' ' } else { MISSING })
    }

    /// How wide a printable text is at a size, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        if let Some(width) = self.widths.borrow().get(text) {
            return width * size;
        }
        let advances = self.shaped(text);
        let width: i32 = advances
            .glyph_positions()
            .iter()
            .map(|position| position.x_advance)
            .sum();
        let width = width as f32 / self.em();
        self.widths.borrow_mut().insert(text.to_owned(), width);
        width * size
    }

    /// How many bytes of a printable text fit into a width at a size: whole signs, one at the least.
    pub(super) fn fitting(&self, text: &str, size: f32, width: f32) -> usize {
        let first = text.chars().next().map_or(0, char::len_utf8);
        let shaped = self.shaped(text);
        let mut used = 0.0;
        let mut end = text.len();
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            used += position.x_advance as f32 / self.em() * size;
            if used > width {
                end = info.cluster as usize;
                break;
            }
        }
        // By itself the beginning may be a trace wider than before the rest: letters are kerned in pairs.
        while end > first && self.width(&text[..end], size) > width {
            end = text[..end]
                .char_indices()
                .next_back()
                .map_or(0, |(at, _)| at);
        }
        end.max(first)
    }

    /// The glyphs of a printable text, each with the signs that it stands for.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let shaped = self.shaped(text);
        let infos = shaped.glyph_infos();
        let em = self.em();
        infos
            .iter()
            .zip(shaped.glyph_positions())
            .enumerate()
            .map(|(at, (info, position))| {
                let start = info.cluster as usize;
                let end = infos
                    .iter()
                    .skip(at)
                    .map(|next| next.cluster as usize)
                    .find(|next| *next > start)
                    .unwrap_or(text.len());
                KrillaGlyph::new(
                    GlyphId::new(info.glyph_id),
                    position.x_advance as f32 / em,
                    position.x_offset as f32 / em,
                    position.y_offset as f32 / em,
                    position.y_advance as f32 / em,
                    start..end,
                    None,
                )
            })
            .collect()
    }

    fn shaped(&self, text: &str) -> GlyphBuffer {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(script::LATIN);
        let plan = if is_figure(text) {
            &self.figures
        } else {
            &self.words
        };
        shape_with_plan(&self.face, plan, buffer)
    }

    fn em(&self) -> f32 {
        self.face.units_per_em() as f32
    }
}

/// Whether a text is an amount or a date: it has no more letters than a currency or a month.
fn is_figure(text: &str) -> bool {
    let letters = text.chars().filter(|sign| sign.is_alphabetic());
    letters.count() <= 3
}

/// Signs that only say how others are to be shown: joiners, marks of direction, choices of a variant, tags.
const fn is_invisible(sign: char) -> bool {
    matches!(
        sign,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_face_has_not_is_a_box() {
        let faces = Typefaces::new().expect("`make assets` has been run");
        for weight in [Weight::Regular, Weight::Semibold] {
            let face = faces.of(weight);
            for kept in [
                "Okönkwo",
                "Żółć, Ğ ŵ ß",
                "Ёлка",
                "Ωμέγα",
                "€₺₹ − – · • №",
                "Tiếng Việt",
            ] {
                assert_eq!(face.printable(kept), kept);
            }
            assert_eq!(face.printable("Erdo\u{30b}s"), "Erd\u{151}s");
            assert_eq!(face.printable("漢字 😀"), "□□ □");
            assert_eq!(face.printable("a\tb\u{0}\u{ad}c\u{3000}d"), "a bc d");
            assert!(
                face.glyphs(&face.printable("漢 x"))
                    .iter()
                    .all(|glyph| glyph.glyph_id.to_u32() != 0)
            );
        }
    }

    #[test]
    fn figures_are_of_one_width_and_texts_are_cut_where_they_fit() {
        let faces = Typefaces::new().expect("`make assets` has been run");
        let face = faces.of(Weight::Regular);
        assert_eq!(face.width("11111", 10.0), face.width("88888", 10.0));
        assert_eq!(
            face.width("HUF 11,111", 10.0),
            face.width("HUF 88,888", 10.0)
        );
        assert!(face.width("invoice 11111", 10.0) < face.width("invoice 88888", 10.0));
        assert_eq!(face.width("", 10.0), 0.0);
        let word = "AVAToyä".repeat(40);
        let end = face.fitting(&word, 10.0, 100.0);
        assert!(face.width(&word[..end], 10.0) <= 100.0);
        let next = word[end..].chars().next().map_or(0, char::len_utf8);
        assert!(face.width(&word[..end + next], 10.0) > 98.0, "{end}");
        assert_eq!(face.fitting("öx", 10.0, 0.1), 2, "one sign at the least");
        let glyphs = face.glyphs("->");
        assert_eq!(glyphs.len(), 2, "no arrow");
    }
}
