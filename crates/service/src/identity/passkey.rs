//! Passkeys (WebAuthn): a key pair that the person's device makes for one host name, and unlocks with a
//! fingerprint, a face or a PIN. Its use is a password and a second step in one.
//!
//! A challenge is given out sealed, in a cookie of the browser that asked: for one purpose, one portal (or
//! the staff), one host, and for everything but a log-in one person. It is good for five minutes and is
//! answered once: whoever's passkey answers, the challenge is noted as used before the answer is looked at,
//! in a transaction of its own. Nothing is stored for who only asks.
//!
//! The person need not type an address: devices keep the passkey with whom it belongs to. The device must
//! have made sure that it is them. A device that counts must count up; see ADR 0015.

use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use domain::id::{BusinessId, PasskeyId};
use domain::time::UnixMs;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::db::Tx;
pub use store::identity::passkey::{Holder, Passkey};
use store::identity::{passkey as rows, ticket as tickets};
use url::{Host, Url};
use uuid::Uuid;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey as Key, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential, Webauthn, WebauthnBuilder, WebauthnError,
};

use super::two_step::record;
use super::vault;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::work::Work;

/// How long a challenge can be answered.
pub const LIFE_MS: i64 = 5 * 60_000;
/// Passkeys of a person, on all hosts.
pub const OF_PERSON_MAX: usize = 10;
/// Characters of a passkey's name.
pub const NAME_MAX: usize = 60;

const PURPOSE: &str = "passkey challenge";
const CHALLENGE_BYTES: usize = 16;

/// Why a page cannot work with passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// It is served at an IP address: passkeys are bound to a name.
    Address,
    /// It is served without https, and not on this computer.
    Insecure,
}

/// The host name that passkeys are bound to, and the origin that browsers tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    host: String,
    origin: Url,
}

impl Site {
    /// The site of a page. `host` is that of the request, with its port.
    ///
    /// # Errors
    /// Why passkeys do not work there.
    pub fn of(app: &App, host: &str) -> Result<Self, Unavailable> {
        let scheme = app.settings().base_url.split("://").next();
        let scheme = scheme.unwrap_or("http");
        let origin =
            Url::parse(&format!("{scheme}://{host}/")).map_err(|_| Unavailable::Address)?;
        let name = match origin.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            _ => return Err(Unavailable::Address),
        };
        let local = name == "localhost" || name.ends_with(".localhost");
        if scheme != "https" && !local {
            return Err(Unavailable::Insecure);
        }
        Ok(Self { host: name, origin })
    }

    /// The name without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    fn library(&self, called: &str) -> Result<Webauthn> {
        WebauthnBuilder::new(&self.host, &self.origin)
            .and_then(|builder| {
                builder
                    .rp_name(called)
                    .timeout(Duration::from_millis(LIFE_MS.unsigned_abs()))
                    .build()
            })
            .map_err(|error| ServiceError::Internal(format!("passkeys: {error}")))
    }
}

/// Whose passkeys are meant before it is known who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Realm {
    /// The people of one portal.
    Portal(BusinessId),
    /// Staff, of whatever business.
    Staff,
}

impl Realm {
    fn text(self) -> String {
        match self {
            Self::Portal(business) => format!("portal {}", business.code()),
            Self::Staff => "staff".to_owned(),
        }
    }
}

/// What an answered challenge is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// To log in; it is not known as whom.
    LogIn,
    /// To pass the second step of a log-in.
    SecondStep,
    /// To show once more who it is.
    Prove,
    /// To add a passkey.
    Add,
}

/// What a browser begins with.
#[derive(Debug, Clone)]
pub struct Begun {
    /// For `navigator.credentials`, with bytes as base64url.
    pub options: Json,
    /// For the cookie that comes back with the answer.
    pub ticket: String,
}

/// A challenge that was given out.
#[derive(Debug, Serialize, Deserialize)]
struct Ticket<T> {
    challenge: String,
    purpose: Purpose,
    /// Whose answer it must be; none for a log-in.
    holder: Option<Uuid>,
    origin: String,
    until: UnixMs,
    state: T,
}

const fn uuid(holder: Holder) -> Uuid {
    match holder {
        Holder::Account(id) => id.uuid(),
        Holder::Staff(id) => id.uuid(),
    }
}

