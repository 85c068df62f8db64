//! The texts of a business's mails: each kind has one of ours, which the owner may replace.
//!
//! A kind of mail is a file in `messaging/mail/` with a [`Template`] (its text, its variables, an
//! example) and a function that makes a [`Draft`]: to whom, with which [`Values`]. The text and the
//! values meet in [`write`], when the draft is put into the outbox.

mod clean;
mod text;

use domain::language::Language;
use domain::status::Scope;
use domain::time::UnixMs;
use store::messaging::notice::Sender;
use store::messaging::template as rows;

use super::letter::{Letter, Logo, Look, Part};
use super::mail::{self, MailKind, NewMail};
use super::notice;
use crate::error::{Result, not_found};
use crate::identity::{audit, business};
use crate::portal::brand;
use crate::work::Work;

pub use text::{
    BODY_LENGTH_MAX, HEADING_LENGTH_MAX, HTML_LENGTH_MAX, SUBJECT_LENGTH_MAX, Source, braced,
};

/// What a variable holds, which tells where it may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A few words: anywhere.
    Words,
    /// Words that only the recipient may see: not in the subject.
    Secret,
    /// A web address: in the text, or behind a button.
    Address,
    /// More than words, such as a list: alone in a paragraph.
    Parts,
}

/// A place in a text that is filled anew for each mail.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// What stands between the braces.
    pub name: &'static str,
    /// What it is, for the owner.
    pub about: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether a text without it is refused.
    pub required: bool,
    /// Whether it is empty at times; its paragraph is left out then.
    pub may_be_empty: bool,
}

impl Variable {
    /// Words that are always there.
    #[must_use]
    pub const fn words(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, Shape::Words)
    }

    /// Words for the recipient's eyes only.
    #[must_use]
    pub const fn secret(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, Shape::Secret)
    }

    /// A web address.
    #[must_use]
    pub const fn address(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, Shape::Address)
    }

    /// A list, a quotation or the like.
    #[must_use]
    pub const fn parts(name: &'static str, about: &'static str) -> Self {
        Self::new(name, about, Shape::Parts)
    }

    const fn new(name: &'static str, about: &'static str, shape: Shape) -> Self {
        Self {
            name,
            about,
            shape,
            required: false,
            may_be_empty: false,
        }
    }

    /// The same, and a text without it is refused.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The same, but empty at times.
    #[must_use]
    pub const fn at_times(mut self) -> Self {
        self.may_be_empty = true;
        self
    }
}

/// The variable `{{name}}` of most mails.
pub const NAME: Variable = Variable::words("name", "The name of who gets the mail");
/// The variable `{{business}}` of all mails.
pub const BUSINESS: Variable = Variable::words("business", "The name of your business");
/// The variable `{{portal}}` of most mails.
pub const PORTAL: Variable = Variable::address("portal", "The address of your client portal");

/// What a variable is filled with.
#[derive(Debug, Clone)]
pub enum Value {
    /// Words or an address.
    Text(String),
    /// Parts of a letter.
    Parts(Vec<Part>),
}

/// The values of one mail, by the names of its variables.
#[derive(Debug, Clone, Default)]
pub struct Values(Vec<(&'static str, Value)>);

impl Values {
    /// The values that most mails have: who writes, and to whom.
    #[must_use]
    pub fn of(sender: &Sender, name: &str) -> Self {
        Self::default()
            .text_of("business", &sender.name)
            .text_of("name", name)
    }

    /// With words or an address.
    #[must_use]
    pub fn text_of(mut self, name: &'static str, text: impl Into<String>) -> Self {
        self.0.push((name, Value::Text(text.into())));
        self
    }

    /// With parts of a letter.
    #[must_use]
    pub fn parts_of(mut self, name: &'static str, parts: Vec<Part>) -> Self {
        self.0.push((name, Value::Parts(parts)));
        self
    }

    /// The value of a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0
            .iter()
            .find(|(there, _)| *there == name)
            .map(|(_, value)| value)
    }

    /// The words of a variable; empty when there are none.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        match self.get(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }
}

/// What a kind of mail says in another language than English.
#[derive(Debug, Clone, Copy)]
pub struct Wording {
    /// The subject.
    pub subject: &'static str,
    /// The heading.
    pub heading: &'static str,
    /// The text.
    pub body: &'static str,
    /// Why the person gets it.
    pub reason: &'static str,
}

/// A kind of mail: what it says unless the owner says otherwise.
#[derive(Debug)]
pub struct Template {
    /// The kind.
    pub kind: MailKind,
    /// When it goes out and to whom, for the owner.
    pub about: &'static str,
    /// What its text may mention.
    pub variables: &'static [Variable],
    /// Our subject.
    pub subject: &'static str,
    /// Our heading.
    pub heading: &'static str,
    /// Our text.
    pub body: &'static str,
    /// Why the person gets it: the last line, which stays ours.
    pub reason: &'static str,
    /// The same four in German; none for what goes to staff.
    pub german: Option<Wording>,
    /// Values as they could be, for the preview.
    pub example: fn(&Sender) -> Values,
}

impl Template {
    /// The variable of this name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&'static Variable> {
        self.variables.iter().find(|variable| variable.name == name)
    }

    /// What it says in a language, as far as we have written it.
    fn wording(&self, language: Language) -> Wording {
        let english = Wording {
            subject: self.subject,
            heading: self.heading,
            body: self.body,
            reason: self.reason,
        };
        language.of(english, self.german.unwrap_or(english))
    }

    /// Our text in a language.
    #[must_use]
    pub fn source(&self, language: Language) -> Source {
        let Wording {
            subject,
            heading,
            body,
            reason: _,
        } = self.wording(language);
        Source {
            subject: subject.to_owned(),
            heading: heading.to_owned(),
            body: body.to_owned(),
            html: String::new(),
        }
    }

    /// The template of a kind.
    #[must_use]
    pub fn of(kind: MailKind) -> Option<&'static Self> {
        mail::TEMPLATES
            .iter()
            .copied()
            .find(|template| template.kind == kind)
    }
}

