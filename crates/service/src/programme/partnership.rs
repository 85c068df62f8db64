//! Partnerships: adding affiliates to campaigns, with their links.

use domain::id::{AffiliateId, CampaignId, PartnershipId};
use domain::status::{AffiliateStatus, NotificationKind, Scope};
use store::list::Window;
use store::programme::link::{self as links, Link};
use store::programme::partnership as rows;
pub use store::programme::partnership::{
    BY_AGE, Candidate, Filter, LINE_ORDERS, Partnership, PartnershipLine,
};

use super::campaign::Campaign;
use super::{campaign, link};
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::audit;
use crate::portal::{invitation, notification};
use crate::work::Work;

/// Affiliates offered at a time on a campaign's page; the search box finds the others.
pub const CANDIDATES_MAX: i64 = 20;

/// An affiliate to be added to a campaign.
#[derive(Debug, Clone)]
pub struct PartnershipIn {
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// The code of the link; made from the affiliate's name when absent.
    pub code: Option<String>,
}

/// A change of a partnership; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct PartnershipPatch {
    /// Switches its links on or off.
    pub active: Option<bool>,
    /// Another code for its link. The old one stays the link's: what is published keeps working.
    pub code: Option<String>,
}

/// What adding an affiliate made.
#[derive(Debug, Clone)]
pub struct Added {
    /// The partnership with its link.
    pub partnership: Partnership,
    /// Whether an invitation to the portal was sent with it.
    pub invited: bool,
    /// What the owner should know: the campaign is not live.
    pub warning: Option<&'static str>,
}

/// Adds an affiliate to a campaign: makes the partnership and its link, and invites the affiliate
/// to the portal when the campaign is active (or is to begin) and they have no access yet.
///
/// # Errors
/// When there is no such campaign; with the field when the affiliate is unknown or terminated or
/// the code is taken; a conflict when the affiliate is in the campaign already.
pub async fn add(work: &mut Work, campaign_id: CampaignId, input: PartnershipIn) -> Result<Added> {
    let affiliate_id = input.affiliate_id;
    let (id, campaign) = join(work, campaign_id, input).await?;
    let state = campaign::state(&campaign, work.now);
    let invites = campaign.active && state != Some(domain::link::LinkState::CampaignEnded);
    let invited = invites && invitation::invite_to(work, affiliate_id, id).await?;
    let partnership = rows::find(&mut work.tx, id)
        .await?
        .ok_or_else(|| ServiceError::Internal("the new partnership is missing".to_owned()))?;
    Ok(Added {
        partnership,
        invited,
        warning: state.map(campaign::warning_of),
    })
}

/// Makes the partnership and its link, and tells the affiliate nothing.
///
/// # Errors
/// As [`add`].
pub(crate) async fn join(
    work: &mut Work,
    campaign_id: CampaignId,
    input: PartnershipIn,
) -> Result<(PartnershipId, Campaign)> {
    work.require(Scope::Manage)?;
    let PartnershipIn { affiliate_id, code } = input;
    let campaign = campaign::must_exist(work, campaign_id).await?;
    let code = code
        .map(|code| code.trim().to_owned())
        .filter(|code| !code.is_empty());
    let mut checks = Checks::new();
    if let Some(code) = &code {
        link::check_code(&mut checks, code);
    }
    let affiliate = store::programme::affiliate::find(&mut work.tx, affiliate_id).await?;
    match &affiliate {
        None => checks.fail("affiliate_id", "affiliate not found"),
        Some(affiliate) => checks.that(
            affiliate.status != AffiliateStatus::Terminated,
            "affiliate_id",
            "is terminated and cannot be added",
        ),
    }
    checks.done()?;
    let Some(affiliate) = affiliate else {
        return Err(not_found("affiliate"));
    };

    let id: PartnershipId = work.new_id();
    let new = rows::NewPartnership {
        id,
        affiliate_id,
        campaign_id,
        created_at_ms: work.now,
    };
    if !rows::insert(&mut work.tx, new).await? {
        return Err(conflict(format!(
            "{} is in the campaign {} already",
            affiliate.name, campaign.name
        )));
    }
    let link_id = work.new_id();
    let code = match code {
        Some(code) if links::claim_code(&mut work.tx, &code, link_id).await? => code,
        Some(_) => return Err(code_taken()),
        None => link::claim_made_code(work, &affiliate.name, link_id)
            .await?
            .ok_or_else(|| conflict("no free code was found; try again"))?,
    };
    let new = Link {
        id: link_id,
        partnership_id: id,
        affiliate_id,
        campaign_id,
        code,
        label: String::new(),
        target_url: None,
        active: true,
        created_at_ms: work.now,
    };
    links::insert(&mut work.tx, &new).await?;
    let detail = format!("{} in {}, code {}", affiliate.name, campaign.name, new.code);
    audit::record(
        work,
        "partnership.created",
        "partnership",
        &id.to_string(),
        &detail,
    )
    .await?;
    notification::tell(
        work,
        affiliate_id,
        NotificationKind::AddedToCampaign,
        campaign.name.as_str(),
        "/",
    )
    .await?;
    work.changed(Some(affiliate_id));
    Ok((id, campaign))
}

