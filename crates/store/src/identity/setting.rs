//! What a business has chosen.

use domain::status::{
    AffiliateStatus, Model, PayoutFrequency, ReferralApproval, SelfReferralPolicy,
};
use domain::time::UnixMs;

use crate::db::{Result, Tx, Value};
use crate::{args, record};

record! {
    /// The settings of a business; one row each.
    pub struct Setting {
        /// Names the business in the browser (`pk_…`); not a secret.
        pub publishable_key: String,
        /// Who approves new referrals.
        pub referral_approval: ReferralApproval,
        /// The status of affiliates that are added.
        pub default_affiliate_status: AffiliateStatus,
        /// Days a click counts, in new campaigns.
        pub default_cookie_days: i64,
        /// How touchpoints are picked, in new campaigns.
        pub default_model: Model,
        /// The parameter that carries the code to the target, in new campaigns.
        pub link_parameter: String,
        /// Whether a coupon wins over a click.
        pub coupons_beat_links: bool,
        /// Whether a customer stays with the affiliate of the first sale.
        pub bind_customers: bool,
        /// What happens when customer and affiliate look like one person.
        pub self_referral: SelfReferralPolicy,
        /// The source whose sales are the truth when two report one; none: the first.
        pub truth_source: Option<String>,
        /// How often affiliates are paid.
        pub payout_frequency: PayoutFrequency,
        /// The usual way, such as `bank_transfer`.
        pub payout_method: String,
        /// Whether an affiliate gets mail on approval.
        pub notify_affiliate_approved: bool,
        /// Whether an affiliate gets mail when a payout is made or paid.
        pub notify_payout: bool,
        /// Whether the portal shows customers' addresses masked.
        pub mask_customer_emails: bool,
        /// Where affiliates write to.
        pub support_email: Option<String>,
        /// Whether an address that has an account may get another one.
        pub allow_duplicate_contact: bool,
        /// Whether anyone may sign up in the portal.
        pub sign_up_open: bool,
        /// Whether the log-in page offers a link by mail.
        pub magic_links: bool,
        /// Whether the set-up checklist was put away.
        pub checklist_dismissed: bool,
        /// When the settings were first saved by a person.
        pub settings_reviewed_at_ms: Option<UnixMs>,
        /// When they last changed.
        pub updated_at_ms: UnixMs,
    }
}

/// The settings of this business.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx) -> Result<Option<Setting>> {
    tx.fetch_optional(include_str!("setting/find.sql"), args![])
        .await
}

/// Adds the settings of a new business.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: &Setting) -> Result<()> {
    tx.execute(include_str!("setting/insert.sql"), values(new))
        .await?;
    Ok(())
}

/// Replaces the settings.
///
/// # Errors
/// As the database says.
pub async fn update(tx: &mut Tx, setting: &Setting) -> Result<()> {
    tx.execute(include_str!("setting/update.sql"), values(setting))
        .await?;
    Ok(())
}

fn values(setting: &Setting) -> Vec<Value> {
    let Setting {
        publishable_key,
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
        checklist_dismissed,
        settings_reviewed_at_ms,
        updated_at_ms,
    } = setting;
    args![
        publishable_key,
        *referral_approval,
        *default_affiliate_status,
        *default_cookie_days,
        *default_model,
        link_parameter,
        *coupons_beat_links,
        *bind_customers,
        *self_referral,
        truth_source.clone(),
        *payout_frequency,
        payout_method,
        *notify_affiliate_approved,
        *notify_payout,
        *mask_customer_emails,
        support_email.clone(),
        *allow_duplicate_contact,
        *sign_up_open,
        *magic_links,
        *checklist_dismissed,
        *settings_reviewed_at_ms,
        *updated_at_ms
    ]
}
