//! Where an affiliate's money goes: set by the affiliate, sealed, shown masked.
//!
//! A change needs a proof of who the person is (the page asks for it), is told by mail, and makes payouts
//! wait for a few days, so that whoever got into an account cannot have the next payout.

use domain::iban::{bic, grouped, iban};
use domain::id::{AffiliateId, PayoutMethodId};
use domain::language::Language;
use domain::self_referral::mailbox;
use domain::status::{AffiliateStatus, PayoutMethodKind, Scope};
use domain::text::fold;
use domain::time::{DAY_MS, UnixMs};
use serde::{Deserialize, Serialize};
use store::identity::payout_hold;
use store::portal::account;
use store::programme::affiliate;
use store::programme::payout_method as rows;
pub use store::programme::payout_method::{PayoutMethod, Shared};

use crate::check::Checks;
use crate::crm::contact::masked;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, seal, vault};
use crate::messaging::{mail, notice};
use crate::portal::session::acting;
use crate::programme::payout_rule;
use crate::work::Work;

/// Days that payouts wait after a change, unless the business chose otherwise.
pub const HOLD_DAYS: i64 = 3;
/// The longest a business can make them wait.
pub const HOLD_DAYS_MAX: i64 = 30;
/// Changes that are shown.
const HISTORY_MAX: i64 = 20;
const PURPOSE: &str = "payout method";

/// What the form sends; fields of other kinds than the chosen are not looked at.
#[derive(Debug, Clone)]
pub struct PayoutMethodIn {
    /// How to be paid.
    pub kind: PayoutMethodKind,
    /// For PayPal and Wise.
    pub email: String,
    /// For a bank transfer.
    pub iban: String,
    /// For a bank transfer; may be blank.
    pub bic: String,
    /// For a bank transfer: whose account it is.
    pub holder: String,
    /// For Stripe: the connected account.
    pub account: String,
    /// For another way: where and how, in words.
    pub text: String,
    /// The name on invoices and statements.
    pub legal_name: String,
    /// The VAT id; may be blank.
    pub vat_id: String,
}

/// Where the money goes, in the clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// An account at PayPal.
    PayPal {
        /// Its address.
        email: String,
    },
    /// A bank account.
    Bank {
        /// Without spaces.
        iban: String,
        /// The bank's code.
        bic: Option<String>,
        /// Whose account it is.
        holder: String,
    },
    /// An account at Wise.
    Wise {
        /// Its address.
        email: String,
    },
    /// A connected account at Stripe.
    Stripe {
        /// Its id, such as `acct_1Nv0FGQ9RKHgCVdK`.
        account: String,
    },
    /// As described.
    Other {
        /// In the affiliate's words.
        text: String,
    },
}

/// What is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Where the money goes.
    pub place: Place,
    /// The name on invoices and statements.
    pub legal_name: String,
    /// The VAT id.
    pub vat_id: Option<String>,
}

impl Place {
    /// How money goes there.
    pub(crate) const fn kind(&self) -> PayoutMethodKind {
        match self {
            Self::PayPal { .. } => PayoutMethodKind::PayPal,
            Self::Bank { .. } => PayoutMethodKind::BankTransfer,
            Self::Wise { .. } => PayoutMethodKind::Wise,
            Self::Stripe { .. } => PayoutMethodKind::Stripe,
            Self::Other { .. } => PayoutMethodKind::Other,
        }
    }

    /// The address, when the place has one.
    fn email(&self) -> Option<&str> {
        match self {
            Self::PayPal { email } | Self::Wise { email } => Some(email),
            Self::Bank { .. } | Self::Stripe { .. } | Self::Other { .. } => None,
        }
    }

