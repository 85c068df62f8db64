//! Services that execute payouts, behind one small trait.
//!
//! A **connection** ([`Provider`], one a kind) says where a service answers and what we authenticate
//! with, sealed. An [`Adapter`] speaks one service's dialect: it submits an [`Order`] under the order's key
//! and looks up what became of it. Adapters decide nothing and store nothing; they say what an answer
//! means ([`Answer`]), and `programme::transfer` acts on that. See ADR 0019.

mod dialect;
mod paypal;
mod stripe;
mod wise;

use domain::id::{BusinessId, PayoutId, TransferId};
use domain::money::Currency;
use domain::status::{PayoutMethodKind, ProviderKind};
use domain::time::UnixMs;
use domain::transfer::Answer;
use serde::{Deserialize, Serialize};
use store::programme::provider as rows;
use store::programme::transfer as transfers;
use url::Url;

pub use paypal::PayPal;
pub use store::programme::provider::Provider;
pub use stripe::Stripe;
pub use wise::Wise;

use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::identity::{audit, vault};
use crate::outbound;
use crate::programme::payout_method::Place;
use crate::random::new_code;
use crate::work::Work;

const PURPOSE: &str = "provider credentials";
/// Random characters in the address that a provider calls: 100 bits.
const ENDPOINT_LENGTH: usize = 20;

/// What is paid to whom. It is sealed and stored before a provider hears of it, and stays the same over all
/// attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The idempotency key.
    pub key: TransferId,
    /// What is executed.
    pub payout_id: PayoutId,
    /// Its number, for the statement line.
    pub number: i64,
    /// Minor units of `currency`; above zero.
    pub amount: i64,
    /// In what.
    pub currency: Currency,
    /// Where the money goes.
    pub place: Place,
    /// Whose place that is, as the law knows them.
    pub legal_name: String,
    /// Who pays.
    pub business: String,
    /// When it was made.
    pub made_at: UnixMs,
}

impl Order {
    /// The line on the statement of who is paid.
    pub(crate) fn reference(&self) -> String {
        format!("PO-{}", self.number)
    }
}

/// What a look-up found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// What the provider says of the transfer.
    Answer(Answer),
    /// It has no transfer of this key, or cannot be asked by key: submitting again with the same key is
    /// safe while it knows the key.
    Missing,
}

/// What a call by the provider is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The provider's own id of the event.
    pub event_id: String,
    /// Our key, where the event names it.
    pub key: Option<TransferId>,
    /// The provider's own ids of what it is about.
    pub references: Vec<String>,
}

/// A call by a provider, as it came.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The headers that the provider's kind signs with, names in lower case.
    pub head: std::collections::BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
    /// When it came.
    pub received: UnixMs,
}

/// A future of an adapter.
pub type Asking<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Speaks to one service.
pub trait Adapter: Send + Sync {
    /// Has the order executed, under its key. Doing it again with the same key must not pay twice.
    fn submit<'a>(&'a self, order: &'a Order) -> Asking<'a, Answer>;

    /// What became of an order; `reference` is the provider's own id, where it is known.
    fn look_up<'a>(&'a self, order: &'a Order, reference: Option<&'a str>) -> Asking<'a, Found>;

    /// Whether the service answers and knows us: a sentence that says so, or why not.
    fn test(&self) -> Asking<'_, Result<String, String>>;

    /// Whether a call came from the service. `None`: only the service itself can say, by
    /// [`Adapter::confirm`].
    fn is_signed(&self, incoming: &Incoming) -> Option<bool>;

    /// Asks the service whether a call came from it; an error: it could not be asked.
    fn confirm<'a>(&'a self, incoming: &'a Incoming) -> Asking<'a, Result<bool, String>>;

    /// Our key of what the service knows by an id of its own, for calls that name only that.
    fn key_of<'a>(&'a self, reference: &'a str) -> Asking<'a, Option<TransferId>>;
}

/// What we authenticate with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Credentials {
    /// PayPal's.
    PayPal {
        /// The app's client id.
        client_id: String,
        /// The app's secret.
        secret: String,
        /// The webhook's id, with which PayPal confirms its calls; empty: calls are refused.
        webhook_id: String,
    },
    /// Stripe's.
    Stripe {
        /// The secret or restricted key.
        secret: String,
        /// The webhook's signing secret; empty: calls are refused.
        webhook_secret: String,
    },
    /// Wise's.
    Wise {
        /// The API token.
        secret: String,
        /// The business profile that pays.
        profile: String,
        /// The balance that is paid from.
        source_currency: String,
        /// The public key of Wise's webhooks, PEM; empty: calls are refused.
        webhook_key: String,
    },
}

