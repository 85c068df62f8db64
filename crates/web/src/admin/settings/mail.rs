//! What mails say: each kind's text, its variables, what it looks like, a test of it.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use service::App;
use service::identity::business;
use service::messaging::mail::MailKind;
use service::messaging::template::{
    self, BODY_LENGTH_MAX, Editable, HTML_LENGTH_MAX, Preview, Shape, Source, TemplateLine, Value,
    Variable, braced,
};
use service::store::messaging::notice::Sender;

use super::{Tab, tabs};
use crate::admin::mail::{framed, may_frame};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

const PATH: &str = "/admin/settings/mail";
// The last part is a kind of mail, the same for every business.
const EDIT: &str = "/admin/settings/mail/{kind}";
const PREVIEW: &str = "/admin/settings/mail/{kind}/preview";
const TEST: &str = "/admin/settings/mail/{kind}/test";
const RESET: &str = "/admin/settings/mail/{kind}/reset";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(list))
        .route(EDIT, get(edit).post(save))
        .route(PREVIEW, get(preview).post(preview_typed))
        .route(TEST, post(send_test))
        .route(RESET, post(reset))
}

struct Row {
    label: &'static str,
    about: &'static str,
    subject: String,
    changed: Option<Moment>,
    href: String,
}

#[derive(Template)]
#[template(path = "admin/settings/mail.html")]
struct TemplatesPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
}

async fn list(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let lines = template::list(&mut work).await?;
    let zone = business::zone_of(&admin.business)?;
    let row = |line: TemplateLine| Row {
        label: line.kind.label(),
        about: line.about,
        subject: line.subject,
        changed: line.changed_at.map(|at| Moment::new(at, &zone)),
        href: path(line.kind),
    };
    let page = TemplatesPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        rows: lines.into_iter().map(row).collect(),
    };
    html::page(&page)
}

fn path(kind: MailKind) -> String {
    format!("{PATH}/{}", kind.as_str())
}

fn kind_of(word: &str) -> Result<MailKind, PageError> {
    MailKind::from_word(word).ok_or_else(PageError::not_found)
}

/// A variable as the table shows it.
struct VariableRow {
    braced: String,
    about: &'static str,
    example: String,
    rules: Vec<&'static str>,
}

impl VariableRow {
    fn new(variable: &Variable, example: Option<&Value>) -> Self {
        let Variable {
            name,
            about,
            shape,
            required,
            may_be_empty,
        } = *variable;
        let mut rules = Vec::new();
        if required {
            rules.push("must be there");
        }
        match shape {
            Shape::Words => {}
            Shape::Secret => rules.push("not in the subject"),
            Shape::Address => rules.push("in the text or behind a button"),
            Shape::Parts => rules.push("alone in a paragraph"),
        }
        if may_be_empty {
            rules.push("empty at times");
        }
        Self {
            braced: braced(name),
            about,
            example: match example {
                Some(Value::Text(text)) => text.clone(),
                Some(Value::Parts(_)) | None => String::new(),
            },
            rules,
        }
    }
}

#[derive(Debug, Clone, serde::Deserialize)]
struct TemplateForm {
    subject: String,
    heading: String,
    body: String,
    #[serde(default)]
    html: String,
}

impl From<TemplateForm> for Source {
    fn from(form: TemplateForm) -> Self {
        let TemplateForm {
            subject,
            heading,
            body,
            html,
        } = form;
        Self {
            subject,
            heading,
            body,
            html,
        }
    }
}

#[derive(Template)]
#[template(path = "admin/settings/mail_edit.html")]
struct EditPage {
    shell: AdminShell,
    label: &'static str,
    about: &'static str,
    source: Source,
    /// Whether what is shown differs from what is stored.
    unsaved: bool,
    /// Where a test of it went; empty: nowhere yet.
    tested: String,
    mail_server: bool,
    changed: Option<Moment>,
    variables: Vec<VariableRow>,
    test_to: String,
    body_max: usize,
    html_max: usize,
    path: String,
    errors: FormErrors,
}

async fn edit_page(
    admin: &Admin,
    kind: MailKind,
    typed: Option<Source>,
    errors: FormErrors,
) -> Result<EditPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let Editable {
        template,
        source,
        changed_at,
    } = template::get(&mut work, kind).await?;
    let sender: Sender = service::messaging::notice::sender(&mut work).await?;
    let example = (template.example)(&sender);
    let zone = business::zone_of(&admin.business)?;
    Ok(EditPage {
        shell: admin
            .shell(
                &mut work,
                format!("Mail: {}", kind.label()),
                AdminItem::Settings,
            )
            .await?,
        label: kind.label(),
        about: template.about,
        unsaved: typed.is_some(),
        source: typed.unwrap_or(source),
        tested: String::new(),
        mail_server: admin.app.settings().mail_server,
        changed: changed_at.map(|at| Moment::new(at, &zone)),
        variables: template
            .variables
            .iter()
            .map(|variable| VariableRow::new(variable, example.get(variable.name)))
            .collect(),
        test_to: admin.who.member.email.clone(),
        body_max: BODY_LENGTH_MAX,
        html_max: HTML_LENGTH_MAX,
        path: path(kind),
        errors,
    })
}

