//! Commissions as the affiliate sees them: the list with its totals, and the life of each.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use domain::commission::Explanation;
use domain::id::CommissionId;
use domain::status::CommissionStatus;
use domain::time::{Day, UnixMs};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::App;
use service::error::not_found;
use service::identity::business;
use service::portal::standing;
use service::programme::click_pay;
use service::programme::commission::{self, StatusTotal};
use service::store::programme::commission::{Commission, Filter, ORDERS};

use super::viewer::{DOORS, Viewer};
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::language::{self, phrase, said, t};
use crate::list::ListState;
use crate::range::{DateRange, long_day};
use crate::shown::commission::{
    clicks_of, event_word, explanation, for_whom, inputs, left, parts, rule_version, what,
};
use crate::shown::money::{StatusTab, by_currency, commission_badge, display, listed};
use crate::shown::tally::Tally;
use crate::ui::{ListUrl, Pager, PortalItem, PortalShell, RangePicker, SortHead, Step, Tone};
use crate::{flash, html, timeline};

/// The routes of this file.
pub fn routes() -> Router<App> {
    DOORS.iter().fold(Router::new(), |router, door| {
        router
            .route(&format!("{door}/commissions"), get(list))
            .route(&format!("{door}/commissions.csv"), get(export))
            .route(&format!("{door}/commissions/{{commission}}"), get(record))
    })
}

