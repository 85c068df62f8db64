//! The public form by which people apply to become affiliates. Who is logged in to an account without the
//! affiliate's app applies with it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{FromRequest as _, RawQuery, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use domain::application::{NO, YES};
use domain::click::ip_prefix;
use domain::id::QuestionId;
use domain::status::QuestionKind;
use service::error::FieldError;
use service::portal::account::Account;
use service::portal::application::{self, Sent, Sheet, answer_field};
use service::portal::question::{Question, choices_of};
use service::portal::team;
use service::{App, ServiceError};

use super::session::Portal;
use crate::error::{ErrorPage, PageError};
use crate::form::{Csrf, FormErrors, OpenForm, PostForm};
use crate::language::{phrase, t};
use crate::middleware::ClientIp;
use crate::shown::message::{Piece, pieces};
use crate::ui::{AuthShell, Choice};
use crate::{flash, html};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/apply", get(show).post(send))
        .route("/portal/{slug}/apply/sent", get(sent))
}

/// The address of the form, when people can apply; empty when not.
pub(super) async fn href(work: &mut service::Work, base: &str) -> Result<String, PageError> {
    Ok(if application::is_open(work).await? {
        format!("{base}/apply")
    } else {
        String::new()
    })
}

/// A question with what was typed.
struct Asked {
    field: String,
    label: String,
    hint: String,
    kind: &'static str,
    required: bool,
    typed: String,
    /// The answers of a choice, the empty one first.
    choices: Vec<Choice>,
}

impl Asked {
    fn new(question: &Question, typed: &BTreeMap<String, String>) -> Self {
        let field = answer_field(question.id);
        let typed = typed.get(&field).cloned().unwrap_or_default();
        let answers = match question.kind {
            QuestionKind::YesNo => vec![(YES, t("apply-yes")), (NO, t("apply-no"))],
            _ => choices_of(question)
                .into_iter()
                .map(|choice| (choice, choice))
                .collect(),
        };
        Self {
            choices: Choice::list([("", t("apply-choose"))].into_iter().chain(answers), &typed),
            kind: question.kind.as_str(),
            label: question.label.clone(),
            hint: question.hint.clone(),
            required: question.required,
            field,
            typed,
        }
    }
}

#[derive(Template)]
#[template(path = "portal/apply.html")]
struct ApplyPage {
    shell: AuthShell,
    business: String,
    intro: Vec<Piece>,
    terms_url: String,
    /// The token of the session, for who is logged in.
    csrf: String,
    token: String,
    /// Who is logged in: name and address.
    account: Option<(String, String)>,
    person: String,
    email: String,
    website: String,
    audience: String,
    agreed: bool,
    questions: Vec<Asked>,
    errors: FormErrors,
    /// Why it does not work now.
    problem: String,
    log_in_href: String,
    /// An affiliate has brought them.
    brought: bool,
}

/// Who is at the form.
struct Visitor {
    account: Option<Account>,
    csrf: String,
}

/// Who is logged in, if anybody; an affiliate is led to the portal.
async fn visitor(portal: &Portal, headers: &HeaderMap) -> Result<Visitor, PageError> {
    match portal.logged_in(headers).await? {
        Some(who) if who.affiliate.is_some() => {
            let to = format!("{}/", portal.base());
            Err(flash::redirect(&to, t("apply-already")).into())
        }
        Some(who) => Ok(Visitor {
            csrf: who.session.csrf,
            account: Some(who.account),
        }),
        None => Ok(Visitor {
            csrf: String::new(),
            account: None,
        }),
    }
}

async fn sheet(portal: &Portal) -> Result<Sheet, PageError> {
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    match application::sheet(&mut work).await {
        Err(ServiceError::NotFound(_)) => Err(PageError::not_found()),
        result => Ok(result?),
    }
}

fn page(
    portal: &Portal,
    visitor: &Visitor,
    sheet: Sheet,
    typed: &BTreeMap<String, String>,
    errors: FormErrors,
    brought: bool,
) -> ApplyPage {
    let text = |name: &str| typed.get(name).cloned().unwrap_or_default();
    let token_was_good = errors.of("token").is_empty();
    let problem = [errors.of("token"), errors.of(application::QUICK)]
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned();
    let token = text("token");
    let mut shell = portal.auth_shell(phrase("apply-title").with("business", &portal.brand.name));
    shell.frame.csrf.clone_from(&visitor.csrf);
    ApplyPage {
        shell,
        business: portal.brand.name.clone(),
        intro: pieces(&sheet.form.intro),
        terms_url: sheet.form.terms_url,
        csrf: visitor.csrf.clone(),
        // What was sent too quickly may be sent once more with the token it came with.
        token: if token_was_good && !token.is_empty() {
            token
        } else {
            application::token(&portal.app, portal.business.id)
        },
        account: visitor
            .account
            .as_ref()
            .map(|account| (account.name.clone(), account.email.clone())),
        person: text("name"),
        email: text("email"),
        website: text("website"),
        audience: text("audience"),
        agreed: text("agreed") == "true",
        questions: sheet
            .questions
            .iter()
            .map(|question| Asked::new(question, typed))
            .collect(),
        problem,
        errors,
        log_in_href: format!("{}/log-in", portal.base()),
        brought,
    }
}