/// A mail whose text is still to be put together.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What it is about and says.
    pub template: &'static Template,
    /// The address it goes to.
    pub to: String,
    /// The name of who gets it.
    pub name: String,
    /// Who writes.
    pub business: String,
    /// In which language.
    pub language: Language,
    /// What fills the text.
    pub values: Values,
}

impl Draft {
    /// A mail to somebody.
    #[must_use]
    pub fn new(
        template: &'static Template,
        sender: &Sender,
        to: &str,
        name: &str,
        values: Values,
    ) -> Self {
        Self {
            template,
            to: to.to_owned(),
            name: name.to_owned(),
            business: sender.name.clone(),
            language: sender.language,
            values,
        }
    }

    /// Puts text and values together.
    fn written(self, parsed: &text::Parsed, look: Look) -> NewMail {
        let Self {
            template,
            to,
            name,
            business,
            language,
            values,
        } = self;
        let text::Filled {
            subject,
            heading,
            parts,
            html,
        } = parsed.fill(&values, &look);
        let reason = text::fill_line(template.wording(language).reason, &values);
        let letter = Letter::new(&business, heading, reason)
            .parts(parts)
            .own_html(html)
            .looking(look);
        NewMail {
            kind: template.kind,
            to,
            name,
            subject,
            text: letter.text(),
            html: letter.html(),
        }
    }
}

/// Puts a draft together with the business's own text, whatever its language, or ours in the draft's.
///
/// # Errors
/// When the database cannot serve.
pub(super) async fn write(work: &mut Work, draft: Draft) -> Result<NewMail> {
    let template = draft.template;
    let own = rows::find(&mut work.tx, template.kind.as_str()).await?;
    let parsed = match own.map(|own| text::read(template, &source_of(own))) {
        Some(Ok(parsed)) => parsed,
        // A variable it names has gone with a newer version: ours still says what matters.
        Some(Err(_)) | None => text::read(template, &template.source(draft.language))?,
    };
    let look = look(work).await?;
    Ok(draft.written(&parsed, look))
}

/// How the business's letters look: with the colour and the logo of its brand.
async fn look(work: &mut Work) -> Result<Look> {
    let business = business::get(work).await?;
    let brand = brand::of(work, &business).await?;
    let plain = Look::default();
    let base_url = work.app.settings().base_url.clone();
    let logo = brand
        .logo
        .as_ref()
        .zip(brand.mail_logo(&base_url))
        .map(|(logo, address)| Logo::of(address, logo.width, logo.height));
    let (colour, on_colour) = match brand.colour {
        Some(colour) => (colour.to_string(), colour.readable().to_string()),
        None => (plain.colour, plain.on_colour),
    };
    Ok(Look {
        show_name: brand.show_name || logo.is_none(),
        colour,
        on_colour,
        logo,
    })
}

fn source_of(own: rows::OwnText) -> Source {
    let rows::OwnText {
        subject,
        heading,
        body,
        html,
        ..
    } = own;
    Source {
        subject,
        heading,
        body,
        html: html.unwrap_or_default(),
    }
}

/// A kind of mail in the list of all.
#[derive(Debug, Clone)]
pub struct TemplateLine {
    /// The kind.
    pub kind: MailKind,
    /// When it goes out and to whom.
    pub about: &'static str,
    /// Its subject now.
    pub subject: String,
    /// When the owner changed it; none while it is ours.
    pub changed_at: Option<UnixMs>,
}

/// A kind of mail with the text it has now.
#[derive(Debug, Clone)]
pub struct Editable {
    /// The template.
    pub template: &'static Template,
    /// The text: the owner's, else ours.
    pub source: Source,
    /// When the owner changed it; none while it is ours.
    pub changed_at: Option<UnixMs>,
}

/// A mail as it would arrive, with example values.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The name it comes from.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part, a whole document.
    pub html: String,
}

fn template_of(kind: MailKind) -> Result<&'static Template> {
    Template::of(kind).ok_or(not_found("mail template"))
}

