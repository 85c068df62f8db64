//! Founding a business, and its profile.

use domain::id::{BusinessId, StaffId};
use domain::language::Language;
use domain::money::Currency;
use domain::status::{
    AffiliateStatus, Model, PayoutFrequency, ReferralApproval, Role, Scope, SelfReferralPolicy,
};
use domain::time::UnixMs;
use jiff::tz::TimeZone;
pub use store::identity::business::Business;
use store::identity::setting::Setting;
use store::identity::staff::{self, Staff};
use store::identity::{business, setting};

use super::api_key::{self, ApiKeyIn};
use super::{audit, log_in, password};
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::random::{new_business_id, new_code, new_id};
use crate::work::Work;

/// The number before a business's first payout, which is then PO-1001.
const PAYOUT_NUMBER_BEFORE: i64 = 1000;
/// Tries to find a free short name before giving up.
const SLUG_TRIES: u32 = 50;
/// Random characters of a publishable key, 5 bits each.
const PUBLISHABLE_KEY_LENGTH: usize = 16;
/// Days a click counts in new campaigns until someone chooses otherwise.
const COOKIE_DAYS: i64 = 30;

/// What a business begins with.
#[derive(Debug, Clone, Default)]
pub struct NewBusiness {
    /// As people read it.
    pub name: String,
    /// The owner's address; who is known already needs their present password.
    pub owner_email: String,
    /// The owner's name; who is known already keeps theirs.
    pub owner_name: String,
    /// A new password, or the present one of a known owner.
    pub owner_password: String,
    /// ISO 4217 code.
    pub currency: String,
    /// IANA name of a time zone.
    pub timezone: String,
}

/// What founding led to.
#[derive(Debug, Clone)]
pub struct Founded {
    /// The business.
    pub business: Business,
    /// Its owner.
    pub staff_id: StaffId,
    /// The text of an API key with all scopes; it cannot be had again.
    pub api_key: String,
}

/// Founds a business with its owner, default settings, an empty ledger and an API key.
///
/// # Errors
/// [`ServiceError::Invalid`] by field, also when the owner is known and the password is not theirs.
pub async fn found(app: &App, new: NewBusiness) -> Result<Founded> {
    let (mut work, business, staff_id) = begin(app, new, false).await?;
    let key = ApiKeyIn {
        name: "First key".to_owned(),
        scopes: Scope::ALL.to_vec(),
        allowed_ips: String::new(),
        expires_in_days: None,
    };
    let (_, api_key) = api_key::create(&mut work, key).await?;
    work.commit().await?;
    Ok(Founded {
        business,
        staff_id,
        api_key,
    })
}

/// Like [`found`], for the set-up page of a new installation: refused once there is a business, and
/// without a key, which nobody would see.
///
/// # Errors
/// As [`found`]; [`ServiceError::Conflict`] when there is one already.
pub async fn set_up(app: &App, new: NewBusiness) -> Result<(Business, StaffId)> {
    let (work, business, staff_id) = begin(app, new, true).await?;
    work.commit().await?;
    Ok((business, staff_id))
}

