//! The list of commissions and its export.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::CommissionId;
use domain::money::display;
use domain::status::CommissionStatus;
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use service::Work;
use service::error::Result;
use service::identity::business;
use service::programme::commission::{self, StatusTotal};
use service::store::list::Window;
use service::store::programme::commission::{Commission, Filter, NEWEST, ORDERS};

use super::PATH;
use crate::admin::session::Admin;
use crate::csv::{Cell, Sheet};
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::list::ListState;
use crate::range::{DateRange, long_day};
use crate::shown::commission::{event_word, for_whom, left, what};
use crate::shown::money::{self, StatusTab, commission_badge, counted};
use crate::shown::tally::Tally;
use crate::ui::{AdminItem, AdminShell, Filters, ListUrl, Pager, RangePicker, SortHead, Tone};
use crate::{html, timeline};

#[derive(Template)]
#[template(path = "admin/commissions/list.html")]
struct ListPage {
    shell: AdminShell,
    range: RangePicker,
    tabs: Vec<StatusTab>,
    filters: Filters,
    /// Whether a filter, tab or range hides rows.
    narrowed: bool,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    /// "24 commissions, $1,188.00 and €40.00".
    totals: String,
    pager: Pager,
    query: String,
    csv_href: String,
}

struct Row {
    id: String,
    href: String,
    name: String,
    customer: String,
    what: String,
    campaign: String,
    badge: (String, Tone),
    remark: String,
    amount: String,
    /// What it was before adjustments and refunds, if it was another.
    earned: String,
    date: String,
    short: String,
}

/// What a list's query asks for; also of the export and of acts on all rows.
pub(super) fn asked(query: Option<&str>, today: Day) -> (ListState, Filter, Option<DateRange>) {
    let mut state = ListState::new(PATH, query, "-created");
    state.keep_sort(&[ORDERS]);
    let range = DateRange::asked(&ListUrl::from_query(PATH, query.unwrap_or_default()), today);
    let filter = Filter {
        status: state.filter("status"),
        affiliate_id: state.filter("affiliate"),
        campaign_id: state.filter("campaign"),
        group_id: state.filter("group"),
        referral_id: state.filter("referral"),
        from: range.map(|range| range.from),
        to: range.map(|range| range.to),
        search: state.search(),
    };
    (state, filter, range)
}

fn tally(totals: &[StatusTotal]) -> Tally<CommissionStatus> {
    Tally::new(totals.iter().map(|total| (total.status, total.count)))
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let (mut state, filter, range) = asked(query.as_deref(), today);
    let all = commission::status_totals(&mut work, &filter).await?;
    let tally = tally(&all);
    state.settle(tally.rows(filter.status));
    let found = commission::list(&mut work, &filter, state.window(ORDERS)).await?;
    let tabs = tally.tabs(
        &state,
        "status",
        "All",
        CommissionStatus::ALL.iter().copied(),
        |status| commission_badge(status).0,
    );
    // What was rejected is nobody's money: it counts in its own tab only.
    let counts = |total: &&StatusTotal| {
        filter
            .status
            .map_or(total.status != CommissionStatus::Rejected, |status| {
                total.status == status
            })
    };
    let sums = money::by_currency(
        all.iter()
            .filter(counts)
            .map(|total| (total.currency, total.amount)),
    );
    let rejected = filter.status.is_none() && tally.rows(Some(CommissionStatus::Rejected)) > 0;
    let campaigns = money::campaign_choices(&mut work).await?;
    let selects = vec![
        state.select(
            "affiliate",
            "Affiliate",
            "All affiliates",
            money::affiliate_choices(&mut work, filter.affiliate_id).await?,
        ),
        state.select(
            "group",
            "Group",
            "All groups",
            money::group_choices(&mut work).await?,
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
    let url = ListUrl::from_query(PATH, &state.query());
    let mut shell = admin
        .shell(&mut work, "Commissions", AdminItem::Commissions)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        range: DateRange::optional_picker(range, &url, today, &admin.business.timezone),
        tabs,
        narrowed: state.narrowed(&["status", "affiliate", "group", "campaign", "referral"])
            || range.is_some(),
        filters: state.filters("Search affiliate or customer", selects),
        heads: vec![
            state.head("affiliate", "Affiliate", false),
            state.head("campaign", "Campaign", false),
            state.head("status", "Status", false),
            state.head("amount", "Amount", true),
            state.head("created", "Date", true),
        ],
        rows: found
            .into_iter()
            .map(|row| Row::new(row, &zone, work.now))
            .collect(),
        totals: format!(
            "{}, {}{}",
            counted(tally.rows(filter.status), "commission", "commissions"),
            money::listed(&sums),
            if rejected {
                " without the rejected"
            } else {
                ""
            },
        ),
        pager: state.pager("commission", "commissions"),
        query: state.query(),
        csv_href: state.csv_href(),
    })
}

