//! Affiliates: adding, changing, approving, grouping.

use std::collections::BTreeMap;

use domain::commission::makes_cycle;
use domain::id::{AffiliateId, GroupId};
use domain::status::{AffiliateStatus, DealType, NotificationKind, Scope};
use domain::tag;
use store::db::StoreError;
use store::list::Window;
use store::programme::affiliate as rows;
use store::programme::affiliate_group;

pub use store::programme::affiliate::{
    Affiliate, Figures, Filter, InGroup, Money, NEWEST, ORDERS, RANKED_ORDERS,
};

use crate::check::Checks;
use crate::error::{Result, ServiceError, invalid, not_found};
use crate::identity::{audit, business, setting};
use crate::messaging::notice;
use crate::portal::{application, notification};
use crate::work::Work;

/// Affiliates one bulk act changes: each is audited, all of it is one transaction.
pub const BULK_MAX: i64 = 10_000;
/// How far parents are followed; rules pay seven levels at the most.
const ANCESTORS_MAX: usize = 64;

/// A new affiliate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AffiliateIn {
    /// 1 to 120 characters.
    pub name: String,
    /// Unique in the business, however it is written.
    pub email: String,
    /// None: as the settings say.
    pub status: Option<AffiliateStatus>,
    pub group_id: Option<GroupId>,
    /// Who brought this affiliate.
    pub parent_id: Option<AffiliateId>,
    pub company: Option<String>,
    pub phone: Option<String>,
    /// A web address; https is assumed when the scheme is missing.
    pub website: Option<String>,
    /// Two letters, ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub traffic_source: Option<String>,
    pub deal_type: Option<DealType>,
    pub note: String,
    pub tags: Vec<String>,
    pub payout_method: Option<String>,
}

/// A change of an affiliate: what is none stays as it is; an inner none clears the field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AffiliatePatch {
    pub name: Option<String>,
    pub email: Option<String>,
    pub group_id: Option<Option<GroupId>>,
    pub parent_id: Option<Option<AffiliateId>>,
    pub company: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub website: Option<Option<String>>,
    pub country: Option<Option<String>>,
    pub traffic_source: Option<Option<String>>,
    pub deal_type: Option<Option<DealType>>,
    pub note: Option<String>,
    pub tags: Option<Vec<String>>,
    pub payout_method: Option<Option<String>>,
}

/// The affiliates a bulk act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Ids(Vec<AffiliateId>),
    /// All that match.
    Matching(Filter),
}

/// What a bulk act did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BulkReport {
    /// How many were changed.
    pub changed: usize,
    /// How many were as wanted already.
    pub unchanged: usize,
    /// Which were not found or could not be changed, with the reason.
    pub failed: Vec<(AffiliateId, String)>,
}

/// The affiliate.
///
/// # Errors
/// Not found; forbidden without `read`.
pub async fn get(work: &mut Work, id: AffiliateId) -> Result<Affiliate> {
    work.require(Scope::Read)?;
    load(work, id).await
}

async fn load(work: &mut Work, id: AffiliateId) -> Result<Affiliate> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("affiliate"))
}

/// A part of the list; `window.order` is of [`ORDERS`].
///
/// # Errors
/// Forbidden without `read`.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Affiliate>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// A part of the list in the order of a figure, money in the business's currency; `window.order` is
/// of [`RANKED_ORDERS`].
///
/// # Errors
/// Forbidden without `read`.
pub async fn list_ranked(
    work: &mut Work,
    filter: &Filter,
    window: Window,
) -> Result<Vec<Affiliate>> {
    work.require(Scope::Read)?;
    let currency = business::currency(work).await?;
    Ok(rows::list_ranked(&mut work.tx, filter, currency, window).await?)
}

/// How many match.
///
/// # Errors
/// Forbidden without `read`.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// How many affiliates each status has.
///
/// # Errors
/// Forbidden without `read`.
pub async fn status_counts(work: &mut Work) -> Result<BTreeMap<AffiliateStatus, i64>> {
    work.require(Scope::Read)?;
    Ok(rows::status_counts(&mut work.tx).await?)
}

/// What these affiliates have brought, over all time; one that has brought nothing is missing.
///
/// # Errors
/// Forbidden without `read`.
pub async fn figures(
    work: &mut Work,
    ids: &[AffiliateId],
) -> Result<BTreeMap<AffiliateId, Figures>> {
    work.require(Scope::Read)?;
    Ok(rows::figures(&mut work.tx, ids).await?)
}