/// The business with its owner, in a work that is not committed yet.
async fn begin(
    app: &App,
    new: NewBusiness,
    only_as_first: bool,
) -> Result<(Work, Business, StaffId)> {
    let NewBusiness {
        name,
        owner_email,
        owner_name,
        owner_password,
        currency,
        timezone,
    } = new;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=120);
    let owner_email = checks.email("owner_email", &owner_email);
    let owner_name = checks.text("owner_name", &owner_name, 1..=120);
    let currency = currency.trim().to_uppercase().parse::<Currency>();
    checks.that(
        currency.is_ok(),
        "currency",
        "is not a currency; use an ISO 4217 code such as USD",
    );
    let timezone = timezone.trim().to_owned();
    checks.that(
        domain::time::zone(&timezone).is_some(),
        "timezone",
        "is not a time zone; use a name such as Europe/Berlin or UTC",
    );
    let folded = domain::text::fold(&owner_email);
    let known = match owner_email.is_empty() {
        true => None,
        false => staff::find_by_email(&mut app.db().system_read().await?, &folded).await?,
    };
    if known.is_none() {
        password::check(&mut checks, "owner_password", &owner_password);
    }
    checks.done()?;
    let currency = currency.map_err(|_| invalid("currency", "is not a currency"))?;

    // Hashing takes its time, so it happens before the transaction.
    let person = match known {
        Some(person) => {
            let account = log_in::account(app, "staff", &folded, None);
            log_in::take_turn(app, &account).await?;
            if !password::verify(app, &owner_password, Some(&person.password_hash)).await? {
                return Err(invalid(
                    "owner_password",
                    "is not the password of this address, which is known here already",
                ));
            }
            log_in::passed(app, &account).await?;
            Ok(person)
        }
        None => Err(password::hash(app, &owner_password).await?),
    };

    let now = app.now();
    let mut tx = app.db().system_write().await?;
    if only_as_first && business::count(&mut tx).await? > 0 {
        return Err(conflict(
            "This installation is set up already. Log in instead.",
        ));
    }
    let person = match person {
        Ok(person) => person,
        Err(password_hash) => {
            let person = Staff {
                id: new_id(app.random(), now),
                email: owner_email,
                name: owner_name,
                password_hash,
                created_at_ms: now,
            };
            if !staff::insert(&mut tx, &person).await? {
                return Err(conflict("This address was taken a moment ago. Try again."));
            }
            person
        }
    };
    let business = insert_with_slug(app, &mut tx, name, currency, timezone, now).await?;
    let mut tx = tx.scoped(business.id);
    setting::insert(&mut tx, &defaults(app, business.id, now)).await?;
    business::insert_journal_head(&mut tx, PAYOUT_NUMBER_BEFORE).await?;
    staff::insert_member(&mut tx, person.id, Role::Owner, now).await?;

    let mut work = Work::new(
        app.clone(),
        Actor::System {
            business: business.id,
        },
        now,
        tx,
    );
    let detail = format!("{} founded by {}", business.name, person.name);
    audit::record(
        &mut work,
        "business.found",
        "business",
        &business.id.to_string(),
        &detail,
    )
    .await?;
    Ok((work, business, person.id))
}

async fn insert_with_slug(
    app: &App,
    tx: &mut store::db::SystemTx,
    name: String,
    currency: Currency,
    timezone: String,
    now: UnixMs,
) -> Result<Business> {
    let wanted = match domain::text::slug(&name) {
        slug if slug.is_empty() => "business".to_owned(),
        slug => slug,
    };
    let mut business = Business {
        id: new_business_id(app.random(), now),
        slug: wanted.clone(),
        name,
        currency,
        timezone,
        language: Language::FIRST,
        demo: app.settings().demo,
        created_at_ms: now,
    };
    for number in 2..SLUG_TRIES {
        if business::insert(tx, &business).await? {
            return Ok(business);
        }
        business.slug = format!("{wanted}-{number}");
    }
    Err(invalid(
        "name",
        "is used by too many businesses here; choose another",
    ))
}

fn defaults(app: &App, business: BusinessId, now: UnixMs) -> Setting {
    Setting {
        publishable_key: format!(
            "pk_{}_{}",
            business.code(),
            new_code(app.random(), PUBLISHABLE_KEY_LENGTH)
        ),
        referral_approval: ReferralApproval::Manual,
        default_affiliate_status: AffiliateStatus::Approved,
        default_cookie_days: COOKIE_DAYS,
        default_model: Model::LastClick,
        link_parameter: "via".to_owned(),
        coupons_beat_links: true,
        bind_customers: true,
        self_referral: SelfReferralPolicy::Hold,
        truth_source: None,
        payout_frequency: PayoutFrequency::Monthly,
        payout_method: "bank_transfer".to_owned(),
        notify_affiliate_approved: true,
        notify_payout: true,
        mask_customer_emails: false,
        support_email: None,
        allow_duplicate_contact: false,
        sign_up_open: true,
        magic_links: false,
        checklist_dismissed: false,
        settings_reviewed_at_ms: None,
        updated_at_ms: now,
    }
}

/// The business behind a publishable key's text (`pk_<business>_<random>`), as far as the text
/// tells; whether the key is in force is for [`super::setting::has_publishable_key`].
#[must_use]
pub fn of_publishable_key(key: &str) -> Option<BusinessId> {
    let (code, _) = key.strip_prefix("pk_")?.split_once('_')?;
    BusinessId::from_code(code)
}