/// What every answer that is not good is told, so that it tells nothing else.
fn refused() -> ServiceError {
    ServiceError::Unauthorized(
        "That passkey was not accepted, or it took longer than five minutes. Try again, or go on in another way.".to_owned(),
    )
}

fn failed(error: &WebauthnError) -> ServiceError {
    tracing::info!(%error, "a passkey was refused");
    refused()
}

impl<T: Serialize + DeserializeOwned> Ticket<T> {
    fn new(app: &App, site: &Site, purpose: Purpose, holder: Option<Holder>, state: T) -> Self {
        let mut bytes = [0; CHALLENGE_BYTES];
        app.random().fill(&mut bytes);
        Self {
            challenge: HEXLOWER.encode(&bytes),
            purpose,
            holder: holder.map(uuid),
            origin: site.origin.to_string(),
            until: app.now().plus_ms(LIFE_MS),
            state,
        }
    }

    fn seal(&self, app: &App, realm: Realm) -> Result<String> {
        let text = serde_json::to_string(self).map_err(defect)?;
        let sealed = vault::seal_text(app, PURPOSE, &realm.text(), &text)?;
        Ok(BASE64URL_NOPAD.encode(&sealed))
    }

    /// The ticket of a cookie, when it was given out for this and is not over.
    fn open(
        app: &App,
        realm: Realm,
        site: &Site,
        purpose: Purpose,
        holder: Option<Holder>,
        cookie: &str,
    ) -> Result<Self> {
        let sealed = BASE64URL_NOPAD
            .decode(cookie.as_bytes())
            .map_err(|_| refused())?;
        let text = vault::open_text(app, PURPOSE, &realm.text(), &sealed).map_err(|_| refused())?;
        let ticket: Self = serde_json::from_str(&text).map_err(|_| refused())?;
        let good = ticket.purpose == purpose
            && ticket.holder == holder.map(uuid)
            && ticket.origin == site.origin.as_str()
            && ticket.until > app.now();
        if good { Ok(ticket) } else { Err(refused()) }
    }
}

fn defect(error: impl std::fmt::Display) -> ServiceError {
    ServiceError::Internal(format!("passkeys: {error}"))
}

/// Begins to ask for a passkey. Without a `holder` it is to log in, and the device offers the passkeys of
/// this host that it has.
///
/// # Errors
/// When the library refuses.
pub fn begin(
    app: &App,
    realm: Realm,
    site: &Site,
    purpose: Purpose,
    holder: Option<(Holder, &[Passkey])>,
) -> Result<Begun> {
    let (mut asked, state) = site
        .library(&site.host)?
        .start_discoverable_authentication()
        .map_err(defect)?;
    if let Some((_, passkeys)) = holder {
        let known = passkeys
            .iter()
            .filter(|passkey| passkey.host == site.host)
            .filter_map(|passkey| BASE64URL_NOPAD.decode(passkey.credential.as_bytes()).ok());
        asked.public_key.allow_credentials = known
            .map(|id| serde_json::json!({"type": "public-key", "id": BASE64URL_NOPAD.encode(&id)}))
            .map(|text| serde_json::from_value(text).map_err(defect))
            .collect::<Result<_>>()?;
    }
    let ticket = Ticket::new(app, site, purpose, holder.map(|(holder, _)| holder), state);
    Ok(Begun {
        options: serde_json::to_value(&asked.public_key).map_err(defect)?,
        ticket: ticket.seal(app, realm)?,
    })
}

/// An answer as it came, with what the device calls its passkey.
#[derive(Debug)]
pub struct Answer {
    parsed: PublicKeyCredential,
    credential: String,
}

impl Answer {
    /// Reads the JSON of a browser.
    ///
    /// # Errors
    /// [`ServiceError::Unauthorized`] when it is none.
    pub fn read(text: &str) -> Result<Self> {
        let parsed: PublicKeyCredential = serde_json::from_str(text).map_err(|_| refused())?;
        Ok(Self {
            credential: BASE64URL_NOPAD.encode(&parsed.raw_id),
            parsed,
        })
    }

    /// What the device calls the passkey.
    #[must_use]
    pub fn credential(&self) -> &str {
        &self.credential
    }
}

