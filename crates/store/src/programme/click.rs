//! Clicks and their day roll-ups, which are written together: a roll-up always equals a recount.

use std::collections::{BTreeMap, BTreeSet};

use domain::click::Uncounted;
use domain::id::{AffiliateId, CampaignId, ClickId, LinkId, PartnershipId, VisitorId};
use domain::time::{Day, UnixMs};

use crate::db::{Result, Tx, Value};
use crate::{args, record};

/// Visitors that one look-up asks for; `click/seen.sql` has as many places.
const VISITORS_AT_ONCE: usize = 16;

/// A click to be stored.
#[derive(Debug, Clone)]
pub struct NewClick {
    pub id: ClickId,
    pub link_id: LinkId,
    pub partnership_id: PartnershipId,
    pub affiliate_id: AffiliateId,
    pub campaign_id: CampaignId,
    pub visitor_id: VisitorId,
    /// Whether the visitor was known before. One made for this very click needs no look-up.
    pub returning: bool,
    pub clicked_at: UnixMs,
    /// The first instant at which it does not count any more.
    pub expires_at: UnixMs,
    /// The day in the business's zone.
    pub day: Day,
    pub uncounted: Option<Uncounted>,
    /// The page that was landed on, or the deep link followed.
    pub url: Option<String>,
    pub referrer: Option<String>,
    pub ip_prefix: Option<String>,
    pub user_agent: Option<String>,
    /// A JSON object of texts.
    pub sub_ids: Option<String>,
}

record! {
    /// A click as stored.
    pub struct Click {
        pub id: ClickId,
        pub link_id: LinkId,
        pub partnership_id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        pub visitor_id: VisitorId,
        pub clicked_at_ms: UnixMs,
        pub expires_at_ms: UnixMs,
        pub day: Day,
        pub counted: bool,
        pub uncounted_reason: Option<String>,
        pub url: Option<String>,
        pub referrer: Option<String>,
        pub ip_prefix: Option<String>,
        pub user_agent: Option<String>,
        pub sub_ids: Option<String>,
    }
}

record! {
    /// A link's day.
    pub struct ClickDay {
        pub day: Day,
        pub link_id: LinkId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        pub clicks: i64,
        pub unique_clicks: i64,
        pub uncounted_clicks: i64,
    }
}

const COLUMNS: &[&str] = &[
    "id",
    "link_id",
    "partnership_id",
    "affiliate_id",
    "campaign_id",
    "visitor_id",
    "clicked_at_ms",
    "expires_at_ms",
    "day",
    "counted",
    "uncounted_reason",
    "url",
    "referrer",
    "ip_prefix",
    "user_agent",
    "sub_ids",
];
const DAY_COLUMNS: &[&str] = &[
    "day",
    "link_id",
    "affiliate_id",
    "campaign_id",
    "clicks",
    "unique_clicks",
    "uncounted_clicks",
];
const ADD_TO_DAY: &str = "on conflict (business_id, day, link_id) do update set clicks = click_day.clicks + excluded.clicks, \
     unique_clicks = click_day.unique_clicks + excluded.unique_clicks, uncounted_clicks = click_day.uncounted_clicks + excluded.uncounted_clicks";

/// Stores clicks of this business and adds them to their days' roll-ups.
///
/// A visitor's first counted click on a link that day is unique. The roll-ups are touched first, in
/// order of their key: from then on a second writer of the same link and day waits, and sees these
/// clicks when it looks who was there before; and two writers never wait for each other.
///
/// # Errors
/// As the database says; the transaction must not be committed then.
pub async fn record(tx: &mut Tx, clicks: Vec<NewClick>) -> Result<()> {
    let Batch { days, mut returned } = sum_up(&clicks);
    let rows = days.iter().map(|((day, link), sum)| {
        let DaySum {
            affiliate_id,
            campaign_id,
            clicks,
            unique_clicks,
            uncounted_clicks,
        } = *sum;
        args![
            *day,
            *link,
            affiliate_id,
            campaign_id,
            clicks,
            unique_clicks,
            uncounted_clicks
        ]
    });
    tx.insert_many("click_day", DAY_COLUMNS, rows.collect(), ADD_TO_DAY)
        .await?;
    for ((day, link), visitors) in &mut returned {
        for seen in seen(tx, *day, *link, visitors).await? {
            visitors.remove(&seen);
        }
    }
    tx.insert_many(
        "click",
        COLUMNS,
        clicks.into_iter().map(values).collect(),
        "",
    )
    .await?;
    for ((day, link), new) in returned {
        if let Ok(count @ 1..) = i64::try_from(new.len()) {
            tx.execute(
                include_str!("click/add_unique.sql"),
                args![day, link, count],
            )
            .await?;
        }
    }
    Ok(())
}

/// What a batch adds to the days, as far as it can be told without a look-up.
#[derive(Debug, PartialEq, Eq)]
struct Batch {
    days: BTreeMap<(Day, LinkId), DaySum>,
    /// Visitors known before, each once a link and day: unique unless they are found there.
    returned: BTreeMap<(Day, LinkId), BTreeSet<VisitorId>>,
}

#[derive(Debug, PartialEq, Eq)]
struct DaySum {
    affiliate_id: AffiliateId,
    campaign_id: CampaignId,
    clicks: i64,
    unique_clicks: i64,
    uncounted_clicks: i64,
}