/// Whether this installation has no business yet.
///
/// # Errors
/// As the database says.
pub async fn none_yet(app: &App) -> Result<bool> {
    Ok(business::count(&mut app.db().system_read().await?).await? == 0)
}

/// The business with this short name: portals and the command line.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn by_slug(app: &App, slug: &str) -> Result<Business> {
    business::find_by_slug(&mut app.db().system_read().await?, slug)
        .await?
        .ok_or(not_found("business"))
}

/// The business of an installation that has just one.
///
/// # Errors
/// As the database says.
pub async fn the_only(app: &App) -> Result<Option<Business>> {
    let mut first_two = business::list(&mut app.db().system_read().await?, None, 2).await?;
    Ok(if first_two.len() == 1 {
        first_two.pop()
    } else {
        None
    })
}

/// Every business, oldest first: jobs, `verify`, `transfer`.
///
/// # Errors
/// As the database says.
pub async fn list(app: &App) -> Result<Vec<Business>> {
    const PAGE: i64 = 500;
    let mut tx = app.db().system_read().await?;
    let mut all: Vec<Business> = Vec::new();
    loop {
        let page = business::list(&mut tx, all.last().map(|last| last.id), PAGE).await?;
        let more = page.len() as i64 == PAGE;
        all.extend(page);
        if !more {
            return Ok(all);
        }
    }
}

/// The businesses a person works for, by name.
///
/// # Errors
/// As the database says.
pub async fn list_of_staff(app: &App, staff: StaffId) -> Result<Vec<Business>> {
    Ok(business::list_of_staff(&mut app.db().system_read().await?, staff).await?)
}

/// The business of this work.
///
/// # Errors
/// [`ServiceError::NotFound`], only for a business that does not exist.
pub async fn get(work: &mut Work) -> Result<Business> {
    business::find(&mut work.tx)
        .await?
        .ok_or(not_found("business"))
}

/// The zone in which this business counts its days.
///
/// # Errors
/// [`ServiceError::Internal`] when the stored name is not in the table.
pub async fn zone(work: &mut Work) -> Result<TimeZone> {
    let business = get(work).await?;
    zone_of(&business)
}

/// The zone of a business at hand.
///
/// # Errors
/// [`ServiceError::Internal`] when the stored name is not in the table.
pub fn zone_of(business: &Business) -> Result<TimeZone> {
    zone_named(&business.timezone)
}

/// The zone with the name that a business has stored.
///
/// # Errors
/// As [`zone_of`].
pub(crate) fn zone_named(timezone: &str) -> Result<TimeZone> {
    domain::time::zone(timezone)
        .ok_or_else(|| ServiceError::Internal(format!("unknown time zone {timezone}")))
}

/// The currency that forms suggest.
///
/// # Errors
/// As [`get`].
pub async fn currency(work: &mut Work) -> Result<Currency> {
    Ok(get(work).await?.currency)
}

/// What the business says of itself.
#[derive(Debug, Clone)]
pub struct Profile {
    /// As people read it.
    pub name: String,
    /// IANA name of a time zone. A change counts for new rows; days already written stay.
    pub timezone: String,
    /// The language of the portal for who has not chosen one.
    pub language: Language,
}

/// Changes the profile.
///
/// # Errors
/// [`ServiceError::Invalid`]; [`ServiceError::Forbidden`] for everyone but the owner.
pub async fn update(work: &mut Work, profile: Profile) -> Result<()> {
    work.require(Scope::Manage)?;
    let Profile {
        name,
        timezone,
        language,
    } = profile;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=120);
    let timezone = timezone.trim().to_owned();
    checks.that(
        domain::time::zone(&timezone).is_some(),
        "timezone",
        "is not a time zone; use a name such as Europe/Berlin or UTC",
    );
    checks.done()?;
    let before = get(work).await?;
    if before.name == name && before.timezone == timezone && before.language == language {
        return Ok(());
    }
    work.actor.require_owner()?;
    business::update(&mut work.tx, &name, &timezone, language).await?;
    let detail = format!(
        "name: {} → {name}; time zone: {} → {timezone}; language: {} → {language}",
        before.name, before.timezone, before.language
    );
    audit::record(
        work,
        "business.update",
        "business",
        &before.id.to_string(),
        &detail,
    )
    .await?;
    work.changed(None);
    Ok(())
}
