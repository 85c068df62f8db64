//! Campaigns: what is promoted, where links lead and how long a click counts.

use std::collections::BTreeMap;

use domain::host::{host_name, host_of};
use domain::id::CampaignId;
use domain::link::{LinkState, campaign_state, is_link_parameter};
use domain::status::{Model, Scope};
use domain::text::fold;
use domain::time::UnixMs;
use store::identity::setting;
use store::list::Window;
use store::programme::campaign as rows;
pub use store::programme::campaign::{
    BY_AGE, BY_NAME, Campaign, CampaignCommission, CampaignOverview, Filter, OVERVIEW_ORDERS,
};

use crate::check::Checks;
use crate::error::{Result, ServiceError, invalid, not_found};
use crate::identity::audit;
use crate::work::Work;

/// The shortest and longest time a click can count, in days.
pub const COOKIE_DAYS: std::ops::RangeInclusive<i64> = 1..=365;
/// Hosts a campaign can list: deep links and scripts look through them.
pub const HOSTS_MAX: usize = 50;
/// Characters of a name.
const NAME_MAX: usize = 100;
/// Characters of the promotional guidelines: a few pages.
const DESCRIPTION_MAX: usize = 20_000;

/// A campaign with the hosts it lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignDetail {
    /// The campaign.
    pub campaign: Campaign,
    /// The hosts it lists, by name; the destination's own host need not be among them.
    pub hosts: Vec<String>,
}

impl CampaignDetail {
    /// The hosts that deep links may lead to and scripts may run on: those listed and the
    /// destination's own.
    #[must_use]
    pub fn allowed_hosts(&self) -> Vec<String> {
        allowed_hosts(&self.campaign.destination_url, &self.hosts)
    }

    /// Why it is not live at an instant; none when it is.
    #[must_use]
    pub fn state(&self, at: UnixMs) -> Option<LinkState> {
        state(&self.campaign, at)
    }
}

/// The hosts that a campaign with this destination and these listed hosts allows.
#[must_use]
pub fn allowed_hosts(destination_url: &str, listed: &[String]) -> Vec<String> {
    let mut hosts = listed.to_vec();
    hosts.extend(host_of(destination_url).filter(|own| !listed.contains(own)));
    hosts
}

/// Why a campaign is not live at an instant; none when it is.
#[must_use]
pub fn state(campaign: &Campaign, at: UnixMs) -> Option<LinkState> {
    campaign_state(
        campaign.active,
        campaign.starts_at_ms,
        campaign.ends_at_ms,
        at,
    )
}

/// A new campaign. What is absent is taken from the settings.
#[derive(Debug, Clone, Default)]
pub struct CampaignIn {
    /// Unique in the business, whatever its case.
    pub name: String,
    /// The promotional guidelines.
    pub description: String,
    /// Default: active.
    pub active: Option<bool>,
    /// An http or https address.
    pub destination_url: String,
    /// Host names without scheme, port and path.
    pub hosts: Vec<String>,
    /// 1 to 365.
    pub cookie_days: Option<i64>,
    /// How the campaign picks among its own clicks.
    pub model: Option<Model>,
    /// The query parameter that carries the code to the destination.
    pub link_parameter: Option<String>,
    /// Links are live from then on.
    pub starts_at: Option<UnixMs>,
    /// Links are live before then.
    pub ends_at: Option<UnixMs>,
}

/// A change of a campaign; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct CampaignPatch {
    /// See [`CampaignIn`], as all the others.
    pub name: Option<String>,
    /// The promotional guidelines.
    pub description: Option<String>,
    /// Links follow at once.
    pub active: Option<bool>,
    /// An http or https address.
    pub destination_url: Option<String>,
    /// Replaces the whole list.
    pub hosts: Option<Vec<String>>,
    /// For clicks from now on; a click's own end is fixed when it is made.
    pub cookie_days: Option<i64>,
    /// For events from now on.
    pub model: Option<Model>,
    /// The query parameter that carries the code.
    pub link_parameter: Option<String>,
    /// `Some(None)` takes the start away.
    pub starts_at: Option<Option<UnixMs>>,
    /// `Some(None)` takes the end away.
    pub ends_at: Option<Option<UnixMs>>,
}

