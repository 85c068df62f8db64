//! A letter: one content, rendered as plain text and as HTML that mail programs understand.
//!
//! Mail programs drop style sheets, so the HTML carries its styles on the elements. Everything that
//! comes from people is escaped.

use std::fmt::Write as _;

/// How a business's letters look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Of buttons: `#14532d`.
    pub colour: String,
    /// Of the words on them.
    pub on_colour: String,
    /// The logo that stands in place of the name.
    pub logo: Option<Logo>,
    /// Whether the name stands beside the logo.
    pub show_name: bool,
}

/// A logo in a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Where mail programs fetch it.
    pub address: String,
    /// In pixels, as it is shown.
    pub width: u32,
    /// In pixels, as it is shown.
    pub height: u32,
}

/// A logo is at most so high and wide, in pixels.
const LOGO_HEIGHT_MAX: u32 = 40;
const LOGO_WIDTH_MAX: u32 = 240;

impl Logo {
    /// A picture of this size, made as small as letters show it.
    #[must_use]
    pub fn of(address: String, width: u32, height: u32) -> Self {
        let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
        let (most_wide, most_high) = (u64::from(LOGO_WIDTH_MAX), u64::from(LOGO_HEIGHT_MAX));
        let high = height.min(most_high).min(most_wide * height / width).max(1);
        let wide = (high * width / height).clamp(1, most_wide);
        let small = |side: u64| u32::try_from(side).unwrap_or(1);
        Self {
            address,
            width: small(wide),
            height: small(high),
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            colour: "#14532d".to_owned(),
            on_colour: "#ffffff".to_owned(),
            logo: None,
            show_name: true,
        }
    }
}

/// A letter of a business, built part by part.
#[derive(Debug, Clone)]
pub struct Letter {
    business: String,
    title: String,
    parts: Vec<Part>,
    /// In place of title and parts, in the HTML alone.
    own_html: Option<String>,
    reason: String,
    look: Look,
}

/// A part of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph, with its line breaks.
    Paragraph(String),
    /// A link that stands out, with its address readable below.
    Button {
        /// What it says.
        label: String,
        /// Where it leads.
        address: String,
    },
    /// Names and values, one line each.
    Facts(Vec<(String, String)>),
    /// A text of somebody else, with its line breaks; the title may be empty.
    Quote {
        /// What stands above it.
        title: String,
        /// The text.
        text: String,
    },
    /// A remark in small letters.
    Small(String),
}

impl Part {
    /// Names and values, one line each.
    #[must_use]
    pub fn facts(facts: &[(&str, &str)]) -> Vec<Self> {
        let owned = facts
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        vec![Self::Facts(owned.collect())]
    }

    /// A text of the business; no part at all when it is blank.
    #[must_use]
    pub fn quote(title: impl Into<String>, text: &str) -> Vec<Self> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        vec![Self::Quote {
            title: title.into(),
            text: text.trim().to_owned(),
        }]
    }
}

const FONT: &str = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

impl Letter {
    /// A letter with a heading. `reason` says at the end why the person gets it.
    #[must_use]
    pub fn new(business: &str, title: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            business: business.to_owned(),
            title: title.into(),
            parts: Vec::new(),
            own_html: None,
            reason: reason.into(),
            look: Look::default(),
        }
    }

    /// As the business's letters look.
    #[must_use]
    pub fn looking(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// With HTML of the business's own in place of title and parts. It is clean, and its values are escaped.
    #[must_use]
    pub fn own_html(mut self, html: Option<String>) -> Self {
        self.own_html = html;
        self
    }

    /// With these parts after those there are.
    #[must_use]
    pub fn parts(mut self, parts: Vec<Part>) -> Self {
        self.parts.extend(parts);
        self
    }

    /// The text part.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("{}\n\n", self.title);
        for part in &self.parts {
            match part {
                Part::Paragraph(text) | Part::Small(text) => {
                    let _ = writeln!(out, "{text}\n");
                }
                Part::Button { label, address } => {
                    let _ = writeln!(out, "{label}:\n{address}\n");
                }
                Part::Facts(facts) => {
                    for (name, value) in facts {
                        let _ = writeln!(out, "{name}: {value}");
                    }
                    out.push('\n');
                }
                Part::Quote { title, text } => {
                    if !title.is_empty() {
                        let _ = writeln!(out, "{title}");
                    }
                    for line in text.lines() {
                        let _ = writeln!(out, "> {line}");
                    }
                    out.push('\n');
                }
            }
        }
        let _ = write!(out, "-- \n{}\n{}\n", self.business, self.reason);
        out
    }

    /// The HTML part, a whole document.
    #[must_use]
    pub fn html(&self) -> String {
        let business = escape(&self.business);
        let title = escape(&self.title);
        let content = match &self.own_html {
            Some(html) => format!("<div style=\"word-break:break-word\">{html}</div>"),
            None => format!(
                "<h1 style=\"margin:0 0 16px;font-size:20px;line-height:28px\">{title}</h1>{}",
                html_of(&self.parts, &self.look)
            ),
        };
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
             <title>{title}</title></head>\
             <body style=\"margin:0;padding:24px 12px;background:#f3f5f2;color:#17211b;{FONT};font-size:15px;line-height:23px\">\
             <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\"><tr><td align=\"center\">\
             <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" style=\"max-width:560px\">\
             <tr><td style=\"padding:0 4px 14px;font-weight:700;font-size:16px\">{head}</td></tr>\
             <tr><td style=\"padding:28px;background:#ffffff;border:1px solid #dfe5e0;border-radius:12px\">\
             {content}</td></tr>\
             <tr><td style=\"padding:14px 4px 0;color:#55605a;font-size:12px;line-height:18px\">{reason}</td></tr>\
             </table></td></tr></table></body></html>",
            head = head(&business, &self.look),
            reason = escape(&self.reason),
        )
    }
}

