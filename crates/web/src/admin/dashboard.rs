//! The dashboard: how the programme does in a range of days, what waits, and who brings most.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::id::AffiliateId;
use domain::money::{Currency, display};
use domain::status::AffiliateStatus;
use service::identity::business;
use service::identity::checklist;
use service::programme::stats::{self, Figures};
use service::programme::{affiliate, ledger, referral};
use service::store::list::Window;
use service::store::programme::referral::{Filter as ReferralFilter, NEWEST};
use service::store::programme::stats::{Filter, GroupBy, Key, Refunds};
use service::{App, Work};

use super::referral::Row as ReferralRow;
use super::session::{Admin, step_label, step_path};
use crate::error::PageError;
use crate::html;
use crate::range::{DateRange, short_day};
use crate::shown::money::{self, count, counted};
use crate::trend::{Metric, Per, Trend};
use crate::ui::{
    AdminItem, AdminShell, Delta, Kpi, ListUrl, Markup, MetricTab, RangePicker, RiseIs, sparkline,
};

const PATH: &str = "/admin";
const REFERRALS_SHOWN: i64 = 6;
const AFFILIATES_SHOWN: usize = 6;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/admin", get(show))
}

#[derive(Template)]
#[template(path = "admin/dashboard/show.html")]
struct DashboardPage {
    shell: AdminShell,
    checklist: Vec<ChecklistStep>,
    checklist_done: usize,
    range: RangePicker,
    per: Vec<Tab>,
    /// A tab a currency, when there are several: they are never added up.
    currencies: Vec<Tab>,
    /// What all of them come to, each a word and a sum with the rates' day and origin; for reading only.
    converted: Vec<(&'static str, String)>,
    cards: Vec<Kpi>,
    tabs: Vec<MetricTab>,
    chart: Markup,
    people: Vec<Figure>,
    paid: PaidBar,
    referrals: Vec<ReferralRow>,
    here: String,
    top: Vec<TopRow>,
    top_note: String,
}

struct ChecklistStep {
    label: &'static str,
    href: &'static str,
    done: bool,
    current: bool,
}

/// A choice in the URL.
struct Tab {
    label: String,
    href: String,
    current: bool,
}

/// A small figure with its change.
struct Figure {
    label: &'static str,
    value: String,
    delta: Option<Delta>,
    sub: String,
    href: String,
}

/// What was generated, and how far it has come; widths are of 1,000.
struct PaidBar {
    generated: String,
    delta: Option<Delta>,
    parts: Vec<PaidPart>,
}

struct PaidPart {
    label: &'static str,
    amount: String,
    href: String,
    start: i64,
    width: i64,
    tone: &'static str,
}

struct TopRow {
    name: String,
    href: String,
    detail: String,
    revenue: String,
    commission: String,
}

async fn show(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let url = ListUrl::from_query(PATH, query.as_deref().unwrap_or_default());
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let range = DateRange::of(&url, today);
    let trend = Trend::load(&mut work, range, Per::of(url.get("per"), &range)).await?;
    let refunds = refunds(&mut work, &trend).await?;
    let owed: BTreeMap<Currency, i64> = ledger::owed_totals(&mut work)
        .await?
        .into_iter()
        .map(|row| (row.currency, row.amount))
        .collect();
    let currencies = currencies(&admin, &trend, &owed);
    let currency = url
        .get("currency")
        .parse()
        .ok()
        .filter(|currency| currencies.contains(currency))
        .unwrap_or(admin.business.currency);
    let metric = Metric::of(url.get("metric"));
    let own = admin.business.currency;
    let mut converted = Vec::new();
    for (word, amounts) in [
        ("Revenue", revenue(&trend)),
        (
            "Owed",
            owed.iter()
                .map(|(currency, sum)| (*currency, *sum))
                .collect(),
        ),
    ] {
        if let Some(text) = money::converted(&mut work, &amounts, own, range.to).await? {
            converted.push((word, text));
        }
    }

    let mut cards = vec![
        trend.card(Metric::Clicks, currency, "/admin/affiliates?sort=-clicks"),
        trend.card(
            Metric::Conversions,
            currency,
            &format!("/admin/customers?did=customer&{}", range.query()),
        ),
    ];
    cards.push(
        owed_card(
            &mut work,
            &zone,
            &range,
            currency,
            owed.get(&currency).copied().unwrap_or_default(),
        )
        .await?,
    );
    cards.push(affiliates_card(&mut work, &zone, &range).await?);

    let filter = Filter {
        from: Some(range.from),
        to: Some(range.to),
        ..Filter::default()
    };
    let top = top(&mut work, &filter, currency).await?;
    let window = Window {
        order: NEWEST,
        limit: REFERRALS_SHOWN,
        offset: 0,
        after: None,
    };
    let referrals = referral::list(&mut work, &ReferralFilter::default(), window).await?;
    let progress = checklist::get(&mut work).await?;
    let next = progress.next();
    let open = next.is_some() && !progress.dismissed;
    let mut shell = admin
        .shell(&mut work, "Dashboard", AdminItem::Dashboard)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&DashboardPage {
        shell,
        checklist_done: progress.done(),
        checklist: progress
            .steps
            .iter()
            .filter(|_| open)
            .map(|&(step, done)| ChecklistStep {
                label: step_label(step),
                href: step_path(step),
                done,
                current: Some(step) == next,
            })
            .collect(),
        range: range.picker(&url, &admin.business.timezone),
        per: Per::ALL
            .iter()
            .map(|&choice| Tab {
                label: choice.label().to_owned(),
                href: url
                    .with(
                        "per",
                        if choice == Per::default_of(&range) {
                            ""
                        } else {
                            choice.word()
                        },
                    )
                    .to_string(),
                current: choice == trend.per(),
            })
            .collect(),
        currencies: currencies
            .iter()
            .filter(|_| currencies.len() > 1)
            .map(|&choice| Tab {
                label: choice.to_string(),
                href: url
                    .with(
                        "currency",
                        if choice == admin.business.currency {
                            ""
                        } else {
                            choice.code()
                        },
                    )
                    .to_string(),
                current: choice == currency,
            })
            .collect(),
        converted,
        cards,
        tabs: trend.tabs(&url, metric, Metric::default(), currency),
        chart: trend.chart(metric, currency),
        people: people(&trend, &refunds),
        paid: paid(&trend, currency),
        referrals: referrals
            .into_iter()
            .map(|referral| ReferralRow::new(referral, &zone))
            .collect(),
        here: url.to_string(),
        top,
        top_note: range.label(),
    })
}

