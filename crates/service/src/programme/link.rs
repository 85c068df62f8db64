//! Links: their addresses, the way from a code to what a click needs to know, and the further links
//! that an affiliate makes.
//!
//! A partnership comes with its first link, which always leads to the campaign's destination. Further
//! ones have a label, may lead to a page of the campaign's hosts, and can be paused. What a campaign's
//! hosts do not allow any more is not followed: the click goes to the campaign's destination.

use std::collections::{BTreeMap, BTreeSet};

use domain::click::{DeepLinkError, SUB_ID_CHARS_MAX, TAG_NAMES, check_deep_link, tagged};
use domain::host::host_of;
use domain::id::{AffiliateId, BusinessId, CampaignId, LinkId, PartnershipId};
use domain::link::{LinkState, is_reserved_code};
use domain::status::{AffiliateStatus, Scope};
use domain::text::{is_link_code, slug};
use store::list::Window;
use store::programme::link as rows;
pub use store::programme::link::{Link, LinkLine, LinkTarget, NEWEST};
use store::programme::{affiliate, campaign as campaigns, partnership as partnerships};
use url::Url;

use super::campaign::allowed_hosts;
use super::stats::{self, Figures};
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::audit;
use crate::random::new_code;
use crate::work::Work;

/// Links of a partnership, the first and the paused ones included: as many as a person can keep apart.
pub const LINKS_MAX: i64 = 50;
/// Links of an affiliate that are shown, over all campaigns.
const SHOWN_MAX: i64 = 1_000;
/// Characters of a label.
pub const LABEL_MAX: usize = 80;

/// Random letters behind an affiliate's name, at the first try; each further try adds one.
const CODE_RANDOM: usize = 4;
/// Letters of the name that are used.
const CODE_NAME_MAX: usize = 24;
/// Tries before giving up: with 32⁴ codes a name and growing, the second hardly ever happens.
const CODE_TRIES_MAX: usize = 8;

/// The address of a link: what an affiliate publishes.
#[must_use]
pub fn url(app: &App, code: &str) -> String {
    format!("{}/r/{code}", app.settings().base_url)
}

/// Where a code leads, over all businesses; none when nobody has it. Codes are compared exactly.
/// An older code of a link leads to the link too.
///
/// # Errors
/// As the database says.
pub async fn resolve(app: &App, code: &str) -> Result<Option<(BusinessId, LinkTarget)>> {
    if !is_link_code(code) {
        return Ok(None);
    }
    let mut tx = app.db().system_read().await?;
    let Some(route) = rows::route(&mut tx, code).await? else {
        return Ok(None);
    };
    let mut tx = tx.scoped(route.business_id);
    Ok(rows::target(&mut tx, route.link_id)
        .await?
        .map(|target| (route.business_id, target)))
}

/// Where a code of this business leads; another business's code is unknown.
///
/// # Errors
/// As the database says.
pub async fn find_target(work: &mut Work, code: &str) -> Result<Option<LinkTarget>> {
    if !is_link_code(code) {
        return Ok(None);
    }
    Ok(rows::target_of_code(&mut work.tx, code).await?)
}

/// Notes what is wrong with a code that a person chose.
pub(crate) fn check_code(checks: &mut Checks, code: &str) {
    if !is_link_code(code) {
        checks.fail(
            "code",
            "must be 2 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit",
        );
    } else if is_reserved_code(code) {
        checks.fail("code", "is an address of the product itself");
    }
}

