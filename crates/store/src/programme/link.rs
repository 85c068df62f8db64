//! Tracked links, and the table that leads from a code to its business.
//!
//! A code belongs to one link for ever: when a link gets another code, the old one still leads to
//! it, so that what an affiliate has published keeps working and nobody else can take it over.

use domain::id::{AffiliateId, BusinessId, CampaignId, LinkId, PartnershipId};
use domain::link::{LinkState, Standing};
use domain::status::{AffiliateStatus, Model};
use domain::time::UnixMs;

use crate::db::{Result, SystemTx, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// Newest first.
pub const NEWEST: &str = "l.id desc";

record! {
    /// Where a code leads: looked up before the business is known.
    pub struct Route {
        pub business_id: BusinessId,
        pub link_id: LinkId,
    }
}

record! {
    /// All that a click on a link needs to know.
    pub struct LinkTarget {
        pub link_id: LinkId,
        pub partnership_id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        /// The link's code of today; an older one may have led here.
        pub code: String,
        /// A destination of its own, instead of the campaign's.
        pub target_url: Option<String>,
        pub link_active: bool,
        pub partnership_active: bool,
        pub affiliate_status: AffiliateStatus,
        pub campaign_name: String,
        pub campaign_active: bool,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
        pub destination_url: String,
        pub link_parameter: String,
        pub cookie_days: i64,
        pub model: Model,
    }
}

impl LinkTarget {
    /// Whether the link is live at an instant, and why not.
    #[must_use]
    pub fn link_state(&self, at: UnixMs) -> LinkState {
        Standing {
            campaign_active: self.campaign_active,
            starts_at: self.starts_at_ms,
            ends_at: self.ends_at_ms,
            affiliate: self.affiliate_status,
            partnership_active: self.partnership_active,
            link_active: self.link_active,
        }
        .link_state(at)
    }
}

record! {
    /// A link as lists show it: with its campaign, and all that decides whether it is live.
    pub struct LinkLine {
        pub id: LinkId,
        pub partnership_id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        pub code: String,
        pub label: String,
        /// A page of its own, instead of the campaign's destination.
        pub target_url: Option<String>,
        pub link_active: bool,
        pub created_at_ms: UnixMs,
        pub partnership_active: bool,
        pub affiliate_status: AffiliateStatus,
        pub campaign_name: String,
        pub campaign_active: bool,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
        pub destination_url: String,
        /// The partnership's first link.
        pub first_id: LinkId,
    }
}

impl LinkLine {
    /// Whether the link is live at an instant, and why not.
    #[must_use]
    pub fn link_state(&self, at: UnixMs) -> LinkState {
        Standing {
            campaign_active: self.campaign_active,
            starts_at: self.starts_at_ms,
            ends_at: self.ends_at_ms,
            affiliate: self.affiliate_status,
            partnership_active: self.partnership_active,
            link_active: self.link_active,
        }
        .link_state(at)
    }

    /// Whether it is the link that came with the partnership.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.id == self.first_id
    }
}

record! {
    /// A link as stored.
    pub struct Link {
        pub id: LinkId,
        pub partnership_id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        pub code: String,
        pub label: String,
        pub target_url: Option<String>,
        pub active: bool,
        pub created_at_ms: UnixMs,
    }
}

/// The business and link of a code, exactly as written; none when nobody has it.
///
/// # Errors
/// As the database says.
pub async fn route(tx: &mut SystemTx, code: &str) -> Result<Option<Route>> {
    tx.fetch_optional(include_str!("link/route.sql"), args![code])
        .await
}

/// All that a click on this link needs to know.
///
/// # Errors
/// As the database says.
pub async fn target(tx: &mut Tx, id: LinkId) -> Result<Option<LinkTarget>> {
    tx.fetch_optional(include_str!("link/target.sql"), args![id])
        .await
}

/// The same, of a code of this business; another business's code is unknown here.
///
/// # Errors
/// As the database says.
pub async fn target_of_code(tx: &mut Tx, code: &str) -> Result<Option<LinkTarget>> {
    tx.fetch_optional(include_str!("link/target_of_code.sql"), args![code])
        .await
}

/// The link of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: LinkId) -> Result<Option<Link>> {
    tx.fetch_optional(include_str!("link/find.sql"), args![id])
        .await
}