/// Makes a campaign.
///
/// # Errors
/// With every wrong field, among them a taken name.
pub async fn create(work: &mut Work, input: CampaignIn) -> Result<CampaignDetail> {
    work.require(Scope::Manage)?;
    let CampaignIn {
        name,
        description,
        active,
        destination_url,
        hosts,
        cookie_days,
        model,
        link_parameter,
        starts_at,
        ends_at,
    } = input;
    let settings = setting::find(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("the business has no settings".to_owned()))?;
    let typed = Campaign {
        id: work.new_id(),
        name,
        description,
        active: active.unwrap_or(true),
        destination_url,
        link_parameter: link_parameter.unwrap_or(settings.link_parameter),
        cookie_days: cookie_days.unwrap_or(settings.default_cookie_days),
        model: model.unwrap_or(settings.default_model),
        starts_at_ms: starts_at,
        ends_at_ms: ends_at,
        created_at_ms: work.now,
    };
    let CampaignDetail { campaign, hosts } = checked(work, typed, hosts, None).await?;
    if !rows::insert(&mut work.tx, &campaign).await? {
        return Err(name_taken());
    }
    rows::set_hosts(&mut work.tx, campaign.id, &hosts).await?;
    let detail = format!(
        "{} ({})",
        campaign.name,
        if campaign.active {
            "active"
        } else {
            "inactive"
        }
    );
    audit::record(
        work,
        "campaign.created",
        "campaign",
        &campaign.id.to_string(),
        &detail,
    )
    .await?;
    work.changed(None);
    Ok(CampaignDetail { campaign, hosts })
}

/// The campaign of this id.
///
/// # Errors
/// When there is none in this business.
pub async fn get(work: &mut Work, id: CampaignId) -> Result<CampaignDetail> {
    work.require(Scope::Read)?;
    let campaign = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("campaign"))?;
    let hosts = rows::hosts(&mut work.tx, id).await?;
    Ok(CampaignDetail { campaign, hosts })
}

/// Campaigns with their hosts, in a window.
///
/// # Errors
/// As the database says.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<CampaignDetail>> {
    work.require(Scope::Read)?;
    let campaigns = rows::list(&mut work.tx, filter, window).await?;
    let mut hosts: BTreeMap<CampaignId, Vec<String>> = BTreeMap::new();
    for host in rows::all_hosts(&mut work.tx).await? {
        hosts.entry(host.campaign_id).or_default().push(host.host);
    }
    Ok(campaigns
        .into_iter()
        .map(|campaign| CampaignDetail {
            hosts: hosts.remove(&campaign.id).unwrap_or_default(),
            campaign,
        })
        .collect())
}

/// How many campaigns the filter lets through.
///
/// # Errors
/// As the database says.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// Campaigns with their figures of all time.
///
/// # Errors
/// As the database says.
pub async fn overview(
    work: &mut Work,
    filter: &Filter,
    window: Window,
) -> Result<Vec<CampaignOverview>> {
    work.require(Scope::Read)?;
    Ok(rows::overview(&mut work.tx, filter, None, window).await?)
}

/// A campaign's figures of all time.
///
/// # Errors
/// When there is no such campaign.
pub async fn figures(work: &mut Work, id: CampaignId) -> Result<CampaignOverview> {
    work.require(Scope::Read)?;
    let found = rows::overview(
        &mut work.tx,
        &Filter::default(),
        Some(id),
        Window::all("c.id"),
    )
    .await?;
    found.into_iter().next().ok_or(not_found("campaign"))
}

/// What the commissions of each campaign add up to, by currency.
///
/// # Errors
/// As the database says.
pub async fn commissions(work: &mut Work) -> Result<BTreeMap<CampaignId, Vec<CampaignCommission>>> {
    work.require(Scope::Read)?;
    let mut sums: BTreeMap<CampaignId, Vec<CampaignCommission>> = BTreeMap::new();
    for sum in rows::commissions(&mut work.tx).await? {
        sums.entry(sum.campaign_id).or_default().push(sum);
    }
    Ok(sums)
}