/// A passkey that was checked; its use is noted in the work of what it opens.
#[derive(Debug)]
pub struct Checked {
    holder: Holder,
    read: Passkey,
    data: String,
    counter: i64,
}

impl Checked {
    /// What its owner calls it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.read.name
    }

    /// Notes the use.
    ///
    /// # Errors
    /// [`ServiceError::Unauthorized`] when the passkey was removed, or used, since it was checked.
    pub async fn note(&self, tx: &mut Tx, now: UnixMs) -> Result<()> {
        let Self {
            holder,
            read,
            data,
            counter,
        } = self;
        if rows::use_up(tx, *holder, read, data, *counter, now).await? {
            Ok(())
        } else {
            Err(refused())
        }
    }
}

/// Checks the answer to a challenge with a passkey of `holder`. `business` is any of theirs.
///
/// # Errors
/// [`ServiceError::Unauthorized`] for everything that is not right, without saying what.
pub async fn check(
    app: &App,
    business: BusinessId,
    realm: Realm,
    site: &Site,
    purpose: Purpose,
    holder: Holder,
    cookie: &str,
    answer: &Answer,
) -> Result<Checked> {
    let of = (purpose != Purpose::LogIn).then_some(holder);
    let ticket: Ticket<DiscoverableAuthentication> =
        Ticket::open(app, realm, site, purpose, of, cookie)?;
    let mut tx = app.db().read(business).await?;
    let read = rows::find(&mut tx, holder, &site.host, &answer.credential)
        .await?
        .ok_or_else(refused)?;
    drop(tx);
    spend(app, business, holder, &ticket.challenge, ticket.until).await?;
    // To log in, the device says whose passkey it is; where that is known it may leave it out.
    let told = answer.parsed.get_user_unique_id();
    let same = told == Some(uuid(holder).as_bytes().as_slice());
    if !(same || told.is_none() && purpose != Purpose::LogIn) {
        return Err(refused());
    }
    let mut key: Key = serde_json::from_str(&read.data).map_err(defect)?;
    let result = site
        .library(&site.host)?
        .finish_discoverable_authentication_v2(
            &answer.parsed,
            ticket.state,
            DiscoverableKey::from(&key),
        )
        .map_err(|error| failed(&error))?;
    if !result.user_verified() {
        return Err(refused());
    }
    key.update_credential(&result);
    Ok(Checked {
        holder,
        counter: i64::from(result.counter()),
        data: serde_json::to_string(&key).map_err(defect)?,
        read,
    })
}

/// The passkeys of a person, oldest first.
///
/// # Errors
/// As the database says.
pub async fn list(work: &mut Work, holder: Holder) -> Result<Vec<Passkey>> {
    Ok(rows::list(&mut work.tx, holder).await?)
}

/// Begins to add a passkey. `called` is what the device shows as the place, `person` is address and name.
///
/// # Errors
/// A conflict when the person has as many as there may be.
pub async fn begin_add(
    work: &mut Work,
    realm: Realm,
    site: &Site,
    holder: Holder,
    called: &str,
    person: (&str, &str),
) -> Result<Begun> {
    let known = rows::list(&mut work.tx, holder).await?;
    require_room(&known)?;
    let here = known.iter().filter(|passkey| passkey.host == site.host);
    let here = here
        .filter_map(|passkey| BASE64URL_NOPAD.decode(passkey.credential.as_bytes()).ok())
        .collect();
    let (email, name) = person;
    let library = site.library(called)?;
    // The device is told what it has already; the state need not keep it, for the table refuses it twice.
    let (asked, _) = library
        .start_passkey_registration(uuid(holder), email, name, Some(here))
        .map_err(defect)?;
    let (mut fresh, state) = library
        .start_passkey_registration(uuid(holder), email, name, None)
        .map_err(defect)?;
    fresh.public_key.exclude_credentials = asked.public_key.exclude_credentials;
    let mut options = serde_json::to_value(&fresh.public_key).map_err(defect)?;
    // The person shall not have to type an address, so the device must keep the passkey itself.
    options["authenticatorSelection"]["residentKey"] = Json::from("required");
    options["authenticatorSelection"]["requireResidentKey"] = Json::from(true);
    let ticket = Ticket::new(&work.app, site, Purpose::Add, Some(holder), state);
    Ok(Begun {
        options,
        ticket: ticket.seal(&work.app, realm)?,
    })
}

