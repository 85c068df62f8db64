//! The application form: whether it is open, what it says, whom it approves, and what it asks.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::QuestionId;
use domain::status::{ApplicationRule, QuestionKind};
use serde::Deserialize;
use service::error::not_found;
use service::portal::application::{self, Form, FormIn};
use service::portal::question::{self, QUESTIONS_MAX, Question, QuestionIn, Way};

use super::list::address;
use super::record::{campaigns, groups};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::shown::application::kind_label;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, html};

const PATH: &str = "/admin/applications/form";

#[derive(Template)]
#[template(path = "admin/application/form.html")]
struct FormPage {
    shell: AdminShell,
    address: String,
    /// Whether people can apply now.
    is_open: bool,
    open: bool,
    intro: String,
    terms_url: String,
    rules: Vec<Choice>,
    domains: String,
    groups: Vec<Choice>,
    campaigns: Vec<Choice>,
    errors: FormErrors,
    questions: Vec<Row>,
    /// Whether there is room for another.
    room: bool,
    most: usize,
    new: Editor,
}

struct Row {
    label: String,
    kind: &'static str,
    required: bool,
    href: String,
    first: bool,
    last: bool,
}

/// The fields of a question.
struct Editor {
    action: String,
    label: String,
    hint: String,
    kinds: Vec<Choice>,
    choices: String,
    required: bool,
    errors: FormErrors,
}

impl Editor {
    fn new(action: String, typed: &QuestionForm, errors: FormErrors) -> Self {
        let kinds = QuestionKind::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind_label(*kind)));
        Self {
            action,
            label: typed.label.clone(),
            hint: typed.hint.clone(),
            kinds: Choice::list(kinds, typed.kind.as_str()),
            choices: typed.choices.clone(),
            required: typed.required,
            errors,
        }
    }
}

/// What the form of the settings sends.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct SettingsForm {
    #[serde(default)]
    open: bool,
    #[serde(default)]
    intro: String,
    #[serde(default)]
    terms_url: String,
    rule: ApplicationRule,
    #[serde(default)]
    domains: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    campaign: String,
}

impl From<Form> for SettingsForm {
    fn from(form: Form) -> Self {
        let text = |id: Option<String>| id.unwrap_or_default();
        Self {
            open: form.open,
            intro: form.intro,
            terms_url: form.terms_url,
            rule: form.rule,
            domains: form.domains,
            group: text(form.group_id.map(|id| id.to_string())),
            campaign: text(form.campaign_id.map(|id| id.to_string())),
        }
    }
}

/// What the form of a question sends.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct QuestionForm {
    #[serde(default)]
    label: String,
    #[serde(default)]
    hint: String,
    kind: QuestionKind,
    #[serde(default)]
    choices: String,
    #[serde(default)]
    required: bool,
}

impl Default for QuestionForm {
    fn default() -> Self {
        Self {
            label: String::new(),
            hint: String::new(),
            kind: QuestionKind::ShortText,
            choices: String::new(),
            required: false,
        }
    }
}

impl From<Question> for QuestionForm {
    fn from(question: Question) -> Self {
        Self {
            label: question.label,
            hint: question.hint,
            kind: question.kind,
            choices: question.choices,
            required: question.required,
        }
    }
}

impl From<QuestionForm> for QuestionIn {
    fn from(form: QuestionForm) -> Self {
        Self {
            kind: form.kind,
            label: form.label,
            hint: form.hint,
            choices: form.choices,
            required: form.required,
        }
    }
}

const fn rule_label(rule: ApplicationRule) -> &'static str {
    match rule {
        ApplicationRule::Off => "Nobody: a person decides each one",
        ApplicationRule::Everybody => "Everybody",
        ApplicationRule::Domains => "Addresses of these domains",
        ApplicationRule::AllYes => "Whoever answers every yes-no question with yes",
    }
}

