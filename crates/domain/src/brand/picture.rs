//! What kind of picture some bytes are, and how large, by the bytes themselves.

/// The kinds of pictures that a portal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// Scalable Vector Graphics.
    Svg,
}

impl Format {
    /// The ending of its files.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Svg => "svg",
        }
    }

    /// The format of files with this ending.
    #[must_use]
    pub fn of_ending(ending: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg, Self::Webp, Self::Svg]
            .into_iter()
            .find(|format| format.ending() == ending)
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// A picture's format and size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// What it is.
    pub format: Format,
    /// In pixels, or in the drawing's own units.
    pub width: u32,
    /// As the width.
    pub height: u32,
}

/// Why bytes are not taken for a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoPicture {
    /// Not one of the formats.
    Unknown,
    /// One of the formats, but it does not say how large it is.
    Broken,
    /// A drawing with scripts, foreign documents or entities in it.
    Active,
}

/// Looks at the first bytes of a picture, not at its name.
///
/// # Errors
/// [`NoPicture`].
pub fn look(bytes: &[u8]) -> Result<Picture, NoPicture> {
    let (format, size) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        (Format::Png, png(bytes))
    } else if bytes.starts_with(b"\xff\xd8\xff") {
        (Format::Jpeg, jpeg(bytes))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        (Format::Webp, webp(bytes))
    } else {
        let text = std::str::from_utf8(bytes).map_err(|_| NoPicture::Unknown)?;
        let tag = svg_tag(text).ok_or(NoPicture::Unknown)?;
        let folded = text.to_ascii_lowercase();
        let active = ["<script", "<foreignobject", "<!entity", "javascript:"];
        if active.iter().any(|word| folded.contains(word)) {
            return Err(NoPicture::Active);
        }
        (Format::Svg, svg(tag))
    };
    match size {
        Some((width, height)) if width > 0 && height > 0 => Ok(Picture {
            format,
            width,
            height,
        }),
        _ => Err(NoPicture::Broken),
    }
}

fn big(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn big_short(bytes: &[u8], at: usize) -> Option<u32> {
    let two: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(u16::from_be_bytes(two)))
}

/// The first chunk is the header: width and height, four bytes each.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    (bytes.get(12..16) == Some(b"IHDR"))
        .then(|| Some((big(bytes, 16)?, big(bytes, 20)?)))
        .flatten()
}

/// Segments up to the start of the frame, which says height and width.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        match *bytes.get(at + 1)? {
            // Padding before a marker.
            0xff => at += 1,
            // Markers without a length.
            0x01 | 0xd0..=0xd8 => at += 2,
            // A start of frame; C4, C8 and CC are others.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((big_short(bytes, at + 7)?, big_short(bytes, at + 5)?));
            }
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::try_from(big_short(bytes, at + 2)?.max(2)).ok()?,
        }
    }
}

/// One of three kinds of the first chunk.
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let byte = |at: usize| bytes.get(at).map(|byte| u32::from(*byte));
    let little = |at: usize| Some(byte(at)? | byte(at + 1)? << 8);
    match bytes.get(12..16)? {
        b"VP8X" => {
            let long = |at: usize| Some((little(at)? | byte(at + 2)? << 16) + 1);
            Some((long(24)?, long(27)?))
        }
        b"VP8L" => {
            let bits = little(21)? | little(23)? << 16;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => Some((little(26)? & 0x3fff, little(28)? & 0x3fff)),
        _ => None,
    }
}

