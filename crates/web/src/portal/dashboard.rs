//! The affiliate's first page: how the links do, what is owed, what came last.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::id::CampaignId;
use domain::link::LinkState;
use domain::money::Currency;
use domain::status::ApplicationState;
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::identity::business;
use service::portal::account::{Access, Affiliate};
use service::portal::application::{self as applications, Answer, Application};
use service::portal::standing::{self, Standing};
use service::programme::partnership::{self, PartnershipLine};
use service::programme::stats::{self, Figures};
use service::programme::{commission, link, rule};
use service::store::list::Window;
use service::store::programme::commission::{Filter as CommissionFilter, NEWEST};
use service::store::programme::stats::{Filter, GroupBy, Key};
use service::{App, Work};

use super::commission::Row;
use super::viewer::{DOORS, Viewer};
use crate::error::PageError;
use crate::language::{self, phrase, t};
use crate::moment::Moment;
use crate::range::DateRange;
use crate::shown::link::link_badge;
use crate::shown::money::{count, display};
use crate::shown::qr::{QrShape, qr_shape};
use crate::trend::{Metric, Per, Trend};
use crate::ui::{
    Kpi, ListUrl, Markup, MetricTab, PortalItem, PortalShell, RangePicker, SortHead, Tone,
};
use crate::{flash, html};

/// Links on the page: a campaign each.
const LINKS_MAX: i64 = 100;
/// Of the commissions the latest; their own page has all.
const COMMISSIONS_SHOWN: i64 = 8;

/// The routes of this file.
pub fn routes() -> Router<App> {
    // The portal's own door is in `home`: not everybody who comes is an affiliate.
    let [_, inside] = DOORS;
    Router::new().route(&format!("{inside}/"), get(show))
}

#[derive(Template)]
#[template(path = "portal/dashboard.html")]
struct DashboardPage {
    shell: PortalShell,
    greeting: String,
    /// "You have earned $762.80 this month."
    news: String,
    range: RangePicker,
    cards: Vec<Kpi>,
    totals: Vec<Total>,
    links: Vec<LinkCard>,
    tabs: Vec<MetricTab>,
    chart: Markup,
    /// The latest commissions.
    rows: Vec<Row>,
    /// None: the rows here cannot be sorted.
    heads: Vec<SortHead>,
}

/// A figure of all time; several values are of several currencies.
struct Total {
    label: &'static str,
    values: Vec<String>,
    sub: &'static str,
    href: String,
}