impl Row {
    fn new(commission: Commission, zone: &TimeZone, now: UnixMs) -> Self {
        let left = left(&commission);
        let what = what(&commission);
        Self {
            id: commission.id.to_string(),
            href: format!("{PATH}/{}", commission.id),
            customer: for_whom(&commission),
            short: format!("{what} · {}", for_whom(&commission)),
            what,
            campaign: commission
                .campaign_name
                .clone()
                .unwrap_or_else(|| "–".to_owned()),
            badge: commission_badge(commission.status),
            remark: timeline::remark(&commission, zone, now),
            amount: display(left, commission.currency),
            earned: if left == commission.amount {
                String::new()
            } else {
                format!("of {}", display(commission.amount, commission.currency))
            },
            date: long_day(commission.day),
            name: commission.affiliate_name,
        }
    }
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let (mut state, filter, _) = asked(query.as_deref(), today);
    let totals = commission::status_totals(&mut work, &filter).await?;
    state.settle(tally(&totals).rows(filter.status));
    export::answer(work, &state, ORDERS, today, Exported(filter)).await
}

/// Commissions as they are exported.
struct Exported(Filter);

impl Rows for Exported {
    type Row = Commission;
    type Id = CommissionId;
    const NAME: &'static str = "commissions";
    const COLUMNS: &'static [&'static str] = &[
        "Id",
        "Created",
        "Day",
        "Affiliate",
        "Affiliate id",
        "Customer",
        "Customer e-mail",
        "Campaign",
        "Event",
        "Event id",
        "Level",
        "Status",
        "Base",
        "Amount",
        "Adjusted",
        "Reversed",
        "Net",
        "Currency",
        "Held until",
        "Payout",
        "Paid",
        "Note",
    ];
    const NEWEST: &'static str = NEWEST;

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<Commission>> {
        commission::list(work, &self.0, window).await
    }

    fn id(commission: &Commission) -> CommissionId {
        commission.id
    }

    fn write(c: Commission, sheet: &mut Sheet) {
        let (net, event) = (left(&c), event_word(&c));
        sheet.row(vec![
            c.id.to_string().into(),
            c.created_at_ms.into(),
            c.day.into(),
            c.affiliate_name.into(),
            c.affiliate_id.to_string().into(),
            c.customer_name.into(),
            c.customer_email.into(),
            c.campaign_name.into(),
            event.into(),
            c.event_external_id.into(),
            c.level.into(),
            c.status.as_str().into(),
            Cell::amount(c.base_amount, c.currency),
            Cell::amount(c.amount, c.currency),
            Cell::amount(c.adjusted, c.currency),
            Cell::amount(c.reversed, c.currency),
            Cell::amount(net, c.currency),
            c.currency.into(),
            c.hold_until_ms.into(),
            c.payout_number.map(|number| format!("PO-{number}")).into(),
            c.paid_at_ms.into(),
            c.note.into(),
        ]);
    }
}