/// The opening tag of a drawing whose root it is.
fn svg_tag(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = if rest.starts_with("<!--") {
            "-->"
        } else if rest.starts_with("<?") {
            "?>"
        } else if rest
            .get(..9)
            .is_some_and(|start| start.eq_ignore_ascii_case("<!doctype"))
        {
            ">"
        } else {
            break;
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let inside = rest.strip_prefix("<svg")?;
    let begins = inside.starts_with(|c: char| c.is_whitespace() || c == '>');
    begins
        .then(|| inside.split_once('>'))
        .flatten()
        .map(|(tag, _)| tag)
}

/// The drawing's width and height, or those of its view box.
fn svg(tag: &str) -> Option<(u32, u32)> {
    let length = |name: &str| whole(attribute(tag, name)?.trim().trim_end_matches("px"));
    if let (Some(width), Some(height)) = (length("width"), length("height")) {
        return Some((width, height));
    }
    let view = attribute(tag, "viewBox")?;
    let mut numbers = view
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|part| !part.is_empty())
        .skip(2);
    Some((whole(numbers.next()?)?, whole(numbers.next()?)?))
}

/// A positive number, rounded up to a whole one.
fn whole(text: &str) -> Option<u32> {
    let (number, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: u32 = if number.is_empty() {
        0
    } else {
        number.parse().ok()?
    };
    let up = fraction.bytes().any(|b| b != b'0');
    number.checked_add(u32::from(up))
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(found) = tag.get(from..)?.find(name) {
        let (start, end) = (from + found, from + found + name.len());
        let alone = tag[..start].ends_with(char::is_whitespace);
        let value = tag[end..]
            .trim_start()
            .strip_prefix('=')
            .map(str::trim_start);
        if let (true, Some(value)) = (alone, value) {
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            return value[1..].split_once(quote).map(|(inside, _)| inside);
        }
        from = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(bytes: &[u8]) -> Result<(Format, u32, u32), NoPicture> {
        look(bytes).map(|p| (p.format, p.width, p.height))
    }

    #[test]
    fn bitmaps_say_how_large_they_are() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x90\0\0\0\x64\x08\x06\0\0\0";
        assert_eq!(size(png), Ok((Format::Png, 400, 100)));
        assert_eq!(size(&png[..20]), Err(NoPicture::Broken));
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc0\0\x11\x08\0\x30\0\x40\x03";
        assert_eq!(size(jpeg), Ok((Format::Jpeg, 64, 48)));
        assert_eq!(size(&jpeg[..10]), Err(NoPicture::Broken));
        let extended = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\0\0\x1f\0\0";
        assert_eq!(size(extended), Ok((Format::Webp, 64, 32)));
        let lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x3f\xc0\x07\0";
        assert_eq!(size(lossless), Ok((Format::Webp, 64, 32)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a\x40\0\x20\0";
        assert_eq!(size(lossy), Ok((Format::Webp, 64, 32)));
    }

    #[test]
    fn drawings_say_it_in_words() {
        let plain = "<svg xmlns='http://www.w3.org/2000/svg' stroke-width=\"2\" width=\"120px\" height='30.5'></svg>";
        assert_eq!(size(plain.as_bytes()), Ok((Format::Svg, 120, 31)));
        let boxed = "\u{feff}<?xml version=\"1.0\"?>\n<!-- made <svg> by hand -->\n<!DOCTYPE svg>\n<svg width=\"100%\" height=\"100%\" viewBox=\"0 0, 24 24\"><path/></svg>";
        assert_eq!(size(boxed.as_bytes()), Ok((Format::Svg, 24, 24)));
        assert_eq!(size(b"<svg><path/></svg>"), Err(NoPicture::Broken));
    }

    #[test]
    fn what_is_no_picture_is_not_taken() {
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"<html><svg width=\"1\" height=\"1\"></svg></html>",
            b"<svgx width=\"1\" height=\"1\">",
            b"\xff\xfe\0\0",
            b"%PDF-1.7",
        ] {
            assert_eq!(size(bytes), Err(NoPicture::Unknown), "{bytes:?}");
        }
        for inside in [
            "<script>x</script>",
            "<SCRIPT/>",
            "<foreignObject/>",
            "<a href='javascript:x'/>",
        ] {
            let text = format!("<svg width=\"1\" height=\"1\">{inside}</svg>");
            assert_eq!(size(text.as_bytes()), Err(NoPicture::Active), "{inside}");
        }
    }
}