struct LinkCard {
    id: String,
    href: String,
    campaign: String,
    badge: (&'static str, Tone),
    live: bool,
    /// What it pays, a sentence a rule.
    terms: Vec<String>,
    url: String,
    label: String,
    qr: Option<QrShape>,
    clicks: String,
    conversions: String,
    earned: Vec<String>,
}

pub(super) async fn show(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    match (viewer.access, &viewer.affiliate) {
        (Access::Full | Access::ReadOnly, Some(_)) => figures(viewer, query.as_deref()).await,
        (Access::Application, _) => {
            let mut work = viewer.app.view(&viewer.actor).await?;
            let found = applications::own(&mut work).await?;
            application(viewer, work, found).await
        }
        // The participation may have ended before it began.
        (Access::Statements, Some(_)) => {
            let mut work = viewer.app.view(&viewer.actor).await?;
            let found = applications::own(&mut work).await?;
            if is_rejected(found.as_ref()) {
                return application(viewer, work, found).await;
            }
            Ok(flash::see_other(&format!("{}/payouts", viewer.base)))
        }
        (Access::Statements | Access::NoApp | Access::Full | Access::ReadOnly, _) => {
            Ok(flash::see_other(&format!("{}/payouts", viewer.base)))
        }
    }
}

/// An application with its answers.
type Applied = (Application, Vec<Answer>);

fn is_rejected(found: Option<&Applied>) -> bool {
    found.is_some_and(|(application, _)| application.state == ApplicationState::Rejected)
}

#[derive(Template)]
#[template(path = "portal/application.html")]
struct ApplicationPage {
    shell: PortalShell,
    first: String,
    rejected: bool,
    /// Why it was rejected, when the person is told.
    reason: String,
    /// What was sent: question and answer; empty for who did not apply by the form.
    facts: Vec<(String, String)>,
    /// "Sent on 5 Dec 2026".
    sent: String,
}

/// What a pending affiliate sees, and one whose application was rejected.
async fn application(
    viewer: Viewer,
    mut work: Work,
    found: Option<Applied>,
) -> Result<Response, PageError> {
    let zone = business::zone_of(&viewer.business)?;
    let mut shell = viewer
        .shell(&mut work, t("application-title"), PortalItem::Dashboard)
        .await?;
    let rejected = is_rejected(found.as_ref());
    if rejected {
        // The page itself says how it stands.
        shell.notice = String::new();
    }
    let mut reason = String::new();
    let mut facts = Vec::new();
    let mut sent = String::new();
    if let Some((application, answers)) = found {
        if application.reason_told {
            reason = application.reason;
        }
        facts.push((t("application-website").to_owned(), application.website));
        facts.push((t("application-audience").to_owned(), application.audience));
        facts.extend(answers.into_iter().map(|given| {
            let answer = crate::shown::application::answer(given.kind, &given.answer);
            (given.question, answer)
        }));
        facts.retain(|(_, value)| !value.is_empty());
        sent = phrase("application-sent")
            .with("day", Moment::new(application.created_at_ms, &zone).date)
            .into();
    }
    html::page(&ApplicationPage {
        first: first_name(viewer.affiliate.as_ref()),
        rejected,
        reason,
        facts,
        sent,
        shell,
    })
}

async fn figures(viewer: Viewer, query: Option<&str>) -> Result<Response, PageError> {
    let path = format!("{}/", viewer.base);
    let url = ListUrl::from_query(path, query.unwrap_or_default());
    let zone = viewer.zone.clone();
    let own = viewer.business.currency;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let today = work.now.day_in(&business::zone_of(&viewer.business)?);
    let range = DateRange::of(&url, today);
    let trend = Trend::load(&mut work, range, Per::default_of(&range)).await?;
    let standing = standing::of(&mut work, own).await?;
    let usual = Metric::Commission;
    let metric = match url.get("metric") {
        "" => usual,
        word => Metric::of(word),
    };
    let month = Filter {
        from: Some(domain::time::Day::from_date(today.date().first_of_month())),
        to: Some(today),
        ..Filter::default()
    };
    let month = stats::total(&mut work, &month).await?;
    let links = links(&mut work, &viewer, own).await?;
    let commissions = latest(&mut work, &viewer.base, &zone).await?;
    let now = work.now;
    let shell = viewer
        .shell(&mut work, t("menu-dashboard"), PortalItem::Dashboard)
        .await?;
    html::page(&DashboardPage {
        greeting: greeting(now, &zone, &first_name(viewer.affiliate.as_ref())),
        news: news(&month, own),
        range: range.picker(&url, &viewer.business.timezone),
        cards: cards(&trend, &standing, own, &viewer.base),
        totals: totals(&standing, &viewer.base),
        tabs: trend.tabs(&url, metric, usual, own),
        chart: trend.chart(metric, own),
        links,
        rows: commissions,
        heads: Vec::new(),
        shell,
    })
}

fn first_name(affiliate: Option<&Affiliate>) -> String {
    affiliate
        .and_then(|affiliate| affiliate.name.split_whitespace().next())
        .unwrap_or_default()
        .to_owned()
}

fn greeting(now: UnixMs, zone: &TimeZone, name: &str) -> String {
    match now.timestamp().to_zoned(zone.clone()).hour() {
        5..=11 => phrase("dashboard-morning").with("name", name),
        12..=17 => phrase("dashboard-afternoon").with("name", name),
        _ => phrase("dashboard-evening").with("name", name),
    }
    .into()
}

/// What the month has brought so far; never currencies added up.
fn news(month: &Figures, own: Currency) -> String {
    let mut earned: Vec<(Currency, i64)> = month
        .money
        .iter()
        .map(|money| {
            (
                money.currency,
                Metric::Commission.of_figures(month, money.currency),
            )
        })
        .filter(|(_, amount)| *amount != 0)
        .collect();
    earned.sort_by_key(|(currency, _)| (*currency != own, *currency));
    if earned.is_empty() {
        return t("dashboard-nothing-earned").to_owned();
    }
    phrase("dashboard-news")
        .with("amount", crate::shown::money::listed(&earned))
        .into()
}

fn cards(trend: &Trend, standing: &Standing, own: Currency, base: &str) -> Vec<Kpi> {
    let commissions = format!("{base}/commissions");
    let leads = format!("{base}/leads");
    let standing_card = |label: &str, amounts: Vec<String>, sub: String, href: String| {
        let mut amounts = amounts.into_iter();
        let value = amounts.next().unwrap_or_default();
        let others: Vec<String> = amounts.collect();
        Kpi {
            label: label.to_owned(),
            value,
            delta: None,
            sub: if others.is_empty() {
                sub
            } else {
                phrase("dashboard-and")
                    .with("others", others.join(", "))
                    .into()
            },
            href,
            spark: Markup::default(),
        }
    };
    let pending = amounts(standing, |money| money.balance.pending);
    vec![
        trend.card(Metric::Clicks, own, &leads),
        trend.card(Metric::Conversions, own, &commissions),
        standing_card(
            t("dashboard-owed"),
            amounts(standing, |money| money.balance.owed),
            phrase("dashboard-more-pending")
                .with("amount", pending.join(", "))
                .into(),
            commissions,
        ),
        standing_card(
            t("dashboard-paid"),
            amounts(standing, |money| money.balance.paid),
            t("dashboard-paid-sub").to_owned(),
            format!("{base}/payouts"),
        ),
    ]
}

/// The amounts of all currencies that have one, the business's first; zero of that one when none has.
fn amounts(standing: &Standing, pick: impl Fn(&standing::Money) -> i64) -> Vec<String> {
    let texts: Vec<String> = standing
        .money
        .iter()
        .filter(|money| pick(money) != 0)
        .map(|money| display(pick(money), money.currency))
        .collect();
    match (texts.is_empty(), standing.money.first()) {
        (true, Some(own)) => vec![display(0, own.currency)],
        _ => texts,
    }
}

fn totals(standing: &Standing, base: &str) -> Vec<Total> {
    let figures = &standing.figures;
    let people = |label, number: i64, sub, query: &str| Total {
        label,
        values: vec![count(number)],
        sub,
        href: format!("{base}/leads{query}"),
    };
    vec![
        people(
            t("figure-leads"),
            figures.leads,
            t("dashboard-leads-sub"),
            "?status=lead",
        ),
        people(
            t("dashboard-customers"),
            figures.customers,
            t("dashboard-customers-sub"),
            "?status=customer",
        ),
        people(
            t("dashboard-cancelled"),
            figures.cancelled_customers,
            t("dashboard-cancelled-sub"),
            "?status=cancelled",
        ),
        Total {
            label: t("trend-revenue"),
            values: amounts(standing, |money| money.revenue),
            sub: t("dashboard-revenue-sub"),
            href: format!("{base}/commissions"),
        },
        Total {
            label: t("dashboard-pending"),
            values: amounts(standing, |money| money.balance.pending),
            sub: t("dashboard-pending-sub"),
            href: format!("{base}/commissions?status=pending"),
        },
    ]
}

async fn links(
    work: &mut Work,
    viewer: &Viewer,
    own: Currency,
) -> Result<Vec<LinkCard>, PageError> {
    let affiliate = viewer.actor.affiliate()?;
    let window = Window {
        order: "p.id",
        limit: LINKS_MAX,
        offset: 0,
        after: None,
    };
    let lines = partnership::lines(work, &partnership::Filter::default(), window).await?;
    let campaigns: Vec<CampaignId> = lines.iter().map(|line| line.campaign_id).collect();
    let group = viewer
        .affiliate
        .as_ref()
        .and_then(|affiliate| affiliate.group_id);
    let terms = rule::terms(work, affiliate, group, &campaigns, own, language::now()).await?;
    let figures = stats::by(work, GroupBy::Campaign, &Filter::default()).await?;
    let now = work.now;
    let mut cards: Vec<LinkCard> = lines
        .into_iter()
        .map(|line| LinkCard::new(viewer, line, &figures, &terms, own, now))
        .collect();
    // Links that work stand first.
    cards.sort_by_key(|card| !card.live);
    Ok(cards)
}

/// What was earned in each currency, the business's first; zero of that one when nothing was.
pub(super) fn earned(figures: &Figures, own: Currency) -> Vec<String> {
    earned_amounts(figures, own)
        .into_iter()
        .map(|(currency, amount)| display(amount, currency))
        .collect()
}

/// The same as amounts in minor units.
pub(super) fn earned_amounts(figures: &Figures, own: Currency) -> Vec<(Currency, i64)> {
    let mut earned: Vec<(Currency, i64)> = figures
        .money
        .iter()
        .map(|money| {
            let amount = Metric::Commission.of_figures(figures, money.currency);
            (money.currency, amount)
        })
        .filter(|(_, amount)| *amount != 0)
        .collect();
    earned.sort_by_key(|(currency, _)| (*currency != own, *currency));
    if earned.is_empty() {
        earned.push((own, 0));
    }
    earned
}

impl LinkCard {
    fn new(
        viewer: &Viewer,
        line: PartnershipLine,
        figures: &BTreeMap<Key, Figures>,
        terms: &BTreeMap<CampaignId, Vec<String>>,
        own: Currency,
        now: UnixMs,
    ) -> Self {
        let state = line.link_state(now);
        let live = state == LinkState::Live;
        let url = link::url(&viewer.app, &line.code);
        let none = Figures::default();
        let figures = figures
            .get(&Key::Id(line.campaign_id.into()))
            .unwrap_or(&none);
        Self {
            id: line.link_id.to_string(),
            href: format!("{}/links/{}", viewer.base, line.link_id),
            label: phrase("dashboard-link-for")
                .with("campaign", &line.campaign_name)
                .into(),
            campaign: line.campaign_name,
            badge: link_badge(state),
            live,
            terms: terms.get(&line.campaign_id).cloned().unwrap_or_default(),
            qr: if live { qr_shape(&url) } else { None },
            url,
            clicks: count(figures.clicks),
            conversions: count(figures.conversions),
            earned: earned(figures, own),
        }
    }
}

async fn latest(work: &mut Work, base: &str, zone: &TimeZone) -> Result<Vec<Row>, PageError> {
    let window = Window {
        order: NEWEST,
        limit: COMMISSIONS_SHOWN,
        offset: 0,
        after: None,
    };
    let now = work.now;
    Ok(commission::list(work, &CommissionFilter::default(), window)
        .await?
        .into_iter()
        .map(|commission| Row::new(commission, base, zone, now))
        .collect())
}