    /// What may be shown of it.
    fn masked(&self) -> String {
        match self {
            Self::PayPal { email } | Self::Wise { email } => masked(email),
            Self::Bank { iban, .. } => {
                let country = iban.get(..2).unwrap_or_default();
                let end = iban.get(iban.len().saturating_sub(4)..).unwrap_or_default();
                format!("{country}•• •••• {end}")
            }
            Self::Stripe { account } => {
                let end = account.get(account.len().saturating_sub(4)..);
                format!("acct_•••• {}", end.unwrap_or_default())
            }
            Self::Other { .. } => "as described".to_owned(),
        }
    }

    /// The text that is the same for the same place.
    fn plain(&self) -> String {
        match self {
            Self::PayPal { email } | Self::Wise { email } => mailbox(email),
            Self::Bank { iban, .. } => iban.to_lowercase(),
            Self::Stripe { account } => account.clone(),
            Self::Other { text } => fold(text),
        }
    }

    /// Names and values for who pays.
    #[must_use]
    pub fn facts(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::PayPal { email } => vec![("PayPal address", email.clone())],
            Self::Wise { email } => vec![("Wise address", email.clone())],
            Self::Bank { iban, bic, holder } => {
                let mut facts = vec![("Account holder", holder.clone()), ("IBAN", grouped(iban))];
                facts.extend(bic.clone().map(|bic| ("BIC", bic)));
                facts
            }
            Self::Stripe { account } => vec![("Stripe account", account.clone())],
            Self::Other { text } => vec![("How to pay", text.clone())],
        }
    }
}

/// Whose a sealed text is: of one method of one affiliate, and of no other.
fn owner(work: &Work, affiliate: AffiliateId, method: PayoutMethodId) -> String {
    format!("{} {affiliate} {method}", work.business())
}

/// The keyed hash of a place.
fn fingerprint(work: &Work, plain: &str) -> String {
    seal::fingerprint(
        &work.app,
        "payout place",
        &format!("{} {plain}", work.business()),
    )
}

fn open(work: &Work, method: &PayoutMethod) -> Result<Details> {
    open_sealed(work, method.affiliate_id, method.id, &method.sealed)
}

/// The details of a stored method, for a payment file.
pub(crate) fn open_sealed(
    work: &Work,
    affiliate: AffiliateId,
    id: PayoutMethodId,
    sealed: &[u8],
) -> Result<Details> {
    let text = vault::open_text(&work.app, PURPOSE, &owner(work, affiliate, id), sealed)?;
    serde_json::from_str(&text)
        .map_err(|error| ServiceError::Internal(format!("payout details: {error}")))
}

/// Whose methods the actor asks for: an affiliate sees its own only.
fn visible(work: &Work, affiliate: AffiliateId) -> Result<()> {
    match work.actor.affiliate() {
        Ok(own) if own == affiliate => Ok(()),
        Ok(_) => Err(not_found("affiliate")),
        Err(_) if work.actor.may(Scope::Payout) => Ok(()),
        Err(_) => work.require(Scope::Read),
    }
}

/// What an affiliate has set, the newest first: that is the one that counts.
///
/// # Errors
/// Not found for another affiliate's; forbidden without the scope `read` or `payout`.
pub async fn list(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<PayoutMethod>> {
    visible(work, affiliate)?;
    Ok(rows::list(&mut work.tx, affiliate, HISTORY_MAX).await?)
}

/// Other affiliates who are or were paid at the same place as this method says.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn shared(work: &mut Work, method: &PayoutMethod) -> Result<Vec<Shared>> {
    work.require(Scope::Read)?;
    Ok(rows::shared(&mut work.tx, &method.fingerprint, method.affiliate_id).await?)
}

/// Affiliates who are or were paid at an address, and the keyed hash of it.
pub(crate) async fn paid_at(work: &mut Work, email: &str) -> Result<(Vec<AffiliateId>, String)> {
    let fingerprint = fingerprint(work, &mailbox(email));
    let affiliates = rows::paid_at(&mut work.tx, &fingerprint).await?;
    Ok((affiliates, fingerprint))
}

