//! Host names of a business's own, at which its portal answers.
//!
//! A name is wanted first, and nothing answers there. Once it leads to this installation, or an owner
//! vouches for it (behind a proxy it leads elsewhere), the portal answers at it. One of the names may be
//! the main one: mails lead there, and so does the portal's path on the installation.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::host::{host_name, host_of};
use domain::id::BusinessId;
use domain::status::Scope;
use domain::time::UnixMs;
use store::portal::host_name as rows;
pub use store::portal::host_name::HostName;
use tokio::time::Instant;

use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, conflict, invalid, not_found};
use crate::identity::{audit, business};
use crate::work::Work;

/// Names that one business may have.
const NAMES_MAX: usize = 10;
/// How long a name that nothing answers at is kept for whoever wanted it: seven days.
const WANTED_MS: i64 = 7 * 24 * 3600 * 1000;
/// How long a name in memory is used without a look: what another process changes shows then.
const FRESH: Duration = Duration::from_secs(1);
/// Names in memory, before all are forgotten.
const KEPT_MAX: usize = 4_096;

/// Whose portal answers at a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// The business.
    pub business: BusinessId,
    /// Its short name.
    pub slug: String,
}

/// Names that were asked for lately.
#[derive(Default)]
pub struct HostNames(Mutex<HashMap<String, Kept>>);

struct Kept {
    at: Instant,
    /// The hub's version of the business just before it was read.
    version: u64,
    answers: Answers,
}

impl HostNames {
    fn get(&self, app: &App, name: &str) -> Option<Answers> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(name)?;
        let fresh = found.at.elapsed() < FRESH
            && found.version == app.hub().version(found.answers.business);
        fresh.then(|| found.answers.clone())
    }

    fn keep(&self, name: &str, found: Kept) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(name.to_owned(), found);
    }
}

/// Whose portal answers at this name (in its normal form, without a port), if any does.
///
/// # Errors
/// When the database cannot serve.
pub async fn answers_at(app: &App, name: &str) -> Result<Option<Answers>> {
    if let Some(answers) = app.host_names().get(app, name) {
        return Ok(Some(answers));
    }
    let at = Instant::now();
    let found = rows::find(&mut app.db().system_read().await?, name).await?;
    let Some(found) = found.filter(|found| found.active) else {
        return Ok(None);
    };
    let version = app.hub().version(found.business_id);
    let mut work = app.view(&App::system(found.business_id)).await?;
    let answers = Answers {
        business: found.business_id,
        slug: business::get(&mut work).await?.slug,
    };
    let kept = Kept {
        at,
        version,
        answers: answers.clone(),
    };
    app.host_names().keep(name, kept);
    Ok(Some(answers))
}

/// The main name of a business, if it has chosen one.
///
/// # Errors
/// When the database cannot serve.
pub async fn main_of(app: &App, business: BusinessId) -> Result<Option<String>> {
    let found = rows::find_main(&mut app.db().system_read().await?, business).await?;
    Ok(found.map(|found| found.name))
}

/// The main name of this business, if it has chosen one.
///
/// # Errors
/// When the database cannot serve.
pub async fn main(work: &mut Work) -> Result<Option<String>> {
    Ok(rows::main(&mut work.tx).await?.map(|main| main.name))
}

/// The address of a portal at a name: scheme and port are the installation's.
#[must_use]
pub fn origin(base_url: &str, name: &str) -> String {
    let (scheme, authority) = base_url.split_once("://").unwrap_or(("https", base_url));
    let port = authority
        .rsplit_once(':')
        .map(|(_, port)| port)
        .filter(|port| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
    match port {
        Some(port) => format!("{scheme}://{name}:{port}"),
        None => format!("{scheme}://{name}"),
    }
}

/// All names of this business, in order.
///
/// # Errors
/// [`ServiceError::Forbidden`](crate::ServiceError::Forbidden) without the scope `read`.
pub async fn list(work: &mut Work) -> Result<Vec<HostName>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx).await?)
}