/// Adds an affiliate. An approved one gets no mail of its own: the invitation of the first campaign
/// carries the link.
///
/// # Errors
/// Forbidden without `manage`; invalid by field, also when the address is taken.
pub async fn create(work: &mut Work, input: AffiliateIn) -> Result<Affiliate> {
    work.require(Scope::Manage)?;
    let AffiliateIn {
        name,
        email,
        status,
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
    } = input;
    let draft = Draft {
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
    };
    let details = checked(work, None, draft).await?;
    let status = match status {
        Some(status) => status,
        None => setting::get(work).await?.default_affiliate_status,
    };
    let id = work.new_id();
    let approved_at_ms = (status == AffiliateStatus::Approved).then_some(work.now);
    let detail = format!("{} <{}>, {status}", details.name, details.email);
    let new = rows::NewAffiliate {
        id,
        status,
        details,
        created_at_ms: work.now,
        approved_at_ms,
    };
    if !rows::insert(&mut work.tx, new).await? {
        return Err(address_taken());
    }
    audit::record(
        work,
        "affiliate.create",
        "affiliate",
        &id.to_string(),
        &detail,
    )
    .await?;
    work.changed(Some(id));
    load(work, id).await
}

/// Changes an affiliate. The status has a way of its own, [`set_status`].
///
/// # Errors
/// Forbidden without `manage`; not found; invalid by field.
pub async fn patch(work: &mut Work, id: AffiliateId, patch: AffiliatePatch) -> Result<Affiliate> {
    work.require(Scope::Manage)?;
    let old = load(work, id).await?;
    let AffiliatePatch {
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
    } = patch;
    let draft = Draft {
        name: name.unwrap_or_else(|| old.name.clone()),
        email: email.unwrap_or_else(|| old.email.clone()),
        group_id: group_id.unwrap_or(old.group_id),
        parent_id: parent_id.unwrap_or(old.parent_id),
        company: company.unwrap_or_else(|| old.company.clone()),
        phone: phone.unwrap_or_else(|| old.phone.clone()),
        website: website.unwrap_or_else(|| old.website.clone()),
        country: country.unwrap_or_else(|| old.country.clone()),
        traffic_source: traffic_source.unwrap_or_else(|| old.traffic_source.clone()),
        deal_type: deal_type.unwrap_or(old.deal_type),
        note: note.unwrap_or_else(|| old.note.clone()),
        tags: tags.unwrap_or_else(|| old.tag_list()),
        payout_method: payout_method.unwrap_or_else(|| old.payout_method.clone()),
    };
    let details = checked(work, Some(&old), draft).await?;
    let changed = changed_fields(&old, &details);
    if changed.is_empty() {
        return Ok(old);
    }
    rows::update(&mut work.tx, id, details)
        .await
        .map_err(|error| match error {
            StoreError::Unique(_) => address_taken(),
            other => other.into(),
        })?;
    let detail = format!("{}: {}", old.name, changed.join(", "));
    audit::record(
        work,
        "affiliate.update",
        "affiliate",
        &id.to_string(),
        &detail,
    )
    .await?;
    work.changed(Some(id));
    load(work, id).await
}

/// Gives an affiliate another status. The first approval is dated; whoever was waiting and is
/// approved is told by mail, where the settings say so.
///
/// # Errors
/// Forbidden without `manage`; not found.
pub async fn set_status(
    work: &mut Work,
    id: AffiliateId,
    status: AffiliateStatus,
) -> Result<Affiliate> {
    work.require(Scope::Manage)?;
    let old = load(work, id).await?;
    apply_status(work, &old, status).await?;
    load(work, id).await
}

/// Answers whether anything changed.
async fn apply_status(work: &mut Work, old: &Affiliate, status: AffiliateStatus) -> Result<bool> {
    if old.status == status {
        return Ok(false);
    }
    let approved = (status == AffiliateStatus::Approved).then_some(work.now);
    rows::set_status(&mut work.tx, old.id, status, approved).await?;
    let action = match status {
        AffiliateStatus::Pending => "affiliate.reopen",
        AffiliateStatus::Approved => "affiliate.approve",
        AffiliateStatus::Suspended => "affiliate.suspend",
        AffiliateStatus::Terminated => "affiliate.terminate",
    };
    let detail = format!("{}: {} → {status}", old.name, old.status);
    audit::record(work, action, "affiliate", &old.id.to_string(), &detail).await?;
    application::follow(work, old.id, status).await?;
    let (kind, word) = match (old.status, status) {
        (AffiliateStatus::Pending, AffiliateStatus::Approved) => {
            (NotificationKind::ApplicationApproved, "")
        }
        (AffiliateStatus::Pending, _) => (NotificationKind::ApplicationRejected, ""),
        (_, status) => (NotificationKind::StatusChanged, status.as_str()),
    };
    notification::tell(work, old.id, kind, word, "/").await?;
    if old.status == AffiliateStatus::Pending && status == AffiliateStatus::Approved {
        notice::affiliate_approved(work, old.id).await?;
    }
    work.changed(Some(old.id));
    Ok(true)
}