/// Takes a code made of a name and random letters for a link; none when every try was taken.
pub(crate) async fn claim_made_code(
    work: &mut Work,
    name: &str,
    link: domain::id::LinkId,
) -> Result<Option<String>> {
    let name: String = slug(name).chars().take(CODE_NAME_MAX).collect();
    let name = name.trim_end_matches('-');
    for length in CODE_RANDOM..CODE_RANDOM + CODE_TRIES_MAX {
        let random = new_code(work.app.random(), length);
        let code = if name.is_empty() {
            format!("a{random}")
        } else {
            format!("{name}-{random}")
        };
        if rows::claim_code(&mut work.tx, &code, link).await? {
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// A further link of an affiliate.
#[derive(Debug, Clone, Default)]
pub struct LinkIn {
    /// What the affiliate calls it.
    pub label: String,
    /// The page it leads to, on the campaign's hosts; blank: the campaign's destination.
    pub page: String,
    /// Blank: made from the affiliate's name.
    pub code: String,
}

/// What a link is called, and where it leads.
#[derive(Debug, Clone, Default)]
pub struct LinkPatch {
    /// See [`LinkIn`].
    pub label: String,
    /// See [`LinkIn`]; a partnership's first link has none.
    pub page: String,
}

/// The figures of an affiliate by link.
#[derive(Debug, Clone)]
pub struct LinkFigures {
    /// Of each link that has any.
    pub by_link: BTreeMap<LinkId, Figures>,
    /// What came by no link: coupons, bonuses, what affiliates below brought. Without people: who came
    /// by two ways is counted at each, and once in the total.
    pub elsewhere: Figures,
    /// All together, as every page of the portal shows it.
    pub total: Figures,
}

/// The links of an affiliate, campaign by campaign, each campaign's first link before the others.
///
/// # Errors
/// Forbidden for those who may not read, and for another affiliate.
pub async fn lines(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<LinkLine>> {
    work.actor.require_read_of(affiliate)?;
    Ok(rows::lines(&mut work.tx, affiliate, None, SHOWN_MAX).await?)
}

/// One of them.
///
/// # Errors
/// As [`lines`]; when it is not this affiliate's.
pub async fn get(work: &mut Work, affiliate: AffiliateId, id: LinkId) -> Result<LinkLine> {
    work.actor.require_read_of(affiliate)?;
    found(work, affiliate, id).await
}

async fn found(work: &mut Work, affiliate: AffiliateId, id: LinkId) -> Result<LinkLine> {
    rows::lines(&mut work.tx, affiliate, Some(id), 1)
        .await?
        .pop()
        .ok_or(not_found("link"))
}

/// What each of the links brought, of all time.
///
/// # Errors
/// As [`lines`].
pub async fn figures(work: &mut Work, affiliate: AffiliateId) -> Result<LinkFigures> {
    work.actor.require_read_of(affiliate)?;
    let own: BTreeSet<LinkId> = rows::list_of_affiliate(&mut work.tx, affiliate)
        .await?
        .into_iter()
        .map(|link| link.id)
        .collect();
    let filter = store::programme::stats::Filter {
        affiliate_id: Some(affiliate),
        ..Default::default()
    };
    let mut by_link = BTreeMap::new();
    for (key, figures) in stats::by(work, stats::GroupBy::Link, &filter).await? {
        if let stats::Key::Id(id) = key
            && own.contains(&LinkId::from(id))
        {
            by_link.insert(LinkId::from(id), figures);
        }
    }
    let total = stats::total(work, &filter).await?;
    let mut elsewhere = total.clone();
    (elsewhere.leads, elsewhere.customers) = (0, 0);
    (elsewhere.cancelled_customers, elsewhere.unique_clicks) = (0, 0);
    for figures in by_link.values() {
        elsewhere.take(figures);
    }
    Ok(LinkFigures {
        by_link,
        elsewhere,
        total,
    })
}

/// The hosts that links of a campaign may lead to.
///
/// # Errors
/// When there is no such campaign.
pub async fn hosts(work: &mut Work, campaign: CampaignId) -> Result<Vec<String>> {
    let found = campaigns::find(&mut work.tx, campaign)
        .await?
        .ok_or(not_found("campaign"))?;
    let listed = campaigns::hosts(&mut work.tx, campaign).await?;
    Ok(allowed_hosts(&found.destination_url, &listed))
}

/// A campaign in which an affiliate can make further links now.
#[derive(Debug, Clone)]
pub struct OpenCampaign {
    /// The campaign.
    pub id: CampaignId,
    /// Its name.
    pub name: String,
    /// The hosts that its links may lead to.
    pub hosts: Vec<String>,
}

/// The campaigns in which an affiliate can make further links now, oldest first.
///
/// # Errors
/// As [`lines`].
pub async fn open_campaigns(work: &mut Work, affiliate: AffiliateId) -> Result<Vec<OpenCampaign>> {
    let now = work.now;
    let mut listed: BTreeMap<CampaignId, Vec<String>> = BTreeMap::new();
    for found in campaigns::all_hosts(&mut work.tx).await? {
        listed
            .entry(found.campaign_id)
            .or_default()
            .push(found.host);
    }
    Ok(lines(work, affiliate)
        .await?
        .into_iter()
        .filter(|line| line.is_first() && refusal(line.link_state(now)).is_none())
        .map(|line| OpenCampaign {
            hosts: allowed_hosts(
                &line.destination_url,
                listed.get(&line.campaign_id).map_or(&[], Vec::as_slice),
            ),
            id: line.campaign_id,
            name: line.campaign_name,
        })
        .collect())
}

/// Why further links of a campaign cannot be made now; none when they can.
#[must_use]
pub const fn refusal(first: LinkState) -> Option<&'static str> {
    match first {
        LinkState::Live | LinkState::CampaignNotStarted => None,
        LinkState::CampaignInactive => Some("is not active at the moment"),
        LinkState::CampaignEnded => Some("is over"),
        LinkState::AffiliateNotApproved => Some("stands open to approved affiliates only"),
        LinkState::PartnershipInactive | LinkState::LinkInactive => {
            Some("is switched off for you at the moment")
        }
    }
}

/// Makes a further link of an affiliate in a campaign.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who may change nothing; with every wrong field, among them a
/// campaign that the affiliate is not in, one that is not live, a page elsewhere and a taken code.
pub async fn create(
    work: &mut Work,
    affiliate: AffiliateId,
    campaign: CampaignId,
    input: LinkIn,
) -> Result<Link> {
    let name = may_change(work, affiliate).await?;
    let first = rows::lines(&mut work.tx, affiliate, None, SHOWN_MAX)
        .await?
        .into_iter()
        .find(|line| line.campaign_id == campaign && line.is_first())
        .ok_or_else(|| invalid("campaign", "is none of your campaigns"))?;
    let LinkIn { label, page, code } = input;
    let mut checks = Checks::new();
    if let Some(refusal) = refusal(first.link_state(work.now)) {
        checks.fail("campaign", refusal);
    }
    let label = checks.text("label", &label, 1..=LABEL_MAX);
    let hosts = hosts(work, campaign).await?;
    let target_url = check_page(&mut checks, "page", &page, &hosts).map(|page| page.to_string());
    let code = code.trim();
    if !code.is_empty() {
        check_code(&mut checks, code);
    }
    checks.done()?;
    rows::order(&mut work.tx, first.partnership_id).await?;
    if rows::count_of_partnership(&mut work.tx, first.partnership_id).await? >= LINKS_MAX {
        return Err(invalid(
            "campaign",
            "has 50 links of yours already, as many as there can be; use sub-ids on one of them",
        ));
    }
    let id = work.new_id();
    let code = if code.is_empty() {
        claim_made_code(work, &name, id)
            .await?
            .ok_or_else(|| conflict("no free code was found; try again"))?
    } else if rows::claim_code(&mut work.tx, code, id).await? {
        code.to_owned()
    } else {
        return Err(invalid("code", "is taken; choose another"));
    };
    let link = Link {
        id,
        partnership_id: first.partnership_id,
        affiliate_id: affiliate,
        campaign_id: campaign,
        code,
        label,
        target_url,
        active: true,
        created_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &link).await?;
    let detail = format!(
        "{name} in {}, code {}, “{}”{}",
        first.campaign_name,
        link.code,
        link.label,
        leads_to(link.target_url.as_deref())
    );
    noted(work, "link.created", &link.id, affiliate, &detail).await?;
    Ok(link)
}

/// Changes what a link is called, and where it leads.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who may change nothing; when it is not this affiliate's; with every
/// wrong field.
pub async fn update(
    work: &mut Work,
    affiliate: AffiliateId,
    id: LinkId,
    patch: LinkPatch,
) -> Result<()> {
    may_change(work, affiliate).await?;
    let before = found(work, affiliate, id).await?;
    let LinkPatch { label, page } = patch;
    let mut checks = Checks::new();
    let least = usize::from(!before.is_first());
    let label = checks.text("label", &label, least..=LABEL_MAX);
    let hosts = hosts(work, before.campaign_id).await?;
    let page = check_page(&mut checks, "page", &page, &hosts).map(|page| page.to_string());
    if page.is_some() && before.is_first() {
        checks.fail(
            "page",
            "stays the campaign's own for this link; make another link for a page",
        );
    }
    checks.done()?;
    if label == before.label && page == before.target_url {
        return Ok(());
    }
    rows::update(&mut work.tx, id, &label, page.as_deref()).await?;
    let detail = format!(
        "code {}, “{label}”{}",
        before.code,
        leads_to(page.as_deref())
    );
    noted(work, "link.changed", &id, affiliate, &detail).await
}

/// Pauses a further link, or has it lead on again.
///
/// # Errors
/// [`ServiceError::Forbidden`] for who may change nothing; when it is not this affiliate's; a conflict
/// for a partnership's first link, which stands and falls with the partnership.
pub async fn set_active(
    work: &mut Work,
    affiliate: AffiliateId,
    id: LinkId,
    active: bool,
) -> Result<LinkLine> {
    may_change(work, affiliate).await?;
    let line = found(work, affiliate, id).await?;
    if line.is_first() {
        return Err(conflict(
            "This is the link that came with the campaign. It stays on as long as you take part.",
        ));
    }
    if line.link_active != active {
        rows::set_active(&mut work.tx, id, active).await?;
        let action = if active {
            "link.resumed"
        } else {
            "link.paused"
        };
        let detail = format!("code {}, “{}”", line.code, line.label);
        noted(work, action, &id, affiliate, &detail).await?;
    }
    Ok(line)
}

/// The links of a partnership, for programs; `window.order` is [`NEWEST`].
///
/// # Errors
/// Forbidden without `read`; when there is no such partnership.
pub async fn of_partnership(
    work: &mut Work,
    partnership: PartnershipId,
    window: Window,
) -> Result<Vec<LinkLine>> {
    work.require(Scope::Read)?;
    partnerships::find(&mut work.tx, partnership)
        .await?
        .ok_or(not_found("partnership"))?;
    Ok(rows::lines_of_partnership(&mut work.tx, partnership, window).await?)
}

/// A link, whoever's, for programs.
///
/// # Errors
/// Forbidden without `read`; when there is none.
pub async fn of_id(work: &mut Work, id: LinkId) -> Result<LinkLine> {
    work.require(Scope::Read)?;
    let link = stored(work, id).await?;
    found(work, link.affiliate_id, id).await
}

async fn stored(work: &mut Work, id: LinkId) -> Result<Link> {
    rows::find(&mut work.tx, id).await?.ok_or(not_found("link"))
}

/// Makes a further link of a partnership, for programs.
///
/// # Errors
/// As [`create`], without `manage`; when there is no such partnership.
pub async fn create_in(
    work: &mut Work,
    partnership: PartnershipId,
    input: LinkIn,
) -> Result<LinkLine> {
    work.require(Scope::Manage)?;
    let of = partnerships::find(&mut work.tx, partnership)
        .await?
        .ok_or(not_found("partnership"))?;
    let link = create(work, of.affiliate_id, of.campaign_id, input).await?;
    found(work, of.affiliate_id, link.id).await
}

/// A change of a link by a program; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct LinkChange {
    /// See [`LinkIn`].
    pub label: Option<String>,
    /// See [`LinkIn`]; blank: the campaign's destination again.
    pub page: Option<String>,
    /// Whether it is switched off by itself.
    pub paused: Option<bool>,
}

/// Changes a link, whoever's, for programs.
///
/// # Errors
/// As [`update`] and [`set_active`], without `manage`.
pub async fn change(work: &mut Work, id: LinkId, change: LinkChange) -> Result<LinkLine> {
    work.require(Scope::Manage)?;
    let before = stored(work, id).await?;
    let affiliate = before.affiliate_id;
    let LinkChange {
        label,
        page,
        paused,
    } = change;
    if label.is_some() || page.is_some() {
        let patch = LinkPatch {
            label: label.unwrap_or(before.label),
            page: page.or(before.target_url).unwrap_or_default(),
        };
        update(work, affiliate, id, patch).await?;
    }
    if let Some(paused) = paused {
        set_active(work, affiliate, id, !paused).await?;
    }
    found(work, affiliate, id).await
}

/// The address of a link with a page and sub-ids, as someone publishes it; `sub_ids` are pairs of a
/// name of [`TAG_NAMES`] and a value.
///
/// # Errors
/// With every wrong field: `page`, or the name of a sub-id.
pub async fn tag(
    work: &mut Work,
    line: &LinkLine,
    page: &str,
    sub_ids: &[(&'static str, String)],
) -> Result<String> {
    let mut checks = Checks::new();
    let hosts = hosts(work, line.campaign_id).await?;
    let page = check_page(&mut checks, "page", page, &hosts);
    let mut kept = Vec::new();
    for (name, value) in sub_ids {
        debug_assert!(TAG_NAMES.contains(name));
        kept.push((*name, checks.text(name, value, 0..=SUB_ID_CHARS_MAX)));
    }
    checks.done()?;
    let pairs = kept.iter().map(|(name, value)| (*name, value.as_str()));
    Ok(tagged(&url(&work.app, &line.code), page.as_ref(), pairs))
}

/// The page that a link is to lead to; none when nothing was typed, or something wrong.
fn check_page(checks: &mut Checks, field: &str, page: &str, hosts: &[String]) -> Option<Url> {
    let page = page.trim();
    if page.is_empty() {
        return None;
    }
    match check_deep_link(page, hosts) {
        Ok(page) => Some(page),
        Err(error) => {
            let text = match (error, host_of(page)) {
                (DeepLinkError::Host, Some(host)) => format!(
                    "leads to {host}; links of this campaign may lead to {}",
                    hosts.join(", ")
                ),
                _ => error.to_string(),
            };
            checks.fail(field, text);
            None
        }
    }
}

/// The name of the affiliate, when who acts may change its links: itself while approved, and staff.
async fn may_change(work: &mut Work, id: AffiliateId) -> Result<String> {
    let own = work.actor.affiliate().ok();
    if own.is_none() {
        work.require(Scope::Manage)?;
    }
    let affiliate = affiliate::find(&mut work.tx, id)
        .await?
        .filter(|_| own.is_none_or(|own| own == id))
        .ok_or(not_found("affiliate"))?;
    let inside = matches!(work.actor, Actor::Inside { .. });
    if own.is_some() && (inside || affiliate.status != AffiliateStatus::Approved) {
        return Err(ServiceError::Forbidden(
            "nothing can be changed here at the moment".to_owned(),
        ));
    }
    Ok(affiliate.name)
}

fn leads_to(page: Option<&str>) -> String {
    page.map(|page| format!(", leads to {page}"))
        .unwrap_or_default()
}

async fn noted(
    work: &mut Work,
    action: &'static str,
    id: &LinkId,
    affiliate: AffiliateId,
    detail: &str,
) -> Result<()> {
    audit::record(work, action, "link", &id.to_string(), detail).await?;
    // The click path reads the link anew.
    work.changed(Some(affiliate));
    Ok(())
}
