//! What a business has chosen. Choices count for what comes; nothing already recorded changes.

use domain::money::Currency;
use domain::status::{
    AffiliateStatus, Model, PayoutFrequency, ReferralApproval, Scope, SelfReferralPolicy,
};
pub use store::identity::payout_minimum::PayoutMinimum;
pub use store::identity::setting::Setting;
use store::identity::{payout_minimum, setting};
use subtle::ConstantTimeEq as _;

use super::audit;
use crate::check::Checks;
use crate::error::{Result, ServiceError};
use crate::work::Work;

/// Currencies one business may have a minimum in.
const MINIMUMS_MAX: usize = 20;
/// The longest a click may count, in days.
pub const COOKIE_DAYS_MAX: i64 = 365;

/// The settings of this business.
///
/// # Errors
/// [`ServiceError::Internal`] when the row is missing, which founding rules out.
pub async fn get(work: &mut Work) -> Result<Setting> {
    setting::find(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without settings".to_owned()))
}

/// Whether this is the business's publishable key.
///
/// # Errors
/// As [`get`].
pub async fn has_publishable_key(work: &mut Work, key: &str) -> Result<bool> {
    Ok(setting::find(&mut work.tx)
        .await?
        .is_some_and(|s| s.publishable_key.as_bytes().ct_eq(key.as_bytes()).into()))
}

/// A change of settings: what is none stays.
#[derive(Debug, Clone, Default)]
pub struct SettingPatch {
    /// Who approves new referrals.
    pub referral_approval: Option<ReferralApproval>,
    /// The status of affiliates that are added.
    pub default_affiliate_status: Option<AffiliateStatus>,
    /// Days a click counts in new campaigns, 1 to [`COOKIE_DAYS_MAX`].
    pub default_cookie_days: Option<i64>,
    /// How touchpoints are picked in new campaigns.
    pub default_model: Option<Model>,
    /// The parameter that carries the code in new campaigns: 1 to 20 of `a-z A-Z 0-9 _ -`.
    pub link_parameter: Option<String>,
    /// Whether a coupon wins over a click.
    pub coupons_beat_links: Option<bool>,
    /// Whether a customer stays with the affiliate of the first sale.
    pub bind_customers: Option<bool>,
    /// What happens when customer and affiliate look like one person.
    pub self_referral: Option<SelfReferralPolicy>,
    /// The source whose sales are the truth; empty: the first that reports.
    pub truth_source: Option<String>,
    /// How often affiliates are paid.
    pub payout_frequency: Option<PayoutFrequency>,
    /// The usual way of paying, 1 to 40 characters.
    pub payout_method: Option<String>,
    /// Mail on approval.
    pub notify_affiliate_approved: Option<bool>,
    /// Mail when a payout is made or paid.
    pub notify_payout: Option<bool>,
    /// Mask customers' addresses in the portal.
    pub mask_customer_emails: Option<bool>,
    /// Where affiliates write to; empty: nowhere.
    pub support_email: Option<String>,
    /// Whether an address that has an account may get another one.
    pub allow_duplicate_contact: Option<bool>,
    /// Whether anyone may sign up in the portal.
    pub sign_up_open: Option<bool>,
    /// Whether the portal's log-in page offers a link by mail.
    pub magic_links: Option<bool>,
}

/// Changes settings, and ticks "settings" on the checklist.
///
/// # Errors
/// [`ServiceError::Invalid`] by field; [`ServiceError::Forbidden`] without the scope `manage`.
pub async fn update(work: &mut Work, patch: SettingPatch) -> Result<Setting> {
    work.require(Scope::Manage)?;
    let before = get(work).await?;
    let SettingPatch {
        referral_approval,
        default_affiliate_status,
        default_cookie_days,
        default_model,
        link_parameter,
        coupons_beat_links,
        bind_customers,
        self_referral,
        truth_source,
        payout_frequency,
        payout_method,
        notify_affiliate_approved,
        notify_payout,
        mask_customer_emails,
        support_email,
        allow_duplicate_contact,
        sign_up_open,
        magic_links,
    } = patch;
    let mut checks = Checks::new();
    let default_cookie_days = default_cookie_days
        .map(|days| checks.range("default_cookie_days", days, 1..=COOKIE_DAYS_MAX));
    let link_parameter = link_parameter.map(|text| link_parameter_checked(&mut checks, &text));
    let payout_method = payout_method.map(|text| checks.text("payout_method", &text, 1..=40));
    let truth_source =
        truth_source.map(|text| checks.optional_text("truth_source", Some(&text), 40));
    let support_email = support_email.map(|text| match text.trim() {
        "" => None,
        text => Some(checks.email("support_email", text)),
    });
    if let Some(status) = default_affiliate_status {
        let begins = matches!(status, AffiliateStatus::Pending | AffiliateStatus::Approved);
        checks.that(
            begins,
            "default_affiliate_status",
            "must be pending or approved",
        );
    }
    checks.done()?;
    let after = Setting {
        referral_approval: referral_approval.unwrap_or(before.referral_approval),
        default_affiliate_status: default_affiliate_status
            .unwrap_or(before.default_affiliate_status),
        default_cookie_days: default_cookie_days.unwrap_or(before.default_cookie_days),
        default_model: default_model.unwrap_or(before.default_model),
        link_parameter: link_parameter.unwrap_or_else(|| before.link_parameter.clone()),
        coupons_beat_links: coupons_beat_links.unwrap_or(before.coupons_beat_links),
        bind_customers: bind_customers.unwrap_or(before.bind_customers),
        self_referral: self_referral.unwrap_or(before.self_referral),
        truth_source: truth_source.unwrap_or_else(|| before.truth_source.clone()),
        payout_frequency: payout_frequency.unwrap_or(before.payout_frequency),
        payout_method: payout_method.unwrap_or_else(|| before.payout_method.clone()),
        notify_affiliate_approved: notify_affiliate_approved
            .unwrap_or(before.notify_affiliate_approved),
        notify_payout: notify_payout.unwrap_or(before.notify_payout),
        mask_customer_emails: mask_customer_emails.unwrap_or(before.mask_customer_emails),
        support_email: support_email.unwrap_or_else(|| before.support_email.clone()),
        allow_duplicate_contact: allow_duplicate_contact.unwrap_or(before.allow_duplicate_contact),
        sign_up_open: sign_up_open.unwrap_or(before.sign_up_open),
        magic_links: magic_links.unwrap_or(before.magic_links),
        publishable_key: before.publishable_key.clone(),
        checklist_dismissed: before.checklist_dismissed,
        settings_reviewed_at_ms: before.settings_reviewed_at_ms.or(Some(work.now)),
        updated_at_ms: work.now,
    };
    setting::update(&mut work.tx, &after).await?;
    let changes = changes(&before, &after);
    if !changes.is_empty() {
        audit::record(work, "setting.update", "setting", "", &changes.join("; ")).await?;
    }
    work.changed(None);
    Ok(after)
}

/// A parameter name that stands in an address without escaping.
pub(crate) fn link_parameter_checked(checks: &mut Checks, text: &str) -> String {
    let text = checks.text("link_parameter", text, 1..=20);
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    checks.that(
        plain,
        "link_parameter",
        "may only have letters, digits, _ and -",
    );
    checks.that(
        text != "click_id",
        "link_parameter",
        "is taken by the click's own id",
    );
    text
}

/// What differs, in words: `default_cookie_days: 30 → 60`.
fn changes(before: &Setting, after: &Setting) -> Vec<String> {
    let mut changes = Vec::new();
    let mut compare = |name: &str, old: String, new: String| {
        if old != new {
            changes.push(format!("{name}: {old} → {new}"));
        }
    };
    let yes_no = |value: bool| if value { "yes" } else { "no" }.to_owned();
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    compare(
        "referral approval",
        before.referral_approval.to_string(),
        after.referral_approval.to_string(),
    );
    compare(
        "status of new affiliates",
        before.default_affiliate_status.to_string(),
        after.default_affiliate_status.to_string(),
    );
    compare(
        "cookie days",
        before.default_cookie_days.to_string(),
        after.default_cookie_days.to_string(),
    );
    compare(
        "attribution",
        before.default_model.to_string(),
        after.default_model.to_string(),
    );
    compare(
        "link parameter",
        before.link_parameter.clone(),
        after.link_parameter.clone(),
    );
    compare(
        "coupons win over links",
        yes_no(before.coupons_beat_links),
        yes_no(after.coupons_beat_links),
    );
    compare(
        "customers stay with their affiliate",
        yes_no(before.bind_customers),
        yes_no(after.bind_customers),
    );
    compare(
        "self-referrals",
        before.self_referral.to_string(),
        after.self_referral.to_string(),
    );
    compare(
        "source of truth",
        or_none(&before.truth_source),
        or_none(&after.truth_source),
    );
    compare(
        "payout frequency",
        before.payout_frequency.to_string(),
        after.payout_frequency.to_string(),
    );
    compare(
        "payout method",
        before.payout_method.clone(),
        after.payout_method.clone(),
    );
    compare(
        "mail on approval",
        yes_no(before.notify_affiliate_approved),
        yes_no(after.notify_affiliate_approved),
    );
    compare(
        "mail on payouts",
        yes_no(before.notify_payout),
        yes_no(after.notify_payout),
    );
    compare(
        "customers' addresses masked",
        yes_no(before.mask_customer_emails),
        yes_no(after.mask_customer_emails),
    );
    compare(
        "support address",
        or_none(&before.support_email),
        or_none(&after.support_email),
    );
    compare(
        "duplicate contacts allowed",
        yes_no(before.allow_duplicate_contact),
        yes_no(after.allow_duplicate_contact),
    );
    compare(
        "anyone may sign up",
        yes_no(before.sign_up_open),
        yes_no(after.sign_up_open),
    );
    compare(
        "log-in links by mail",
        yes_no(before.magic_links),
        yes_no(after.magic_links),
    );
    changes
}

/// Puts the set-up checklist away, or brings it back.
///
/// # Errors
/// [`ServiceError::Forbidden`] without the scope `manage`.
pub async fn dismiss_checklist(work: &mut Work, dismissed: bool) -> Result<()> {
    work.require(Scope::Manage)?;
    let before = get(work).await?;
    setting::update(
        &mut work.tx,
        &Setting {
            checklist_dismissed: dismissed,
            ..before
        },
    )
    .await?;
    Ok(())
}

/// The least that is paid out, by currency.
///
/// # Errors
/// As the database says.
pub async fn payout_minimums(work: &mut Work) -> Result<Vec<PayoutMinimum>> {
    Ok(payout_minimum::list(&mut work.tx).await?)
}

/// A minimum as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutMinimumIn {
    /// ISO 4217 code.
    pub currency: String,
    /// A decimal number of that currency, such as `50.00`.
    pub amount: String,
}

