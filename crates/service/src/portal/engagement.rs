//! All that a person has done with a business, past and present: the timeline of their home.

use domain::id::PayoutId;
use domain::money::Currency;
use domain::status::AffiliateStatus;
use domain::time::UnixMs;
use store::portal::engagement as rows;

use super::session::LoggedIn;
use crate::error::Result;
use crate::work::Work;

/// Campaigns and payouts that are looked at, the latest of each.
const OF_A_KIND_MAX: i64 = 50;

/// One entry of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Engagement {
    /// When it happened.
    pub at: UnixMs,
    /// What happened.
    pub kind: Kind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The account was made.
    Joined,
    /// The person applied to be an affiliate.
    Applied,
    /// The person became an affiliate.
    Approved,
    /// A campaign was joined.
    CampaignJoined(String),
    /// A campaign was left.
    CampaignLeft(String),
    /// The first lead by a link of theirs.
    FirstLead,
    /// The first sale by a link of theirs.
    FirstSale,
    /// A payout was paid.
    PaidOut {
        /// The payout.
        id: PayoutId,
        /// Its number.
        number: i64,
        /// Minor units of `currency`.
        amount: i64,
        /// Of what.
        currency: Currency,
    },
}

/// The timeline of who is logged in, newest first. It is theirs alone: everything is asked for by their
/// account and its affiliate.
///
/// # Errors
/// As the database says.
pub async fn timeline(work: &mut Work, who: &LoggedIn) -> Result<Vec<Engagement>> {
    let mut all = vec![Engagement {
        at: who.account.created_at_ms,
        kind: Kind::Joined,
    }];
    if let Some(affiliate) = &who.affiliate {
        let mut add = |at, kind| all.push(Engagement { at, kind });
        match affiliate.approved_at_ms {
            Some(at) => add(at, Kind::Approved),
            None if affiliate.status == AffiliateStatus::Pending => {
                add(affiliate.created_at_ms, Kind::Applied);
            }
            None => {}
        }
        for campaign in rows::campaigns(&mut work.tx, affiliate.id, OF_A_KIND_MAX).await? {
            add(
                campaign.joined_at_ms,
                Kind::CampaignJoined(campaign.name.clone()),
            );
            if !campaign.active
                && let Some(at) = rows::left_at(&mut work.tx, campaign.partnership_id).await?
            {
                add(at, Kind::CampaignLeft(campaign.name));
            }
        }
        for (event, kind) in [("lead", Kind::FirstLead), ("sale", Kind::FirstSale)] {
            if let Some(at) = rows::first_event(&mut work.tx, affiliate.id, event).await? {
                add(at, kind);
            }
        }
        for payout in rows::payouts(&mut work.tx, affiliate.id, OF_A_KIND_MAX).await? {
            let rows::PaidOut {
                id,
                number,
                amount,
                currency,
                paid_at_ms,
            } = payout;
            let kind = Kind::PaidOut {
                id,
                number,
                amount,
                currency,
            };
            add(paid_at_ms, kind);
        }
    }
    // What happened at the same instant stays in the order of a life, read backwards.
    all.reverse();
    all.sort_by_key(|engagement| std::cmp::Reverse(engagement.at));
    Ok(all)
}
