//! Keys for programs: `trb_<business>_<prefix>_<secret>`, shown once, kept as a hash.

use std::net::IpAddr;

use domain::id::{ApiKeyId, BusinessId};
use domain::status::Scope;
use domain::time::DAY_MS;
use ipnet::IpNet;
use sha2::{Digest as _, Sha256};
use store::identity::api_key;
pub use store::identity::api_key::{ApiKey, Filter, ORDERS};
use store::list::Window;
use subtle::ConstantTimeEq as _;

use super::audit;
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found, only_a_note};
use crate::random::{new_code, new_secret};
use crate::work::Work;

/// Characters of the part that finds the row.
const PREFIX_LENGTH: usize = 8;
/// Keys of a business that are in force at a time.
const KEYS_MAX: i64 = 100;
/// Networks in one key's list.
const NETWORKS_MAX: usize = 50;
/// Use is noted once a minute at most.
const TOUCH_MS: i64 = 60_000;

/// What a new key may do, and from where.
#[derive(Debug, Clone)]
pub struct ApiKeyIn {
    /// What it is for.
    pub name: String,
    /// At least one.
    pub scopes: Vec<Scope>,
    /// Addresses and networks (CIDR) it may be used from, apart by spaces, commas or lines; empty: anywhere.
    pub allowed_ips: String,
    /// Days until it ends; none: it does not.
    pub expires_in_days: Option<i64>,
}

/// Makes a key. Answers with the row and the text, which cannot be had again.
///
/// # Errors
/// [`ServiceError::Invalid`] by field; [`ServiceError::Forbidden`] for everyone but the owner.
pub async fn create(work: &mut Work, input: ApiKeyIn) -> Result<(ApiKey, String)> {
    work.actor.require_owner()?;
    let ApiKeyIn {
        name,
        mut scopes,
        allowed_ips,
        expires_in_days,
    } = input;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=80);
    scopes.sort_unstable();
    scopes.dedup();
    checks.that(!scopes.is_empty(), "scopes", "choose at least one");
    let networks = networks(&mut checks, &allowed_ips);
    let expires_in_days =
        expires_in_days.map(|days| checks.range("expires_in_days", days, 1..=3650));
    checks.done()?;
    if api_key::count_live(&mut work.tx).await? >= KEYS_MAX {
        return Err(conflict(format!(
            "There are {KEYS_MAX} keys already. Revoke those that are not used."
        )));
    }
    let prefix = new_code(work.app.random(), PREFIX_LENGTH);
    let text = format!(
        "trb_{}_{prefix}_{}",
        work.business().code(),
        new_secret(work.app.random())
    );
    let key = ApiKey {
        id: work.new_id(),
        name,
        prefix,
        secret_hash: Sha256::digest(text.as_bytes()).into(),
        scopes: scopes
            .iter()
            .map(|scope| scope.as_str())
            .collect::<Vec<_>>()
            .join(" "),
        allowed_ips: networks
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(" "),
        expires_at_ms: expires_in_days.map(|days| work.now.plus_ms(days * DAY_MS)),
        last_used_at_ms: None,
        revoked_at_ms: None,
        created_at_ms: work.now,
    };
    api_key::insert(&mut work.tx, &key).await?;
    let detail = format!(
        "made the key {} ({}) with {}",
        key.name, key.prefix, key.scopes
    );
    audit::record(
        work,
        "api_key.create",
        "api_key",
        &key.id.to_string(),
        &detail,
    )
    .await?;
    Ok((key, text))
}

fn networks(checks: &mut Checks, text: &str) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for word in text
        .split([' ', ',', ';', '\n', '\r', '\t'])
        .filter(|word| !word.is_empty())
    {
        match word
            .parse::<IpNet>()
            .or_else(|_| word.parse::<IpAddr>().map(IpNet::from))
        {
            Ok(network) => networks.push(network.trunc()),
            Err(_) => {
                let shown: String = word.chars().take(40).collect();
                checks.fail("allowed_ips", format!("'{shown}' is not an address or network such as 203.0.113.7 or 2001:db8::/32"));
            }
        }
    }
    checks.that(
        networks.len() <= NETWORKS_MAX,
        "allowed_ips",
        "has too many entries",
    );
    networks
}

/// A part of the keys; `window.order` is one of [`ORDERS`].
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but staff.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<ApiKey>> {
    super::staff::acting(work)?;
    Ok(api_key::list(&mut work.tx, filter, window).await?)
}

