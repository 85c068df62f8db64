//! The QR code of a link: as a shape in a page, and as files to print.

use qrcode::{Color, EcLevel, QrCode};

/// Empty squares around a code, as ISO/IEC 18004 asks.
const QUIET: usize = 4;
/// Sides of the PNG that are offered, in pixels.
pub(crate) const PNG_SIDES: [u32; 3] = [512, 1024, 2048];

/// A QR code as the outline of its dark squares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct QrShape {
    /// Squares a side, without the quiet zone.
    pub size: usize,
    /// The SVG path of the dark squares, a unit a square.
    pub path: String,
}

fn code(url: &str) -> Option<QrCode> {
    QrCode::with_error_correction_level(url, EcLevel::M).ok()
}

/// The QR code of an address; none when it is too long for one.
pub(crate) fn qr_shape(url: &str) -> Option<QrShape> {
    let code = code(url)?;
    let size = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (y, row) in colors.chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                path.push_str(&format!("M{x} {y}h{}v1H{x}z", run.len()));
            }
            x += run.len();
        }
    }
    Some(QrShape { size, path })
}

/// The QR code as an SVG file, black on white with its quiet zone, for any size.
pub(crate) fn qr_svg(url: &str) -> Option<String> {
    let QrShape { size, path } = qr_shape(url)?;
    let side = size + 2 * QUIET;
    Some(format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="-{QUIET} -{QUIET} {side} {side}" width="{0}" height="{0}" shape-rendering="crispEdges"><path d="M-{QUIET} -{QUIET}h{side}v{side}h-{side}z" fill="#fff"/><path d="{path}" fill="#000"/></svg>
"##,
        side * 8
    ))
}

/// The QR code as a PNG file of so many pixels a side; none when it would not fit into them.
pub(crate) fn qr_png(url: &str, side: u32) -> Option<Vec<u8>> {
    let code = code(url)?;
    let squares = code.width();
    let pixels = usize::try_from(side).ok()?;
    // Whole pixels a square, or scanners see grey edges; what is left widens the quiet zone.
    let scale = pixels / (squares + 2 * QUIET);
    if scale == 0 {
        return None;
    }
    let start = (pixels - scale * squares) / 2;
    let row_bytes = pixels.div_ceil(8);
    let white = vec![0xff_u8; row_bytes];
    let mut image = white.repeat(start);
    for row in code.to_colors().chunks(squares) {
        let mut line = white.clone();
        for (x, color) in row.iter().enumerate() {
            if *color == Color::Dark {
                for pixel in start + x * scale..start + (x + 1) * scale {
                    line[pixel / 8] &= !(0x80 >> (pixel % 8));
                }
            }
        }
        image.extend(line.repeat(scale));
    }
    image.resize(row_bytes * pixels, 0xff);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&image).ok()?;
    writer.finish().ok()?;
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://go.example/r/maya";

    #[test]
    fn a_code_has_its_finder_patterns() {
        let shape = qr_shape(URL).unwrap();
        assert_eq!(shape.size, 25);
        assert!(shape.path.starts_with("M0 0h7v1H0z"));
        assert_eq!(qr_shape(&"x".repeat(5000)), None);
        let svg = qr_svg(URL).unwrap();
        assert!(svg.contains(r#"viewBox="-4 -4 33 33""#) && svg.contains("M0 0h7v1H0z"));
    }

    #[test]
    fn a_picture_has_the_squares_of_the_code() {
        let file = qr_png(URL, 512).unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(&file))
            .read_info()
            .unwrap();
        assert_eq!((reader.info().width, reader.info().height), (512, 512));
        let mut image = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut image).unwrap();
        let dark = |x: usize, y: usize| image[y * 64 + x / 8] & (0x80 >> (x % 8)) == 0;
        // 25 squares of 15 pixels begin at (512 - 375) / 2.
        let at = |square: usize| 68 + square * 15 + 7;
        assert!(!dark(0, 0) && !dark(67, 67) && dark(68, 68));
        let colors = code(URL).unwrap().to_colors();
        for (y, row) in colors.chunks(25).enumerate() {
            for (x, color) in row.iter().enumerate() {
                assert_eq!(dark(at(x), at(y)), *color == Color::Dark, "{x} {y}");
            }
        }
        assert_eq!(qr_png(URL, 16), None);
    }
}
