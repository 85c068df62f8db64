//! Conversion events: recorded leads, sales, refunds, disputes and cancellations, with the
//! candidates that were weighed for each.

use domain::id::{
    AffiliateId, CampaignId, ClickId, ContactId, EventId, GroupId, LinkId, PartnershipId,
    ReferralId, VisitorId,
};
use domain::money::Currency;
use domain::status::{
    AffiliateStatus, EventKind, Model, ReferralApproval, SelfReferralPolicy, Verdict, Via,
};
use domain::time::{Day, UnixMs};

use crate::args;
use crate::crm::contact::Contact;
use crate::db::{Record, Result, Row, Tx};
use crate::list::{Window, ordered};
use crate::record;

record! {
    /// An event. Amounts are minor units of `currency`; `day` is in the business's zone.
    pub struct Event {
        pub id: EventId,
        pub kind: EventKind,
        pub source: String,
        pub external_id: String,
        pub name: String,
        pub contact_id: ContactId,
        pub amount: i64,
        pub currency: Option<Currency>,
        pub tax: i64,
        pub shipping: i64,
        pub net: i64,
        pub refunded: i64,
        pub sale_id: Option<EventId>,
        pub reason: Option<String>,
        pub occurred_at_ms: UnixMs,
        pub recorded_at_ms: UnixMs,
        pub day: Day,
        pub affiliate_id: Option<AffiliateId>,
        pub campaign_id: Option<CampaignId>,
        pub partnership_id: Option<PartnershipId>,
        pub link_id: Option<LinkId>,
        pub click_id: Option<ClickId>,
        pub via: Option<Via>,
        pub referral_id: Option<ReferralId>,
        pub metadata: Option<String>,
        pub seen_twice: bool,
    }
}

record! {
    /// An item of a sale: a product, its line total and how many of it.
    pub struct Item { pub product_id: String, pub amount: i64, pub quantity: i64 }
}

record! {
    /// A touchpoint or hint that was weighed, and why it won or lost.
    pub struct Candidate {
        pub via: Via,
        pub click_id: Option<ClickId>,
        pub affiliate_id: Option<AffiliateId>,
        pub campaign_id: Option<CampaignId>,
        pub link_id: Option<LinkId>,
        pub clicked_at_ms: Option<UnixMs>,
        pub verdict: Verdict,
        pub detail: String,
    }
}

record! {
    /// An affiliate in a campaign with the states that decide whether it can earn, and what rules ask of it.
    pub struct Standing {
        pub partnership_id: PartnershipId,
        pub affiliate_id: AffiliateId,
        pub campaign_id: CampaignId,
        /// The link that speaks for it; of a coupon or a binding the partnership's oldest, none when it has none.
        pub link_id: Option<LinkId>,
        pub model: Model,
        pub campaign_active: bool,
        pub campaign_name: String,
        pub starts_at_ms: Option<UnixMs>,
        pub ends_at_ms: Option<UnixMs>,
        pub partnership_active: bool,
        pub affiliate_status: AffiliateStatus,
        pub affiliate_name: String,
        pub affiliate_email: String,
        pub affiliate_country: Option<String>,
        /// As [`Affiliate::tags`](crate::programme::affiliate::Affiliate).
        pub affiliate_tags: String,
        pub group_id: Option<GroupId>,
        pub parent_id: Option<AffiliateId>,
        pub link_active: bool,
    }
}

/// A click with the state of everything around it, as attribution weighs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    pub click_id: ClickId,
    pub visitor_id: VisitorId,
    /// The link that was clicked, which is the standing's, too.
    pub link_id: LinkId,
    pub clicked_at_ms: UnixMs,
    pub expires_at_ms: UnixMs,
    pub counted: bool,
    pub uncounted_reason: Option<String>,
    /// Whose link that is.
    pub standing: Standing,
}

impl Record for Touch {
    fn read(row: &Row<'_>) -> sqlx::Result<Self> {
        Ok(Self {
            click_id: row.get("click_id")?,
            visitor_id: row.get("visitor_id")?,
            link_id: row.get("link_id")?,
            clicked_at_ms: row.get("clicked_at_ms")?,
            expires_at_ms: row.get("expires_at_ms")?,
            counted: row.get("counted")?,
            uncounted_reason: row.get("uncounted_reason")?,
            standing: Standing::read(row)?,
        })
    }
}

