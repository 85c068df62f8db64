//! Clicks that are reported instead of being sent through a link.

use std::collections::BTreeMap;
use std::net::IpAddr;

use domain::click::{
    REFERRER_CHARS_MAX, SUB_ID_CHARS_MAX, SUB_IDS_MAX, URL_CHARS_MAX, USER_AGENT_CHARS_MAX,
    Uncounted, bounded, ip_prefix, is_bot, is_sub_id, sub_ids,
};
use domain::id::{AffiliateId, BusinessId, CampaignId, ClickId, VisitorId};
use domain::status::Scope;
use store::{identity, programme};

use super::{Link, Remarks, Visitor, new_click, record, resolve};
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::work::Work;

/// A click that a server reports.
#[derive(Debug, Clone, Default)]
pub struct TrackClick {
    /// The link's code.
    pub code: String,
    /// The page that was landed on.
    pub url: Option<String>,
    /// Where the visitor came from.
    pub referrer: Option<String>,
    /// The visitor's address; only its network is kept.
    pub ip: Option<String>,
    /// The visitor's browser; a robot's click is kept but not counted.
    pub user_agent: Option<String>,
    /// The visitor as told by an earlier click; without it a new one is made.
    pub visitor_id: Option<String>,
    /// `sub1` to `sub5`, `sub_id`, `utm_…`.
    pub sub_ids: Option<BTreeMap<String, String>>,
}

/// A reported click as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracked {
    /// The click.
    pub click_id: ClickId,
    /// The visitor, to be sent with later events.
    pub visitor_id: VisitorId,
    /// Whose link it was.
    pub affiliate_id: AffiliateId,
    /// The campaign of the link.
    pub campaign_id: CampaignId,
    /// Where the link leads, with the click in its query.
    pub destination: String,
}

/// Stores a click that a server reports.
///
/// # Errors
/// Not found for an unknown code, a conflict for a link that is not live, and what is wrong with
/// the input.
pub async fn track(work: &mut Work, input: TrackClick) -> Result<Tracked> {
    work.require(Scope::Track)?;
    let TrackClick {
        code,
        url,
        referrer,
        ip,
        user_agent,
        visitor_id,
        sub_ids,
    } = input;
    let mut checks = Checks::new();
    let code = checks.text("code", &code, 1..=64);
    let url = url
        .filter(|url| !url.trim().is_empty())
        .map(|url| checks.web_address("url", &url));
    let referrer = checks
        .optional_text("referrer", referrer.as_deref(), URL_CHARS_MAX)
        .and_then(|text| bounded(&text, REFERRER_CHARS_MAX));
    let ip_prefix = ip.and_then(|ip| {
        let address = ip.trim().parse::<IpAddr>();
        checks.that(address.is_ok(), "ip", "is not an IP address");
        address.ok().map(ip_prefix)
    });
    let user_agent = checks.optional_text("user_agent", user_agent.as_deref(), URL_CHARS_MAX);
    let visitor = visitor_id.and_then(|id| {
        let id = id.parse::<VisitorId>();
        checks.that(id.is_ok(), "visitor_id", "is not a visitor id (vis_…)");
        id.ok()
    });
    let sub_ids = checked_sub_ids(&mut checks, sub_ids);
    checks.done()?;

    let Some(target) = programme::link::target_of_code(&mut work.tx, &code).await? else {
        return Err(not_found("link"));
    };
    let Some(business) = identity::business::find(&mut work.tx).await? else {
        return Err(not_found("business"));
    };
    let link = Link::new(&business, target, Vec::new())?;
    live(&link, work.now)?;
    let visitor = Visitor::known_or_new(&work.app, visitor);
    let uncounted = user_agent
        .as_deref()
        .is_some_and(is_bot)
        .then_some(Uncounted::Bot);
    let user_agent = user_agent.and_then(|text| bounded(&text, USER_AGENT_CHARS_MAX));
    let click = new_click(
        &work.app,
        &link,
        work.now,
        visitor,
        uncounted,
        Remarks {
            url,
            referrer,
            ip_prefix,
            user_agent,
            sub_ids,
        },
    );
    let click_id = click.id;
    programme::click::record(&mut work.tx, vec![click]).await?;
    work.changed(Some(link.affiliate));
    let destination = link.location(&click_id.to_string());
    Ok(Tracked {
        click_id,
        visitor_id: visitor.id,
        affiliate_id: link.affiliate,
        campaign_id: link.campaign,
        destination,
    })
}

