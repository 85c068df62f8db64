//! The person's passkeys: a panel of the security page.

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use domain::id::PasskeyId;
use service::portal::brand;
use service::portal::passkey as passkeys;
use service::{App, ServiceError};

use super::{Me, Nothing, security};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::language::t;
use crate::portal::passkey;
use crate::shown::passkey::{AddForm, RenameForm};
use crate::{flash, html};

/// The page that the panel is on.
const PAGE: &str = "security";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/account/passkeys", post(add))
        .route("/portal/{slug}/account/passkeys/begin", post(begin))
        .route(
            "/portal/{slug}/account/passkeys/{passkey}/rename",
            post(rename),
        )
        .route(
            "/portal/{slug}/account/passkeys/{passkey}/remove",
            post(remove),
        )
}

async fn begin(me: Me, PostForm(Nothing {}): PostForm<Nothing>) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    let site = passkey::site(&me.portal)?;
    let brand = brand::of_portal(&me.person.app, &me.person.business).await?;
    let asked = passkeys::begin_add(&me.person.app, &me.who, &site, &brand.name).await?;
    Ok(passkey::begun(&me.portal, asked))
}

async fn add(
    me: Me,
    headers: HeaderMap,
    PostForm(AddForm { credential, name }): PostForm<AddForm>,
) -> Result<Response, PageError> {
    me.require_proof(PAGE)?;
    let site = passkey::site(&me.portal)?;
    let ticket = passkey::ticket(&me.portal, &headers);
    let added = passkeys::add(&me.person.app, &me.who, &site, ticket, &credential, &name).await;
    let errors = match added {
        Ok(()) => {
            let response = flash::redirect(&me.path(PAGE), t("passkey-added"));
            return Ok(passkey::spent(&me.portal, response));
        }
        Err(ServiceError::Unauthorized(text) | ServiceError::Conflict(text)) => {
            let mut errors = FormErrors::new();
            errors.add("passkey", text);
            errors
        }
        Err(error) => refused(error)?,
    };
    let mut page = security::page(&me, &headers, FormErrors::new()).await?;
    page.passkeys.suggested = name;
    page.passkeys.errors = errors;
    Ok(passkey::spent(&me.portal, html::refused(&page)?))
}

async fn rename(
    me: Me,
    Path((_slug, id)): Path<(String, String)>,
    PostForm(RenameForm { name }): PostForm<RenameForm>,
) -> Result<Response, PageError> {
    let id: PasskeyId = id.parse().map_err(|_| PageError::not_found())?;
    me.require_proof(PAGE)?;
    passkeys::rename(&me.person.app, &me.who, id, &name).await?;
    Ok(flash::redirect(&me.path(PAGE), t("passkey-renamed")))
}

async fn remove(
    me: Me,
    Path((_slug, id)): Path<(String, String)>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: PasskeyId = id.parse().map_err(|_| PageError::not_found())?;
    me.require_proof(PAGE)?;
    passkeys::remove(&me.person.app, &me.who, id).await?;
    Ok(flash::redirect(&me.path(PAGE), t("passkey-removed")))
}