/// The revenue of the range by currency.
fn revenue(trend: &Trend) -> Vec<(Currency, i64)> {
    trend
        .now
        .money
        .iter()
        .map(|money| (money.currency, money.revenue))
        .collect()
}

/// The business's own currency, then every other that has figures.
fn currencies(admin: &Admin, trend: &Trend, owed: &BTreeMap<Currency, i64>) -> Vec<Currency> {
    let own = admin.business.currency;
    let mut others: Vec<Currency> = trend
        .now
        .money
        .iter()
        .chain(&trend.before.money)
        .map(|money| money.currency)
        .chain(owed.keys().copied())
        .collect();
    others.sort_unstable();
    others.dedup();
    others.retain(|currency| *currency != own);
    std::iter::once(own).chain(others).collect()
}

/// The state at the end of each day of the range, from the state now and what changed since.
fn levels(
    range: &DateRange,
    zone: &jiff::tz::TimeZone,
    now: i64,
    changes: &[(i64, i64)],
) -> Vec<i64> {
    const QUARTER_MS: i64 = 15 * 60 * 1000;
    let mut by_day: BTreeMap<i64, i64> = BTreeMap::new();
    for &(quarter, amount) in changes {
        let day = domain::time::UnixMs(quarter.saturating_mul(QUARTER_MS)).day_in(zone);
        *by_day.entry(day.0).or_default() += amount;
    }
    // From the last change backwards: before its day the level was lower by it. One more level in
    // front is that of the evening before the range.
    let mut level = now
        - by_day
            .range(range.to.0 + 1..)
            .map(|(_, amount)| amount)
            .sum::<i64>();
    let mut levels = vec![level];
    for day in (range.from.0..=range.to.0).rev() {
        level -= by_day.get(&day).copied().unwrap_or_default();
        levels.push(level);
    }
    levels.reverse();
    levels
}