record! {
    /// What the customer bought before, in sales that were not wholly refunded.
    pub struct EarlierSales { pub sales: i64, pub first_at_ms: Option<UnixMs> }
}

record! {
    /// The choices of a business that count when an event is recorded; see [`Setting`](crate::identity::setting::Setting).
    pub struct Terms {
        pub referral_approval: ReferralApproval,
        pub coupons_beat_links: bool,
        pub bind_customers: bool,
        pub self_referral: SelfReferralPolicy,
        pub truth_source: Option<String>,
        /// IANA name of the zone its days are counted in.
        pub timezone: String,
        /// A random number, another one after each new version of a rule: while it is the same, so are the versions.
        pub rules_mark: i64,
    }
}

/// What is known before an event is recorded.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The business's choices.
    pub terms: Terms,
    /// How many sources have reported an event of this kind and external id.
    pub reports: i64,
    /// The customer, when there is one with this external id.
    pub customer: Option<Contact>,
}

impl Record for Opening {
    fn read(row: &Row<'_>) -> sqlx::Result<Self> {
        let terms = Terms::read(row)?;
        let reports = row.get("reports")?;
        let customer = match row.get::<Option<ContactId>>("id")? {
            Some(_) => Some(Contact::read(row)?),
            None => None,
        };
        Ok(Self {
            terms,
            reports,
            customer,
        })
    }
}

/// What rules ask of a customer, and of the click that won.
#[derive(Debug, Clone)]
pub struct Background {
    /// What the customer bought before the event.
    pub earlier: EarlierSales,
    /// How many leads of the event's name the customer has, without the event.
    pub leads: i64,
    /// The sub-ids that the winning click carried, as a JSON object.
    pub sub_ids: Option<String>,
}

impl Record for Background {
    fn read(row: &Row<'_>) -> sqlx::Result<Self> {
        Ok(Self {
            earlier: EarlierSales::read(row)?,
            leads: row.get("leads")?,
            sub_ids: row.get("sub_ids")?,
        })
    }
}

/// Which events a list holds.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only this kind.
    pub kind: Option<EventKind>,
    /// Only events credited to this affiliate.
    pub affiliate_id: Option<AffiliateId>,
    /// Only this customer's.
    pub contact_id: Option<ContactId>,
    /// Only those with this external id.
    pub external_id: Option<String>,
    /// Only those with this in their external id, or in the customer's name, address or external id.
    pub search: Option<String>,
}

/// Newest first.
pub const NEWEST: &str = "id desc";

/// The event with this id.
pub async fn find(tx: &mut Tx, id: EventId) -> Result<Option<Event>> {
    tx.fetch_optional(include_str!("event/find.sql"), args![id])
        .await
}

/// What is known before an event of a customer is recorded; none for a business without settings.
pub async fn opening(
    tx: &mut Tx,
    kind: EventKind,
    external_id: &str,
    customer_external_id: &str,
) -> Result<Option<Opening>> {
    tx.fetch_optional(
        include_str!("event/opening.sql"),
        args![kind, external_id, customer_external_id],
    )
    .await
}

/// The event a source reported under this external id.
pub async fn find_reported(
    tx: &mut Tx,
    kind: EventKind,
    source: &str,
    external_id: &str,
) -> Result<Option<Event>> {
    tx.fetch_optional(
        include_str!("event/find_reported.sql"),
        args![kind, source, external_id],
    )
    .await
}

/// The sale with this external id, from whatever source: the one that earns before one seen twice.
pub async fn find_sale(tx: &mut Tx, external_id: &str) -> Result<Option<Event>> {
    tx.fetch_optional(include_str!("event/find_sale.sql"), args![external_id])
        .await
}

/// Stores an event.
pub async fn insert(tx: &mut Tx, event: &Event) -> Result<()> {
    let Event {
        id,
        kind,
        source,
        external_id,
        name,
        contact_id,
        amount,
        currency,
        tax,
        shipping,
        net,
        refunded,
        sale_id,
        reason,
        occurred_at_ms,
        recorded_at_ms,
        day,
        affiliate_id,
        campaign_id,
        partnership_id,
        link_id,
        click_id,
        via,
        referral_id,
        metadata,
        seen_twice,
    } = event.clone();
    tx.execute(
        include_str!("event/insert.sql"),
        args![
            id,
            kind,
            source,
            external_id,
            name,
            contact_id,
            amount,
            currency,
            tax,
            shipping,
            net,
            refunded,
            sale_id,
            reason,
            occurred_at_ms,
            recorded_at_ms,
            day,
            affiliate_id,
            campaign_id,
            partnership_id,
            link_id,
            click_id,
            via,
            referral_id,
            metadata,
            seen_twice
        ],
    )
    .await?;
    Ok(())
}