impl Credentials {
    /// What may be shown of them.
    fn masked(&self) -> String {
        let end = |text: &str| {
            let rest: String = text.chars().rev().take(4).collect();
            format!("•••• {}", rest.chars().rev().collect::<String>())
        };
        match self {
            Self::PayPal { secret, .. } | Self::Stripe { secret, .. } => end(secret),
            Self::Wise {
                secret,
                profile,
                source_currency,
                ..
            } => format!("{}, profile {profile}, from {source_currency}", end(secret)),
        }
    }
}

/// Which service executes payouts to a place in a currency.
///
/// # Errors
/// Why none does.
pub fn kind_for(place: &Place, currency: Currency) -> Result<ProviderKind, String> {
    kind_by(place.kind(), currency)
}

/// Which service executes payouts to places of this kind in a currency.
///
/// # Errors
/// Why none does.
pub fn kind_by(method: PayoutMethodKind, currency: Currency) -> Result<ProviderKind, String> {
    match method {
        PayoutMethodKind::PayPal => Ok(ProviderKind::PayPal),
        PayoutMethodKind::Stripe => Ok(ProviderKind::Stripe),
        PayoutMethodKind::Wise => Ok(ProviderKind::Wise),
        PayoutMethodKind::BankTransfer if currency.code() == "EUR" => Ok(ProviderKind::Wise),
        PayoutMethodKind::BankTransfer => Err(format!(
            "{} to an IBAN cannot be sent by a provider, only EUR can; pay it yourself and mark it paid",
            currency.code()
        )),
        PayoutMethodKind::Other => Err(
            "this affiliate is paid another way, so nothing can be sent by a provider; pay it yourself and mark it paid"
                .to_owned(),
        ),
    }
}

/// Whether a service can pay this amount at all.
///
/// # Errors
/// Why not.
pub fn check_amount(kind: ProviderKind, amount: i64, currency: Currency) -> Result<(), String> {
    match kind {
        ProviderKind::PayPal => paypal::amount_text(amount, currency).map(|_| ()),
        ProviderKind::Stripe => stripe::minor_units(amount, currency).map(|_| ()),
        ProviderKind::Wise => Ok(()),
    }
}

/// Why an answer is not what was hoped for, in words.
fn why(answer: Answer) -> String {
    match answer {
        Answer::Refused(why)
        | Answer::Returned(why)
        | Answer::NotSent(why)
        | Answer::Unclear(why) => why,
        Answer::Paid(_) | Answer::Taken(_) => String::new(),
    }
}

/// The service's name.
#[must_use]
pub const fn label(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::PayPal => "PayPal",
        ProviderKind::Stripe => "Stripe",
        ProviderKind::Wise => "Wise",
    }
}

/// Where a service answers, unless told otherwise.
#[must_use]
pub const fn usual_base_url(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::PayPal => "https://api-m.paypal.com",
        ProviderKind::Stripe => "https://api.stripe.com",
        ProviderKind::Wise => "https://api.wise.com",
    }
}

/// What the form sends. A blank secret keeps the one that is stored; fields of other kinds are not looked at.
#[derive(Debug, Clone, Default)]
pub struct ProviderIn {
    /// Where the service answers.
    pub base_url: String,
    /// PayPal: the client id.
    pub client_id: String,
    /// PayPal's secret, Stripe's key or Wise's token.
    pub secret: String,
    /// PayPal: the webhook's id.
    pub webhook_id: String,
    /// Stripe: the webhook's signing secret.
    pub webhook_secret: String,
    /// Wise: the profile.
    pub profile: String,
    /// Wise: the balance.
    pub source_currency: String,
    /// Wise: the public key of its webhooks.
    pub webhook_key: String,
}

fn owner(business: BusinessId, provider: &Provider) -> String {
    format!("{business} {}", provider.id)
}

/// What a connection authenticates with.
///
/// # Errors
/// When it does not open: the secret key was changed.
pub(crate) fn credentials(
    app: &App,
    business: BusinessId,
    provider: &Provider,
) -> Result<Credentials> {
    let text = vault::open_text(app, PURPOSE, &owner(business, provider), &provider.sealed)?;
    serde_json::from_str(&text)
        .map_err(|error| ServiceError::Internal(format!("provider credentials: {error}")))
}

/// Speaks to the service of a connection.
///
/// # Errors
/// When its credentials do not open.
pub(crate) fn adapter(
    app: &App,
    business: BusinessId,
    provider: &Provider,
) -> Result<Box<dyn Adapter>> {
    let line = dialect::Line::new(app, &provider.base_url)?;
    Ok(match credentials(app, business, provider)? {
        Credentials::PayPal {
            client_id,
            secret,
            webhook_id,
        } => Box::new(PayPal::new(line, client_id, secret, webhook_id)),
        Credentials::Stripe {
            secret,
            webhook_secret,
        } => Box::new(Stripe::new(line, secret, webhook_secret)),
        Credentials::Wise {
            secret,
            profile,
            source_currency,
            webhook_key,
        } => Box::new(Wise::new(
            line,
            secret,
            profile,
            source_currency,
            webhook_key,
        )),
    })
}

