//! Connections to services that execute payouts.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use domain::status::ProviderKind;
use serde::Deserialize;
use service::programme::provider::{self, Provider, ProviderIn, label};
use service::{App, ServiceError};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::{PageError, sentence};
use crate::form::{FormErrors, PostForm, refused};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

const PATH: &str = "/admin/settings/providers";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/admin/settings/providers", get(list))
        .route("/admin/settings/providers/{provider}", get(form).post(save))
        .route("/admin/settings/providers/{provider}/test", post(test))
        .route(
            "/admin/settings/providers/{provider}/disconnect",
            post(disconnect),
        )
}

#[derive(Template)]
#[template(path = "admin/settings/providers.html")]
struct ListPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    cards: Vec<Card>,
}

/// A service.
struct Card {
    kind: ProviderKind,
    label: &'static str,
    /// What it pays.
    pays: &'static str,
    icon: &'static str,
    href: String,
    connection: Option<Connection>,
}

/// How it is connected.
struct Connection {
    active: bool,
    base_url: String,
    masked: String,
    callback_url: String,
    changed: Moment,
    disconnect_question: String,
}

const fn pays(kind: ProviderKind) -> (&'static str, &'static str) {
    match kind {
        ProviderKind::PayPal => ("Affiliates who are paid at a PayPal address", "wallet"),
        ProviderKind::Stripe => (
            "Affiliates with a connected account at Stripe",
            "credit-card",
        ),
        ProviderKind::Wise => (
            "Affiliates who are paid at a Wise address, and IBANs in euros",
            "globe",
        ),
    }
}

async fn list(admin: Admin) -> Result<Response, PageError> {
    let zone = service::identity::business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let mut known = provider::list(&mut work).await?;
    let cards = ProviderKind::ALL
        .iter()
        .map(|kind| {
            let position = known.iter().position(|one| one.kind == *kind);
            let connection = position.map(|position| known.swap_remove(position));
            let (pays, icon) = pays(*kind);
            Card {
                kind: *kind,
                label: label(*kind),
                pays,
                icon,
                href: format!("{PATH}/{kind}"),
                connection: connection.map(|found| {
                    let callback_url = provider::callback_url(&admin.app, &found);
                    let Provider {
                        active,
                        base_url,
                        masked,
                        updated_at_ms,
                        ..
                    } = found;
                    Connection {
                        active,
                        base_url,
                        masked,
                        callback_url,
                        changed: Moment::new(updated_at_ms, &zone),
                        disconnect_question: format!("Disconnect {}?", label(*kind)),
                    }
                }),
            }
        })
        .collect();
    html::page(&ListPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        cards,
    })
}

#[derive(Template)]
#[template(path = "admin/settings/provider_edit.html")]
struct FormPage {
    shell: AdminShell,
    kind: ProviderKind,
    action: String,
    back: &'static str,
    typed: ProviderForm,
    /// Whether secrets are stored that a blank field keeps.
    stored: bool,
    secret_hint: String,
    callback_url: String,
    errors: FormErrors,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ProviderForm {
    base_url: String,
    client_id: String,
    secret: String,
    webhook_id: String,
    webhook_secret: String,
    profile: String,
    source_currency: String,
    webhook_key: String,
}

fn read_kind(kind: &str) -> Result<ProviderKind, PageError> {
    kind.parse().map_err(|_| PageError::not_found())
}

async fn page(
    admin: &Admin,
    kind: ProviderKind,
    typed: Option<ProviderForm>,
    errors: FormErrors,
) -> Result<FormPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let (stored, input) = provider::form_of(&mut work, kind).await?;
    let typed = match typed {
        // A secret is typed again rather than sent back into the page.
        Some(typed) => ProviderForm {
            secret: String::new(),
            webhook_secret: String::new(),
            ..typed
        },
        None => {
            let ProviderIn {
                base_url,
                client_id,
                secret,
                webhook_id,
                webhook_secret,
                profile,
                source_currency,
                webhook_key,
            } = input;
            ProviderForm {
                base_url,
                client_id,
                secret,
                webhook_id,
                webhook_secret,
                profile,
                source_currency,
                webhook_key,
            }
        }
    };
    Ok(FormPage {
        shell: admin
            .shell(
                &mut work,
                format!("Connect {}", label(kind)),
                AdminItem::Settings,
            )
            .await?,
        kind,
        action: format!("{PATH}/{kind}"),
        back: PATH,
        typed,
        stored: stored.is_some(),
        secret_hint: stored.as_ref().map_or_else(String::new, |stored| {
            format!(
                "Stored ({}). Leave it empty to keep it.",
                stored.masked.split(',').next().unwrap_or_default()
            )
        }),
        callback_url: stored.map_or_else(String::new, |stored| {
            provider::callback_url(&admin.app, &stored)
        }),
        errors,
    })
}

async fn form(admin: Admin, Path(kind): Path<String>) -> Result<Response, PageError> {
    let kind = read_kind(&kind)?;
    let page = page(&admin, kind, None, FormErrors::new()).await?;
    admin.require_proof(&format!("{PATH}/{kind}"))?;
    html::page(&page)
}

async fn save(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(form): PostForm<ProviderForm>,
) -> Result<Response, PageError> {
    let kind = read_kind(&kind)?;
    admin.require_proof(&format!("{PATH}/{kind}"))?;
    let ProviderForm {
        base_url,
        client_id,
        secret,
        webhook_id,
        webhook_secret,
        profile,
        source_currency,
        webhook_key,
    } = form.clone();
    let input = ProviderIn {
        base_url,
        client_id,
        secret,
        webhook_id,
        webhook_secret,
        profile,
        source_currency,
        webhook_key,
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    match provider::save(&mut work, kind, input).await {
        Ok(()) => {
            work.commit().await?;
            let text = format!("{} is connected. Test the connection now.", label(kind));
            Ok(flash::redirect(PATH, text))
        }
        Err(ServiceError::Conflict(why)) => Ok(flash::redirect_with_error(PATH, sentence(&why))),
        Err(error) => {
            drop(work);
            let errors = refused(error)?;
            html::refused(&page(&admin, kind, Some(form), errors).await?)
        }
    }
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
struct Nothing {}

async fn test(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let kind = read_kind(&kind)?;
    let work = admin.app.view(&admin.actor).await?;
    Ok(match provider::test(&admin.app, work, kind).await? {
        Ok(text) => flash::redirect(PATH, text),
        Err(why) => {
            flash::redirect_with_error(PATH, format!("{} could not be used: {why}.", label(kind)))
        }
    })
}

async fn disconnect(
    admin: Admin,
    Path(kind): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let kind = read_kind(&kind)?;
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    provider::disconnect(&mut work, kind).await?;
    work.commit().await?;
    Ok(flash::redirect(
        PATH,
        format!(
            "{} is disconnected: nothing new is sent by it.",
            label(kind)
        ),
    ))
}