/// Stores the items of a sale.
pub async fn insert_items(tx: &mut Tx, event: EventId, items: &[Item]) -> Result<()> {
    let rows = items
        .iter()
        .zip(0_i64..)
        .map(|(item, line)| args![event, line, &item.product_id, item.amount, item.quantity])
        .collect();
    tx.insert_many(
        "event_item",
        &["event_id", "line", "product_id", "amount", "quantity"],
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// The items of a sale, in their order.
pub async fn items(tx: &mut Tx, event: EventId) -> Result<Vec<Item>> {
    tx.fetch_all(include_str!("event/items.sql"), args![event])
        .await
}

/// Stores the candidates of an event.
pub async fn insert_candidates(
    tx: &mut Tx,
    event: EventId,
    candidates: &[Candidate],
) -> Result<()> {
    let rows = candidates
        .iter()
        .zip(0_i64..)
        .map(|(c, line)| {
            args![
                event,
                line,
                c.via,
                c.click_id,
                c.affiliate_id,
                c.campaign_id,
                c.link_id,
                c.clicked_at_ms,
                c.verdict,
                &c.detail
            ]
        })
        .collect();
    let columns = [
        "event_id",
        "line",
        "via",
        "click_id",
        "affiliate_id",
        "campaign_id",
        "link_id",
        "clicked_at_ms",
        "verdict",
        "detail",
    ];
    tx.insert_many("attribution_candidate", &columns, rows, "")
        .await?;
    Ok(())
}

/// The candidates of an event, in the order they were weighed.
pub async fn candidates(tx: &mut Tx, event: EventId) -> Result<Vec<Candidate>> {
    tx.fetch_all(include_str!("event/candidates.sql"), args![event])
        .await
}

/// All touchpoints of all visitors known to be this customer, latest first, up to 2,000 (no person clicks more in a window).
pub async fn touches(tx: &mut Tx, contact: ContactId) -> Result<Vec<Touch>> {
    tx.fetch_all(include_str!("event/touches.sql"), args![contact])
        .await
}

/// How the affiliate behind a link code stands.
pub async fn standing_by_code(tx: &mut Tx, code: &str) -> Result<Option<Standing>> {
    tx.fetch_optional(include_str!("event/standing_by_code.sql"), args![code])
        .await
}

/// How the affiliate behind a coupon stands.
pub async fn standing_by_coupon(tx: &mut Tx, code_folded: &str) -> Result<Option<Standing>> {
    tx.fetch_optional(
        include_str!("event/standing_by_coupon.sql"),
        args![code_folded],
    )
    .await
}

/// How the affiliate of a partnership stands.
pub async fn standing_of(tx: &mut Tx, partnership: PartnershipId) -> Result<Option<Standing>> {
    tx.fetch_optional(include_str!("event/standing_of.sql"), args![partnership])
        .await
}

record! {
    /// Whose browser made a click, and whether the visitor is known to be a customer.
    pub struct Clicker { pub visitor_id: VisitorId, pub linked: bool }
}

/// Whose browser made a click, and whether that visitor is known to be this customer.
pub async fn clicker(tx: &mut Tx, click: ClickId, contact: ContactId) -> Result<Option<Clicker>> {
    tx.fetch_optional(include_str!("event/clicker.sql"), args![click, contact])
        .await
}

/// Whether a visitor ever clicked.
pub async fn knows_visitor(tx: &mut Tx, visitor: VisitorId) -> Result<bool> {
    Ok(tx
        .value::<i64>(include_str!("event/knows_visitor.sql"), args![visitor])
        .await?
        > 0)
}

/// What the customer bought before this instant, leaving one sale out.
pub async fn earlier_sales(
    tx: &mut Tx,
    contact: ContactId,
    before: UnixMs,
    except: EventId,
) -> Result<EarlierSales> {
    tx.fetch_one(
        include_str!("event/earlier_sales.sql"),
        args![contact, before, except],
    )
    .await
}

/// Adds to what was refunded of a sale; below zero for a dispute that was won. Answers false when more than
/// the sale, or less than nothing, would be refunded.
pub async fn add_refunded(tx: &mut Tx, sale: EventId, amount: i64) -> Result<bool> {
    Ok(tx
        .execute(include_str!("event/add_refunded.sql"), args![sale, amount])
        .await?
        == 1)
}

/// A part of the events that pass the filter.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Event>> {
    tx.fetch_all(
        ordered(include_str!("event/list.sql"), window.order),
        args![
            filter.kind,
            filter.affiliate_id.map(|id| id.to_string()),
            filter.affiliate_id,
            filter.contact_id.map(|id| id.to_string()),
            filter.contact_id,
            filter.external_id.clone(),
            filter.search.as_deref().map(domain::text::like_pattern),
            filter.search.as_deref().map(domain::text::typed_pattern),
            window.after.map(|id| id.to_string()),
            window.after,
            window.limit,
            window.offset
        ],
    )
    .await
}

/// The sub-ids a click carried, as a JSON object.
pub async fn sub_ids_of_click(tx: &mut Tx, click: ClickId) -> Result<Option<String>> {
    Ok(tx
        .value_optional::<Option<String>>(include_str!("event/sub_ids_of_click.sql"), args![click])
        .await?
        .flatten())
}

/// How many leads of a name the customer has, leaving one out.
pub async fn customer_leads(
    tx: &mut Tx,
    contact: ContactId,
    except: EventId,
    name: &str,
) -> Result<i64> {
    tx.value(
        include_str!("event/customer_leads.sql"),
        args![contact, except, name],
    )
    .await
}

/// What rules ask of the customer of an event, which is stored already: [`earlier_sales`], [`customer_leads`] and
/// [`sub_ids_of_click`] in one.
pub async fn background(tx: &mut Tx, event: &Event) -> Result<Background> {
    tx.fetch_one(
        include_str!("event/background.sql"),
        args![
            event.contact_id,
            event.id,
            event.occurred_at_ms,
            &event.name,
            event.click_id
        ],
    )
    .await
}

/// Keeps what was known when an event was recorded, as JSON.
pub async fn insert_inputs(tx: &mut Tx, event: EventId, inputs: &str) -> Result<()> {
    tx.execute(
        include_str!("event/insert_inputs.sql"),
        args![event, inputs],
    )
    .await?;
    Ok(())
}

record! {
    /// What an affiliate has brought so far: sales that stand, and their revenue in one currency.
    pub struct AffiliateTotals { pub sales: i64, pub revenue: i64 }
}

/// What an affiliate has brought so far.
pub async fn affiliate_totals(
    tx: &mut Tx,
    affiliate: AffiliateId,
    currency: Option<Currency>,
    without: Option<EventId>,
) -> Result<AffiliateTotals> {
    tx.fetch_one(
        include_str!("event/affiliate_totals.sql"),
        args![
            affiliate,
            currency,
            without.map(|id| id.to_string()),
            without
        ],
    )
    .await
}

/// Events of a customer that belong to one referral, newest first, up to `limit`.
pub async fn of_referral(
    tx: &mut Tx,
    contact: ContactId,
    referral: ReferralId,
    limit: i64,
) -> Result<Vec<Event>> {
    tx.fetch_all(
        include_str!("event/of_referral.sql"),
        args![contact, referral, limit],
    )
    .await
}

record! {
    /// A candidate with the names that a page shows.
    pub struct NamedCandidate {
        pub event_id: EventId,
        pub via: Via,
        pub clicked_at_ms: Option<UnixMs>,
        pub verdict: Verdict,
        pub detail: String,
        pub affiliate_id: Option<AffiliateId>,
        pub affiliate_name: Option<String>,
        pub campaign_name: Option<String>,
    }
}

/// The candidates of these events (a page of them), in the order they were weighed.
pub async fn candidates_of(tx: &mut Tx, events: &[EventId]) -> Result<Vec<NamedCandidate>> {
    crate::list::fetch_of(tx, include_str!("event/candidates_of.sql"), events).await
}

/// The refunds and disputes of a sale, oldest first.
pub async fn taken_from(tx: &mut Tx, sale: EventId) -> Result<Vec<Event>> {
    tx.fetch_all(include_str!("event/taken_from.sql"), args![sale])
        .await
}