/// What a call of this kind of service is about.
///
/// # Errors
/// When it is not understood.
pub(crate) fn notice(kind: ProviderKind, body: &[u8]) -> Result<Notice, &'static str> {
    let json = serde_json::from_slice(body).map_err(|_| "the body is no JSON")?;
    let notice = match kind {
        ProviderKind::PayPal => paypal::notice(&json),
        ProviderKind::Stripe => stripe::notice(&json),
        ProviderKind::Wise => wise::notice(&json, body),
    };
    notice.ok_or("the body names no event")
}

/// All connections of the business.
///
/// # Errors
/// Forbidden for everybody but staff.
pub async fn list(work: &mut Work) -> Result<Vec<Provider>> {
    work.require(domain::status::Scope::Manage)?;
    Ok(rows::list(&mut work.tx).await?)
}

/// The kinds of connection that payouts can be sent by.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn connected(work: &mut Work) -> Result<Vec<ProviderKind>> {
    work.require(domain::status::Scope::Read)?;
    let all = rows::list(&mut work.tx).await?.into_iter();
    Ok(all
        .filter(|connection| connection.active)
        .map(|connection| connection.kind)
        .collect())
}

/// The connection of a kind with what its form shows: secrets are blank.
///
/// # Errors
/// Forbidden for everybody but the owner.
pub async fn form_of(
    work: &mut Work,
    kind: ProviderKind,
) -> Result<(Option<Provider>, ProviderIn)> {
    work.actor.require_owner()?;
    let Some(provider) = rows::find(&mut work.tx, kind).await? else {
        let empty = ProviderIn {
            base_url: usual_base_url(kind).to_owned(),
            ..ProviderIn::default()
        };
        return Ok((None, empty));
    };
    let mut input = ProviderIn {
        base_url: provider.base_url.clone(),
        ..ProviderIn::default()
    };
    match credentials(&work.app, work.business(), &provider) {
        Ok(Credentials::PayPal {
            client_id,
            webhook_id,
            ..
        }) => (input.client_id, input.webhook_id) = (client_id, webhook_id),
        Ok(Credentials::Stripe { .. }) => {}
        Ok(Credentials::Wise {
            profile,
            source_currency,
            webhook_key,
            ..
        }) => {
            input.profile = profile;
            input.source_currency = source_currency;
            input.webhook_key = webhook_key;
        }
        // Under another key they do not open; the form asks for all of them anew.
        Err(error) => tracing::error!(%error, "provider credentials do not open"),
    }
    Ok((Some(provider), input))
}

/// The address that the service is to call.
#[must_use]
pub fn callback_url(app: &App, provider: &Provider) -> String {
    format!(
        "{}/hooks/{}/{}",
        app.settings().base_url,
        provider.kind,
        provider.endpoint
    )
}

/// Makes or changes the connection of a kind, and switches it on. The page asks for a proof of who it is.
///
/// # Errors
/// Invalid by field; forbidden for everybody but the owner; a conflict when another service is named while
/// transfers of this connection have not ended.
pub async fn save(work: &mut Work, kind: ProviderKind, input: ProviderIn) -> Result<()> {
    work.actor.require_owner()?;
    let old = rows::find(&mut work.tx, kind).await?;
    let before = old
        .as_ref()
        .and_then(|old| credentials(&work.app, work.business(), old).ok());
    let mut checks = Checks::new();
    let base_url = checked_base_url(&work.app, &mut checks, &input.base_url);
    let credentials = checked(kind, input, before, &mut checks);
    checks.done()?;
    let id = old.as_ref().map_or_else(|| work.new_id(), |old| old.id);
    if let Some(old) = old.as_ref().filter(|old| old.base_url != base_url)
        && transfers::count_open(&mut work.tx, old.id).await? > 0
    {
        return Err(conflict(
            "payouts are on their way by this connection, and what became of them must be asked where they were sent; change the address once they have ended",
        ));
    }
    let endpoint = old.as_ref().map_or_else(
        || {
            let secret = new_code(work.app.random(), ENDPOINT_LENGTH);
            format!("{}{secret}", work.business().code())
        },
        |old| old.endpoint.clone(),
    );
    let mut provider = Provider {
        id,
        kind,
        base_url,
        sealed: Vec::new(),
        masked: credentials.masked(),
        endpoint,
        active: true,
        created_at_ms: old.map_or(work.now, |old| old.created_at_ms),
        updated_at_ms: work.now,
    };
    let text = serde_json::to_string(&credentials)
        .map_err(|error| ServiceError::Internal(format!("provider credentials: {error}")))?;
    let owner = owner(work.business(), &provider);
    provider.sealed = vault::seal_text(&work.app, PURPOSE, &owner, &text)?;
    rows::save(&mut work.tx, &provider).await?;
    let detail = format!("{} at {}", provider.masked, provider.base_url);
    audit::record(work, "provider.connect", "provider", kind.as_str(), &detail).await
}