/// Changes a campaign. Clicks keep the end that was fixed when they were made.
///
/// # Errors
/// When there is no such campaign, or with every wrong field.
pub async fn patch(
    work: &mut Work,
    id: CampaignId,
    patch: CampaignPatch,
) -> Result<CampaignDetail> {
    work.require(Scope::Manage)?;
    let before = get_for_change(work, id).await?;
    let CampaignPatch {
        name,
        description,
        active,
        destination_url,
        hosts,
        cookie_days,
        model,
        link_parameter,
        starts_at,
        ends_at,
    } = patch;
    let old = &before.campaign;
    let typed = Campaign {
        id,
        name: name.unwrap_or_else(|| old.name.clone()),
        description: description.unwrap_or_else(|| old.description.clone()),
        active: active.unwrap_or(old.active),
        destination_url: destination_url.unwrap_or_else(|| old.destination_url.clone()),
        link_parameter: link_parameter.unwrap_or_else(|| old.link_parameter.clone()),
        cookie_days: cookie_days.unwrap_or(old.cookie_days),
        model: model.unwrap_or(old.model),
        starts_at_ms: starts_at.unwrap_or(old.starts_at_ms),
        ends_at_ms: ends_at.unwrap_or(old.ends_at_ms),
        created_at_ms: old.created_at_ms,
    };
    let after = checked(
        work,
        typed,
        hosts.unwrap_or_else(|| before.hosts.clone()),
        Some(id),
    )
    .await?;
    if after == before {
        return Ok(after);
    }
    rows::update(&mut work.tx, &after.campaign).await?;
    if after.hosts != before.hosts {
        rows::set_hosts(&mut work.tx, id, &after.hosts).await?;
    }
    if after.campaign.active != before.campaign.active {
        let action = if after.campaign.active {
            "campaign.activated"
        } else {
            "campaign.deactivated"
        };
        audit::record(
            work,
            action,
            "campaign",
            &id.to_string(),
            &after.campaign.name,
        )
        .await?;
    }
    let changes = differences(&before, &after);
    if !changes.is_empty() {
        let detail = format!("{}: {}", after.campaign.name, changes.join("; "));
        audit::record(
            work,
            "campaign.changed",
            "campaign",
            &id.to_string(),
            &detail,
        )
        .await?;
    }
    work.changed(None);
    Ok(after)
}

async fn get_for_change(work: &mut Work, id: CampaignId) -> Result<CampaignDetail> {
    let campaign = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("campaign"))?;
    let hosts = rows::hosts(&mut work.tx, id).await?;
    Ok(CampaignDetail { campaign, hosts })
}

fn name_taken() -> ServiceError {
    invalid("name", "another campaign has this name")
}

/// Checks everything a person typed and puts it into its normal form.
async fn checked(
    work: &mut Work,
    typed: Campaign,
    hosts: Vec<String>,
    own: Option<CampaignId>,
) -> Result<CampaignDetail> {
    let Campaign {
        id,
        name,
        description,
        active,
        destination_url,
        link_parameter,
        cookie_days,
        model,
        starts_at_ms,
        ends_at_ms,
        created_at_ms,
    } = typed;
    let mut checks = Checks::new();
    let name = checks.text("name", &name, 1..=NAME_MAX);
    let description = checks.text("description", &description, 0..=DESCRIPTION_MAX);
    let destination_url = destination(&mut checks, &destination_url);
    let cookie_days = checks.range("cookie_days", cookie_days, COOKIE_DAYS);
    let link_parameter = link_parameter.trim().to_owned();
    checks.that(
        is_link_parameter(&link_parameter),
        "link_parameter",
        "must be 1 to 32 letters, digits, - or _, and not click_id",
    );
    if let (Some(start), Some(end)) = (starts_at_ms, ends_at_ms) {
        checks.that(start < end, "ends_at", "must be after the start");
    }
    for (field, time) in [("starts_at", starts_at_ms), ("ends_at", ends_at_ms)] {
        checks.that(
            time.is_none_or(|time| (UnixMs(0)..=UnixMs::MAX).contains(&time)),
            field,
            "must be between 1970 and 9999",
        );
    }
    let hosts = checked_hosts(&mut checks, &hosts);
    if !name.is_empty() && rows::name_taken(&mut work.tx, &fold(&name), own).await? {
        checks.fail("name", "another campaign has this name");
    }
    checks.done()?;
    let campaign = Campaign {
        id,
        name,
        description,
        active,
        destination_url,
        link_parameter,
        cookie_days,
        model,
        starts_at_ms,
        ends_at_ms,
        created_at_ms,
    };
    Ok(CampaignDetail { campaign, hosts })
}