async fn owed_card(
    work: &mut Work,
    zone: &jiff::tz::TimeZone,
    range: &DateRange,
    currency: Currency,
    now: i64,
) -> Result<Kpi, PageError> {
    let changes = ledger::owed_changes(work, range.from.start(zone)).await?;
    let changes: Vec<(i64, i64)> = changes
        .iter()
        .filter(|change| change.currency == currency)
        .map(|change| (change.quarter, change.amount))
        .collect();
    let levels = levels(range, zone, now, &changes);
    let (first, last) = (
        levels.first().copied().unwrap_or_default(),
        levels.last().copied().unwrap_or_default(),
    );
    Ok(Kpi {
        label: "Commission owed".to_owned(),
        value: display(last, currency),
        delta: Delta::between(last, first, RiseIs::Neutral),
        sub: format!("vs {}", short_day(range.from.plus(-1))),
        href: "/admin/payouts".to_owned(),
        spark: sparkline(&levels),
    })
}

async fn affiliates_card(
    work: &mut Work,
    zone: &jiff::tz::TimeZone,
    range: &DateRange,
) -> Result<Kpi, PageError> {
    let counts = affiliate::status_counts(work).await?;
    let of = |status| counts.get(&status).copied().unwrap_or_default();
    let approvals = affiliate::approvals(work, range.from.start(zone)).await?;
    let changes: Vec<(i64, i64)> = approvals
        .iter()
        .map(|row| (row.quarter, row.affiliates))
        .collect();
    let levels = levels(range, zone, of(AffiliateStatus::Approved), &changes);
    let (first, last) = (
        levels.first().copied().unwrap_or_default(),
        levels.last().copied().unwrap_or_default(),
    );
    Ok(Kpi {
        label: "Active affiliates".to_owned(),
        value: count(last),
        delta: Delta::between(last, first, RiseIs::Good),
        sub: match of(AffiliateStatus::Pending) {
            0 => format!("vs {}", short_day(range.from.plus(-1))),
            waiting => format!("{} awaiting approval", count(waiting)),
        },
        href: "/admin/affiliates?status=approved".to_owned(),
        spark: sparkline(&levels),
    })
}

/// Refunded sales in a thousand.
fn refund_rate(refunds: &Refunds) -> i64 {
    if refunds.sales == 0 {
        0
    } else {
        (refunds.refunded * 1000 + refunds.sales / 2) / refunds.sales
    }
}

/// Refunds of the range, and of the period before.
async fn refunds(work: &mut Work, trend: &Trend) -> Result<[Refunds; 2], PageError> {
    let (from, to) = trend.range.before();
    let of = |from, to| Filter {
        from: Some(from),
        to: Some(to),
        ..Filter::default()
    };
    Ok([
        stats::refunds(work, &of(trend.range.from, trend.range.to)).await?,
        stats::refunds(work, &of(from, to)).await?,
    ])
}

fn people(trend: &Trend, refunds: &[Refunds; 2]) -> Vec<Figure> {
    let (now, before, range) = (&trend.now, &trend.before, &trend.range);
    let [refunds_now, refunds_before] = refunds;
    let vs = format!("vs {}", range.before_words());
    // The list behind counts what the figure counts.
    let plain = |label, value: i64, was: i64, rise, did: &str| Figure {
        label,
        value: count(value),
        delta: Delta::between(value, was, rise),
        sub: vs.clone(),
        href: format!("/admin/customers?did={did}&{}", range.query()),
    };
    let (rate, was) = (refund_rate(refunds_now), refund_rate(refunds_before));
    vec![
        plain("Leads", now.leads, before.leads, RiseIs::Good, "lead"),
        plain(
            "Customers",
            now.customers,
            before.customers,
            RiseIs::Good,
            "customer",
        ),
        plain(
            "Cancelled customers",
            now.cancelled_customers,
            before.cancelled_customers,
            RiseIs::Bad,
            "cancelled",
        ),
        Figure {
            label: "Refund rate",
            value: format!("{}.{}%", rate / 10, rate % 10),
            delta: Delta::between(rate, was, RiseIs::Bad),
            sub: format!(
                "{} of {} refunded",
                count(refunds_now.refunded),
                counted(refunds_now.sales, "sale", "sales")
            ),
            href: format!("/admin/commissions?status=reversed&{}", range.query()),
        },
    ]
}