/// What the method in force says, in the clear, for who pays. It is noted that they looked.
///
/// # Errors
/// Forbidden without the scope `payout`; not found when none is set.
pub async fn reveal(work: &mut Work, affiliate: AffiliateId) -> Result<(PayoutMethod, Details)> {
    work.require(Scope::Payout)?;
    let method = rows::list(&mut work.tx, affiliate, 1)
        .await?
        .into_iter()
        .next()
        .ok_or(not_found("payout method"))?;
    let details = open(work, &method)?;
    audit::record(
        work,
        "payout_method.reveal",
        "affiliate",
        &affiliate.to_string(),
        &format!("looked at the payout details ({})", method.masked),
    )
    .await?;
    Ok((method, details))
}

/// Days that payouts wait after a change.
///
/// # Errors
/// As the database says.
pub async fn hold_days(work: &mut Work) -> Result<i64> {
    Ok(payout_hold::find(&mut work.tx).await?.unwrap_or(HOLD_DAYS))
}

/// Sets how many days payouts wait after a change; changes already made keep theirs.
///
/// # Errors
/// Invalid with the field `payout_hold_days`; forbidden without the scope `manage`.
pub async fn set_hold_days(work: &mut Work, days: i64) -> Result<()> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    checks.range("payout_hold_days", days, 0..=HOLD_DAYS_MAX);
    checks.done()?;
    if hold_days(work).await? == days {
        return Ok(());
    }
    payout_hold::set(&mut work.tx, days).await?;
    let unit = if days == 1 { "day" } else { "days" };
    let detail = format!("payouts wait {days} {unit} after a change of the payout method");
    audit::record(work, "setting.payout_hold", "setting", "", &detail).await
}

/// Until when payouts to an affiliate wait, if they do.
///
/// # Errors
/// As [`list`].
pub async fn held_until(work: &mut Work, affiliate: AffiliateId) -> Result<Option<UnixMs>> {
    visible(work, affiliate)?;
    let newest = rows::list(&mut work.tx, affiliate, 1).await?;
    Ok(newest
        .first()
        .map(|method| method.holds_until_ms)
        .filter(|until| *until > work.now))
}

/// Refuses to pay an affiliate whose payout method was changed lately.
pub(crate) async fn require_settled(
    work: &mut Work,
    affiliate: AffiliateId,
    name: &str,
) -> Result<()> {
    let Some(until) = held_until(work, affiliate).await? else {
        return Ok(());
    };
    let zone = notice::sender(work).await?.timezone;
    Err(conflict(format!(
        "{name} has changed where payouts go to, so this one waits until {}. Ask them whether it was they who changed it",
        hold_text(until, &zone)
    )))
}

/// The end of a hold: "5 December 2026, 14:30".
#[must_use]
pub fn hold_text(until: UnixMs, timezone: &str) -> String {
    hold_text_in(until, timezone, Language::English)
}

