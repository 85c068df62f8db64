//! The list of referrals and its export.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::ReferralId;
use domain::status::ReferralStatus;
use jiff::tz::TimeZone;
use service::Work;
use service::error::Result;
use service::identity::business;
use service::programme::referral;
use service::store::list::Window;
use service::store::programme::referral::{Filter, NEWEST, ORDERS, Referral};

use super::PATH;
use crate::admin::session::Admin;
use crate::csv::Sheet;
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::html;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::money::{self, StatusTab, customer_name, referral_badge};
use crate::shown::tally::Tally;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone, status_label};

#[derive(Template)]
#[template(path = "admin/referrals/list.html")]
struct ListPage {
    shell: AdminShell,
    tabs: Vec<StatusTab>,
    filters: Filters,
    narrowed: bool,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    query: String,
    here: String,
    csv_href: String,
}

/// A referral in a list, here and on the dashboard.
pub(in crate::admin) struct Row {
    pub id: String,
    pub href: String,
    pub customer: String,
    pub email: String,
    pub affiliate: String,
    pub affiliate_href: String,
    pub campaign: String,
    pub first_event: String,
    pub badge: (String, Tone),
    /// Why a person must look at it; empty mostly.
    pub hold: String,
    pub pending: bool,
    pub at: Moment,
    pub short: String,
}

impl Row {
    pub(in crate::admin) fn new(referral: Referral, zone: &TimeZone) -> Self {
        let customer = customer_name(
            &referral.customer_name,
            referral.customer_email.as_deref(),
            referral.customer_external_id.as_deref(),
        );
        let email = referral
            .customer_email
            .or(referral.customer_external_id)
            .filter(|text| *text != customer)
            .unwrap_or_default();
        Self {
            id: referral.id.to_string(),
            href: format!("{PATH}/{}", referral.id),
            customer,
            email,
            affiliate_href: format!("/admin/affiliates/{}", referral.affiliate_id),
            short: format!("{} · {}", referral.affiliate_name, referral.campaign_name),
            affiliate: referral.affiliate_name,
            campaign: referral.campaign_name,
            first_event: status_label(&referral.first_event),
            badge: referral_badge(referral.status),
            hold: referral
                .hold_reason
                .filter(|_| referral.status == ReferralStatus::Pending)
                .unwrap_or_default(),
            pending: referral.status == ReferralStatus::Pending,
            at: Moment::new(referral.created_at_ms, zone),
        }
    }
}

/// What a list's query asks for; also of the export and of acts on all rows.
pub(super) fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "-created");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        status: state.filter("status"),
        affiliate_id: state.filter("affiliate"),
        campaign_id: state.filter("campaign"),
        contact_id: None,
        search: state.search(),
    };
    (state, filter)
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let counts = referral::status_counts(&mut work, &filter).await?;
    let tally = Tally::new(
        counts
            .into_iter()
            .map(|count| (count.status, count.referrals)),
    );
    state.settle(tally.rows(filter.status));
    let found = referral::list(&mut work, &filter, state.window(ORDERS)).await?;
    let tabs = tally.tabs(
        &state,
        "status",
        "All",
        ReferralStatus::ALL.iter().copied(),
        |status| referral_badge(status).0,
    );
    let campaigns = money::campaign_choices(&mut work).await?;
    let selects = vec![
        state.select(
            "affiliate",
            "Affiliate",
            "All affiliates",
            money::affiliate_choices(&mut work, filter.affiliate_id).await?,
        ),
        state.select(
            "campaign",
            "Campaign",
            "All campaigns",
            campaigns
                .into_iter()
                .map(|(id, name)| (id.to_string(), name)),
        ),
    ];
    let mut shell = admin
        .shell(&mut work, "Referrals", AdminItem::Referrals)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        tabs,
        narrowed: state.narrowed(&["status", "affiliate", "campaign"]),
        filters: state.filters("Search customer or affiliate", selects),
        heads: vec![
            state.head("customer", "Customer", false),
            state.head("affiliate", "Affiliate", false),
            state.head("campaign", "Campaign", false),
            state.head("status", "Status", false),
            state.head("created", "Came in", true),
        ],
        rows: found.into_iter().map(|row| Row::new(row, &zone)).collect(),
        pager: state.pager("referral", "referrals"),
        query: state.query(),
        here: state.href(),
        csv_href: state.csv_href(),
    })
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(referral::count(&mut work, &filter).await?);
    let today = admin.today(&work)?;
    export::answer(work, &state, ORDERS, today, Exported(filter)).await
}

/// Referrals as they are exported.
struct Exported(Filter);

impl Rows for Exported {
    type Row = Referral;
    type Id = ReferralId;
    const NAME: &'static str = "referrals";
    const COLUMNS: &'static [&'static str] = &[
        "Id",
        "Created",
        "Customer",
        "Customer e-mail",
        "Customer id",
        "Affiliate",
        "Affiliate id",
        "Campaign",
        "First event",
        "Status",
        "Hold reason",
        "Reject reason",
        "Decided",
        "Note",
        "Tags",
    ];
    const NEWEST: &'static str = NEWEST;

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<Referral>> {
        referral::list(work, &self.0, window).await
    }

    fn id(referral: &Referral) -> ReferralId {
        referral.id
    }

    fn write(r: Referral, sheet: &mut Sheet) {
        sheet.row(vec![
            r.id.to_string().into(),
            r.created_at_ms.into(),
            r.customer_name.into(),
            r.customer_email.into(),
            r.customer_external_id.into(),
            r.affiliate_name.into(),
            r.affiliate_id.to_string().into(),
            r.campaign_name.into(),
            r.first_event.into(),
            r.status.as_str().into(),
            r.hold_reason.into(),
            r.reject_reason.into(),
            r.decided_at_ms.into(),
            r.note.into(),
            r.tags.into(),
        ]);
    }
}