/// The links of an affiliate, oldest first.
///
/// # Errors
/// As the database says.
pub async fn list_of_affiliate(tx: &mut Tx, affiliate: AffiliateId) -> Result<Vec<Link>> {
    tx.fetch_all(include_str!("link/list_of_affiliate.sql"), args![affiliate])
        .await
}

/// The links of an affiliate as lists show them, or the one of an id, oldest campaign first.
///
/// # Errors
/// As the database says.
pub async fn lines(
    tx: &mut Tx,
    affiliate: AffiliateId,
    only: Option<LinkId>,
    limit: i64,
) -> Result<Vec<LinkLine>> {
    tx.fetch_all(
        include_str!("link/lines.sql"),
        args![affiliate, only.map(|id| id.to_string()), only, limit],
    )
    .await
}

/// The links of a partnership as lists show them; `window.order` is [`NEWEST`].
///
/// # Errors
/// As the database says.
pub async fn lines_of_partnership(
    tx: &mut Tx,
    partnership: PartnershipId,
    window: Window,
) -> Result<Vec<LinkLine>> {
    tx.fetch_all(
        ordered(include_str!("link/lines_of_partnership.sql"), window.order),
        args![
            partnership,
            window.after.map(|id| id.to_string()),
            window.after,
            window.limit
        ],
    )
    .await
}

/// Makes later links of this partnership wait for this transaction, so that counting them holds.
///
/// # Errors
/// As the database says.
pub async fn order(tx: &mut Tx, partnership: PartnershipId) -> Result<()> {
    tx.execute(include_str!("link/order.sql"), args![partnership])
        .await
        .map(drop)
}

/// How many links a partnership has, paused ones included.
///
/// # Errors
/// As the database says.
pub async fn count_of_partnership(tx: &mut Tx, partnership: PartnershipId) -> Result<i64> {
    tx.value(
        include_str!("link/count_of_partnership.sql"),
        args![partnership],
    )
    .await
}

/// Takes a code for a link, over the whole installation. True when it is the link's now, also when
/// it was before; false when another link, of whatever business, has it.
///
/// # Errors
/// As the database says.
pub async fn claim_code(tx: &mut Tx, code: &str, link: LinkId) -> Result<bool> {
    let business = tx.business();
    if tx
        .execute_system(
            include_str!("link/insert_route.sql"),
            args![code, business, link],
        )
        .await?
        == 1
    {
        return Ok(true);
    }
    let held: Vec<Route> = tx
        .fetch_system(include_str!("link/route.sql"), args![code])
        .await?;
    Ok(held
        .iter()
        .any(|route| route.business_id == business && route.link_id == link))
}

/// Stores a new link, whose code was claimed before.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, link: &Link) -> Result<()> {
    let Link {
        id,
        partnership_id,
        affiliate_id,
        campaign_id,
        code,
        label,
        target_url,
        active,
        created_at_ms,
    } = link;
    tx.execute(
        include_str!("link/insert.sql"),
        args![
            *id,
            *partnership_id,
            *affiliate_id,
            *campaign_id,
            code,
            label,
            target_url.clone(),
            *active,
            *created_at_ms
        ],
    )
    .await?;
    Ok(())
}

/// Gives a link another code, which was claimed before.
///
/// # Errors
/// As the database says.
pub async fn set_code(tx: &mut Tx, id: LinkId, code: &str) -> Result<()> {
    tx.execute(include_str!("link/set_code.sql"), args![id, code])
        .await?;
    Ok(())
}

/// Changes what a link is called and where it leads; none: to the campaign's destination.
///
/// # Errors
/// As the database says.
pub async fn update(tx: &mut Tx, id: LinkId, label: &str, target_url: Option<&str>) -> Result<()> {
    let target_url = target_url.map(str::to_owned);
    tx.execute(
        include_str!("link/update.sql"),
        args![id, label, target_url],
    )
    .await?;
    Ok(())
}

/// Switches a link on or off.
///
/// # Errors
/// As the database says.
pub async fn set_active(tx: &mut Tx, id: LinkId, active: bool) -> Result<()> {
    tx.execute(include_str!("link/set_active.sql"), args![id, active])
        .await?;
    Ok(())
}
