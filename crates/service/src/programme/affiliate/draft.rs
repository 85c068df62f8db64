//! What was typed about an affiliate, and its checks.

use domain::commission::makes_cycle;
use domain::id::{AffiliateId, GroupId};
use domain::status::DealType;
use domain::tag;
use store::programme::{affiliate as rows, affiliate_group};

use super::Affiliate;
use crate::check::Checks;
use crate::error::Result;
use crate::work::Work;

/// How far parents are followed; rules pay seven levels at the most.
const ANCESTORS_MAX: usize = 64;

/// What was typed or kept, before it is checked.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) group_id: Option<GroupId>,
    pub(super) parent_id: Option<AffiliateId>,
    pub(super) company: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) website: Option<String>,
    pub(super) country: Option<String>,
    pub(super) traffic_source: Option<String>,
    pub(super) deal_type: Option<DealType>,
    pub(super) note: String,
    pub(super) tags: Vec<String>,
    pub(super) payout_method: Option<String>,
}

/// Checks everything at once. `old` is the affiliate that is changed.
pub(super) async fn checked(
    work: &mut Work,
    old: Option<&Affiliate>,
    draft: Draft,
) -> Result<rows::Details> {
    let Draft {
        name,
        email,
        group_id,
        parent_id,
        company,
        phone,
        website,
        country,
        traffic_source,
        deal_type,
        note,
        tags,
        payout_method,
    } = draft;
    let mut checks = Checks::new();
    let details = rows::Details {
        name: one_line(&mut checks, "name", &name, 1, 120),
        email: checks.email("email", &email),
        group_id,
        parent_id,
        company: optional_line(&mut checks, "company", company.as_deref(), 120),
        phone: optional_line(&mut checks, "phone", phone.as_deref(), 40),
        website: website.filter(|text| !text.trim().is_empty()).map(|text| {
            let text = text.trim();
            let full = if text.contains("://") {
                text.to_owned()
            } else {
                format!("https://{text}")
            };
            checks.web_address("website", &full)
        }),
        country: country_code(&mut checks, country.as_deref()),
        traffic_source: optional_line(&mut checks, "traffic_source", traffic_source.as_deref(), 80),
        deal_type,
        note: checks.text("note", &note, 0..=5000),
        tags: tag::column(&tags).unwrap_or_else(|error| {
            checks.fail("tags", error.to_string());
            String::new()
        }),
        payout_method: optional_line(&mut checks, "payout_method", payout_method.as_deref(), 40),
    };
    if let Some(group) = group_id
        && affiliate_group::find(&mut work.tx, group).await?.is_none()
    {
        checks.fail("group_id", "there is no such group");
    }
    if let Some(parent) = parent_id
        && old.is_none_or(|old| old.parent_id != Some(parent))
    {
        check_parent(work, &mut checks, old.map(|old| old.id), parent).await?;
    }
    if !details.email.is_empty()
        && let Some(other) = rows::find_by_email(&mut work.tx, &details.email).await?
        && old.is_none_or(|old| old.id != other.id)
    {
        checks.fail("email", "another affiliate has this address");
    }
    checks.done()?;
    Ok(details)
}

/// A parent must exist, and must not be the affiliate itself or stand below it.
async fn check_parent(
    work: &mut Work,
    checks: &mut Checks,
    child: Option<AffiliateId>,
    parent: AffiliateId,
) -> Result<()> {
    rows::order_hierarchy(&mut work.tx).await?;
    let line = rows::ancestors(&mut work.tx, parent).await?;
    if line.is_empty() {
        checks.fail("parent_id", "there is no such affiliate");
    } else if child.is_some_and(|child| makes_cycle(child, parent, &line)) {
        checks.fail(
            "parent_id",
            "this affiliate stands below the one changed: that would make a circle",
        );
    } else if line.len() >= ANCESTORS_MAX {
        checks.fail(
            "parent_id",
            "there are too many levels above this affiliate",
        );
    }
    Ok(())
}

/// Text without line breaks.
pub(crate) fn one_line(
    checks: &mut Checks,
    field: &str,
    text: &str,
    least: usize,
    most: usize,
) -> String {
    checks.that(
        !text.trim().contains(['\n', '\r', '\t']),
        field,
        "must be one line",
    );
    checks.text(field, text, least..=most)
}

fn optional_line(
    checks: &mut Checks,
    field: &str,
    text: Option<&str>,
    most: usize,
) -> Option<String> {
    text.map(|text| one_line(checks, field, text, 0, most))
        .filter(|text| !text.is_empty())
}

fn country_code(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    let code = text
        .map(str::trim)
        .filter(|text| !text.is_empty())?
        .to_ascii_uppercase();
    let known = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    checks.that(
        known,
        "country",
        "must be a country's two letters, such as DE",
    );
    Some(code)
}
