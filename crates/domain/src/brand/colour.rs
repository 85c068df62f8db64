//! Colours of sRGB, their contrast, and what a portal makes of the one that a business chooses.
//!
//! Contrast is that of WCAG 2.2 (relative luminance). Lighter and darker shades are found in OKLCH
//! (<https://bottosson.github.io/posts/oklab/>), where the hue stays the same to the eye.

use std::fmt;
use std::str::FromStr;

/// The least contrast of text to its ground (WCAG 2.2, 1.4.3).
pub const CONTRAST_MIN: f64 = 4.5;
/// The least contrast of a button to the dark page around it (1.4.11).
const BUTTON_CONTRAST_MIN: f64 = 3.0;
/// The same for text on the dark page; it also stands on tints of itself.
const DARK_TEXT_CONTRAST_MIN: f64 = 6.0;
/// The share of a tint of the colour, on which text of the colour also stands.
const TINT: f64 = 0.1;
/// How exactly a shade is searched: lightness is between 0 and 1.
const STEPS: u32 = 24;

const WHITE: Colour = Colour([255, 255, 255]);
const BLACK: Colour = Colour([17, 17, 17]);
/// The darkest ground of a light page, and the lightest large one of a dark page
/// (`--color-base-200` and `--color-base-100` of `web-assets/css/theme.css`).
const LIGHT_GROUND: Colour = Colour([248, 249, 250]);
const DARK_GROUND: Colour = Colour([22, 27, 25]);

/// A colour of sRGB, written `#0b7a55`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// A text that is no colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoColour;

impl FromStr for Colour {
    type Err = NoColour;

    /// `#0b7a55` or `#0b7`, in either case, with or without the `#`.
    fn from_str(text: &str) -> Result<Self, NoColour> {
        let text = text.trim();
        let digits = text.strip_prefix('#').unwrap_or(text);
        let mut nibbles = [0_u8; 6];
        for (place, digit) in nibbles.iter_mut().zip(digits.chars()) {
            *place = digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
                .ok_or(NoColour)?;
        }
        let [a, b, c, d, e, f] = nibbles;
        match digits.chars().count() {
            3 => Ok(Self([a * 17, b * 17, c * 17])),
            6 => Ok(Self([a * 16 + b, c * 16 + d, e * 16 + f])),
            _ => Err(NoColour),
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Colour {
    /// How well one can be read on the other: from 1 (the same) to 21 (black on white).
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.linear();
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// The channels as light, between 0 and 1.
    fn linear(self) -> [f64; 3] {
        self.0.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        })
    }

    /// This colour as a veil of the share over a ground, as browsers lay one over the other.
    fn over(self, ground: Self, share: f64) -> Self {
        let mut mixed = [0; 3];
        for (place, (own, below)) in mixed.iter_mut().zip(self.0.into_iter().zip(ground.0)) {
            *place = byte(f64::from(own) * share + f64::from(below) * (1.0 - share));
        }
        Self(mixed)
    }

    /// White or nearly black, whichever can be read better on this.
    #[must_use]
    pub fn readable(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) {
            WHITE
        } else {
            BLACK
        }
    }

    /// The darkest shade (`lighter`: the lightest needed) nearest to this that is good.
    fn nearest(self, lighter: bool, good: impl Fn(Self) -> bool) -> Self {
        if good(self) {
            return self;
        }
        let own = Oklch::of(self);
        // Between the shade at hand, which is not good, and black or white, which is.
        let (mut bad, mut fine) = (own.lightness, if lighter { 1.0 } else { 0.0 });
        for _ in 0..STEPS {
            let middle = f64::midpoint(bad, fine);
            if good(own.at(middle)) {
                fine = middle;
            } else {
                bad = middle;
            }
        }
        own.at(fine)
    }
}

