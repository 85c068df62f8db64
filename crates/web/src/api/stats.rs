//! Figures, by day, affiliate, campaign or link.

use axum::Json;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::{AffiliateId, CampaignId, LinkId};
use service::domain::money::Currency;
use service::domain::time::Day;
use service::programme::stats::{self, Figures};
use service::store::programme::stats::{Filter, GroupBy, Key};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::date::{self, Date};
use super::{Caller, Halt, Query};

/// How figures are grouped.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Grouping {
    Day,
    Affiliate,
    Campaign,
    Link,
}

/// What is counted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatsFilter {
    /// The first day, in the business's zone. Default: all time.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-01")]
    from: Option<Date>,
    /// The last day, included.
    #[param(value_type = Option<String>, format = Date, example = "2026-11-30")]
    to: Option<Date>,
    /// Without it the answer is one row for everything.
    #[param(inline)]
    group_by: Option<Grouping>,
    /// Only of this affiliate.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// Only of this campaign.
    #[param(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
}

/// Figures by group.
#[derive(Serialize, ToSchema)]
#[schema(as = Stats)]
struct StatsOut {
    /// In the order of the key; groups in which nothing happened have no row.
    data: Vec<RowOut>,
}

/// The figures of a group. Its key is the field that was grouped by; a total has none.
#[derive(Serialize, ToSchema)]
#[schema(as = StatsRow)]
struct RowOut {
    /// With `group_by=day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    day: Option<Day>,
    /// With `group_by=affiliate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// With `group_by=campaign`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// With `group_by=link`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    link_id: Option<LinkId>,
    /// The affiliate's or campaign's name, the link's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Counted clicks.
    clicks: i64,
    /// A visitor's first on a link that day.
    unique_clicks: i64,
    /// Customers with a lead event.
    leads: i64,
    /// Customers with a sale that is not fully refunded.
    customers: i64,
    /// Customers who have left.
    cancelled_customers: i64,
    /// Sales that are not fully refunded.
    conversions: i64,
    /// A row a currency.
    money: Vec<MoneyOut>,
}

/// The money of a group in one currency, minor units.
#[derive(Serialize, ToSchema)]
#[schema(as = StatsMoney)]
struct MoneyOut {
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// Sales less refunds.
    revenue: i64,
    commission_pending: i64,
    /// Approved or in a payout.
    commission_approved: i64,
    commission_paid: i64,
}

impl RowOut {
    fn new(figures: Figures) -> Self {
        let Figures {
            clicks,
            unique_clicks,
            leads,
            customers,
            cancelled_customers,
            conversions,
            money,
        } = figures;
        let money = money
            .into_iter()
            .map(|money| {
                let stats::Money {
                    currency,
                    revenue,
                    commission_pending,
                    commission_approved,
                    commission_paid,
                } = money;
                MoneyOut {
                    currency,
                    revenue,
                    commission_pending,
                    commission_approved,
                    commission_paid,
                }
            })
            .collect();
        Self {
            day: None,
            affiliate_id: None,
            campaign_id: None,
            link_id: None,
            name: None,
            clicks,
            unique_clicks,
            leads,
            customers,
            cancelled_customers,
            conversions,
            money,
        }
    }

    fn keyed(grouping: Grouping, key: Key, name: Option<String>, figures: Figures) -> Self {
        let row = Self {
            name,
            ..Self::new(figures)
        };
        match (grouping, key) {
            (_, Key::Day(day)) => Self {
                day: Some(day),
                ..row
            },
            (Grouping::Campaign, Key::Id(id)) => Self {
                campaign_id: Some(id.into()),
                ..row
            },
            (Grouping::Link, Key::Id(id)) => Self {
                link_id: Some(id.into()),
                ..row
            },
            (Grouping::Affiliate | Grouping::Day, Key::Id(id)) => Self {
                affiliate_id: Some(id.into()),
                ..row
            },
        }
    }
}

/// Tells figures, in total or by day, affiliate, campaign or link.
///
/// `from` and `to` are days of the business's zone, both included; without them all time. Without `group_by` there is one row.
#[utoipa::path(get, path = "/stats", tag = "stats", params(StatsFilter), responses((status = 200, body = StatsOut)))]
async fn show(caller: Caller, Query(filter): Query<StatsFilter>) -> Result<Json<StatsOut>, Halt> {
    let StatsFilter {
        from,
        to,
        group_by,
        affiliate_id,
        campaign_id,
    } = filter;
    let (from, to) = date::range(from, to)?;
    let filter = Filter {
        from,
        to,
        affiliate_id,
        campaign_id,
    };
    let mut work = caller.view().await?;
    let Some(grouping) = group_by else {
        return Ok(Json(StatsOut {
            data: vec![RowOut::new(stats::total(&mut work, &filter).await?)],
        }));
    };
    let by = match grouping {
        Grouping::Day => GroupBy::Day,
        Grouping::Affiliate => GroupBy::Affiliate,
        Grouping::Campaign => GroupBy::Campaign,
        Grouping::Link => GroupBy::Link,
    };
    let groups = stats::by(&mut work, by, &filter).await?;
    let mut names = stats::names(&mut work, by, &filter).await?;
    let data = groups
        .into_iter()
        .map(|(key, figures)| RowOut::keyed(grouping, key, names.remove(&key), figures))
        .collect();
    Ok(Json(StatsOut { data }))
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(show))
}
