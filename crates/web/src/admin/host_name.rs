//! Host names of the business's own, at which its portal answers.

use std::net::IpAddr;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use service::App;
use service::domain::host::host_of;
use service::portal::host_name::{self, Finding, HostName};

use super::brand::{Tab, tabs};
use super::session::Admin;
use crate::error::{PageError, sentence};
use crate::form::{FormErrors, PostForm, refused};
use crate::moment::Moment;
use crate::ui::{AdminItem, AdminShell};
use crate::{flash, html};

pub(super) const PATH: &str = "/admin/branding/address";

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(show).post(add))
        .route("/admin/branding/address/main", post(set_main))
        .route("/admin/branding/address/{name}/check", post(check))
        .route("/admin/branding/address/{name}/use", post(vouch))
        .route("/admin/branding/address/{name}/remove", post(remove))
}

/// A name in the list.
struct Row {
    name: String,
    /// Where the portal is there.
    href: String,
    active: bool,
    main: bool,
    /// "Leads here, seen on 28 Nov 2026"; empty when it was not seen.
    seen: String,
    /// Path of its acts without a slash at its end.
    action: String,
}

#[derive(Template)]
#[template(path = "admin/branding/address.html")]
struct AddressPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// What is typed into the field for another name.
    typed: String,
    errors: FormErrors,
    /// The path on this installation, which always works.
    path_url: String,
    /// Whether the path is the main address.
    path_is_main: bool,
    /// The type of record that is needed.
    record_type: &'static str,
    /// The name or address that records lead to.
    target: String,
}

/// The type and the value of the DNS record with which a name leads to this installation.
fn record(base_url: &str) -> (&'static str, String) {
    let host = host_of(base_url).unwrap_or_default();
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => ("A", address.to_string()),
        Ok(IpAddr::V6(address)) => ("AAAA", address.to_string()),
        Err(_) => ("CNAME", host),
    }
}

/// What to tell the keeper of a domain: "type CNAME, name portal.example.com, value tributary.example.com".
fn record_words(base_url: &str, name: &str) -> String {
    let (kind, value) = record(base_url);
    format!("type {kind}, name {name}, value {value}")
}

async fn page(admin: &Admin, typed: String, errors: FormErrors) -> Result<AddressPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let names = host_name::list(&mut work).await?;
    let base_url = &admin.app.settings().base_url;
    let zone = service::identity::business::zone_of(&admin.business)?;
    let (record_type, target) = record(base_url);
    Ok(AddressPage {
        shell: admin
            .shell(&mut work, "Branding", AdminItem::Branding)
            .await?,
        tabs: tabs(PATH),
        path_is_main: names.iter().all(|name| !name.main),
        rows: names
            .into_iter()
            .map(|known| {
                let HostName {
                    name,
                    active,
                    main,
                    checked_at_ms,
                    ..
                } = known;
                Row {
                    href: format!("{}/", host_name::origin(base_url, &name)),
                    active,
                    main,
                    seen: checked_at_ms
                        .map(|at| format!("Seen to lead here on {}", Moment::new(at, &zone).date))
                        .unwrap_or_default(),
                    action: format!("{PATH}/{name}"),
                    name,
                }
            })
            .collect(),
        typed,
        errors,
        path_url: format!("{base_url}/portal/{}/", admin.business.slug),
        record_type,
        target,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    html::page(&page(&admin, String::new(), FormErrors::new()).await?)
}

#[derive(Debug, serde::Deserialize)]
struct NameForm {
    name: String,
}

async fn add(
    admin: Admin,
    PostForm(NameForm { name }): PostForm<NameForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match host_name::add(&mut work, &name).await {
        Ok(name) => {
            work.commit().await?;
            Ok(flash::redirect(
                PATH,
                format!("{name} added. Set its DNS record, then check it."),
            ))
        }
        Err(error) => {
            drop(work);
            let errors = refused(error)?;
            html::refused(&page(&admin, name, errors).await?)
        }
    }
}

/// A form that has nothing but its token.
#[derive(Debug, serde::Deserialize)]
struct Nothing {}

async fn check(
    admin: Admin,
    Path(name): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    // It must be the business's own before anything is asked about it.
    let known = host_name::list(&mut admin.app.view(&admin.actor).await?).await?;
    if known.iter().all(|known| known.name != name) {
        return Err(PageError::not_found());
    }
    let record = record_words(&admin.app.settings().base_url, &name);
    let text = match host_name::look_up(&admin.app, &name).await {
        Finding::Here => {
            let mut work = admin.app.begin(&admin.actor).await?;
            host_name::activate(&mut work, &name, false).await?;
            work.commit().await?;
            return Ok(flash::redirect(
                PATH,
                format!("{name} leads here: the portal answers at it."),
            ));
        }
        Finding::Elsewhere(addresses) => {
            let addresses: Vec<String> =
                addresses.iter().take(3).map(ToString::to_string).collect();
            format!(
                "{name} leads to {}, not here. If that is your own proxy, use it anyway; otherwise correct its DNS record: {record}.",
                addresses.join(" and ")
            )
        }
        Finding::Nowhere => format!(
            "{name} leads nowhere yet: its DNS record is missing. Add one of {record}. A new record may take up to an hour to be seen."
        ),
    };
    Ok(flash::redirect_with_error(PATH, text))
}

async fn vouch(
    admin: Admin,
    Path(name): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    admin.actor.require_owner()?;
    admin.require_proof(PATH)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    host_name::activate(&mut work, &name, true).await?;
    work.commit().await?;
    Ok(flash::redirect(
        PATH,
        format!("The portal answers at {name} as soon as requests for it arrive here."),
    ))
}

#[derive(Debug, serde::Deserialize)]
struct MainForm {
    /// Empty: the path on this installation.
    name: String,
}

async fn set_main(
    admin: Admin,
    PostForm(MainForm { name }): PostForm<MainForm>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match host_name::set_main(&mut work, &name).await {
        Ok(()) => {
            work.commit().await?;
            let text = if name.is_empty() {
                "Mails lead to the portal’s path again.".to_owned()
            } else {
                format!("Mails lead to {name} now, and so does the portal’s path.")
            };
            Ok(flash::redirect(PATH, text))
        }
        Err(service::ServiceError::Conflict(why)) => {
            Ok(flash::redirect_with_error(PATH, sentence(&why)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove(
    admin: Admin,
    Path(name): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    host_name::remove(&mut work, &name).await?;
    work.commit().await?;
    Ok(flash::redirect(PATH, format!("{name} removed.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_follows_from_the_installations_address() {
        let words = |base: &str| record_words(base, "portal.example.com");
        assert_eq!(
            words("https://links.example.net"),
            "type CNAME, name portal.example.com, value links.example.net"
        );
        assert_eq!(
            words("http://192.0.2.10:8080"),
            "type A, name portal.example.com, value 192.0.2.10"
        );
        assert_eq!(
            words("http://[2001:db8::1]"),
            "type AAAA, name portal.example.com, value 2001:db8::1"
        );
    }
}