fn hold_text_in(until: UnixMs, timezone: &str, language: Language) -> String {
    let zone = domain::time::zone(timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    let until = until.timestamp().to_zoned(zone);
    format!(
        "{}, {}",
        language.long_date(until.date()),
        until.strftime("%H:%M")
    )
}

fn checked(input: PayoutMethodIn) -> Result<Details> {
    let PayoutMethodIn {
        kind,
        email,
        iban: iban_text,
        bic: bic_text,
        holder,
        account,
        text,
        legal_name,
        vat_id,
    } = input;
    let mut checks = Checks::new();
    let place = match kind {
        PayoutMethodKind::PayPal => Place::PayPal {
            email: checks.email("email", &email),
        },
        PayoutMethodKind::Wise => Place::Wise {
            email: checks.email("email", &email),
        },
        PayoutMethodKind::BankTransfer => {
            let given = checks.text("iban", &iban_text, 1..=60);
            let iban = match iban(&given) {
                Ok(iban) => iban,
                Err(error) => {
                    if !given.is_empty() {
                        checks.fail("iban", format!("This {error}"));
                    }
                    String::new()
                }
            };
            let given = checks.optional_text("bic", Some(&bic_text), 20);
            let bic = given.as_deref().and_then(bic);
            checks.that(
                given.is_none() || bic.is_some(),
                "bic",
                "has 8 or 11 characters, such as COBADEFF",
            );
            Place::Bank {
                iban,
                bic,
                holder: checks.text("holder", &holder, 1..=140),
            }
        }
        PayoutMethodKind::Stripe => {
            let account = checks.text("account", &account, 1..=60);
            checks.that(
                account.is_empty() || is_stripe_account(&account),
                "account",
                "begins with acct_ and has letters and digits after it",
            );
            Place::Stripe { account }
        }
        PayoutMethodKind::Other => Place::Other {
            text: checks.text("text", &text, 10..=1000),
        },
    };
    let details = Details {
        place,
        legal_name: checks.text("legal_name", &legal_name, 1..=200),
        vat_id: checks.optional_text("vat_id", Some(&vat_id), 30),
    };
    checks.done()?;
    Ok(details)
}

/// Whether a text is the id of an account at Stripe.
fn is_stripe_account(text: &str) -> bool {
    text.strip_prefix("acct_").is_some_and(|rest| {
        (8..=40).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// What the method in force says, for the program that pays; nothing when none is set. Details that do not open stand
/// in the way of their affiliate's payouts only, so they are a conflict.
pub(crate) async fn to_pay(
    work: &mut Work,
    affiliate: AffiliateId,
) -> Result<Option<(PayoutMethod, Details)>> {
    let newest = rows::list(&mut work.tx, affiliate, 1).await?.into_iter();
    newest
        .map(|method| match open(work, &method) {
            Ok(details) => Ok((method, details)),
            Err(error) => {
                tracing::error!(affiliate.id = %affiliate, %error, "the payout details of {affiliate} cannot be opened");
                Err(conflict(
                    "where this affiliate is paid cannot be read; ask them to enter it again in the portal",
                ))
            }
        })
        .next()
        .transpose()
}

/// Sets where the money of the affiliate who acts goes. They are told by mail, also at the address the
/// money went to before, and payouts wait.
///
/// # Errors
/// Invalid by field; a conflict for suspended and terminated affiliates; forbidden for everybody but
/// affiliates in the portal.
pub async fn set(work: &mut Work, input: PayoutMethodIn) -> Result<()> {
    let person = acting(work)?;
    let id = work.actor.affiliate()?;
    let kind = input.kind;
    let details = checked(input)?;
    let affiliate = affiliate::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("affiliate"))?;
    let account = account::find(&mut work.tx, person)
        .await?
        .ok_or(not_found("account"))?;
    if !may_set(affiliate.status) {
        return Err(conflict(
            "Your participation does not allow changes now. Write to us to change where payouts go to.",
        ));
    }
    if !allowed(work, id).await?.contains(&kind) {
        return Err(invalid("kind", "is not a way you can be paid here"));
    }
    let before = rows::list(&mut work.tx, id, 1).await?.into_iter().next();
    let text = serde_json::to_string(&details)
        .map_err(|error| ServiceError::Internal(format!("payout details: {error}")))?;
    let days = hold_days(work).await?;
    let holds_until = work.now.plus_ms(days.saturating_mul(DAY_MS));
    let method_id = work.new_id();
    let method = PayoutMethod {
        id: method_id,
        affiliate_id: id,
        kind,
        sealed: vault::seal_text(&work.app, PURPOSE, &owner(work, id, method_id), &text)?,
        masked: details.place.masked(),
        fingerprint: fingerprint(work, &details.place.plain()),
        // A hold that runs is not shortened by another change.
        holds_until_ms: before
            .as_ref()
            .map_or(holds_until, |before| before.holds_until_ms.max(holds_until)),
        created_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &method).await?;
    rows::set_on_affiliate(&mut work.tx, id, kind).await?;
    audit::record(
        work,
        "payout_method.set",
        "affiliate",
        &id.to_string(),
        &format!("payouts go to {}, {}", label(kind), method.masked),
    )
    .await?;
    // Who owns the account hears of it, wherever they read their mail.
    let old_email = match &before {
        // Details that do not open any more, of another key, must not stand in the way of new ones.
        Some(before) => match open(work, before) {
            Ok(details) => details.place.email().map(str::to_owned),
            Err(error) => {
                tracing::error!(%error, payout_method.id = %before.id, "payout details do not open");
                None
            }
        },
        None => None,
    };
    let mut addresses = vec![account.email.clone()];
    if let Some(old) = old_email.filter(|old| fold(old) != fold(&account.email)) {
        addresses.push(old);
    }
    let sender = notice::sender_to(work, &account.email).await?;
    let portal = notice::portal_address(work, &sender.slug).await?;
    let language = sender.language;
    let waits = if method.holds_until_ms <= work.now {
        String::new()
    } else {
        let until = hold_text_in(method.holds_until_ms, &sender.timezone, language);
        language.of(
            format!(" Payouts wait until {until}."),
            format!(" Auszahlungen warten bis {until}."),
        )
    };
    let told = language.of(
        format!(
            "payouts go to {} now, {}.{waits}",
            label(kind),
            method.masked
        ),
        format!(
            "Auszahlungen gehen jetzt {}: {}.{waits}",
            label_in_german(kind),
            method.masked
        ),
    );
    let what = language.of(
        "Your payout method was changed",
        "Ihr Auszahlungsweg wurde geändert",
    );
    for to in addresses {
        let new = mail::account_changed(&sender, &to, &account.name, what, &told, &portal);
        mail::enqueue(work, new).await?;
    }
    work.changed(Some(id));
    Ok(())
}

/// The ways in which an affiliate can be paid: what its group or the business pays by.
///
/// # Errors
/// As [`list`].
pub async fn allowed(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<PayoutMethodKind>> {
    visible(work, affiliate)?;
    let rule = payout_rule::of_affiliate(work, affiliate).await?;
    Ok(PayoutMethodKind::ALL
        .iter()
        .copied()
        .filter(|method| payout_rule::allows(&rule.methods, *method))
        .collect())
}

/// Whether an affiliate of this status may say where payouts go to.
#[must_use]
pub const fn may_set(status: AffiliateStatus) -> bool {
    matches!(status, AffiliateStatus::Approved | AffiliateStatus::Pending)
}

const fn label(kind: PayoutMethodKind) -> &'static str {
    match kind {
        PayoutMethodKind::BankTransfer => "a bank account",
        PayoutMethodKind::PayPal => "PayPal",
        PayoutMethodKind::Wise => "Wise",
        PayoutMethodKind::Stripe => "Stripe",
        PayoutMethodKind::Other => "another place",
    }
}

const fn label_in_german(kind: PayoutMethodKind) -> &'static str {
    match kind {
        PayoutMethodKind::BankTransfer => "auf ein Bankkonto",
        PayoutMethodKind::PayPal => "an PayPal",
        PayoutMethodKind::Wise => "an Wise",
        PayoutMethodKind::Stripe => "an Stripe",
        PayoutMethodKind::Other => "an eine andere Stelle",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_tells_little() {
        let bank = Place::Bank {
            iban: "DE89370400440532013000".to_owned(),
            bic: None,
            holder: "Maya Okonkwo".to_owned(),
        };
        assert_eq!(bank.masked(), "DE•• •••• 3000");
        let paypal = Place::PayPal {
            email: "maya@example.com".to_owned(),
        };
        assert!(!paypal.masked().contains("maya"));
        assert_eq!(
            paypal.plain(),
            Place::Wise {
                email: "Maya+money@Example.com".to_owned()
            }
            .plain(),
            "the same mailbox"
        );
    }
}