fn paid(trend: &Trend, currency: Currency) -> PaidBar {
    let (now, before, range) = (&trend.now, &trend.before, &trend.range);
    let money = now.money_in(currency);
    let generated = Metric::Commission.of_figures(now, currency);
    let show = |amount: i64| display(amount, currency);
    let whole = [
        money.commission_paid,
        money.commission_approved,
        money.commission_pending,
    ]
    .map(|amount| amount.max(0))
    .iter()
    .sum::<i64>()
    .max(1);
    let mut start = 0;
    let mut part = |label, amount: i64, status: &str, tone| {
        let width =
            i64::try_from(i128::from(amount.max(0)) * 1000 / i128::from(whole)).unwrap_or_default();
        let made = PaidPart {
            label,
            amount: show(amount),
            href: format!("/admin/commissions?status={status}&{}", range.query()),
            start,
            width,
            tone,
        };
        start += width;
        made
    };
    PaidBar {
        parts: vec![
            part("Paid", money.commission_paid, "paid", "success"),
            part(
                "Approved, to be paid",
                money.commission_approved,
                "approved",
                "info",
            ),
            part("Pending", money.commission_pending, "pending", "warning"),
        ],
        generated: show(generated),
        delta: Delta::between(
            generated,
            Metric::Commission.of_figures(before, currency),
            RiseIs::Neutral,
        ),
    }
}

async fn top(
    work: &mut Work,
    filter: &Filter,
    currency: Currency,
) -> Result<Vec<TopRow>, PageError> {
    let figures = stats::by(work, GroupBy::Affiliate, filter).await?;
    let mut best: Vec<(AffiliateId, Figures)> = figures
        .into_iter()
        .filter_map(|(key, figures)| match key {
            Key::Id(id) => Some((AffiliateId::from(id), figures)),
            Key::Day(_) => None,
        })
        .collect();
    best.sort_by_key(|(id, figures)| {
        (
            std::cmp::Reverse((
                figures.money_in(currency).revenue,
                figures.conversions,
                figures.clicks,
            )),
            *id,
        )
    });
    best.truncate(AFFILIATES_SHOWN);
    let ids: Vec<AffiliateId> = best.iter().map(|(id, _)| *id).collect();
    let mut names = affiliate::names(work, &ids).await?;
    Ok(best
        .into_iter()
        .map(|(id, figures)| TopRow {
            name: names.remove(&id).unwrap_or_default(),
            href: format!("/admin/affiliates/{id}"),
            detail: format!(
                "{} · {} conv.",
                counted(figures.clicks, "click", "clicks"),
                count(figures.conversions)
            ),
            revenue: display(figures.money_in(currency).revenue, currency),
            commission: display(Metric::Commission.of_figures(&figures, currency), currency),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use domain::time::Day;

    use super::*;

    #[test]
    fn levels_are_found_backwards() {
        let url = ListUrl::from_query(PATH, "from=2026-11-19&to=2026-11-20");
        let range = DateRange::of(&url, Day::parse("2026-11-21").unwrap());
        let quarter = |day: &str| Day::parse(day).unwrap().0 * 96 + 50;
        let changes = [
            (quarter("2026-11-19"), 10),
            (quarter("2026-11-20"), -4),
            (quarter("2026-11-21"), 100),
        ];
        assert_eq!(
            levels(&range, &jiff::tz::TimeZone::UTC, 206, &changes),
            [100, 110, 106]
        );
    }

    #[test]
    fn refunds_in_a_thousand() {
        assert_eq!(
            refund_rate(&Refunds {
                sales: 0,
                refunded: 0
            }),
            0
        );
        assert_eq!(
            refund_rate(&Refunds {
                sales: 3,
                refunded: 2
            }),
            667
        );
    }
}
