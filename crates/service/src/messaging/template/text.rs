//! The text of a mail as its owner writes it, read once and filled many times.
//!
//! Paragraphs are parted by blank lines. `{{name}}` stands for a value. `[Label]({{link}})` alone on a
//! line is a button, a paragraph that begins with `~` is small print, lines that begin with `>` are a
//! quotation, and a variable that holds more than words, such as a list of links, stands alone.
//!
//! A paragraph with a variable that has no value this time is left out: so a text needs no conditions.
//! The text is read before it is filled: what a value holds can never become a button or a variable.

use super::{Shape, Template, Value, Values, Variable};
use crate::check::Checks;
use crate::error::Result;
use crate::messaging::letter::{self, Look, Part};

/// The longest subject: longer ones are cut by most mail programs anyway.
pub const SUBJECT_LENGTH_MAX: usize = 150;
/// The longest heading.
pub const HEADING_LENGTH_MAX: usize = 150;
/// The longest text.
pub const BODY_LENGTH_MAX: usize = 10_000;
/// The longest HTML: mail programs cut what is longer than about 100 kB.
pub const HTML_LENGTH_MAX: usize = 60_000;

/// What the owner writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// One line.
    pub subject: String,
    /// One line, in large letters above the text.
    pub heading: String,
    /// The text.
    pub body: String,
    /// The HTML of one's own in place of what is made from the text; empty: none.
    pub html: String,
}

/// A text that was found to be right for its template.
#[derive(Debug, Clone)]
pub(super) struct Parsed {
    template: &'static Template,
    subject: Line,
    heading: Line,
    blocks: Vec<Block>,
    html: Option<Line>,
}

/// A text that was filled.
#[derive(Debug, Clone)]
pub(super) struct Filled {
    pub subject: String,
    pub heading: String,
    pub parts: Vec<Part>,
    pub html: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Variable(String),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Line(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Block {
    Paragraph(Line),
    Small(Line),
    Quote(Line),
    Button {
        label: Line,
        address: Line,
    },
    /// A variable that holds parts.
    Parts(String),
}

impl Line {
    /// Reads a text with variables; tells what is wrong with its braces.
    fn read(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let plain = |text: &str, pieces: &mut Vec<Piece>| {
            if text.contains("}}") {
                return Err("has “}}” without “{{” before it".to_owned());
            }
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            Ok(())
        };
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            plain(before, &mut pieces)?;
            let Some((name, after)) = after.split_once("}}") else {
                return Err("has “{{” without “}}” after it".to_owned());
            };
            let name = name.trim();
            let is_name =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if !is_name {
                return Err(format!(
                    "has “{{{{{}}}}}”, which is no variable: write its name in small letters between two braces",
                    shortened(name)
                ));
            }
            pieces.push(Piece::Variable(name.to_owned()));
            rest = after;
        }
        plain(rest, &mut pieces)?;
        Ok(Self(pieces))
    }

    fn variables(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Variable(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The one variable that this is, when it is nothing else.
    fn alone(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Variable(name)] => Some(name),
            _ => None,
        }
    }

    /// HTML with its values, escaped.
    fn fill_html(&self, values: &Values, look: &Look) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Variable(name) => match values.get(name) {
                    Some(Value::Text(text)) => letter::escape(text),
                    Some(Value::Parts(parts)) => letter::html_of(parts, look),
                    None => String::new(),
                },
            })
            .collect()
    }

    /// The text with its values.
    fn fill(&self, values: &Values) -> String {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text,
                Piece::Variable(name) => values.text(name),
            })
            .collect()
    }
}

/// The beginning of what somebody typed, for a message about it.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

