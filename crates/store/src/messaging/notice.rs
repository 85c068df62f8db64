//! What notices by mail tell: read together, so that a notice is one look at the data.

use domain::id::{AffiliateId, PartnershipId, PayoutId};
use domain::money::Currency;
use domain::status::{AffiliateStatus, Language};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// Who writes, and what they want written.
    pub struct Sender {
        /// The portal's name, by which those who are written to know the business.
        pub name: String,
        /// The business's short name in addresses.
        pub slug: String,
        /// The business's time zone.
        pub timezone: String,
        /// The language they write in: the business's until it is known whom they write to.
        pub language: Language,
        /// Where answers go.
        pub support_email: Option<String>,
        /// Whether affiliates hear of their approval.
        pub notify_affiliate_approved: bool,
        /// Whether affiliates hear of their payouts.
        pub notify_payout: bool,
    }
}

record! {
    /// Who is written to.
    pub struct Recipient {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub name: String,
        /// Their address.
        pub email: String,
        /// Where they stand.
        pub status: AffiliateStatus,
        /// Whether they can log in to the portal.
        pub has_account: bool,
    }
}

record! {
    /// A link that works now, with what its campaign wants its affiliates to know.
    pub struct LiveLink {
        /// The affiliate's part in the campaign.
        pub partnership_id: PartnershipId,
        /// The campaign's name.
        pub campaign_name: String,
        /// The campaign's description and guidelines.
        pub guidelines: String,
        /// The link's code.
        pub code: String,
    }
}

record! {
    /// A partnership as a mail tells of it.
    pub struct Joined {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// The campaign's name.
        pub campaign_name: String,
        /// The campaign's description and guidelines.
        pub guidelines: String,
        /// Whether campaign and partnership are both active.
        pub active: bool,
        /// The code of the partnership's first link.
        pub code: Option<String>,
    }
}

record! {
    /// A payout as a mail tells of it.
    pub struct PaidOut {
        /// Who was paid.
        pub affiliate_id: AffiliateId,
        /// The payout's number.
        pub number: i64,
        /// What was paid, in minor units.
        pub amount: i64,
        /// The currency.
        pub currency: Currency,
        /// How it was paid.
        pub method: String,
        /// The transaction's reference.
        pub reference: Option<String>,
        /// When it was paid.
        pub paid_at_ms: Option<UnixMs>,
    }
}

/// Who writes.
///
/// # Errors
/// As the database says.
pub async fn sender(tx: &mut Tx) -> Result<Option<Sender>> {
    tx.fetch_optional(include_str!("notice/sender.sql"), args![])
        .await
}

/// Who is written to.
///
/// # Errors
/// As the database says.
pub async fn recipient(tx: &mut Tx, affiliate: AffiliateId) -> Result<Option<Recipient>> {
    tx.fetch_optional(include_str!("notice/recipient.sql"), args![affiliate])
        .await
}

/// The links of an affiliate in active campaigns, oldest first.
///
/// # Errors
/// As the database says.
pub async fn live_links(tx: &mut Tx, affiliate: AffiliateId) -> Result<Vec<LiveLink>> {
    tx.fetch_all(
        include_str!("notice/live_links.sql"),
        args![affiliate, true],
    )
    .await
}

/// A partnership with its first link.
///
/// # Errors
/// As the database says.
pub async fn joined(tx: &mut Tx, partnership: PartnershipId) -> Result<Option<Joined>> {
    tx.fetch_optional(include_str!("notice/joined.sql"), args![partnership])
        .await
}

/// A payout.
///
/// # Errors
/// As the database says.
pub async fn paid_out(tx: &mut Tx, payout: PayoutId) -> Result<Option<PaidOut>> {
    tx.fetch_optional(include_str!("notice/paid_out.sql"), args![payout])
        .await
}

/// The language that the person of an address has chosen, the latest choice of several accounts; none while
/// there is none.
///
/// # Errors
/// As the database says.
pub async fn language_of(tx: &mut Tx, email_folded: &str) -> Result<Option<Language>> {
    let found: Option<Spoken> = tx
        .fetch_optional(include_str!("notice/language_of.sql"), args![email_folded])
        .await?;
    Ok(found.map(|spoken| spoken.language))
}

record! {
    /// A language that somebody has chosen.
    pub struct Spoken {
        /// Which.
        pub language: Language,
    }
}