fn require_room(known: &[Passkey]) -> Result<()> {
    if known.len() < OF_PERSON_MAX {
        return Ok(());
    }
    Err(conflict(format!(
        "There are {OF_PERSON_MAX} passkeys already. Remove one that you do not use any more first."
    )))
}

/// A passkey that a device has made, and that was checked; [`add`] stores it.
#[derive(Debug)]
pub struct Made {
    holder: Holder,
    name: String,
    host: String,
    key: Key,
}

/// Checks the passkey that a device has made.
///
/// # Errors
/// [`ServiceError::Unauthorized`] when the answer is not right; with the field `name`.
pub async fn check_new(
    app: &App,
    business: BusinessId,
    realm: Realm,
    site: &Site,
    holder: Holder,
    cookie: &str,
    answer: &str,
    name: &str,
) -> Result<Made> {
    let name = checked_name(name)?;
    let answer: RegisterPublicKeyCredential =
        serde_json::from_str(answer).map_err(|_| refused())?;
    let ticket: Ticket<PasskeyRegistration> =
        Ticket::open(app, realm, site, Purpose::Add, Some(holder), cookie)?;
    spend(app, business, holder, &ticket.challenge, ticket.until).await?;
    let key = site
        .library(&site.host)?
        .finish_passkey_registration(&answer, &ticket.state)
        .map_err(|error| failed(&error))?;
    Ok(Made {
        holder,
        name,
        host: site.host.clone(),
        key,
    })
}

/// Notes that a challenge was answered, in a transaction of its own, so that it counts whatever comes after.
async fn spend(
    app: &App,
    business: BusinessId,
    holder: Holder,
    challenge: &str,
    until: UnixMs,
) -> Result<()> {
    let mut tx = app.db().write(business).await?;
    let first = tickets::spend(&mut tx, holder, challenge, until, app.now()).await?;
    tx.commit().await?;
    if first { Ok(()) } else { Err(refused()) }
}

/// Adds a passkey; answers with what it is called.
///
/// # Errors
/// A conflict when it is there already, or there are too many.
pub async fn add(work: &mut Work, made: Made) -> Result<String> {
    let Made {
        holder,
        name,
        host,
        key,
    } = made;
    require_room(&rows::list(&mut work.tx, holder).await?)?;
    let data = serde_json::to_value(&key).map_err(defect)?;
    let counter = data["cred"]["counter"].as_i64();
    let new = Passkey {
        id: work.new_id(),
        name,
        host,
        credential: BASE64URL_NOPAD.encode(key.cred_id()),
        counter: counter.ok_or_else(|| defect("a key without a counter"))?,
        data: data.to_string(),
        created_at_ms: work.now,
        used_at_ms: None,
    };
    if !rows::insert(&mut work.tx, holder, &new).await? {
        return Err(conflict("This passkey is in the list already."));
    }
    let detail = format!("added the passkey {} for {}", new.name, new.host);
    record(work, holder, "passkey.add", &detail).await?;
    Ok(new.name)
}

fn checked_name(name: &str) -> Result<String> {
    let mut checks = Checks::new();
    let name = checks.text("name", name, 1..=NAME_MAX);
    checks.done()?;
    Ok(name)
}

/// Calls a passkey something else.
///
/// # Errors
/// With the field `name`; not found when the person has none of this id.
pub async fn rename(work: &mut Work, holder: Holder, id: PasskeyId, name: &str) -> Result<()> {
    let name = checked_name(name)?;
    if rows::rename(&mut work.tx, holder, id, &name).await? {
        Ok(())
    } else {
        Err(not_found("passkey"))
    }
}

/// Removes a passkey; answers with what it was called. Password and mailed codes go on.
///
/// # Errors
/// Not found when the person has none of this id.
pub async fn remove(work: &mut Work, holder: Holder, id: PasskeyId) -> Result<String> {
    let known = rows::list(&mut work.tx, holder).await?;
    let gone = known.into_iter().find(|passkey| passkey.id == id);
    let gone = gone.ok_or(not_found("passkey"))?;
    rows::delete(&mut work.tx, holder, id).await?;
    let detail = format!("removed the passkey {} for {}", gone.name, gone.host);
    record(work, holder, "passkey.remove", &detail).await?;
    Ok(gone.name)
}