impl Block {
    fn read(text: &str) -> Result<Self, String> {
        if let Some(small) = text.strip_prefix('~') {
            return Ok(Self::Small(Line::read(small.trim_start())?));
        }
        if text.lines().all(|line| line.starts_with('>')) {
            let lines: Vec<&str> = text
                .lines()
                .filter_map(|line| line.strip_prefix('>'))
                .map(|line| line.strip_prefix(' ').unwrap_or(line))
                .collect();
            return Ok(Self::Quote(Line::read(&lines.join("\n"))?));
        }
        let button = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(')'))
            .filter(|rest| !rest.contains('\n'))
            .and_then(|rest| rest.rsplit_once("]("));
        if let Some((label, address)) = button {
            return Ok(Self::Button {
                label: Line::read(label.trim())?,
                address: Line::read(address.trim())?,
            });
        }
        Ok(Self::Paragraph(Line::read(text)?))
    }

    fn lines(&self) -> Vec<&Line> {
        match self {
            Self::Paragraph(line) | Self::Small(line) | Self::Quote(line) => vec![line],
            Self::Button { label, address } => vec![label, address],
            Self::Parts(_) => Vec::new(),
        }
    }

    fn variables(&self) -> Vec<&str> {
        match self {
            Self::Parts(name) => vec![name],
            _ => self.lines().into_iter().flat_map(Line::variables).collect(),
        }
    }

    /// The parts of a letter that this is; none when a value that is empty at times is empty now.
    fn fill(&self, template: &Template, values: &Values) -> Vec<Part> {
        let lacks = self
            .lines()
            .into_iter()
            .flat_map(Line::variables)
            .any(|name| {
                values.text(name).is_empty()
                    && template
                        .variable(name)
                        .is_some_and(|variable| variable.may_be_empty)
            });
        if lacks {
            return Vec::new();
        }
        match self {
            Self::Paragraph(line) => vec![Part::Paragraph(line.fill(values))],
            Self::Small(line) => vec![Part::Small(line.fill(values))],
            Self::Quote(line) => vec![Part::Quote {
                title: String::new(),
                text: line.fill(values),
            }],
            Self::Button { label, address } => vec![Part::Button {
                label: label.fill(values),
                address: address.fill(values),
            }],
            Self::Parts(name) => match values.get(name) {
                Some(Value::Parts(parts)) => parts.clone(),
                _ => Vec::new(),
            },
        }
    }
}

/// The blocks of a text: what stands between blank lines.
fn blocks_of(body: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut current: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim_end).chain([""]) {
        if !line.trim().is_empty() {
            current.push(line.trim());
        } else if !current.is_empty() {
            blocks.push(current.join("\n"));
            current.clear();
        }
    }
    blocks
}

/// `{{name}}`, as the owner writes it.
#[must_use]
pub fn braced(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// Reads what the owner wrote and checks it against the template: the braces, the names, where a
/// variable may stand, and that what must be there is there.
///
/// # Errors
/// [`crate::ServiceError::Invalid`] with the fields `subject`, `heading` and `body`.
pub(super) fn read(template: &'static Template, source: &Source) -> Result<Parsed> {
    let mut checks = Checks::new();
    let subject = checks.text("subject", &source.subject, 1..=SUBJECT_LENGTH_MAX);
    let heading = checks.text("heading", &source.heading, 1..=HEADING_LENGTH_MAX);
    let body = checks.text("body", &source.body, 1..=BODY_LENGTH_MAX);
    for (field, text) in [("subject", &subject), ("heading", &heading)] {
        checks.that(
            !text.contains(['\n', '\r', '\t']),
            field,
            "must be one line",
        );
    }
    let parsed = Parsed {
        template,
        subject: read_line(&mut checks, "subject", &subject),
        heading: read_line(&mut checks, "heading", &heading),
        blocks: read_blocks(&mut checks, template, &body),
        html: read_html(&mut checks, &source.html),
    };
    if !checks.failed() {
        check_lines(&mut checks, template, &parsed);
        check_blocks(&mut checks, template, &parsed);
    }
    if !checks.failed() {
        check_required(&mut checks, template, &parsed);
        check_html(&mut checks, template, &parsed);
    }
    checks.done()?;
    Ok(parsed)
}

fn read_line(checks: &mut Checks, field: &str, text: &str) -> Line {
    Line::read(text).unwrap_or_else(|message| {
        checks.fail(field, message);
        Line::default()
    })
}

fn read_blocks(checks: &mut Checks, template: &Template, body: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for text in blocks_of(body) {
        match Block::read(&text) {
            Ok(Block::Paragraph(line)) => {
                let parts = line.alone().and_then(|name| template.variable(name));
                blocks.push(match parts {
                    Some(variable) if variable.shape == Shape::Parts => {
                        Block::Parts(variable.name.to_owned())
                    }
                    _ => Block::Paragraph(line),
                });
            }
            Ok(block) => blocks.push(block),
            Err(message) => checks.fail("body", message),
        }
    }
    blocks
}

fn read_html(checks: &mut Checks, html: &str) -> Option<Line> {
    let html = checks.text("html", html, 0..=HTML_LENGTH_MAX);
    (!html.is_empty()).then(|| read_line(checks, "html", &html))
}

/// HTML has no paragraphs that go: what must be there must only be there.
fn check_html(checks: &mut Checks, template: &Template, parsed: &Parsed) {
    let Some(html) = &parsed.html else {
        return;
    };
    for name in html.variables() {
        if template.variable(name).is_none() {
            checks.fail("html", unknown(template, name));
        }
    }
    for Variable { name, .. } in template.variables.iter().filter(|v| v.required) {
        checks.that(
            html.variables().any(|there| there == *name),
            "html",
            &format!("needs {}: without it the mail is of no use", braced(name)),
        );
    }
}

fn unknown(template: &Template, name: &str) -> String {
    let known: Vec<String> = template
        .variables
        .iter()
        .map(|variable| braced(variable.name))
        .collect();
    format!(
        "{} is not a variable of this mail. There are {}.",
        braced(&shortened(name)),
        known.join(", ")
    )
}

/// The subject is seen by many eyes, on locked screens too, and always has something to say.
fn check_lines(checks: &mut Checks, template: &Template, parsed: &Parsed) {
    for (field, line) in [("subject", &parsed.subject), ("heading", &parsed.heading)] {
        for name in line.variables() {
            let Some(variable) = template.variable(name) else {
                checks.fail(field, unknown(template, name));
                continue;
            };
            let fits = match variable.shape {
                Shape::Words => true,
                Shape::Secret => field == "heading",
                Shape::Address | Shape::Parts => false,
            };
            checks.that(
                fits,
                field,
                &format!("{} cannot stand in the {field}", braced(name)),
            );
            checks.that(
                !variable.may_be_empty,
                field,
                &format!(
                    "{} is empty at times; write it in the text, whose paragraph is left out then",
                    braced(name)
                ),
            );
        }
    }
}

fn check_blocks(checks: &mut Checks, template: &Template, parsed: &Parsed) {
    for block in &parsed.blocks {
        for name in block.variables() {
            match template.variable(name) {
                None => checks.fail("body", unknown(template, name)),
                Some(variable) => checks.that(
                    variable.shape != Shape::Parts || matches!(block, Block::Parts(_)),
                    "body",
                    &format!(
                        "{} must stand alone, with a blank line before and after it",
                        braced(name)
                    ),
                ),
            }
        }
        if let Block::Button { address, .. } = block {
            checks.that(
                is_address(template, address),
                "body",
                "has a button that leads nowhere: between its brackets stands an address such as https://example.com or one variable that is an address",
            );
        }
    }
}

fn is_address(template: &Template, line: &Line) -> bool {
    match line.0.as_slice() {
        [Piece::Variable(name)] => template
            .variable(name)
            .is_some_and(|variable| variable.shape == Shape::Address),
        [Piece::Text(text)] => url::Url::parse(text)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()),
        _ => false,
    }
}