fn sum_up(clicks: &[NewClick]) -> Batch {
    let mut days = BTreeMap::new();
    let mut returned: BTreeMap<(Day, LinkId), BTreeSet<VisitorId>> = BTreeMap::new();
    let mut new: BTreeSet<(Day, LinkId, VisitorId)> = BTreeSet::new();
    // Mostly nobody comes back so soon, and then nobody needs to be looked up.
    let any_returned = clicks.iter().any(|click| click.returning);
    for click in clicks {
        let NewClick {
            affiliate_id,
            campaign_id,
            ..
        } = *click;
        let place = (click.day, click.link_id);
        let sum = days.entry(place).or_insert(DaySum {
            affiliate_id,
            campaign_id,
            clicks: 0,
            unique_clicks: 0,
            uncounted_clicks: 0,
        });
        if click.uncounted.is_some() {
            sum.uncounted_clicks += 1;
            continue;
        }
        sum.clicks += 1;
        if click.returning {
            returned.entry(place).or_default().insert(click.visitor_id);
        } else {
            sum.unique_clicks += 1;
            if any_returned {
                new.insert((click.day, click.link_id, click.visitor_id));
            }
        }
    }
    // Who is new and comes back within the batch was counted as new.
    for ((day, link), visitors) in &mut returned {
        visitors.retain(|visitor| !new.contains(&(*day, *link, *visitor)));
    }
    Batch { days, returned }
}

/// Which of these visitors have a counted click on the link that day.
async fn seen(
    tx: &mut Tx,
    day: Day,
    link: LinkId,
    visitors: &BTreeSet<VisitorId>,
) -> Result<Vec<VisitorId>> {
    record! { pub struct Seen { pub visitor_id: VisitorId } }
    let visitors: Vec<VisitorId> = visitors.iter().copied().collect();
    let mut found = Vec::new();
    for some in visitors.chunks(VISITORS_AT_ONCE) {
        let mut values = args![day, link, true];
        // Places that are left over repeat the last visitor.
        values.extend(
            some.iter()
                .chain(some.iter().rev().cycle())
                .take(VISITORS_AT_ONCE)
                .map(|visitor| Value::from(*visitor)),
        );
        let seen: Vec<Seen> = tx.fetch_all(include_str!("click/seen.sql"), values).await?;
        found.extend(seen.into_iter().map(|seen| seen.visitor_id));
    }
    Ok(found)
}

fn values(click: NewClick) -> [Value; COLUMNS.len()] {
    let NewClick {
        id,
        link_id,
        partnership_id,
        affiliate_id,
        campaign_id,
        visitor_id,
        returning: _,
        clicked_at,
        expires_at,
        day,
        uncounted,
        url,
        referrer,
        ip_prefix,
        user_agent,
        sub_ids,
    } = click;
    [
        Value::from(id),
        Value::from(link_id),
        Value::from(partnership_id),
        Value::from(affiliate_id),
        Value::from(campaign_id),
        Value::from(visitor_id),
        Value::from(clicked_at),
        Value::from(expires_at),
        Value::from(day),
        Value::from(uncounted.is_none()),
        Value::from(uncounted.map(Uncounted::as_str)),
        Value::from(url),
        Value::from(referrer),
        Value::from(ip_prefix),
        Value::from(user_agent),
        Value::from(sub_ids),
    ]
}

/// The click of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: ClickId) -> Result<Option<Click>> {
    tx.fetch_optional(include_str!("click/find.sql"), args![id])
        .await
}

/// The roll-ups of a link, latest day first.
///
/// # Errors
/// As the database says.
pub async fn days_of_link(tx: &mut Tx, link: LinkId) -> Result<Vec<ClickDay>> {
    tx.fetch_all(include_str!("click/days_of_link.sql"), args![link])
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::uuid_v7;

    fn id<T: From<uuid::Uuid>>(number: u8) -> T {
        T::from(uuid_v7(1, [number; 10]))
    }

    fn click(link: u8, visitor: u8, returning: bool, uncounted: Option<Uncounted>) -> NewClick {
        NewClick {
            id: id(0),
            link_id: id(link),
            partnership_id: id(1),
            affiliate_id: id(2),
            campaign_id: id(3),
            visitor_id: id(visitor),
            returning,
            clicked_at: UnixMs(1),
            expires_at: UnixMs(2),
            day: Day(7),
            uncounted,
            url: None,
            referrer: None,
            ip_prefix: None,
            user_agent: None,
            sub_ids: None,
        }
    }

    #[test]
    fn a_batch_is_summed_by_link_and_day() {
        let bot = Some(Uncounted::Bot);
        let batch = sum_up(&[
            click(1, 1, false, None),
            click(1, 2, true, None),
            click(1, 2, true, None),
            click(1, 3, true, bot),
            click(1, 4, false, bot),
            click(1, 1, true, None),
            click(2, 2, true, None),
        ]);
        let sum = |clicks, unique_clicks, uncounted_clicks| DaySum {
            affiliate_id: id(2),
            campaign_id: id(3),
            clicks,
            unique_clicks,
            uncounted_clicks,
        };
        assert_eq!(
            batch.days,
            BTreeMap::from([
                ((Day(7), id(1)), sum(4, 1, 2)),
                ((Day(7), id(2)), sum(1, 0, 0))
            ])
        );
        assert_eq!(
            batch.returned,
            BTreeMap::from([
                ((Day(7), id(1)), BTreeSet::from([id(2)])),
                ((Day(7), id(2)), BTreeSet::from([id(2)]))
            ])
        );
    }
}