/// What stands above a letter: the logo, the name, or both.
fn head(business: &str, look: &Look) -> String {
    let Some(logo) = &look.logo else {
        return business.to_owned();
    };
    let Logo {
        address,
        width,
        height,
    } = logo;
    let name = if look.show_name {
        format!("<span style=\"padding-left:10px;vertical-align:middle\">{business}</span>")
    } else {
        String::new()
    };
    let alt = if look.show_name { "" } else { business };
    format!(
        "<img src=\"{}\" width=\"{width}\" height=\"{height}\" alt=\"{alt}\" style=\"border:0;vertical-align:middle\">{name}",
        escape(address)
    )
}

/// Parts as HTML.
pub(super) fn html_of(parts: &[Part], look: &Look) -> String {
    let Look {
        colour, on_colour, ..
    } = look;
    let mut body = String::new();
    for part in parts {
        let _ = match part {
            Part::Paragraph(text) => {
                write!(
                    body,
                    "<p style=\"margin:0 0 16px;word-break:break-word\">{}</p>",
                    lines(text)
                )
            }
            Part::Small(text) => {
                write!(
                    body,
                    "<p style=\"margin:0 0 16px;color:#55605a;font-size:13px;line-height:19px\">{}</p>",
                    lines(text)
                )
            }
            Part::Button { label, address } => write!(
                body,
                "<p style=\"margin:24px 0 8px\"><a href=\"{address}\" style=\"display:inline-block;padding:11px 20px;background:{colour};\
                     border-radius:8px;color:{on_colour};font-weight:600;text-decoration:none\">{}</a></p>\
                     <p style=\"margin:0 0 24px;color:#55605a;font-size:13px;line-height:19px;word-break:break-all\">{address}</p>",
                escape(label),
                address = escape(address),
            ),
            Part::Facts(facts) => {
                body.push_str("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" style=\"margin:0 0 20px;border-collapse:collapse\">");
                for (name, value) in facts {
                    let _ = write!(
                        body,
                        "<tr><td style=\"padding:4px 20px 4px 0;color:#55605a;vertical-align:top\">{}</td>\
                             <td style=\"padding:4px 0;font-weight:600;word-break:break-word\">{}</td></tr>",
                        escape(name),
                        escape(value),
                    );
                }
                write!(body, "</table>")
            }
            Part::Quote { title, text } => {
                if !title.is_empty() {
                    let _ = write!(
                        body,
                        "<p style=\"margin:0 0 6px;font-weight:600\">{}</p>",
                        escape(title)
                    );
                }
                write!(
                    body,
                    "<div style=\"margin:0 0 20px;padding:2px 0 2px 14px;border-left:3px solid #b9c7be\">{}</div>",
                    lines(text)
                )
            }
        };
    }
    body
}

/// Text made safe, with its line breaks.
fn lines(text: &str) -> String {
    escape(text).replace("\r\n", "\n").replace('\n', "<br>")
}

/// Text made safe inside HTML elements and quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_say_the_same_and_people_cannot_write_html() {
        let letter = Letter::new("Fern & Hill", "Hello <b>", "You are an affiliate.")
            .parts(vec![
                Part::Paragraph("It's \"here\"".to_owned()),
                Part::Button {
                    label: "Open".to_owned(),
                    address: "https://x.test/?a=1&b=2".to_owned(),
                },
                Part::Facts(vec![("Link".to_owned(), "<script>".to_owned())]),
            ])
            .parts(Part::quote("Guidelines", "one\ntwo"))
            .parts(Part::quote("Nothing", "  "));
        let text = letter.text();
        assert!(text.starts_with("Hello <b>\n\nIt's \"here\"\n\nOpen:\nhttps://x.test/?a=1&b=2\n\nLink: <script>\n\nGuidelines\n> one\n> two\n"), "{text}");
        assert!(!text.contains("Nothing"));
        let html = letter.html();
        for piece in [
            "Fern &amp; Hill",
            "Hello &lt;b&gt;",
            "It&#39;s &quot;here&quot;",
            "href=\"https://x.test/?a=1&amp;b=2\"",
            "&lt;script&gt;",
            "one<br>two",
        ] {
            assert!(html.contains(piece), "{piece}");
        }
    }
}
