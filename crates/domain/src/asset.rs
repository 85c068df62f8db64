//! Promotional assets: what kinds of files are taken, and what an affiliate copies.

use crate::brand::picture::{self, Format};

/// The largest file, in bytes: 5 MiB.
pub const BYTES_MAX: usize = 5 * 1024 * 1024;
/// The longest side of a banner, in pixels.
pub const SIDE_MAX: u32 = 4_000;
/// What stands in copy where the affiliate's link goes.
pub const LINK_PLACE: &str = "{link}";

/// What a file is, by its first bytes; its name and what the browser calls it say nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    /// The media type it is served with.
    pub media_type: &'static str,
    /// The ending of its name.
    pub ending: &'static str,
    /// Width and height in pixels, of a picture.
    pub size: Option<(u32, u32)>,
}

/// The kinds of files that are taken, in words.
pub const FILE_KINDS: &str = "PNG, JPEG, GIF, WebP, PDF, ZIP and Office files, MP4 and plain text";

/// What a file is; none when it is none of [`FILE_KINDS`]. Pages and drawings with markup (HTML, SVG) are
/// not taken: they could hold scripts.
#[must_use]
pub fn file_kind(bytes: &[u8]) -> Option<FileKind> {
    if let Some(picture) = picture_kind(bytes) {
        return Some(picture);
    }
    let plain = |media_type, ending| FileKind {
        media_type,
        ending,
        size: None,
    };
    if bytes.starts_with(b"%PDF-") {
        Some(plain("application/pdf", "pdf"))
    } else if bytes.starts_with(b"PK\x03\x04") {
        Some(plain("application/zip", "zip"))
    } else if bytes.get(4..8) == Some(b"ftyp") {
        Some(plain("video/mp4", "mp4"))
    } else {
        is_text(bytes).then(|| plain("text/plain; charset=utf-8", "txt"))
    }
}

/// What a picture is that pages can show as a banner.
#[must_use]
pub fn picture_kind(bytes: &[u8]) -> Option<FileKind> {
    if let Some(size) = gif(bytes) {
        return Some(FileKind {
            media_type: "image/gif",
            ending: "gif",
            size: Some(size),
        });
    }
    let picture = picture::look(bytes).ok()?;
    (picture.format != Format::Svg).then(|| FileKind {
        media_type: picture.format.media_type(),
        ending: picture.format.ending(),
        size: Some((picture.width, picture.height)),
    })
}

/// The logical screen of a GIF, little-endian (GIF89a, 18).
fn gif(bytes: &[u8]) -> Option<(u32, u32)> {
    if !(bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a")) {
        return None;
    }
    let side = |at: usize| {
        let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
        Some(u32::from(u16::from_le_bytes(two))).filter(|side| *side > 0)
    };
    Some((side(6)?, side(8)?))
}

/// UTF-8 without control characters, and no markup.
fn is_text(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let start = text.trim_start_matches('\u{feff}').trim_start();
    !start.is_empty()
        && !start.starts_with('<')
        && !text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Copy as an affiliate uses it: with their link in its place.
#[must_use]
pub fn copy_with_link(body: &str, link: &str) -> String {
    body.replace(LINK_PLACE, link)
}

/// The HTML that shows a banner on an affiliate's page and leads to their link.
#[must_use]
pub fn banner_html(link: &str, source: &str, alt: &str, (width, height): (i64, i64)) -> String {
    let (link, source, alt) = (quoted(link), quoted(source), quoted(alt));
    format!(
        "<a href=\"{link}\" rel=\"sponsored\"><img src=\"{source}\" alt=\"{alt}\" width=\"{width}\" height=\"{height}\"></a>"
    )
}

/// Text as it may stand in a quoted attribute.
fn quoted(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\xd8\0\0\0\x5a\x08\x02\0\0\0";

    #[test]
    fn files_are_known_by_their_bytes() {
        let media = |bytes: &[u8]| file_kind(bytes).map(|kind| kind.media_type);
        assert_eq!(media(PNG), Some("image/png"));
        assert_eq!(picture_kind(PNG).unwrap().size, Some((728, 90)));
        assert_eq!(
            picture_kind(b"GIF89a\x2c\x01\xfa\0\0").unwrap().size,
            Some((300, 250))
        );
        assert_eq!(media(b"%PDF-1.7\n%\xe2\xe3"), Some("application/pdf"));
        assert_eq!(media(b"PK\x03\x04\x14\0"), Some("application/zip"));
        assert_eq!(media(b"\0\0\0\x18ftypmp42"), Some("video/mp4"));
        assert_eq!(
            media("Grüße\n".as_bytes()),
            Some("text/plain; charset=utf-8")
        );
        for refused in [
            &b""[..],
            b"  ",
            b"MZ\x90\0",
            b"\x7fELF",
            b"<html><script>alert(1)</script>",
            b"\xef\xbb\xbf <svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<?xml version='1.0'?><svg/>",
            b"text\0",
            b"GIF89a\0\0\0\0",
        ] {
            assert_eq!(file_kind(refused), None, "{refused:?}");
        }
        assert_eq!(picture_kind(b"%PDF-1.7"), None);
    }

    #[test]
    fn what_is_copied_carries_the_link() {
        let link = "https://go.example/r/maya";
        assert_eq!(
            copy_with_link("Try it: {link} ({link})", link),
            "Try it: https://go.example/r/maya (https://go.example/r/maya)"
        );
        assert_eq!(
            banner_html(link, "https://go.example/a?b&c", "\"Now\" <b>", (728, 90)),
            "<a href=\"https://go.example/r/maya\" rel=\"sponsored\"><img src=\"https://go.example/a?b&amp;c\" alt=\"&quot;Now&quot; &lt;b&gt;\" width=\"728\" height=\"90\"></a>"
        );
    }
}
