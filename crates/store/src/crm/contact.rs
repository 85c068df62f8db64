//! Contacts: people the business knows. A customer is a contact with an external id.

use domain::id::{AffiliateId, CampaignId, ContactId, LinkId, PartnershipId, VisitorId};
use domain::status::ContactStatus;
use domain::time::{Day, UnixMs};

use crate::args;
use crate::db::{Result, Tx, Value};
use crate::list::{Window, ordered};
use crate::record;

record! {
    /// A contact.
    pub struct Contact {
        pub id: ContactId,
        pub external_id: Option<String>,
        pub name: String,
        pub email: Option<String>,
        pub phone: Option<String>,
        pub country: Option<String>,
        pub status: ContactStatus,
        pub affiliate_id: Option<AffiliateId>,
        pub campaign_id: Option<CampaignId>,
        pub partnership_id: Option<PartnershipId>,
        pub link_id: Option<LinkId>,
        pub bound_at_ms: Option<UnixMs>,
        pub first_sale_at_ms: Option<UnixMs>,
        pub cancelled_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
    }
}

/// What a new contact begins with.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// Its id.
    pub id: ContactId,
    /// The id the business's own system gives the person.
    pub external_id: Option<String>,
    /// What is known of the person.
    pub facts: Facts,
    /// When it was first seen.
    pub created_at_ms: UnixMs,
}

impl From<NewContact> for Contact {
    /// A contact in the state `lead`.
    fn from(new: NewContact) -> Self {
        let NewContact {
            id,
            external_id,
            facts:
                Facts {
                    name,
                    email,
                    phone,
                    country,
                },
            created_at_ms,
        } = new;
        Self {
            id,
            external_id,
            name,
            email,
            phone,
            country,
            status: ContactStatus::Lead,
            affiliate_id: None,
            campaign_id: None,
            partnership_id: None,
            link_id: None,
            bound_at_ms: None,
            first_sale_at_ms: None,
            cancelled_at_ms: None,
            created_at_ms,
        }
    }
}

/// What is known of a person; `None` where nothing is.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Their name, or blank.
    pub name: String,
    /// Their address as typed.
    pub email: Option<String>,
    /// Their telephone number as typed.
    pub phone: Option<String>,
    /// Their country, two capital letters.
    pub country: Option<String>,
}

/// Which contacts a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those bound to this affiliate.
    pub affiliate_id: Option<AffiliateId>,
    /// Only those in this state.
    pub status: Option<ContactStatus>,
    /// Only those whose name, address or external id holds this text.
    pub search: Option<String>,
    /// Only the one with this external id.
    pub external_id: Option<String>,
    /// Only those who did this; [`list`] and [`count`] do not look at it.
    pub did: Option<Did>,
}

/// What people whom affiliates brought did in some days, as the statistics count it (`programme::stats`).
#[derive(Debug, Clone, Copy)]
pub struct Did {
    /// Became a lead, bought what was not wholly refunded, or left.
    pub what: ContactStatus,
    /// The first day; none: from the beginning.
    pub from: Option<Day>,
    /// The last day; none: until now.
    pub to: Option<Day>,
}

impl Filter {
    fn did(&self) -> (Option<ContactStatus>, Option<Day>, Option<Day>) {
        let did = self.did;
        (
            did.map(|did| did.what),
            did.and_then(|did| did.from),
            did.and_then(|did| did.to),
        )
    }
}

/// Newest first.
pub const NEWEST: &str = "id desc";

/// The contact with this id.
pub async fn find(tx: &mut Tx, id: ContactId) -> Result<Option<Contact>> {
    tx.fetch_optional(include_str!("contact/find.sql"), args![id])
        .await
}

/// The customer with this external id.
pub async fn find_by_external_id(tx: &mut Tx, external_id: &str) -> Result<Option<Contact>> {
    tx.fetch_optional(
        include_str!("contact/find_by_external_id.sql"),
        args![external_id],
    )
    .await
}

/// The contacts with this address, newest first; people share addresses.
pub async fn by_email(tx: &mut Tx, email: &str, limit: i64) -> Result<Vec<Contact>> {
    tx.fetch_all(
        include_str!("contact/by_email.sql"),
        args![domain::text::fold(email), limit],
    )
    .await
}

