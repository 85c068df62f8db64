//! Clicks that a server reports.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::{AffiliateId, CampaignId, ClickId, VisitorId};
use service::programme::click::{self, TrackClick, Tracked};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Halt, Post};

/// A click on a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClickIn {
    /// The link's code.
    #[schema(example = "maria")]
    code: String,
    /// The page that was landed on.
    url: Option<String>,
    /// Where the visitor came from.
    referrer: Option<String>,
    /// The visitor's address; only its network (/24, /48) is kept.
    #[schema(example = "203.0.113.77")]
    ip: Option<String>,
    /// The visitor's browser. A robot's click is kept but not counted.
    user_agent: Option<String>,
    /// The visitor as answered to an earlier click; without it a new one is made.
    #[schema(example = "vis_01h455vb4pex5vsknk084sn02q")]
    visitor_id: Option<String>,
    /// `sub1` to `sub5`, `sub_id` and `utm_…`, at most 12, each up to 200 characters.
    sub_ids: Option<BTreeMap<String, String>>,
}

/// A recorded click.
#[derive(Serialize, ToSchema)]
struct ClickOut {
    /// To be sent with later events.
    #[schema(value_type = String, example = "clk_01h455vb4pex5vsknk084sn02q")]
    click_id: ClickId,
    /// To be sent with this visitor's later clicks and events.
    #[schema(value_type = String, example = "vis_01h455vb4pex5vsknk084sn02q")]
    visitor_id: VisitorId,
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "cmp_01h455vb4pex5vsknk084sn02q")]
    campaign_id: CampaignId,
    /// Where the link leads, with the click in its query.
    #[schema(
        example = "https://shop.example.com/start?via=maria&click_id=clk_01h455vb4pex5vsknk084sn02q"
    )]
    destination: String,
}

impl From<Tracked> for ClickOut {
    fn from(tracked: Tracked) -> Self {
        let Tracked {
            click_id,
            visitor_id,
            affiliate_id,
            campaign_id,
            destination,
        } = tracked;
        Self {
            click_id,
            visitor_id,
            affiliate_id,
            campaign_id,
            destination,
        }
    }
}

/// Records a click.
///
/// For links that lead to your own server. 404: nobody has this code. 409: the link is not live.
#[utoipa::path(post, path = "/track/click", tag = "tracking", request_body = ClickIn, responses((status = 201, body = ClickOut)))]
async fn track(post: Post<ClickIn>) -> Result<Response, Halt> {
    let (mut call, input) = post.begin_together().await?;
    let ClickIn {
        code,
        url,
        referrer,
        ip,
        user_agent,
        visitor_id,
        sub_ids,
    } = input;
    let tracked = click::track(
        &mut call.work,
        TrackClick {
            code,
            url,
            referrer,
            ip,
            user_agent,
            visitor_id,
            sub_ids,
        },
    )
    .await?;
    call.created(&ClickOut::from(tracked)).await
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(track))
}
