//! The list of payouts and its export.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::{CommissionId, PayoutId};
use domain::money::display;
use domain::payout::is_live;
use domain::status::{PayoutStatus, TransferState};
use jiff::tz::TimeZone;
use service::Work;
use service::error::Result;
use service::identity::{business, checklist};
use service::programme::{payout, payout_request, transfer};
use service::store::list::Window;
use service::store::programme::payout::{Filter, NEWEST, ORDERS, Payout, StatusTotal};

use super::PATH;
use super::ready::Ready;
use super::request::RequestRow;
use crate::admin::session::Admin;
use crate::csv::{Cell, Sheet};
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::html;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::money::{self, StatusTab, counted, payout_badge};
use crate::shown::payout::payout_method_label;
use crate::shown::tally::Tally;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone};

#[derive(Template)]
#[template(path = "admin/payouts/list.html")]
struct ListPage {
    shell: AdminShell,
    no_minimum: bool,
    /// "2 transfers"; empty: of none is it unknown what became of it.
    unknown: String,
    ready: Ready,
    requests: Vec<RequestRow>,
    tabs: Vec<StatusTab>,
    filters: Filters,
    narrowed: bool,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    totals: String,
    pager: Pager,
    csv_href: String,
}

struct Row {
    id: String,
    href: String,
    number: String,
    affiliate: String,
    commissions: String,
    carried: String,
    method: String,
    reference: String,
    badge: (String, Tone),
    amount: String,
    /// When it was paid, or made.
    date: String,
    short: String,
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "-number");
    state.keep_sort(&[ORDERS]);
    // `PO-1042` is how the number is written everywhere.
    let search = state.search().map(|text| match text.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("po-") => text[3..].to_owned(),
        _ => text,
    });
    let filter = Filter {
        status: state.filter("status"),
        affiliate_id: state.filter("affiliate"),
        search,
        ..Filter::default()
    };
    (state, filter)
}

fn tally(totals: &[StatusTotal]) -> Tally<PayoutStatus> {
    Tally::new(totals.iter().map(|total| (total.status, total.count)))
}

/// The states that people meet; those of providers show up once there is such a payout.
fn shown(status: PayoutStatus, tally: &Tally<PayoutStatus>) -> bool {
    matches!(
        status,
        PayoutStatus::Draft | PayoutStatus::Pending | PayoutStatus::Paid | PayoutStatus::Cancelled
    ) || tally.rows(Some(status)) > 0
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let all = payout::status_totals(&mut work, &filter).await?;
    let tally = tally(&all);
    state.settle(tally.rows(filter.status));
    let found = payout::list(&mut work, &filter, state.window(ORDERS)).await?;
    let ready = Ready::new(payout::eligible(&mut work).await?);
    let requests = payout_request::open(&mut work)
        .await?
        .into_iter()
        .map(|request| RequestRow::new(request, &zone))
        .collect();
    let unknown = transfer::totals(&mut work, &transfer::Filter::default())
        .await?
        .iter()
        .filter(|total| total.state == TransferState::Unknown)
        .map(|total| total.count)
        .sum();
    let no_minimum = !checklist::get(&mut work).await?.has_minimum;
    let states = PayoutStatus::ALL.iter().copied();
    let tabs = tally.tabs(
        &state,
        "status",
        "All",
        states.filter(|status| shown(*status, &tally)),
        |status| payout_badge(status).0,
    );
    // A cancelled or returned payout pays nothing, so that it counts in its own tab only.
    let counts = |total: &&StatusTotal| {
        filter
            .status
            .map_or(is_live(total.status), |status| total.status == status)
    };
    let sums = money::by_currency(
        all.iter()
            .filter(counts)
            .map(|total| (total.currency, total.amount)),
    );
    let counted_rows: i64 = all.iter().filter(counts).map(|total| total.count).sum();
    let live = if filter.status.is_none() && counted_rows != tally.rows(None) {
        " that are not cancelled or returned"
    } else {
        ""
    };
    let affiliates = money::affiliate_choices(&mut work, filter.affiliate_id).await?;
    let selects = vec![state.select("affiliate", "Affiliate", "All affiliates", affiliates)];
    let mut shell = admin
        .shell(&mut work, "Payouts", AdminItem::Payouts)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&ListPage {
        shell,
        no_minimum,
        unknown: if unknown > 0 {
            counted(unknown, "transfer", "transfers")
        } else {
            String::new()
        },
        ready,
        requests,
        tabs,
        narrowed: state.narrowed(&["status", "affiliate"]),
        filters: state.filters("Search number or name", selects),
        heads: vec![
            state.head("number", "Payout", true),
            state.head("affiliate", "Affiliate", false),
            state.head("status", "Status", false),
            state.head("amount", "Amount", true),
            state.head("paid", "Paid", true),
        ],
        rows: found
            .into_iter()
            .map(|(payout, lines)| Row::new(payout, lines.len(), &zone))
            .collect(),
        totals: format!(
            "{}{live}, {}",
            counted(counted_rows, "payout", "payouts"),
            money::listed(&sums)
        ),
        pager: state.pager("payout", "payouts"),
        csv_href: state.csv_href(),
    })
}