async fn edit(admin: Admin, Path(kind): Path<String>) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    may_frame(html::page(
        &edit_page(&admin, kind, None, FormErrors::new()).await?,
    )?)
}

async fn save(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(form): PostForm<TemplateForm>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let source = Source::from(form);
    let mut work = admin.app.begin(&admin.actor).await?;
    if let Err(error) = template::save(&mut work, kind, source.clone()).await {
        drop(work);
        let errors = refused(error)?;
        return may_frame(html::refused(
            &edit_page(&admin, kind, Some(source), errors).await?,
        )?);
    }
    let kept = template::get(&mut work, kind).await?.source.html;
    work.commit().await?;
    let lines = |html: &str| html.replace("\r\n", "\n").trim().to_owned();
    let cleaned = if lines(&source.html) == kept {
        ""
    } else {
        " What does not belong in a mail was taken out of the HTML: look at it once more."
    };
    Ok(flash::redirect(
        &path(kind),
        format!(
            "“{}” is saved. Mails say it from now on.{cleaned}",
            kind.label()
        ),
    ))
}

async fn reset(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    template::reset(&mut work, kind).await?;
    work.commit().await?;
    Ok(flash::redirect(
        &path(kind),
        format!("“{}” has the standard text again.", kind.label()),
    ))
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn send_test(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(form): PostForm<TemplateForm>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let source = Source::from(form);
    let (to, name) = (&admin.who.member.email, &admin.who.member.name);
    let mut work = admin.app.begin(&admin.actor).await?;
    if let Err(error) = template::send_test(&mut work, kind, source.clone(), to, name).await {
        drop(work);
        let errors = refused(error)?;
        return may_frame(html::refused(
            &edit_page(&admin, kind, Some(source), errors).await?,
        )?);
    }
    work.commit().await?;
    let page = EditPage {
        tested: to.clone(),
        ..edit_page(&admin, kind, Some(source), FormErrors::new()).await?
    };
    may_frame(html::page(&page)?)
}

/// A mail with what a mail program shows above it.
#[derive(Template)]
#[template(path = "admin/settings/mail_preview.html")]
struct PreviewHead<'a> {
    from: &'a str,
    subject: &'a str,
}

#[derive(Template)]
#[template(path = "admin/settings/mail_faults.html")]
struct PreviewFaults {
    faults: Vec<(&'static str, String)>,
}

async fn preview(admin: Admin, Path(kind): Path<String>) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let source = template::get(&mut work, kind).await?.source;
    drop(work);
    shown(&admin, kind, source).await
}

/// What is typed, as it would arrive. Stores nothing.
async fn preview_typed(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(form): PostForm<TemplateForm>,
) -> Result<Response, PageError> {
    shown(&admin, kind_of(&kind)?, form.into()).await
}

async fn shown(admin: &Admin, kind: MailKind, source: Source) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let rendered = match template::preview(&mut work, kind, source).await {
        Ok(Preview {
            from,
            subject,
            html,
            ..
        }) => {
            let head = render(&PreviewHead {
                from: &from,
                subject: &subject,
            })?;
            below_body(&html, &head)
        }
        Err(error) => {
            let errors = refused(error)?;
            let faults = [
                ("subject", "Subject"),
                ("heading", "Heading"),
                ("body", "Text"),
                ("html", "HTML"),
            ]
            .into_iter()
            .filter(|(field, _)| !errors.of(field).is_empty())
            .map(|(field, label)| (label, errors.of(field).to_owned()));
            render(&PreviewFaults {
                faults: faults.collect(),
            })?
        }
    };
    Ok(framed(rendered))
}

fn render<T: Template>(template: &T) -> Result<String, PageError> {
    template
        .render()
        .map_err(|error| PageError::internal(format!("template: {error}")))
}

/// A document with something more at the beginning of its body.
fn below_body(document: &str, head: &str) -> String {
    let split = document.split_once("<body").and_then(|(before, rest)| {
        let (attributes, after) = rest.split_once('>')?;
        Some(format!("{before}<body{attributes}>{head}{after}"))
    });
    split.unwrap_or_else(|| document.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_comes_first_in_the_body() {
        assert_eq!(
            below_body(
                "<head></head><body style=\"x\"><p>Hi</p></body>",
                "<i>H</i>"
            ),
            "<head></head><body style=\"x\"><i>H</i><p>Hi</p></body>"
        );
    }
}