async fn page(
    admin: &Admin,
    typed: Option<SettingsForm>,
    errors: FormErrors,
    new: Editor,
) -> Result<FormPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let stored = application::form(&mut work).await?;
    let is_open = stored.open;
    let SettingsForm {
        open,
        intro,
        terms_url,
        rule,
        domains,
        group,
        campaign,
    } = typed.unwrap_or_else(|| stored.into());
    let all = question::list(&mut work).await?;
    let count = all.len();
    let chosen: Vec<_> = campaign.parse().into_iter().collect();
    let mut campaigns = campaigns(&mut work, &chosen).await?;
    campaigns.insert(
        0,
        Choice {
            value: String::new(),
            label: "No campaign".to_owned(),
            selected: chosen.is_empty(),
        },
    );
    let rules = ApplicationRule::ALL
        .iter()
        .map(|rule| (rule.as_str(), rule_label(*rule)));
    Ok(FormPage {
        address: address(&mut work, admin).await?,
        is_open,
        open,
        intro,
        terms_url,
        rules: Choice::list(rules, rule.as_str()),
        domains,
        groups: groups(&mut work, group.parse().ok()).await?,
        campaigns,
        errors,
        questions: all
            .into_iter()
            .enumerate()
            .map(|(at, question)| Row {
                kind: kind_label(question.kind),
                required: question.required,
                href: format!("/admin/questions/{}", question.id),
                label: question.label,
                first: at == 0,
                last: at + 1 == count,
            })
            .collect(),
        room: count < QUESTIONS_MAX,
        most: QUESTIONS_MAX,
        new,
        shell: admin
            .shell(&mut work, "Application form", AdminItem::Applications)
            .await?,
    })
}

fn empty_editor() -> Editor {
    Editor::new(
        "/admin/questions".to_owned(),
        &QuestionForm::default(),
        FormErrors::new(),
    )
}

pub(super) async fn show(admin: Admin) -> Result<Response, PageError> {
    html::page(&page(&admin, None, FormErrors::new(), empty_editor()).await?)
}

pub(super) async fn save(
    admin: Admin,
    PostForm(typed): PostForm<SettingsForm>,
) -> Result<Response, PageError> {
    let group_id = match typed.group.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| not_found("group"))?),
    };
    let campaign_id = match typed.campaign.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| not_found("campaign"))?),
    };
    let input = FormIn {
        open: typed.open,
        intro: typed.intro.clone(),
        terms_url: typed.terms_url.clone(),
        rule: typed.rule,
        domains: typed.domains.clone(),
        group_id,
        campaign_id,
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    match application::set_form(&mut work, input).await {
        Ok(form) => {
            work.commit().await?;
            let text = if form.open {
                "Saved. People can apply."
            } else {
                "Saved. The form is closed."
            };
            Ok(flash::redirect(PATH, text))
        }
        Err(error) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            html::refused(&page(&admin, Some(typed), errors, empty_editor()).await?)
        }
    }
}

pub(super) async fn add(
    admin: Admin,
    PostForm(typed): PostForm<QuestionForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match question::add(&mut work, typed.clone().into()).await {
        Ok(_) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "The question was added."))
        }
        Err(error) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            let new = Editor::new("/admin/questions".to_owned(), &typed, errors);
            html::refused(&page(&admin, None, FormErrors::new(), new).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "admin/application/question.html")]
struct QuestionPage {
    shell: AdminShell,
    new: Editor,
}

fn read_id(text: &str) -> Result<QuestionId, PageError> {
    Ok(text.parse().map_err(|_| not_found("question"))?)
}

async fn question_page(
    admin: &Admin,
    id: QuestionId,
    typed: Option<QuestionForm>,
    errors: FormErrors,
) -> Result<QuestionPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let stored = question::get(&mut work, id).await?;
    let typed = typed.unwrap_or_else(|| stored.into());
    Ok(QuestionPage {
        new: Editor::new(format!("/admin/questions/{id}"), &typed, errors),
        shell: admin
            .shell(&mut work, "Question", AdminItem::Applications)
            .await?,
    })
}

pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    html::page(&question_page(&admin, id, None, FormErrors::new()).await?)
}

pub(super) async fn save_question(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<QuestionForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match question::update(&mut work, id, typed.clone().into()).await {
        Ok(_) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "The question was changed."))
        }
        Err(error) => {
            drop(work);
            let errors = crate::form::refused(error)?;
            html::refused(&question_page(&admin, id, Some(typed), errors).await?)
        }
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ShiftForm {
    #[serde(default)]
    way: String,
}

pub(super) async fn shift(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(ShiftForm { way }): PostForm<ShiftForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let way = if way == "up" { Way::Up } else { Way::Down };
    let mut work = admin.app.begin(&admin.actor).await?;
    question::shift(&mut work, id, way).await?;
    work.commit().await?;
    Ok(flash::see_other(PATH))
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn remove(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    question::remove(&mut work, id).await?;
    work.commit().await?;
    Ok(flash::redirect(
        PATH,
        "The question was removed. Answers that were given stay.",
    ))
}
