//! Adding an affiliate and changing one.

use domain::id::{AffiliateId, GroupId};
use domain::status::{AffiliateStatus, DealType, Scope};
use store::db::StoreError;
use store::programme::affiliate as rows;

use super::draft::{Draft, checked};
use super::{Affiliate, load};
use crate::error::{Result, ServiceError, invalid};
use crate::identity::{audit, setting};
use crate::work::Work;

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

/// Changes an affiliate. The status has a way of its own, [`super::set_status`].
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

fn address_taken() -> ServiceError {
    invalid("email", "another affiliate has this address")
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
