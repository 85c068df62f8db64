//! The portal at a glance: invited and joined, active, and what waits for staff.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::status::{AccountApp, InvitationState, MailState};
use domain::time::Day;
use jiff::tz::TimeZone;
use service::Work;
use service::identity::business;
use service::messaging::notice;
use service::portal::roster::{self, ByApp, Invited, Stuck, Totals};

use super::ACCOUNTS;
use super::list::app_label;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::moment::Moment;
use crate::range::DateRange;
use crate::shown::money::{count, counted};
use crate::trend::{Per, Series};
use crate::ui::{
    AdminItem, AdminShell, Delta, Kpi, LineChart, ListUrl, Markup, Point, RangePicker, RiseIs, Tone,
};

const PATH: &str = "/admin/portal";

#[derive(Template)]
#[template(path = "admin/portal/overview.html")]
struct OverviewPage {
    shell: AdminShell,
    portal: String,
    cards: Vec<Kpi>,
    range: RangePicker,
    joined: String,
    change: Option<Delta>,
    chart: Markup,
    invited: i64,
    steps: Vec<Step>,
    apps: Vec<AppRow>,
    stuck: Vec<StuckRow>,
    mail_server: bool,
}

/// Invitations in a state, as a line of the list.
struct Step {
    label: &'static str,
    note: &'static str,
    tone: Tone,
    number: i64,
    count: String,
}

/// Who was invited to an app and joined it.
struct AppRow {
    label: &'static str,
    note: &'static str,
    href: String,
    /// "3 joined of 4 invited".
    words: String,
    joined: i64,
    /// What a full bar stands for.
    most: i64,
}

struct StuckRow {
    /// Unique on the page.
    id: String,
    name: String,
    href: String,
    email: String,
    label: &'static str,
    tone: Tone,
    advice: &'static str,
    error: String,
    at: Moment,
    resend_action: String,
    correct_action: String,
}

pub(super) async fn show(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let url = ListUrl::from_query(PATH, query.as_deref().unwrap_or_default());
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let range = DateRange::of(&url, work.now.day_in(&zone));
    let totals = roster::totals(&mut work).await?;
    let invited = roster::invited(&mut work).await?;
    let by_app = roster::by_app(&mut work).await?;
    let stuck = roster::stuck(&mut work).await?;
    let (from, to) = range.before();
    let now = joined(&mut work, range.from, range.to).await?;
    let before = joined(&mut work, from, to).await?;
    let (sum, sum_before) = (now.values().sum(), before.values().sum());
    let slug = notice::sender(&mut work).await?.slug;
    let portal = notice::portal_address(&mut work, &slug).await?;
    let page = OverviewPage {
        shell: admin
            .shell(&mut work, "Client portal", AdminItem::Portal)
            .await?,
        portal,
        cards: cards(&totals, &invited),
        range: range.picker(&url, &admin.business.timezone),
        joined: counted(sum, "new account", "new accounts"),
        change: Delta::between(sum, sum_before, RiseIs::Good),
        chart: chart(&range, &now, &before),
        invited: invited.all(),
        steps: steps(&invited),
        apps: apps(&by_app),
        stuck: stuck
            .into_iter()
            .map(|stuck| StuckRow::new(stuck, &zone))
            .collect(),
        mail_server: admin.app.settings().mail_server,
    };
    html::page(&page)
}

async fn joined(work: &mut Work, from: Day, to: Day) -> Result<BTreeMap<Day, i64>, PageError> {
    let days = roster::joined(work, from, to).await?;
    Ok(days
        .into_iter()
        .map(|joined| (joined.day, joined.accounts))
        .collect())
}

fn chart(range: &DateRange, now: &BTreeMap<Day, i64>, before: &BTreeMap<Day, i64>) -> Markup {
    let series = Series::new(range, Per::default_of(range));
    let points = |days: &BTreeMap<Day, i64>, from: Day| -> Vec<Point> {
        series.cut(from, |first, last| {
            days.range(first..=last).map(|(_, count)| count).sum()
        })
    };
    let sum: i64 = now.values().sum();
    LineChart {
        id: "joined",
        metric: "New accounts",
        title: &format!(
            "New accounts per {}, {}",
            series.per().word(),
            range.label()
        ),
        description: &format!("Total {}.", count(sum)),
        points: &points(now, range.from),
        previous: &points(before, range.before().0),
        value_text: &|value| counted(value, "new account", "new accounts"),
        axis_text: &count,
    }
    .draw()
}

