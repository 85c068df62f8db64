//! The first page of a new installation: the business and its owner.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use service::identity::business::{self, NewBusiness};
use service::identity::session as sessions;
use service::{App, ServiceError};

use super::session;
use crate::error::PageError;
use crate::form::{FormErrors, OpenForm, refused};
use crate::middleware::Host;
use crate::ui::{AuthShell, Choice, Frame};
use crate::{currency, flash, html, theme};

/// Where the page is.
pub const PATH: &str = "/admin/set-up";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route(PATH, get(show).post(set_up))
}

#[derive(Template)]
#[template(path = "admin/session/set_up.html")]
struct SetUpPage {
    shell: AuthShell,
    form: SetUpForm,
    currencies: Vec<Choice>,
    zones: Vec<Choice>,
    errors: FormErrors,
}

#[derive(Debug, Default, Clone, serde::Deserialize)]
struct SetUpForm {
    name: String,
    currency: String,
    timezone: String,
    owner_name: String,
    owner_email: String,
    owner_password: String,
}

fn page(app: &App, headers: &HeaderMap, form: SetUpForm, errors: FormErrors) -> SetUpPage {
    let frame = Frame {
        title: "Welcome to Tributary".to_owned(),
        path: PATH.to_owned(),
        theme: theme::of(headers),
        demo: app.settings().demo,
        ..Frame::default()
    };
    SetUpPage {
        shell: AuthShell {
            frame,
            ..AuthShell::default()
        },
        currencies: currency::choices(&form.currency),
        zones: currency::zone_choices(&form.timezone),
        form,
        errors,
    }
}

async fn show(State(app): State<App>, headers: HeaderMap) -> Result<Response, PageError> {
    if !business::none_yet(&app).await? {
        return Ok(flash::see_other(session::LOG_IN));
    }
    let form = SetUpForm {
        currency: "USD".to_owned(),
        timezone: "UTC".to_owned(),
        ..SetUpForm::default()
    };
    html::page(&page(&app, &headers, form, FormErrors::new()))
}

async fn set_up(
    State(app): State<App>,
    Extension(Host(host)): Extension<Host>,
    headers: HeaderMap,
    OpenForm(form): OpenForm<SetUpForm>,
) -> Result<Response, PageError> {
    let SetUpForm {
        name,
        currency,
        timezone,
        owner_name,
        owner_email,
        owner_password,
    } = form.clone();
    let (business, staff_id) = match business::set_up(
        &app,
        NewBusiness {
            name,
            owner_email,
            owner_name,
            owner_password,
            currency,
            timezone,
        },
    )
    .await
    {
        Ok(founded) => founded,
        Err(error @ ServiceError::Invalid(_)) => {
            return html::refused(&page(&app, &headers, form, refused(error)?));
        }
        Err(error) => return Err(error.into()),
    };
    let opened = sessions::open_first(
        &app,
        business.id,
        staff_id,
        &host,
        &session::user_agent(&headers),
    )
    .await?;
    let to = flash::redirect(
        "/admin/checklist",
        format!(
            "{} is ready. These steps lead to the first payout.",
            business.name
        ),
    );
    Ok(session::enter(&app, &opened, to))
}
