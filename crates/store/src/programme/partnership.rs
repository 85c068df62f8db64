//! Partnerships: an affiliate in a campaign, with the link that came with it.

use domain::id::{AffiliateId, CampaignId, GroupId, LinkId, PartnershipId};
use domain::link::{LinkState, Standing};
use domain::status::{AffiliateStatus, InvitationState};
use domain::text::like_pattern;
use domain::time::UnixMs;

use crate::db::{Result, Tx, Value};
use crate::list::{Window, ordered};
use crate::{args, record};

/// Newest first.
pub const BY_AGE: &str = "p.id desc";
/// Orders of [`lines`]: a public sort key, its order upwards and downwards.
pub const LINE_ORDERS: &[(&str, &str, &str)] = &[
    (
        "affiliate",
        "a.search_folded, p.id",
        "a.search_folded desc, p.id desc",
    ),
    ("clicks", "clicks, p.id", "clicks desc, p.id desc"),
    (
        "conversions",
        "conversions, p.id",
        "conversions desc, p.id desc",
    ),
    ("added", "p.id", "p.id desc"),
];

record! {
    /// A partnership with its link and all that decides whether the link is live.
    pub struct Partnership {
        pub id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        pub active: bool,
        pub created_at_ms: UnixMs,
        pub link_id: LinkId,
        /// The code of its first link.
        pub code: String,
        pub link_active: bool,
        pub affiliate_status: AffiliateStatus,
        pub campaign_active: bool,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
    }
}

record! {
    /// A partnership as pages list it, with names and figures of all time.
    pub struct PartnershipLine {
        pub id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub affiliate_name: String,
        pub affiliate_email: String,
        pub group_name: Option<String>,
        pub campaign_id: CampaignId,
        pub campaign_name: String,
        pub active: bool,
        pub created_at_ms: UnixMs,
        pub link_id: LinkId,
        pub code: String,
        pub link_active: bool,
        pub affiliate_status: AffiliateStatus,
        pub campaign_active: bool,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
        /// The state of the affiliate's latest invitation to the portal.
        pub invitation_state: Option<InvitationState>,
        /// Counted clicks.
        pub clicks: i64,
        /// Sales that are not fully refunded.
        pub conversions: i64,
    }
}

record! {
    /// An affiliate who is not in a campaign yet.
    pub struct Candidate {
        pub id: AffiliateId,
        pub name: String,
        pub email: String,
        pub status: AffiliateStatus,
        pub group_id: Option<GroupId>,
        pub group_name: Option<String>,
    }
}

macro_rules! link_state {
    ($($name:ident),*) => {$(
        impl $name {
            /// Whether the link is live at an instant, and why not.
            #[must_use]
            pub fn link_state(&self, at: UnixMs) -> LinkState {
                Standing {
                    campaign_active: self.campaign_active,
                    starts_at: self.starts_at_ms,
                    ends_at: self.ends_at_ms,
                    affiliate: self.affiliate_status,
                    partnership_active: self.active,
                    link_active: self.link_active,
                }
                .link_state(at)
            }
        }
    )*};
}
link_state!(Partnership, PartnershipLine);

/// What is stored of a new partnership.
#[derive(Debug, Clone)]
pub struct NewPartnership {
    pub id: PartnershipId,
    pub affiliate_id: AffiliateId,
    pub campaign_id: CampaignId,
    pub created_at_ms: UnixMs,
}

/// Which partnerships a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this campaign only.
    pub campaign: Option<CampaignId>,
    /// Of this affiliate only.
    pub affiliate: Option<AffiliateId>,
    /// Only active, or only inactive ones.
    pub active: Option<bool>,
    /// Text within the affiliate's name or address.
    pub search: Option<String>,
}

impl Filter {
    fn args(&self) -> Vec<Value> {
        args![
            self.campaign,
            self.affiliate,
            self.active,
            self.search.as_deref().map(like_pattern)
        ]
    }
}

/// The partnership of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: PartnershipId) -> Result<Option<Partnership>> {
    tx.fetch_optional(include_str!("partnership/find.sql"), args![id])
        .await
}

/// Partnerships in a window, ordered [`BY_AGE`].
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Partnership>> {
    let mut values = filter.args();
    values.extend(args![window.after, window.limit, window.offset]);
    tx.fetch_all(
        ordered(include_str!("partnership/list.sql"), window.order),
        values,
    )
    .await
}

/// How many partnerships the filter lets through.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(include_str!("partnership/count.sql"), filter.args())
        .await
}

/// Partnerships as pages list them; the order is one of [`LINE_ORDERS`].
///
/// # Errors
/// As the database says.
pub async fn lines(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<PartnershipLine>> {
    let mut values = filter.args();
    values.extend(args![window.limit, window.offset]);
    tx.fetch_all(
        ordered(include_str!("partnership/lines.sql"), window.order),
        values,
    )
    .await
}

/// Affiliates who are not in the campaign and not terminated, by name.
///
/// # Errors
/// As the database says.
pub async fn candidates(
    tx: &mut Tx,
    campaign: CampaignId,
    search: Option<&str>,
    limit: i64,
) -> Result<Vec<Candidate>> {
    tx.fetch_all(
        include_str!("partnership/candidates.sql"),
        args![campaign, search.map(like_pattern), limit],
    )
    .await
}

/// Stores a new, active partnership; false when the affiliate is in the campaign already.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, new: NewPartnership) -> Result<bool> {
    let NewPartnership {
        id,
        affiliate_id,
        campaign_id,
        created_at_ms,
    } = new;
    let values = args![id, affiliate_id, campaign_id, true, created_at_ms];
    Ok(tx
        .execute(include_str!("partnership/insert.sql"), values)
        .await?
        == 1)
}

/// Switches a partnership on or off.
///
/// # Errors
/// As the database says.
pub async fn set_active(tx: &mut Tx, id: PartnershipId, active: bool) -> Result<()> {
    tx.execute(
        include_str!("partnership/set_active.sql"),
        args![id, active],
    )
    .await?;
    Ok(())
}