fn cards(totals: &Totals, invited: &Invited) -> Vec<Kpi> {
    let card = |label: &str, number: i64, sub: String, href: String| Kpi {
        label: label.to_owned(),
        value: count(number),
        sub,
        href,
        ..Kpi::default()
    };
    let accepted = invited.in_state(InvitationState::Accepted);
    vec![
        card(
            "Accounts",
            totals.accounts,
            format!("{} of affiliates", count(totals.affiliates)),
            ACCOUNTS.to_owned(),
        ),
        card(
            "Active in 30 days",
            totals.active_month,
            format!("{} within 7 days", count(totals.active_week)),
            format!("{ACCOUNTS}?state=active"),
        ),
        card(
            "Invitations accepted",
            accepted,
            format!("of {} sent", count(invited.all())),
            format!("{PATH}#invitations"),
        ),
        card(
            "Open invitations",
            invited.open(),
            "wait for the person".to_owned(),
            format!("{PATH}#invitations"),
        ),
    ]
}

fn steps(invited: &Invited) -> Vec<Step> {
    let step = |state, label, note, tone| {
        let number = invited.in_state(state);
        Step {
            label,
            note,
            tone,
            number,
            count: count(number),
        }
    };
    vec![
        step(
            InvitationState::Queued,
            "Queued",
            "the mail is on its way, or kept here",
            Tone::Neutral,
        ),
        step(
            InvitationState::Sent,
            "Sent",
            "handed over, not opened yet",
            Tone::Info,
        ),
        step(
            InvitationState::Opened,
            "Opened",
            "looked at, no password yet",
            Tone::Info,
        ),
        step(
            InvitationState::Accepted,
            "Accepted",
            "has joined",
            Tone::Success,
        ),
        step(
            InvitationState::Bounced,
            "Bounced",
            "the address was refused",
            Tone::Error,
        ),
        step(
            InvitationState::Expired,
            "Expired",
            "14 days went by",
            Tone::Warning,
        ),
    ]
}

fn apps(by_app: &ByApp) -> Vec<AppRow> {
    let ByApp {
        invited,
        joined,
        without_app,
    } = *by_app;
    let row = |app: AccountApp, note, words, joined, most| AppRow {
        label: app_label(app),
        note,
        href: format!("{ACCOUNTS}?app={}", app.as_str()),
        words,
        joined,
        most,
    };
    vec![
        row(
            AccountApp::Affiliate,
            "links, commissions and payouts",
            format!("{} joined, {} invited", count(joined), count(invited)),
            joined,
            invited.max(joined),
        ),
        row(
            AccountApp::None,
            "signed up by themselves, nothing given yet",
            format!("{} joined", count(without_app)),
            without_app,
            joined + without_app,
        ),
    ]
}

impl StuckRow {
    fn new(stuck: Stuck, zone: &TimeZone) -> Self {
        let Stuck {
            id,
            affiliate_id,
            name,
            email,
            state,
            updated_at_ms,
            mail_state,
            mail_error,
            ..
        } = stuck;
        let (label, tone, advice) = match (state, mail_state) {
            (InvitationState::Bounced, _) => (
                "Bounced",
                Tone::Error,
                "The address was refused. Correct it, and the invitation goes there.",
            ),
            (InvitationState::Expired, _) => (
                "Expired",
                Tone::Warning,
                "The link has run out. Resend it for another 14 days.",
            ),
            (_, Some(MailState::Failed)) => (
                "Not delivered",
                Tone::Error,
                "The mail server could not be reached. Resend it.",
            ),
            _ => ("Waits", Tone::Neutral, "Resend it."),
        };
        let href = format!("/admin/affiliates/{affiliate_id}");
        Self {
            resend_action: format!("{href}/invitations/{id}/resend"),
            correct_action: format!("/admin/invitations/{id}/address"),
            at: Moment::new(updated_at_ms, zone),
            error: mail_error.unwrap_or_default(),
            id: id.to_string(),
            name,
            href,
            email,
            label,
            tone,
            advice,
        }
    }
}