fn checked_base_url(app: &App, checks: &mut Checks, text: &str) -> String {
    let text = checks.text("base_url", text, 1..=200);
    let url = match Url::parse(&text) {
        Ok(url) => url,
        Err(_) => {
            if !text.is_empty() {
                checks.fail(
                    "base_url",
                    "must be an address such as https://api.stripe.com",
                );
            }
            return text;
        }
    };
    if let Err(why) = outbound::check(app, &url) {
        checks.fail("base_url", why);
    } else if url.query().is_some() || url.fragment().is_some() || url.path() != "/" {
        checks.fail(
            "base_url",
            "must be just the scheme, the host and perhaps a port",
        );
    }
    url.as_str().trim_end_matches('/').to_owned()
}

/// A secret, or the one before when it is blank.
fn secret(checks: &mut Checks, field: &str, text: &str, before: Option<&str>) -> String {
    match before {
        Some(before) if text.trim().is_empty() => before.to_owned(),
        _ => {
            let text = checks.text(field, text, 8..=500);
            checks.that(
                !text.contains(char::is_whitespace) && text.is_ascii(),
                field,
                "has characters that no key has",
            );
            text
        }
    }
}

fn checked(
    kind: ProviderKind,
    input: ProviderIn,
    before: Option<Credentials>,
    checks: &mut Checks,
) -> Credentials {
    let (before_secret, before_hook) = match &before {
        Some(Credentials::PayPal { secret, .. } | Credentials::Wise { secret, .. }) => {
            (Some(secret.as_str()), None)
        }
        Some(Credentials::Stripe {
            secret,
            webhook_secret,
        }) => (Some(secret.as_str()), Some(webhook_secret.as_str())),
        None => (None, None),
    };
    let secret_text = secret(checks, "secret", &input.secret, before_secret);
    match kind {
        ProviderKind::PayPal => Credentials::PayPal {
            client_id: secret(checks, "client_id", &input.client_id, None),
            secret: secret_text,
            webhook_id: checks.text("webhook_id", &input.webhook_id, 0..=100),
        },
        ProviderKind::Stripe => Credentials::Stripe {
            secret: secret_text,
            webhook_secret: secret(
                checks,
                "webhook_secret",
                &input.webhook_secret,
                Some(before_hook.unwrap_or_default()),
            ),
        },
        ProviderKind::Wise => {
            let profile = checks.text("profile", &input.profile, 1..=20);
            checks.that(
                profile.bytes().all(|byte| byte.is_ascii_digit()),
                "profile",
                "is the number of the profile",
            );
            let source_currency = checks.text("source_currency", &input.source_currency, 3..=3);
            let source_currency = source_currency.to_uppercase();
            checks.that(
                source_currency.parse::<Currency>().is_ok(),
                "source_currency",
                "is a code such as EUR",
            );
            let webhook_key = checks.text("webhook_key", &input.webhook_key, 0..=4000);
            checks.that(
                webhook_key.is_empty() || wise::public_key(&webhook_key).is_some(),
                "webhook_key",
                "must be the public key that begins with -----BEGIN PUBLIC KEY-----",
            );
            Credentials::Wise {
                secret: secret_text,
                profile,
                source_currency,
                webhook_key,
            }
        }
    }
}

/// Switches a connection off: nothing new is sent by it. What is on its way is looked up as before.
///
/// # Errors
/// Not found; forbidden for everybody but the owner.
pub async fn disconnect(work: &mut Work, kind: ProviderKind) -> Result<()> {
    work.actor.require_owner()?;
    let mut provider = rows::find(&mut work.tx, kind)
        .await?
        .ok_or(not_found("provider"))?;
    provider.active = false;
    provider.updated_at_ms = work.now;
    rows::save(&mut work.tx, &provider).await?;
    audit::record(work, "provider.disconnect", "provider", kind.as_str(), "").await
}

/// Asks the service whether it knows us. Holds no transaction while it waits.
///
/// # Errors
/// Not found; forbidden for everybody but the owner.
pub async fn test(app: &App, mut work: Work, kind: ProviderKind) -> Result<Result<String, String>> {
    work.actor.require_owner()?;
    let provider = rows::find(&mut work.tx, kind)
        .await?
        .ok_or(not_found("provider"))?;
    let adapter = adapter(app, work.business(), &provider)?;
    drop(work);
    Ok(adapter.test().await)
}