/// How many keys pass the filter.
///
/// # Errors
/// [`ServiceError::Forbidden`] for everybody but staff.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    super::staff::acting(work)?;
    Ok(api_key::count(&mut work.tx, filter).await?)
}

/// Ends a key at once.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Conflict`] when it has ended; [`ServiceError::Forbidden`]
/// for everyone but the owner.
pub async fn revoke(work: &mut Work, id: ApiKeyId) -> Result<ApiKey> {
    work.actor.require_owner()?;
    let key = api_key::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("API key"))?;
    if !api_key::revoke(&mut work.tx, id, work.now).await? {
        return Err(conflict("This key was revoked already."));
    }
    let detail = format!("revoked the key {} ({})", key.name, key.prefix);
    audit::record(work, "api_key.revoke", "api_key", &id.to_string(), &detail).await?;
    Ok(key)
}

fn parse(text: &str) -> Option<(BusinessId, &str)> {
    let mut parts = text.strip_prefix("trb_")?.splitn(3, '_');
    let business = BusinessId::from_code(parts.next()?)?;
    let prefix = parts
        .next()
        .filter(|prefix| prefix.len() == PREFIX_LENGTH)?;
    parts.next().map(|_| (business, prefix))
}

/// Who comes with this key. `ip` is where the request comes from, if that is known.
///
/// # Errors
/// [`ServiceError::Unauthorized`] for a key that is unknown, revoked or expired;
/// [`ServiceError::Forbidden`] from outside its networks.
pub async fn authenticate(app: &App, text: &str, ip: Option<IpAddr>) -> Result<Actor> {
    let refused = || ServiceError::Unauthorized("the API key is not valid".to_owned());
    let (business, prefix) = parse(text).ok_or_else(refused)?;
    let key = {
        let mut tx = app.db().read_once(business).await?;
        api_key::find_by_prefix(&mut tx, prefix)
            .await?
            .ok_or_else(refused)?
    };
    let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let right: bool = hash.ct_eq(&key.secret_hash).into();
    if !right || key.revoked_at_ms.is_some() {
        return Err(refused());
    }
    let now = app.now();
    if key.expires_at_ms.is_some_and(|end| end <= now) {
        return Err(ServiceError::Unauthorized(
            "the API key has expired".to_owned(),
        ));
    }
    if !ip_allowed(&key.allowed_ips, ip) {
        return Err(ServiceError::Forbidden(
            "this key may not be used from this address".to_owned(),
        ));
    }
    if key
        .last_used_at_ms
        .is_none_or(|last| now.0 - last.0 >= TOUCH_MS)
    {
        let noted = async {
            let mut tx = app.db().write(business).await?;
            api_key::touch(&mut tx, key.id, now).await?;
            tx.commit().await
        };
        only_a_note(noted.await);
    }
    let scopes = key
        .scopes
        .split(' ')
        .filter_map(|word| word.parse().ok())
        .collect();
    Ok(Actor::Key {
        business,
        id: key.id,
        name: key.name,
        scopes,
    })
}

/// Whether an address is in a stored list; an empty list allows all. An IPv4 address that came in
/// an IPv6 one counts as IPv4.
fn ip_allowed(list: &str, ip: Option<IpAddr>) -> bool {
    let mut networks = list
        .split(' ')
        .filter_map(|word| word.parse::<IpNet>().ok())
        .peekable();
    if networks.peek().is_none() {
        return list.is_empty();
    }
    ip.map(|ip| ip.to_canonical())
        .is_some_and(|ip| networks.any(|network| network.contains(&ip)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_networks() {
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert!(ip_allowed("", None));
        assert!(ip_allowed("203.0.113.0/24", ip("203.0.113.9")));
        assert!(ip_allowed("203.0.113.0/24", ip("::ffff:203.0.113.9")));
        assert!(!ip_allowed("203.0.113.0/24", ip("203.0.114.9")));
        assert!(!ip_allowed("203.0.113.0/24", None));
        assert!(ip_allowed("10.0.0.1/32 2001:db8::/32", ip("2001:db8::1")));
        assert!(!ip_allowed("broken", ip("10.0.0.1")));
    }

    #[test]
    fn texts_name_their_business() {
        let business = BusinessId::new(1_700_000_000_000, 7);
        let text = format!("trb_{}_k7m2xq9p_secret", business.code());
        assert_eq!(parse(&text), Some((business, "k7m2xq9p")));
        for wrong in [
            "",
            "trb_",
            "trb_x_y_z",
            &text.replace("k7m2xq9p", "k7"),
            &text.replace("_secret", ""),
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