fn live(link: &Link, at: domain::time::UnixMs) -> Result<()> {
    let state = link.state(at);
    if state.is_live() {
        Ok(())
    } else {
        Err(conflict(format!(
            "the link is not live: {}",
            state.as_str()
        )))
    }
}

fn checked_sub_ids(checks: &mut Checks, given: Option<BTreeMap<String, String>>) -> Option<String> {
    let given = given?;
    checks.that(
        given.len() <= SUB_IDS_MAX,
        "sub_ids",
        "has more than 12 entries",
    );
    for (name, value) in &given {
        let field = format!(
            "sub_ids.{}",
            name.chars()
                .filter(|c| !c.is_control())
                .take(40)
                .collect::<String>()
        );
        checks.that(
            is_sub_id(name),
            &field,
            "is not one of sub1 to sub5, sub_id, utm_…",
        );
        checks.text(&field, value, 0..=SUB_ID_CHARS_MAX);
    }
    sub_ids(given)
}

/// A click that the script on a landing page reports: the visitor came with a code and no click id.
#[derive(Debug, Clone, Default)]
pub struct BrowserClick {
    /// The link's code.
    pub code: Option<String>,
    /// A click that was recorded already, when the visitor came through a link.
    pub click_id: Option<String>,
    /// The landing page.
    pub url: Option<String>,
    /// Where the visitor came from.
    pub referrer: Option<String>,
    /// The visitor as told by an earlier click.
    pub visitor_id: Option<String>,
    /// Sub-ids that the page knows.
    pub sub_ids: Option<BTreeMap<String, String>>,
    /// The network of the browser's address.
    pub ip_prefix: Option<String>,
    /// The browser's name.
    pub user_agent: Option<String>,
}

/// What a landing page keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The click.
    pub click_id: ClickId,
    /// The visitor, to be sent with later events.
    pub visitor_id: VisitorId,
}

/// Records a click that a landing page of this business reports. Texts that are too long are cut:
/// nobody is there to mend them.
///
/// # Errors
/// Not found for an unknown code or click, a conflict for a link that is not live; the database
/// not available when the click could not be stored.
pub async fn report(app: &App, business: BusinessId, input: BrowserClick) -> Result<Reported> {
    let BrowserClick {
        code,
        click_id,
        url,
        referrer,
        visitor_id,
        sub_ids: given,
        ip_prefix,
        user_agent,
    } = input;
    if let Some(click_id) = click_id {
        let id: ClickId = click_id.parse().map_err(|_| not_found("click"))?;
        let mut tx = app.db().read(business).await?;
        let click = programme::click::find(&mut tx, id)
            .await?
            .ok_or(not_found("click"))?;
        return Ok(Reported {
            click_id: click.id,
            visitor_id: click.visitor_id,
        });
    }
    let code = code.unwrap_or_default();
    let link = resolve(app, code.trim())
        .await?
        .filter(|link| link.business == business)
        .ok_or(not_found("link"))?;
    live(&link, app.now())?;
    // A visitor id that is none came from a damaged store: the browser starts anew.
    let visitor = Visitor::known_or_new(app, visitor_id.and_then(|id| id.parse().ok()));
    let uncounted = match user_agent.as_deref() {
        None => Some(Uncounted::NoUserAgent),
        Some(name) => is_bot(name).then_some(Uncounted::Bot),
    };
    let remarks = Remarks {
        url: url.and_then(|text| bounded(&text, URL_CHARS_MAX)),
        referrer: referrer.and_then(|text| bounded(&text, REFERRER_CHARS_MAX)),
        ip_prefix,
        user_agent,
        sub_ids: given.and_then(sub_ids),
    };
    match record(app, &link, visitor, uncounted, remarks).await {
        (click_id, true) => Ok(Reported {
            click_id,
            visitor_id: visitor.id,
        }),
        (_, false) => Err(ServiceError::Store(store::db::StoreError::unavailable())),
    }
}