/// The address in its normal form; one without a path stays as it was typed.
fn destination(checks: &mut Checks, typed: &str) -> String {
    let normal = checks.web_address("destination_url", typed);
    match normal.strip_suffix('/') {
        Some(bare) if bare == typed.trim() => bare.to_owned(),
        _ => normal,
    }
}

fn checked_hosts(checks: &mut Checks, typed: &[String]) -> Vec<String> {
    checks.that(
        typed.len() <= HOSTS_MAX,
        "hosts",
        "lists more than 50 hosts",
    );
    let mut hosts = Vec::new();
    for (position, text) in typed.iter().enumerate().take(HOSTS_MAX) {
        match host_name(text) {
            Some(host) => hosts.push(host),
            None => checks.fail(
                &format!("hosts[{position}]"),
                format!(
                    "'{}' is not a host name; write it like shop.example.com",
                    text.chars().take(60).collect::<String>()
                ),
            ),
        }
    }
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// What changed, in words for the audit log; the switch has an entry of its own.
fn differences(before: &CampaignDetail, after: &CampaignDetail) -> Vec<String> {
    let (old, new) = (&before.campaign, &after.campaign);
    let mut words = Vec::new();
    let mut note = |what: &str, old: String, new: String| {
        if old != new {
            words.push(format!("{what} {old} → {new}"));
        }
    };
    let time = |time: Option<UnixMs>| time.map_or_else(|| "none".to_owned(), UnixMs::rfc3339);
    note("name", old.name.clone(), new.name.clone());
    note(
        "destination",
        old.destination_url.clone(),
        new.destination_url.clone(),
    );
    note(
        "cookie days",
        old.cookie_days.to_string(),
        new.cookie_days.to_string(),
    );
    note("model", old.model.to_string(), new.model.to_string());
    note(
        "link parameter",
        old.link_parameter.clone(),
        new.link_parameter.clone(),
    );
    note("start", time(old.starts_at_ms), time(new.starts_at_ms));
    note("end", time(old.ends_at_ms), time(new.ends_at_ms));
    note("hosts", before.hosts.join(", "), after.hosts.join(", "));
    if old.description != new.description {
        words.push("guidelines rewritten".to_owned());
    }
    words
}

/// The warning to show when affiliates are added to a campaign that is not live.
///
/// # Errors
/// When there is no such campaign.
pub async fn warning(work: &mut Work, id: CampaignId) -> Result<Option<&'static str>> {
    let campaign = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("campaign"))?;
    Ok(state(&campaign, work.now).map(warning_of))
}

/// What to tell who adds an affiliate to a campaign in this state.
pub(crate) const fn warning_of(state: LinkState) -> &'static str {
    match state {
        LinkState::CampaignNotStarted => {
            "The campaign has not begun: the link works from its start on."
        }
        LinkState::CampaignEnded => {
            "The campaign is over: the link does not work and no invitation was sent."
        }
        _ => "The campaign is inactive: the link does not work and no invitation was sent.",
    }
}

/// Refuses what cannot be done to a campaign that is missing.
pub(crate) async fn must_exist(work: &mut Work, id: CampaignId) -> Result<Campaign> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("campaign"))
}