/// Adds a name that nothing answers at yet; it comes back in its normal form.
///
/// # Errors
/// [`ServiceError::Invalid`](crate::ServiceError::Invalid), also when another business has it.
pub async fn add(work: &mut Work, text: &str) -> Result<String> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    let text = checks.text("name", text, 1..=253);
    checks.done()?;
    let bare = text
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let name = host_name(bare)
        .filter(|name| name.contains('.') && name.parse::<IpAddr>().is_err())
        .ok_or_else(|| {
            invalid(
                "name",
                "is not a host name; write it such as portal.example.com",
            )
        })?;
    if host_of(&work.app.settings().base_url).is_some_and(|own| own == name) {
        return Err(invalid("name", "is this installation's own name"));
    }
    let names = rows::list(&mut work.tx).await?;
    if names.iter().any(|known| known.name == name) {
        return Err(invalid("name", "is in the list already"));
    }
    if names.len() >= NAMES_MAX {
        return Err(invalid("name", "is one too many; remove another first"));
    }
    let before = UnixMs(work.now.0 - WANTED_MS);
    rows::free(&mut work.tx, &name, before).await?;
    if !rows::insert(&mut work.tx, &name, work.now).await? {
        return Err(invalid("name", "is used by another business here"));
    }
    audit::record(work, "host_name.add", "host_name", &name, &name).await?;
    work.changed(None);
    Ok(name)
}

/// Where a name leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// To this installation.
    Here,
    /// To these addresses, which are not the installation's.
    Elsewhere(Vec<IpAddr>),
    /// Nowhere: there is no record of it yet.
    Nowhere,
}

/// Looks where a name leads. Asks the resolver, so no work should be open meanwhile.
pub async fn look_up(app: &App, name: &str) -> Finding {
    let found = app.resolver().addresses(name).await;
    if found.is_empty() {
        return Finding::Nowhere;
    }
    let own = match host_of(&app.settings().base_url) {
        Some(host) => app.resolver().addresses(&host).await,
        None => Vec::new(),
    };
    if found.iter().any(|address| own.contains(address)) {
        Finding::Here
    } else {
        Finding::Elsewhere(found)
    }
}

/// Has the portal answer at a name that was found to lead here, or that the owner vouches for.
///
/// # Errors
/// Forbidden for everybody but the owner to vouch;
/// [`ServiceError::NotFound`](crate::ServiceError::NotFound) when it is no name of this business.
pub async fn activate(work: &mut Work, name: &str, vouched: bool) -> Result<()> {
    work.require(Scope::Manage)?;
    if vouched {
        work.actor.require_owner()?;
    }
    find(work, name).await?;
    let checked = (!vouched).then_some(work.now);
    rows::activate(&mut work.tx, name, checked).await?;
    let detail = if vouched {
        format!("{name} without the check")
    } else {
        format!("{name}, which leads here")
    };
    audit::record(work, "host_name.activate", "host_name", name, &detail).await?;
    work.changed(None);
    Ok(())
}

/// Makes a name the main one; an empty text makes the path on the installation the main address again.
///
/// # Errors
/// [`ServiceError::Conflict`](crate::ServiceError::Conflict) when nothing answers at the name.
pub async fn set_main(work: &mut Work, name: &str) -> Result<()> {
    work.require(Scope::Manage)?;
    if !name.is_empty() && !find(work, name).await?.active {
        return Err(conflict("the portal does not answer at this name yet"));
    }
    rows::set_main(&mut work.tx, name).await?;
    let detail = if name.is_empty() {
        "the portal's path is the main address"
    } else {
        name
    };
    audit::record(work, "host_name.main", "host_name", name, detail).await?;
    work.changed(None);
    Ok(())
}

/// Removes a name; the portal does not answer there any more, and who is logged in there is logged out.
///
/// # Errors
/// [`ServiceError::NotFound`](crate::ServiceError::NotFound) when it is no name of this business.
pub async fn remove(work: &mut Work, name: &str) -> Result<()> {
    work.require(Scope::Manage)?;
    find(work, name).await?;
    rows::delete(&mut work.tx, name).await?;
    audit::record(work, "host_name.remove", "host_name", name, name).await?;
    work.changed(None);
    Ok(())
}

async fn find(work: &mut Work, name: &str) -> Result<HostName> {
    let names = rows::list(&mut work.tx).await?;
    names
        .into_iter()
        .find(|known| known.name == name)
        .ok_or(not_found("host name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_the_installations_scheme_and_port() {
        let at = |base: &str| origin(base, "portal.example.com");
        assert_eq!(at("https://t.example"), "https://portal.example.com");
        assert_eq!(
            at("http://localhost:8080"),
            "http://portal.example.com:8080"
        );
        assert_eq!(at("http://[::1]"), "http://portal.example.com");
    }
}