/// Replaces the minimums. Rows without an amount are left out, an amount of 0 too.
///
/// # Errors
/// [`ServiceError::Invalid`] with fields `minimums[n].currency` and `minimums[n].amount`.
pub async fn set_payout_minimums(work: &mut Work, minimums: &[PayoutMinimumIn]) -> Result<()> {
    work.require(Scope::Manage)?;
    let mut checks = Checks::new();
    checks.that(
        minimums.len() <= MINIMUMS_MAX,
        "minimums",
        "has too many rows",
    );
    let mut wanted: Vec<PayoutMinimum> = Vec::new();
    for (row, PayoutMinimumIn { currency, amount }) in minimums.iter().enumerate() {
        if amount.trim().is_empty() {
            continue;
        }
        let Ok(currency) = currency.trim().to_uppercase().parse::<Currency>() else {
            checks.fail(
                &format!("minimums[{row}].currency"),
                "is not a currency; use an ISO 4217 code such as USD",
            );
            continue;
        };
        if wanted.iter().any(|known| known.currency == currency) {
            checks.fail(&format!("minimums[{row}].currency"), "stands here twice");
        }
        match domain::money::parse_decimal(amount, currency) {
            Ok(amount) if amount < 0 => {
                checks.fail(&format!("minimums[{row}].amount"), "must not be below zero")
            }
            Ok(0) => {}
            Ok(amount) => wanted.push(PayoutMinimum { currency, amount }),
            Err(error) => checks.fail(&format!("minimums[{row}].amount"), error.to_string()),
        }
    }
    checks.done()?;
    let before = payout_minimum::list(&mut work.tx).await?;
    wanted.sort_by_key(|minimum| minimum.currency);
    if before == wanted {
        return Ok(());
    }
    for minimum in before
        .iter()
        .filter(|old| !wanted.iter().any(|new| new.currency == old.currency))
    {
        payout_minimum::delete(&mut work.tx, minimum.currency).await?;
    }
    for minimum in &wanted {
        payout_minimum::set(&mut work.tx, minimum).await?;
    }
    let words = |list: &[PayoutMinimum]| match list {
        [] => "none".to_owned(),
        list => list
            .iter()
            .map(|m| domain::money::display(m.amount, m.currency))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let detail = format!("minimum payout: {} → {}", words(&before), words(&wanted));
    audit::record(work, "setting.payout_minimum", "setting", "", &detail).await?;
    work.changed(None);
    Ok(())
}
