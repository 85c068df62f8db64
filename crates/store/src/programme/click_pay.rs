//! What was paid of clicks: whole days of a link, and the commissions they made.

use domain::id::{AffiliateId, CampaignId, CommissionId, LinkId, PartnershipId};
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Result, Tx};
use crate::record;

record! {
    /// First clicks of visitors on a link on a day that were not settled yet.
    pub struct Due {
        pub link_id: LinkId,
        pub partnership_id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        /// Above zero.
        pub clicks: i64,
        /// Which settlement of the day this is to be, from 1.
        pub number: i64,
    }
}

record! {
    /// The clicks that a commission is for.
    pub struct Clicks {
        pub day: Day,
        pub link_id: LinkId,
        pub number: i64,
        pub clicks: i64,
        /// Whose link it is: of a level above 0 not who gets the commission.
        pub affiliate_id: AffiliateId,
        pub link_code: String,
        pub link_label: String,
    }
}

/// What of a day is to be settled, of affiliates who are approved, up to `limit` links.
///
/// # Errors
/// As the database says.
pub async fn due(tx: &mut Tx, day: Day, limit: i64) -> Result<Vec<Due>> {
    tx.fetch_all(include_str!("click_pay/due.sql"), args![day, limit])
        .await
}

/// Notes that these clicks of a day are settled.
///
/// # Errors
/// As the database says, also when somebody settled them meanwhile.
pub async fn insert(tx: &mut Tx, day: Day, settled: &Due, at: UnixMs) -> Result<()> {
    let columns = [
        "day",
        "link_id",
        "number",
        "partnership_id",
        "affiliate_id",
        "campaign_id",
        "clicks",
        "recorded_at_ms",
    ];
    let row = args![
        day,
        settled.link_id,
        settled.number,
        settled.partnership_id,
        settled.affiliate_id,
        settled.campaign_id,
        settled.clicks,
        at
    ];
    tx.insert_many("click_pay", &columns, vec![row], "").await?;
    Ok(())
}

/// Notes which commissions settled clicks have made.
///
/// # Errors
/// As the database says.
pub async fn insert_commissions(
    tx: &mut Tx,
    day: Day,
    settled: &Due,
    commissions: &[CommissionId],
) -> Result<()> {
    let columns = ["commission_id", "day", "link_id", "number"];
    let rows = commissions
        .iter()
        .map(|commission| args![*commission, day, settled.link_id, settled.number])
        .collect();
    tx.insert_many("click_commission", &columns, rows, "")
        .await?;
    Ok(())
}

/// The clicks that a commission is for; none for one of an event or a free adjustment.
///
/// # Errors
/// As the database says.
pub async fn of_commission(tx: &mut Tx, id: CommissionId) -> Result<Option<Clicks>> {
    tx.fetch_optional(include_str!("click_pay/of_commission.sql"), args![id])
        .await
}