/// A channel from 0 to 255, rounded.
fn byte(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// A colour by lightness (0 to 1), colourfulness and hue (radians).
#[derive(Debug, Clone, Copy)]
struct Oklch {
    lightness: f64,
    chroma: f64,
    hue: f64,
}

impl Oklch {
    fn of(colour: Colour) -> Self {
        let [r, g, b] = colour.linear();
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
        let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
        Self {
            lightness: 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            chroma: a.hypot(b),
            hue: b.atan2(a),
        }
    }

    /// The same hue at another lightness; as colourful as screens can show it there.
    fn at(self, lightness: f64) -> Colour {
        let fits = |chroma: f64| {
            let channels = Self {
                lightness,
                chroma,
                ..self
            }
            .linear();
            channels
                .iter()
                .all(|channel| (-0.0005..=1.0005).contains(channel))
        };
        let chroma = if fits(self.chroma) {
            self.chroma
        } else {
            let (mut fine, mut bad) = (0.0, self.chroma);
            for _ in 0..STEPS {
                let middle = f64::midpoint(fine, bad);
                if fits(middle) {
                    fine = middle;
                } else {
                    bad = middle;
                }
            }
            fine
        };
        let channels = Self {
            lightness,
            chroma,
            ..self
        }
        .linear();
        Colour(channels.map(|channel| {
            let c = channel.clamp(0.0, 1.0);
            let encoded = if c <= 0.003_130_8 {
                c * 12.92
            } else {
                1.055 * c.powf(1.0 / 2.4) - 0.055
            };
            byte(encoded * 255.0)
        }))
    }

    fn linear(self) -> [f64; 3] {
        let (a, b) = (self.chroma * self.hue.cos(), self.chroma * self.hue.sin());
        let l = (self.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (self.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (self.lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }
}

/// Why a colour is not taken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TooLight {
    /// Its contrast where it is read worst.
    pub contrast: f64,
    /// The nearest shade of the same hue that can be read.
    pub nearest: Colour,
}

/// What becomes of a colour, on light and on dark pages.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Buttons on light pages: the colour itself.
    pub primary: Colour,
    /// Buttons on dark pages: lightened where they would sink into the ground.
    pub dark_primary: Colour,
    /// Links and lines on dark pages.
    pub dark_text: Colour,
    /// The hue that tints dark grounds a little, in degrees.
    hue: f64,
}

impl Palette {
    /// The palette of a colour.
    ///
    /// # Errors
    /// [`TooLight`] when text of this colour could not be read on a light page.
    pub fn of(colour: Colour) -> Result<Self, TooLight> {
        let contrast = worst(colour);
        if contrast < CONTRAST_MIN {
            return Err(TooLight {
                contrast,
                nearest: colour.nearest(false, |shade| worst(shade) >= CONTRAST_MIN),
            });
        }
        Ok(Self {
            primary: colour,
            dark_primary: colour.nearest(true, |shade| {
                shade.contrast(DARK_GROUND) >= BUTTON_CONTRAST_MIN
            }),
            dark_text: colour.nearest(true, |shade| {
                shade.contrast(DARK_GROUND) >= DARK_TEXT_CONTRAST_MIN
            }),
            hue: Oklch::of(colour).hue.to_degrees().rem_euclid(360.0),
        })
    }

    /// The style sheet that sets these colours below `selector`.
    #[must_use]
    pub fn css(&self, selector: &str) -> String {
        let Self {
            primary,
            dark_primary,
            dark_text,
            hue,
        } = *self;
        let (content, dark_content) = (primary.readable(), dark_primary.readable());
        let ground = |name: &str, light: &str, lightness: u32, chroma: &str| {
            format!(
                "--color-base-{name}:light-dark({light},oklch({lightness}% {chroma} {hue:.0}));"
            )
        };
        let grounds = [
            ground("100", "#fff", 21, "0.01"),
            ground("200", "oklch(98% 0.002 260)", 17, "0.01"),
            ground("300", "oklch(92% 0.005 260)", 30, "0.012"),
        ]
        .concat();
        format!(
            "{selector}{{{grounds}--color-primary:light-dark({primary},{dark_primary});--color-primary-content:light-dark({content},{dark_content});--color-primary-text:light-dark({primary},{dark_text})}}\n"
        )
    }
}

/// The contrast of text where it is read worst: on a tint of itself on a light page.
fn worst(colour: Colour) -> f64 {
    colour.contrast(colour.over(LIGHT_GROUND, TINT))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn colours_are_read_and_written() {
        assert_eq!(colour(" #0B7a55 ").to_string(), "#0b7a55");
        assert_eq!(colour("fa0").to_string(), "#ffaa00");
        for bad in ["", "#", "#12345", "#1234567", "green", "#12g456", "äöü"] {
            assert_eq!(bad.parse::<Colour>(), Err(NoColour), "{bad}");
        }
    }

    #[test]
    fn contrast_is_that_of_the_guidelines() {
        assert!((WHITE.contrast(colour("#000")) - 21.0).abs() < 0.001);
        // WebAIM's checker gives 4.54 and 3.95.
        assert!((colour("#767676").contrast(WHITE) - 4.54).abs() < 0.01);
        assert!((colour("#808080").contrast(WHITE) - 3.95).abs() < 0.01);
    }

    #[test]
    fn shades_return_to_where_they_came_from() {
        for text in [
            "#0b7a55", "#ff0000", "#123456", "#fedcba", "#000000", "#ffffff",
        ] {
            let own = Oklch::of(colour(text));
            assert_eq!(own.at(own.lightness).to_string(), text);
        }
    }

    #[test]
    fn what_is_taken_can_be_read_on_both_kinds_of_page() {
        let mut taken = 0;
        for r in (0..=255).step_by(15) {
            for g in (0..=255).step_by(15) {
                for b in (0..=255).step_by(15) {
                    let chosen = Colour([r, g, b]);
                    let palette = match Palette::of(chosen) {
                        Ok(palette) => palette,
                        Err(TooLight { contrast, nearest }) => {
                            assert!(contrast < CONTRAST_MIN);
                            Palette::of(nearest).expect("what is offered is taken")
                        }
                    };
                    taken += u32::from(palette.primary == chosen);
                    for (button, ground) in [
                        (palette.primary, LIGHT_GROUND),
                        (palette.dark_primary, DARK_GROUND),
                    ] {
                        let text = button.readable();
                        assert!(
                            button.contrast(text) >= CONTRAST_MIN,
                            "{chosen}: {palette:?}"
                        );
                        assert!(button.contrast(ground) >= 3.0, "{chosen}: {palette:?}");
                    }
                    assert!(palette.dark_text.contrast(DARK_GROUND) >= 6.0, "{chosen}");
                }
            }
        }
        assert!(taken > 1_000, "{taken} of 5832 colours are dark enough");
    }

    #[test]
    fn the_nearest_shade_keeps_the_hue() {
        let Err(TooLight { nearest, .. }) = Palette::of(colour("#ffd400")) else {
            panic!("yellow text cannot be read on white");
        };
        let (own, offered) = (Oklch::of(colour("#ffd400")), Oklch::of(nearest));
        assert!((own.hue - offered.hue).abs() < 0.05, "{nearest}");
        assert!(worst(nearest) < 4.7, "not darker than needed: {nearest}");
    }

    #[test]
    fn the_style_sheet_says_both() {
        let css = Palette::of(colour("#4b2a8c")).unwrap().css(":root");
        assert!(css.starts_with(":root{") && css.ends_with("}\n"), "{css}");
        assert!(
            css.contains("--color-primary:light-dark(#4b2a8c,#"),
            "{css}"
        );
        assert!(
            css.contains("--color-primary-content:light-dark(#ffffff,#ffffff)"),
            "{css}"
        );
    }
}