/// The values that change in the life of a contact, behind its id.
fn values(contact: &Contact) -> Vec<Value> {
    let Contact {
        id,
        external_id,
        name,
        email,
        phone,
        country,
        status,
        affiliate_id,
        campaign_id,
        partnership_id,
        link_id,
        bound_at_ms,
        first_sale_at_ms,
        cancelled_at_ms,
        created_at_ms: _,
    } = contact;
    let search = domain::text::fold(&format!(
        "{name} {} {}",
        email.as_deref().unwrap_or(""),
        external_id.as_deref().unwrap_or("")
    ));
    args![
        *id,
        name,
        email.clone(),
        email.as_deref().map(domain::text::fold),
        search,
        phone.clone(),
        country.clone(),
        *status,
        *affiliate_id,
        *campaign_id,
        *partnership_id,
        *link_id,
        *bound_at_ms,
        *first_sale_at_ms,
        *cancelled_at_ms
    ]
}

/// Stores a new contact.
pub async fn insert(tx: &mut Tx, contact: &Contact) -> Result<()> {
    let mut values = values(contact);
    values.extend(args![contact.external_id.clone(), contact.created_at_ms]);
    tx.execute(include_str!("contact/insert.sql"), values)
        .await?;
    Ok(())
}

/// Writes a contact that is stored as it is by now.
pub async fn update(tx: &mut Tx, contact: &Contact) -> Result<()> {
    tx.execute(include_str!("contact/update.sql"), values(contact))
        .await?;
    Ok(())
}

/// Writes the state of the contact and the times that go with it.
pub async fn set_status(
    tx: &mut Tx,
    id: ContactId,
    status: ContactStatus,
    first_sale_at: Option<UnixMs>,
    cancelled_at: Option<UnixMs>,
) -> Result<()> {
    tx.execute(
        include_str!("contact/set_status.sql"),
        args![id, status, first_sale_at, cancelled_at],
    )
    .await?;
    Ok(())
}

/// Remembers that a visitor is this customer.
pub async fn add_visitor(
    tx: &mut Tx,
    id: ContactId,
    visitor: VisitorId,
    now: UnixMs,
) -> Result<()> {
    tx.execute(
        include_str!("contact/add_visitor.sql"),
        args![id, visitor, now],
    )
    .await?;
    Ok(())
}

/// A part of the contacts that pass the filter.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Contact>> {
    let pattern = filter.search.as_deref().map(domain::text::like_pattern);
    let flag = filter.affiliate_id.map(|id| id.to_string());
    tx.fetch_all(
        ordered(include_str!("contact/list.sql"), window.order),
        args![
            flag,
            filter.affiliate_id,
            filter.status,
            pattern,
            filter.external_id.clone(),
            window.after.map(|id| id.to_string()),
            window.after,
            window.limit,
            window.offset
        ],
    )
    .await
}

/// How many contacts pass the filter.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    let pattern = filter.search.as_deref().map(domain::text::like_pattern);
    let flag = filter.affiliate_id.map(|id| id.to_string());
    tx.value(
        include_str!("contact/count.sql"),
        args![
            flag,
            filter.affiliate_id,
            filter.status,
            pattern,
            filter.external_id.clone()
        ],
    )
    .await
}

/// Orders of [`overview`]: a public sort key, its order upwards and downwards.
pub const OVERVIEW_ORDERS: &[(&str, &str, &str)] = &[
    ("created", "k.id", "k.id desc"),
    (
        "name",
        "k.search_folded, k.id desc",
        "k.search_folded desc, k.id desc",
    ),
    ("status", "k.status, k.id desc", "k.status desc, k.id desc"),
    ("sales", "sales, k.id desc", "sales desc, k.id desc"),
];
/// The order of [`overview`] that a cursor goes on in.
pub const OVERVIEW_NEWEST: &str = "k.id desc";

record! {
    /// A contact with the names that a list shows beside it, and its sales that stand.
    pub struct Overview {
        pub id: ContactId,
        pub external_id: Option<String>,
        pub name: String,
        pub email: Option<String>,
        pub country: Option<String>,
        pub status: ContactStatus,
        pub affiliate_id: Option<AffiliateId>,
        pub affiliate_name: Option<String>,
        pub campaign_name: Option<String>,
        pub first_sale_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
        pub sales: i64,
    }
}