/// The partnership of this id.
///
/// # Errors
/// When there is none in this business.
pub async fn get(work: &mut Work, id: PartnershipId) -> Result<Partnership> {
    work.require(Scope::Read)?;
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("partnership"))
}

/// Partnerships, newest first.
///
/// # Errors
/// As the database says.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Partnership>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many partnerships the filter lets through.
///
/// # Errors
/// As the database says.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// Partnerships with names and figures, as pages list them; an affiliate sees its own only.
///
/// # Errors
/// Forbidden.
pub async fn lines(
    work: &mut Work,
    filter: &Filter,
    window: Window,
) -> Result<Vec<PartnershipLine>> {
    let mut filter = filter.clone();
    match work.actor.affiliate() {
        Ok(own) => filter.affiliate = Some(own),
        Err(_) => work.require(Scope::Read)?,
    }
    Ok(rows::lines(&mut work.tx, &filter, window).await?)
}

/// Affiliates who could be added to a campaign: not in it, not terminated, at most
/// [`CANDIDATES_MAX`], by name.
///
/// # Errors
/// As the database says.
pub async fn candidates(
    work: &mut Work,
    campaign: CampaignId,
    search: Option<&str>,
) -> Result<Vec<Candidate>> {
    work.require(Scope::Read)?;
    Ok(rows::candidates(
        &mut work.tx,
        campaign,
        search.map(str::trim).filter(|text| !text.is_empty()),
        CANDIDATES_MAX,
    )
    .await?)
}

/// Switches a partnership on or off, or gives its link another code.
///
/// # Errors
/// When there is no such partnership; with the field when the code is not usable or taken.
pub async fn patch(
    work: &mut Work,
    id: PartnershipId,
    patch: PartnershipPatch,
) -> Result<Partnership> {
    work.require(Scope::Manage)?;
    let PartnershipPatch { active, code } = patch;
    let before = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("partnership"))?;
    let mut changed = false;
    if let Some(code) = code
        .map(|code| code.trim().to_owned())
        .filter(|code| *code != before.code)
    {
        let mut checks = Checks::new();
        link::check_code(&mut checks, &code);
        checks.done()?;
        if !links::claim_code(&mut work.tx, &code, before.link_id).await? {
            return Err(code_taken());
        }
        links::set_code(&mut work.tx, before.link_id, &code).await?;
        let detail = format!("code {} → {code}; the old one keeps working", before.code);
        audit::record(
            work,
            "partnership.code_changed",
            "partnership",
            &id.to_string(),
            &detail,
        )
        .await?;
        changed = true;
    }
    if let Some(active) = active.filter(|active| *active != before.active) {
        rows::set_active(&mut work.tx, id, active).await?;
        let action = if active {
            "partnership.activated"
        } else {
            "partnership.deactivated"
        };
        audit::record(
            work,
            action,
            "partnership",
            &id.to_string(),
            &format!("code {}", before.code),
        )
        .await?;
        changed = true;
    }
    if changed {
        work.changed(Some(before.affiliate_id));
    }
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("partnership"))
}

fn code_taken() -> ServiceError {
    invalid("code", "is taken; choose another")
}