/// Gives many affiliates another status; those that have it already are counted, not touched.
///
/// # Errors
/// Forbidden without `manage`; invalid when there are more than [`BULK_MAX`].
pub async fn set_status_many(
    work: &mut Work,
    selection: Selection,
    status: AffiliateStatus,
) -> Result<BulkReport> {
    work.require(Scope::Manage)?;
    let mut report = BulkReport::default();
    for id in selected(work, selection).await? {
        match rows::find(&mut work.tx, id).await? {
            None => report.failed.push((id, "not found".to_owned())),
            Some(old) if apply_status(work, &old, status).await? => report.changed += 1,
            Some(_) => report.unchanged += 1,
        }
    }
    Ok(report)
}

/// Puts many affiliates into a group, or out of any.
///
/// # Errors
/// Forbidden without `manage`; invalid when there is no such group, or more than [`BULK_MAX`] are
/// selected.
pub async fn assign_group(
    work: &mut Work,
    selection: Selection,
    group: Option<GroupId>,
) -> Result<BulkReport> {
    work.require(Scope::Manage)?;
    let name = match group {
        None => "no group".to_owned(),
        Some(id) => match affiliate_group::find(&mut work.tx, id).await? {
            Some(group) => group.name,
            None => return Err(invalid("group_id", "there is no such group")),
        },
    };
    let mut report = BulkReport::default();
    for id in selected(work, selection).await? {
        match rows::find(&mut work.tx, id).await? {
            None => report.failed.push((id, "not found".to_owned())),
            Some(old) if old.group_id == group => report.unchanged += 1,
            Some(old) => {
                rows::set_group(&mut work.tx, id, group).await?;
                let detail = format!("{}: {name}", old.name);
                audit::record(
                    work,
                    "affiliate.change_group",
                    "affiliate",
                    &id.to_string(),
                    &detail,
                )
                .await?;
                work.changed(Some(id));
                report.changed += 1;
            }
        }
    }
    Ok(report)
}

/// The affiliates of a selection, [`BULK_MAX`] at the most.
pub(crate) async fn selected(work: &mut Work, selection: Selection) -> Result<Vec<AffiliateId>> {
    let mut ids = match selection {
        Selection::Ids(ids) => ids,
        Selection::Matching(filter) => rows::ids(&mut work.tx, &filter, BULK_MAX + 1).await?,
    };
    ids.sort_unstable();
    ids.dedup();
    if ids.len() as u64 > BULK_MAX.unsigned_abs() {
        return Err(invalid(
            "ids",
            "at most 10,000 affiliates at a time; narrow the list with its filters",
        ));
    }
    Ok(ids)
}

fn address_taken() -> ServiceError {
    invalid("email", "another affiliate has this address")
}

/// What was typed or kept, before it is checked.
struct Draft {
    name: String,
    email: String,
    group_id: Option<GroupId>,
    parent_id: Option<AffiliateId>,
    company: Option<String>,
    phone: Option<String>,
    website: Option<String>,
    country: Option<String>,
    traffic_source: Option<String>,
    deal_type: Option<DealType>,
    note: String,
    tags: Vec<String>,
    payout_method: Option<String>,
}

/// Checks everything at once. `old` is the affiliate that is changed.
async fn checked(work: &mut Work, old: Option<&Affiliate>, draft: Draft) -> Result<rows::Details> {
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

/// The names of the fields that differ, as the audit log says them.
fn changed_fields(old: &Affiliate, new: &rows::Details) -> Vec<&'static str> {
    let rows::Details {
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
    } = new;
    [
        ("name", *name != old.name),
        ("e-mail", *email != old.email),
        ("group", *group_id != old.group_id),
        ("parent", *parent_id != old.parent_id),
        ("company", *company != old.company),
        ("phone", *phone != old.phone),
        ("website", *website != old.website),
        ("country", *country != old.country),
        ("traffic source", *traffic_source != old.traffic_source),
        ("deal type", *deal_type != old.deal_type),
        ("notes", *note != old.note),
        ("tags", *tags != old.tags),
        ("payout method", *payout_method != old.payout_method),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// The names of these affiliates.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn names(work: &mut Work, ids: &[AffiliateId]) -> Result<BTreeMap<AffiliateId, String>> {
    work.require(Scope::Read)?;
    Ok(rows::names(&mut work.tx, ids).await?)
}

/// When those who take part now were approved, since an instant, by quarters of an hour.
///
/// # Errors
/// [`ServiceError::Forbidden`] for those who may not read.
pub async fn approvals(
    work: &mut Work,
    since: domain::time::UnixMs,
) -> Result<Vec<rows::Approvals>> {
    work.require(Scope::Read)?;
    Ok(rows::approvals(&mut work.tx, since).await?)
}