/// A part of the contacts that pass the filter, for the page; `window.order` is one of [`OVERVIEW_ORDERS`] or [`OVERVIEW_NEWEST`].
pub async fn overview(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Overview>> {
    let pattern = filter.search.as_deref().map(domain::text::like_pattern);
    let flag = filter.affiliate_id.map(|id| id.to_string());
    let (did, from, to) = filter.did();
    tx.fetch_all(
        ordered(include_str!("contact/overview.sql"), window.order),
        args![
            flag,
            filter.affiliate_id,
            filter.status,
            pattern,
            did,
            from,
            to,
            window.after.map(|id| id.to_string()),
            window.after,
            window.limit,
            window.offset
        ],
    )
    .await
}

record! {
    /// How many contacts are in a state.
    pub struct StatusCount { pub status: ContactStatus, pub contacts: i64 }
}

/// How many contacts that pass the filter, but for its state, are in each state.
pub async fn status_counts(tx: &mut Tx, filter: &Filter) -> Result<Vec<StatusCount>> {
    let pattern = filter.search.as_deref().map(domain::text::like_pattern);
    let flag = filter.affiliate_id.map(|id| id.to_string());
    let (did, from, to) = filter.did();
    tx.fetch_all(
        include_str!("contact/status_counts.sql"),
        args![flag, filter.affiliate_id, pattern, did, from, to],
    )
    .await
}

record! {
    /// How many people an affiliate brought. One may be counted as a lead and as a customer, as the
    /// statistics count them (`programme::stats`).
    pub struct BroughtCounts {
        /// All of them.
        pub everyone: i64,
        /// Those with a lead event.
        pub leads: i64,
        /// Those with a sale that is not wholly refunded.
        pub customers: i64,
        /// Those who have left.
        pub cancelled: i64,
    }
}

/// Which of the people an affiliate brought a list holds.
#[derive(Debug, Clone)]
pub struct BroughtFilter {
    /// Whose.
    pub affiliate_id: AffiliateId,
    /// Only those whom [`BroughtCounts`] counts as this.
    pub status: Option<ContactStatus>,
    /// Only those who came by this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only those whose name, address or external id holds this text.
    pub search: Option<String>,
}

/// Orders of [`brought`]: a public sort key, its order upwards and downwards.
pub const BROUGHT_ORDERS: &[(&str, &str, &str)] = &[
    (
        "since",
        "f.occurred_at_ms, k.id",
        "f.occurred_at_ms desc, k.id desc",
    ),
    (
        "name",
        "k.search_folded, k.id desc",
        "k.search_folded desc, k.id desc",
    ),
    ("status", "k.status, k.id desc", "k.status desc, k.id desc"),
    ("sales", "sales, k.id desc", "sales desc, k.id desc"),
];

record! {
    /// A contact whom an affiliate brought: the state, the sales that stand, and the way they came, from
    /// the first event that was credited to the affiliate.
    pub struct Brought {
        pub id: ContactId,
        pub name: String,
        pub email: Option<String>,
        pub country: Option<String>,
        pub status: ContactStatus,
        pub campaign_name: Option<String>,
        /// The code of the link.
        pub code: Option<String>,
        /// What the affiliate calls the link.
        pub label: Option<String>,
        /// The click's sub-ids and UTM parameters, a JSON object.
        pub sub_ids: Option<String>,
        /// The page the click came from.
        pub referrer: Option<String>,
        /// What decided: `click`, `code`, `coupon` and so on.
        pub via: Option<String>,
        pub since_ms: UnixMs,
        pub first_sale_at_ms: Option<UnixMs>,
        pub cancelled_at_ms: Option<UnixMs>,
        pub sales: i64,
    }
}

fn brought_values(filter: &BroughtFilter) -> Vec<Value> {
    let BroughtFilter {
        affiliate_id,
        status,
        campaign_id,
        search,
    } = filter;
    args![
        *affiliate_id,
        search.as_deref().map(domain::text::like_pattern),
        campaign_id.map(|id| id.to_string()),
        *campaign_id,
        *status
    ]
}

/// A part of the people an affiliate brought; `window.order` is one of [`BROUGHT_ORDERS`].
pub async fn brought(tx: &mut Tx, filter: &BroughtFilter, window: Window) -> Result<Vec<Brought>> {
    let mut values = brought_values(filter);
    values.extend(args![window.limit, window.offset]);
    tx.fetch_all(
        ordered(include_str!("contact/brought.sql"), window.order),
        values,
    )
    .await
}

/// How many of the people pass the filter, but for its state.
pub async fn brought_counts(tx: &mut Tx, filter: &BroughtFilter) -> Result<BroughtCounts> {
    let mut values = brought_values(filter);
    values.pop();
    tx.fetch_one(include_str!("contact/brought_counts.sql"), values)
        .await
}