/// What the address says about who brought them (`?by=aff_…`), and whether that is somebody who may.
async fn by(portal: &Portal, query: Option<&str>) -> Result<(String, bool), PageError> {
    let by = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "by")
        .map(|(_, value)| value.chars().take(64).collect::<String>())
        .unwrap_or_default();
    if by.is_empty() {
        return Ok((by, false));
    }
    let mut work = portal.app.view(&App::system(portal.business.id)).await?;
    let brought = team::parent_of(&mut work, &by).await?.is_some();
    Ok((by, brought))
}

async fn show(
    portal: Portal,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let (_, brought) = by(&portal, query.as_deref()).await?;
    let sheet = sheet(&portal).await?;
    let visitor = visitor(&portal, &headers).await?;
    let typed = BTreeMap::new();
    html::page(&page(
        &portal,
        &visitor,
        sheet,
        &typed,
        FormErrors::new(),
        brought,
    ))
}

async fn send(
    portal: Portal,
    headers: HeaderMap,
    client: Option<Extension<ClientIp>>,
    RawQuery(query): RawQuery,
    mut request: Request,
) -> Result<Response, PageError> {
    let visitor = visitor(&portal, &headers).await?;
    let (by, brought) = by(&portal, query.as_deref()).await?;
    let typed: BTreeMap<String, String> = if visitor.account.is_some() {
        request.extensions_mut().insert(Csrf(visitor.csrf.clone()));
        PostForm::from_request(request, &portal.app).await?.0
    } else {
        OpenForm::from_request(request, &portal.app).await?.0
    };
    let sheet = sheet(&portal).await?;
    let mut input = read(
        &sheet,
        &typed,
        visitor.account.clone(),
        client.map(|Extension(ClientIp(address))| ip_prefix(address)),
    )?;
    input.by = by;
    match application::submit(&portal.app, portal.business.id, input).await {
        Ok(()) => Ok(flash::see_other(&format!("{}/apply/sent", portal.base()))),
        Err(ServiceError::TooMany { retry_after_s }) => {
            let mut page = page(&portal, &visitor, sheet, &typed, FormErrors::new(), brought);
            page.problem = t("apply-too-many").to_owned();
            let mut response = html::page_with(StatusCode::TOO_MANY_REQUESTS, &page)?;
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, retry_after_s.into());
            Ok(response)
        }
        Err(ServiceError::NotFound(_)) => Err(PageError::not_found()),
        Err(error) => {
            let errors = crate::form::refused(error)?;
            html::refused(&page(&portal, &visitor, sheet, &typed, errors, brought))
        }
    }
}

/// A form that is not the page's.
fn unknown_field(name: &str) -> PageError {
    PageError::Page(ErrorPage {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        title: t("error-fields-title").to_owned(),
        text: t("apply-unknown-field").to_owned(),
        fields: vec![FieldError {
            field: name.chars().take(80).collect(),
            message: "is not a field of this form".to_owned(),
        }],
        cause: None,
    })
}

/// The fields of the form; one that it does not have is refused.
fn read(
    sheet: &Sheet,
    typed: &BTreeMap<String, String>,
    account: Option<Account>,
    ip_prefix: Option<String>,
) -> Result<Sent, PageError> {
    let mut sent = Sent {
        account,
        ip_prefix,
        ..Sent::default()
    };
    for (name, value) in typed {
        let value = value.clone();
        match name.as_str() {
            "token" => sent.token = value,
            TRAP => sent.trap = value,
            "name" => sent.name = value,
            "email" => sent.email = value,
            "website" => sent.website = value,
            "audience" => sent.audience = value,
            "agreed" => sent.agreed = value == "true",
            name => {
                let id: Option<QuestionId> = name
                    .strip_prefix("answer_")
                    .and_then(|text| text.parse().ok());
                match id {
                    // A question that was removed meanwhile asks for nothing any more.
                    Some(id) => {
                        sent.answers.insert(id, value);
                    }
                    None => {
                        return Err(unknown_field(name));
                    }
                }
            }
        }
    }
    // The page may be older than the questions it shows.
    let known: Vec<QuestionId> = sheet.questions.iter().map(|question| question.id).collect();
    sent.answers.retain(|id, _| known.contains(id));
    Ok(sent)
}

/// The name of the field that people do not see.
const TRAP: &str = "fax_number";

#[derive(Template)]
#[template(path = "portal/apply_sent.html")]
struct SentPage {
    shell: AuthShell,
    business: String,
    home_href: String,
    logged_in: bool,
}

async fn sent(portal: Portal, headers: HeaderMap) -> Result<Response, PageError> {
    let logged_in = portal.logged_in(&headers).await?.is_some();
    html::page(&SentPage {
        shell: portal.auth_shell(t("apply-thanks")),
        business: portal.brand.name.clone(),
        home_href: format!("{}/", portal.base()),
        logged_in,
    })
}