/// What must be there, in a paragraph that is always there.
fn check_required(checks: &mut Checks, template: &Template, parsed: &Parsed) {
    for Variable { name, .. } in template.variables.iter().filter(|v| v.required) {
        if parsed.heading.variables().any(|there| there == *name) {
            continue;
        }
        // For each paragraph with it: what else there can take the paragraph away.
        let beside: Vec<Option<&str>> = parsed
            .blocks
            .iter()
            .map(Block::variables)
            .filter(|there| there.contains(name))
            .map(|there| {
                there.into_iter().find(|other| {
                    other != name
                        && template
                            .variable(other)
                            .is_some_and(|variable| variable.may_be_empty)
                })
            })
            .collect();
        match beside.first() {
            None => checks.fail(
                "body",
                format!("needs {}: without it the mail is of no use", braced(name)),
            ),
            Some(Some(other)) if beside.iter().all(Option::is_some) => checks.fail(
                "body",
                format!(
                    "has {} beside {}, which is empty at times, and the whole paragraph is left out then. Write them in two paragraphs.",
                    braced(name),
                    braced(other)
                ),
            ),
            Some(_) => {}
        }
    }
}

impl Parsed {
    /// Puts the values in; `look` is for what has a look of its own in HTML.
    pub(super) fn fill(&self, values: &Values, look: &Look) -> Filled {
        Filled {
            subject: self.subject.fill(values),
            heading: self.heading.fill(values),
            parts: self
                .blocks
                .iter()
                .flat_map(|block| block.fill(self.template, values))
                .collect(),
            html: self.html.as_ref().map(|html| html.fill_html(values, look)),
        }
    }
}

/// Fills one line of ours, such as the reason at a mail's end; braces that are wrong stay as they are.
pub(super) fn fill_line(text: &str, values: &Values) -> String {
    Line::read(text).map_or_else(|_| text.to_owned(), |line| line.fill(values))
}

#[cfg(test)]
mod tests;