#[derive(Template)]
#[template(path = "portal/commissions.html")]
struct ListPage {
    shell: PortalShell,
    range: RangePicker,
    /// Paid, owed and revenue of all time, as on the first page.
    totals: Vec<(&'static str, String)>,
    tabs: Vec<StatusTab>,
    narrowed: bool,
    path: String,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    /// "24 commissions, $1,188.00".
    sum: String,
    pager: Pager,
    csv_href: String,
}

/// A commission in a list.
pub(super) struct Row {
    pub id: String,
    pub href: String,
    pub date: String,
    pub campaign: String,
    pub customer: String,
    pub what: String,
    pub sale: String,
    pub amount: String,
    /// What it was before adjustments and refunds, if it was another.
    pub earned: String,
    pub badge: (String, Tone),
    pub remark: String,
    /// The second line of a narrow row.
    pub short: String,
}

impl Row {
    pub(super) fn new(commission: Commission, base: &str, zone: &TimeZone, now: UnixMs) -> Self {
        let left = left(&commission);
        let customer = customer(&commission);
        let date = long_day(commission.day);
        Self {
            id: commission.id.to_string(),
            short: format!("{date} · {customer}"),
            href: format!("{base}/commissions/{}", commission.id),
            date,
            customer,
            what: what(&commission),
            sale: sale(&commission),
            amount: display(left, commission.currency),
            earned: if left == commission.amount {
                String::new()
            } else {
                phrase("commission-of-amount")
                    .with("amount", display(commission.amount, commission.currency))
                    .into()
            },
            badge: commission_badge(commission.status),
            remark: timeline::remark(&commission, zone, now),
            campaign: commission
                .campaign_name
                .unwrap_or_else(|| t("commission-correction").to_owned()),
        }
    }
}

/// The customer; of an upline's share only that somebody below brought them.
fn customer(commission: &Commission) -> String {
    if commission.level > 0 {
        t("commission-below").to_owned()
    } else {
        for_whom(commission)
    }
}

/// What the customer paid; empty for events without an amount.
fn sale(commission: &Commission) -> String {
    match (commission.event_amount, commission.event_currency) {
        (Some(amount), Some(currency)) if amount != 0 => display(amount, currency),
        _ => String::new(),
    }
}

fn asked(
    viewer: &Viewer,
    query: Option<&str>,
    today: Day,
) -> (ListState, Filter, Option<DateRange>) {
    let path = format!("{}/commissions", viewer.base);
    let mut state = ListState::new(&path, query, "-created");
    state.keep_sort(&[ORDERS]);
    let range = DateRange::asked(&ListUrl::from_query(path, query.unwrap_or_default()), today);
    let filter = Filter {
        status: state.filter("status"),
        campaign_id: state.filter("campaign"),
        from: range.map(|range| range.from),
        to: range.map(|range| range.to),
        ..Filter::default()
    };
    (state, filter, range)
}

async fn list(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let zone = viewer.zone.clone();
    let own = viewer.business.currency;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let today = work.now.day_in(&business::zone_of(&viewer.business)?);
    let (mut state, filter, range) = asked(&viewer, query.as_deref(), today);
    let all = commission::status_totals(&mut work, &filter).await?;
    let tally = Tally::new(all.iter().map(|total| (total.status, total.count)));
    state.settle(tally.rows(filter.status));
    let found = commission::list(&mut work, &filter, state.window(ORDERS)).await?;
    let tabs = tally.tabs(
        &state,
        "status",
        t("list-all"),
        CommissionStatus::ALL.iter().copied(),
        |status| commission_badge(status).0,
    );
    // What was rejected is nobody's money: it counts in its own tab only.
    let counted_in = |total: &&StatusTotal| match filter.status {
        None => total.status != CommissionStatus::Rejected,
        Some(status) => total.status == status,
    };
    let sums = by_currency(
        all.iter()
            .filter(counted_in)
            .map(|total| (total.currency, total.amount)),
    );
    let standing = standing::of(&mut work, own).await?;
    let of = |pick: fn(&standing::Money) -> i64| {
        let amounts: Vec<_> = standing
            .money
            .iter()
            .filter(|money| pick(money) != 0 || money.currency == own)
            .map(|money| (money.currency, pick(money)))
            .collect();
        listed(&amounts)
    };
    let url = ListUrl::from_query(format!("{}/commissions", viewer.base), &state.query());
    let now = work.now;
    let shell = viewer
        .shell(&mut work, t("menu-commissions"), PortalItem::Commissions)
        .await?;
    html::page(&ListPage {
        shell,
        range: DateRange::optional_picker(range, &url, today, &viewer.business.timezone),
        totals: vec![
            (t("status-paid"), of(|money| money.balance.paid)),
            (t("money-owed"), of(|money| money.balance.owed)),
            (t("status-pending"), of(|money| money.balance.pending)),
            (t("trend-revenue"), of(|money| money.revenue)),
        ],
        tabs,
        narrowed: state.narrowed(&["status", "campaign"]) || range.is_some(),
        path: format!("{}/commissions", viewer.base),
        heads: vec![
            state.head("created", t("head-date"), false),
            state.head("campaign", t("link-new-campaign"), false),
            state.head("amount", t("trend-commission"), true),
            state.head("status", t("links-status"), false),
        ],
        rows: found
            .into_iter()
            .map(|row| Row::new(row, &viewer.base, &zone, now))
            .collect(),
        sum: format!(
            "{}, {}",
            phrase("commissions-counted").count("n", tally.rows(filter.status)),
            listed(&sums)
        ),
        pager: state.pager(t("commissions-one"), t("commissions-noun")),
        csv_href: state.csv_href(),
    })
}

async fn export(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let today = work.now.day_in(&business::zone_of(&viewer.business)?);
    let (mut state, filter, _) = asked(&viewer, query.as_deref(), today);
    let all = commission::status_totals(&mut work, &filter).await?;
    let tally = Tally::new(all.iter().map(|total| (total.status, total.count)));
    state.settle(tally.rows(filter.status));
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), said(refusal)));
    }
    let mut sheet = Sheet::new(&[
        t("sheet-day"),
        t("sheet-campaign"),
        t("sheet-customer"),
        t("sheet-event"),
        t("sheet-level"),
        t("sheet-sale"),
        t("sheet-sale-currency"),
        t("sheet-status"),
        t("sheet-amount"),
        t("sheet-adjusted"),
        t("sheet-reversed"),
        t("sheet-net"),
        t("sheet-currency"),
        t("sheet-held-until"),
        t("sheet-payout"),
        t("sheet-paid"),
        t("sheet-note"),
    ]);
    for c in commission::list(&mut work, &filter, state.everything(ORDERS)).await? {
        let (net, customer, event) = (left(&c), customer(&c), event_word(&c));
        let (sale, sale_currency) = match (c.event_amount, c.event_currency) {
            (Some(amount), Some(currency)) => (Cell::amount(amount, currency), currency.into()),
            _ => (Cell::empty(), Cell::empty()),
        };
        sheet.row(vec![
            c.day.into(),
            c.campaign_name.into(),
            customer.into(),
            event.into(),
            c.level.into(),
            sale,
            sale_currency,
            c.status.as_str().into(),
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
    Ok(sheet.download("commissions", today))
}

#[derive(Template)]
#[template(path = "portal/commission.html")]
struct RecordPage {
    shell: PortalShell,
    what: String,
    campaign: String,
    customer: String,
    /// The clicks it is for; empty for an event.
    clicks: String,
    sale: String,
    date: String,
    badge: (String, Tone),
    remark: String,
    left: String,
    parts: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    explanation: Option<Explanation>,
    inputs: Vec<(&'static str, String)>,
    version: String,
    /// Commissions that give again what an earlier payout had settled of this one.
    credits: Vec<(String, String)>,
    /// What staff wrote beside it.
    written: String,
    back: String,
}

/// Which commission an address names; through whichever door.
#[derive(Debug, Deserialize)]
struct Named {
    commission: String,
}

async fn record(
    viewer: Viewer,
    Path(Named { commission: id }): Path<Named>,
) -> Result<Response, PageError> {
    viewer.require_figures()?;
    let id: CommissionId = id.parse().map_err(|_| not_found("commission"))?;
    let zone = viewer.zone.clone();
    let mut work = viewer.app.view(&viewer.actor).await?;
    let commission = commission::get(&mut work, id).await?;
    let stored = commission::steps(&mut work, id).await?;
    let credits = commission::credits(&mut work, id).await?;
    let clicks = click_pay::of_commission(&mut work, id).await?;
    let mut explained = explanation(&commission);
    if let Some(explanation) = &mut explained {
        let currency = explanation.currency.unwrap_or(commission.currency);
        let said = commission::rule_sentence(&mut work, &commission, currency, language::now());
        if let Some(sentence) = said.await? {
            explanation.rule = sentence;
        }
    }
    let now = work.now;
    let shell = viewer
        .shell(&mut work, t("trend-commission"), PortalItem::Commissions)
        .await?;
    html::page(&RecordPage {
        shell,
        what: what(&commission),
        customer: customer(&commission),
        clicks: clicks
            .map(|clicks| clicks_of(&commission, &clicks, false))
            .unwrap_or_default(),
        sale: sale(&commission),
        date: long_day(commission.day),
        badge: commission_badge(commission.status),
        remark: timeline::remark(&commission, &zone, now),
        left: display(left(&commission), commission.currency),
        parts: parts(&commission),
        steps: timeline::of_commission(&commission, &stored, &zone, now, false),
        inputs: explained.as_ref().map(inputs).unwrap_or_default(),
        version: rule_version(&commission),
        explanation: explained,
        credits: credits
            .iter()
            .map(|credit| {
                (
                    format!("{}/commissions/{}", viewer.base, credit.id),
                    display(left(credit), credit.currency),
                )
            })
            .collect(),
        back: format!("{}/commissions", viewer.base),
        written: if commission.contact_id.is_some() || commission.is_for_clicks() {
            commission.note
        } else {
            String::new()
        },
        campaign: commission.campaign_name.unwrap_or_default(),
    })
}