impl Row {
    fn new(payout: Payout, lines: usize, zone: &TimeZone) -> Self {
        let commissions = counted(
            i64::try_from(lines).unwrap_or(i64::MAX),
            "commission",
            "commissions",
        );
        Self {
            id: payout.id.to_string(),
            href: format!("{PATH}/{}", payout.id),
            number: format!("PO-{}", payout.number),
            short: format!("PO-{} · {commissions}", payout.number),
            commissions,
            carried: if payout.carried_forward == 0 {
                String::new()
            } else {
                format!(
                    "{} carried",
                    display(payout.carried_forward, payout.currency)
                )
            },
            method: payout_method_label(&payout.method),
            reference: payout.reference.unwrap_or_default(),
            badge: payout_badge(payout.status),
            amount: display(payout.amount, payout.currency),
            date: payout
                .paid_at_ms
                .map_or_else(|| "–".to_owned(), |at| Moment::new(at, zone).date),
            affiliate: payout.affiliate_name,
        }
    }
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let totals = payout::status_totals(&mut work, &filter).await?;
    state.settle(tally(&totals).rows(filter.status));
    let today = admin.today(&work)?;
    export::answer(work, &state, ORDERS, today, Exported(filter)).await
}

/// Payouts as they are exported.
struct Exported(Filter);

impl Rows for Exported {
    type Row = (Payout, Vec<CommissionId>);
    type Id = PayoutId;
    const NAME: &'static str = "payouts";
    const COLUMNS: &'static [&'static str] = &[
        "Number",
        "Id",
        "Created",
        "Affiliate",
        "Affiliate e-mail",
        "Affiliate id",
        "Status",
        "Commissions",
        "Commissions total",
        "Carried forward",
        "Amount",
        "Currency",
        "Method",
        "Reference",
        "Paid",
        "Note",
    ];
    const NEWEST: &'static str = NEWEST;

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<Self::Row>> {
        payout::list(work, &self.0, window).await
    }

    fn id((payout, _): &Self::Row) -> PayoutId {
        payout.id
    }

    fn write((p, lines): Self::Row, sheet: &mut Sheet) {
        sheet.row(vec![
            format!("PO-{}", p.number).into(),
            p.id.to_string().into(),
            p.created_at_ms.into(),
            p.affiliate_name.into(),
            p.affiliate_email.into(),
            p.affiliate_id.to_string().into(),
            p.status.as_str().into(),
            i64::try_from(lines.len()).unwrap_or(i64::MAX).into(),
            Cell::amount(p.commissions_total, p.currency),
            Cell::amount(p.carried_forward, p.currency),
            Cell::amount(p.amount, p.currency),
            p.currency.into(),
            p.method.into(),
            p.reference.into(),
            p.paid_at_ms.into(),
            p.note.into(),
        ]);
    }
}