/// All kinds, in the order of [`MailKind::ALL`].
///
/// # Errors
/// When the actor may not read.
pub async fn list(work: &mut Work) -> Result<Vec<TemplateLine>> {
    work.require(Scope::Read)?;
    let language = notice::sender(work).await?.language;
    let own = rows::list(&mut work.tx).await?;
    let lines = MailKind::ALL
        .iter()
        .filter_map(|kind| Template::of(*kind))
        .map(|template| {
            let own = own.iter().find(|own| own.kind == template.kind.as_str());
            TemplateLine {
                kind: template.kind,
                about: template.about,
                subject: own.map_or_else(
                    || template.wording(language).subject.to_owned(),
                    |own| own.subject.clone(),
                ),
                changed_at: own.map(|own| own.updated_at_ms),
            }
        });
    Ok(lines.collect())
}

/// One kind with its text.
///
/// # Errors
/// Not found for a kind without a template; when the actor may not read.
pub async fn get(work: &mut Work, kind: MailKind) -> Result<Editable> {
    work.require(Scope::Read)?;
    let template = template_of(kind)?;
    let language = notice::sender(work).await?.language;
    let own = rows::find(&mut work.tx, kind.as_str()).await?;
    Ok(Editable {
        template,
        changed_at: own.as_ref().map(|own| own.updated_at_ms),
        source: own.map_or_else(|| template.source(language), source_of),
    })
}

/// Replaces the text of a kind from the next mail on. A text that is ours word for word is no change.
///
/// # Errors
/// With the fields `subject`, `heading` and `body`; when the actor may not manage.
pub async fn save(work: &mut Work, kind: MailKind, source: Source) -> Result<()> {
    work.require(Scope::Manage)?;
    let template = template_of(kind)?;
    let source = tidy(template, source);
    text::read(template, &source)?;
    let language = notice::sender(work).await?.language;
    if source == template.source(language) {
        return reset(work, kind).await;
    }
    let Source {
        subject,
        heading,
        body,
        html,
    } = source;
    let own = rows::OwnText {
        kind: kind.as_str().to_owned(),
        subject,
        heading,
        body,
        html: (!html.is_empty()).then_some(html),
        updated_at_ms: work.now,
    };
    rows::save(&mut work.tx, &own).await?;
    let detail = format!("Changed the mail “{}”", kind.label());
    audit::record(
        work,
        "mail_template.changed",
        "mail_template",
        kind.as_str(),
        &detail,
    )
    .await
}

/// Gives a kind our text again.
///
/// # Errors
/// Not found for a kind without a template; when the actor may not manage.
pub async fn reset(work: &mut Work, kind: MailKind) -> Result<()> {
    work.require(Scope::Manage)?;
    template_of(kind)?;
    if !rows::delete(&mut work.tx, kind.as_str()).await? {
        return Ok(());
    }
    let detail = format!("Gave the mail “{}” its first text again", kind.label());
    audit::record(
        work,
        "mail_template.reset",
        "mail_template",
        kind.as_str(),
        &detail,
    )
    .await
}

/// The mail as it would arrive with this text and example values.
///
/// # Errors
/// As [`save`].
pub async fn preview(work: &mut Work, kind: MailKind, source: Source) -> Result<Preview> {
    work.require(Scope::Read)?;
    let sender = notice::sender(work).await?;
    let NewMail {
        subject,
        text,
        html,
        ..
    } = example(kind, source, &sender, look(work).await?, "", "")?;
    Ok(Preview {
        from: sender.name,
        subject,
        text,
        html,
    })
}

/// Sends the mail with this text and example values to the person who writes it.
///
/// # Errors
/// As [`save`].
pub async fn send_test(
    work: &mut Work,
    kind: MailKind,
    source: Source,
    to: &str,
    name: &str,
) -> Result<()> {
    work.require(Scope::Manage)?;
    let sender = notice::sender(work).await?;
    let mut new = example(kind, source, &sender, look(work).await?, to, name)?;
    new.subject = format!("Test: {}", new.subject);
    mail::enqueue(work, new).await?;
    let detail = format!("Sent a test of the mail “{}” to {to}", kind.label());
    audit::record(
        work,
        "mail_template.tested",
        "mail_template",
        kind.as_str(),
        &detail,
    )
    .await
}

fn example(
    kind: MailKind,
    source: Source,
    sender: &Sender,
    look: Look,
    to: &str,
    name: &str,
) -> Result<NewMail> {
    let template = template_of(kind)?;
    let parsed = text::read(template, &tidy(template, source))?;
    let values = (template.example)(sender);
    Ok(Draft::new(template, sender, to, name, values).written(&parsed, look))
}

/// Line ends as we write them, nothing around, and no HTML that does not belong in a mail.
fn tidy(template: &'static Template, source: Source) -> Source {
    let Source {
        subject,
        heading,
        body,
        html,
    } = source;
    let html = html.replace("\r\n", "\n");
    Source {
        subject: subject.trim().to_owned(),
        heading: heading.trim().to_owned(),
        body: body.replace("\r\n", "\n").trim().to_owned(),
        html: clean::clean(template, html.trim()).trim().to_owned(),
    }
}
