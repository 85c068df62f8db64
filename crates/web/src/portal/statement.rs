//! The statement of a period: what there was to get, what changed it, and what there was at the end. It
//! prints well and is to be had as a file, and who has left keeps it.

mod pdf;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;
use domain::id::AffiliateId;
use domain::money::Currency;
use domain::status::{EventKind, JournalKind};
use domain::time::{Day, UnixMs};
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use service::identity::business;
use service::programme::ledger;
use service::programme::signed_statement;
use service::programme::statement::{self, Line, Statement};
use service::{App, Work};

use super::viewer::{DOORS, Viewer};
use crate::csv::{self, Cell, Sheet};
use crate::download::{MEDIA_TYPE_LINES as MEDIA_TYPE, attachment};
use crate::error::PageError;
use crate::language::{self, t, word};
use crate::moment::Moment;
use crate::range::{DateRange, long_day};
use crate::shown::commission::clicks_in_words;
use crate::shown::money::{customer_name, display};
use crate::ui::{ListUrl, PortalItem, PortalShell, Preset, RangePicker};
use crate::{flash, html};

/// Lines on the page and in the PDF file: some forty printed sheets.
const LINES_MAX: i64 = 1_000;
/// Months that are offered, this one first.
const MONTHS: i32 = 12;

/// The routes of this file.
pub fn routes() -> Router<App> {
    DOORS.iter().fold(Router::new(), |router, door| {
        router
            .route(&format!("{door}/statement"), get(show))
            .route(&format!("{door}/statement.csv"), get(export))
            .route(&format!("{door}/statement.jsonl"), get(signed))
            .route(&format!("{door}/statement.pdf"), get(pdf::download))
    })
}

#[derive(Template)]
#[template(path = "portal/statement.html")]
struct StatementPage {
    shell: PortalShell,
    view: StatementView,
    back: String,
    range: RangePicker,
    currencies: Vec<CurrencyTab>,
    csv_href: String,
    pdf_href: String,
    signed_href: String,
    /// The key that signed statements are checked with.
    key: String,
}

/// What a statement says, on the page and in the PDF file.
struct StatementView {
    payee: String,
    payee_email: String,
    /// "1 – 28 Nov 2026".
    period: String,
    currency: Currency,
    opening: String,
    opening_day: String,
    rows: Vec<Row>,
    closing: String,
    closing_day: String,
    /// The sums of the period and what the balance at its end consists of.
    sums: Vec<(&'static str, String)>,
    parts: Vec<(&'static str, String)>,
    /// More lines than are shown.
    more: bool,
}

struct CurrencyTab {
    label: String,
    href: String,
    current: bool,
}

struct Row {
    seq: i64,
    date: String,
    what: &'static str,
    detail: String,
    /// The page of the commission or payout; empty when it cannot be seen.
    href: String,
    amount: String,
    balance: String,
}

/// What a statement's address asks for.
struct Asked {
    url: ListUrl,
    affiliate: AffiliateId,
    range: DateRange,
    currency: Currency,
    /// All that the affiliate has entries in, the business's own first.
    currencies: Vec<Currency>,
    from: UnixMs,
    to: UnixMs,
    zone: TimeZone,
    today: Day,
}

async fn asked(viewer: &Viewer, work: &mut Work, query: Option<&str>) -> Result<Asked, PageError> {
    let affiliate = viewer.actor.affiliate()?;
    let url = ListUrl::from_query(
        format!("{}/statement", viewer.base),
        query.unwrap_or_default(),
    );
    let zone = business::zone_of(&viewer.business)?;
    let today = work.now.day_in(&zone);
    let month = ListUrl::from_query("", "range=month");
    let range = DateRange::asked(&url, today).unwrap_or_else(|| DateRange::of(&month, today));
    let own = viewer.business.currency;
    let mut currencies: Vec<Currency> = ledger::balances(work, affiliate)
        .await?
        .into_iter()
        .map(|(currency, _)| currency)
        .chain([own])
        .collect();
    currencies.sort_by_key(|currency| (*currency != own, *currency));
    currencies.dedup();
    let currency = url
        .get("currency")
        .parse()
        .ok()
        .filter(|asked| currencies.contains(asked))
        .unwrap_or(own);
    Ok(Asked {
        from: range.from.start(&zone),
        to: range.to.plus(1).start(&zone),
        url,
        affiliate,
        range,
        currency,
        currencies,
        zone,
        today,
    })
}

async fn read(work: &mut Work, asked: &Asked, limit: i64) -> Result<Statement, PageError> {
    let period = (asked.from, asked.to);
    Ok(statement::of(work, asked.affiliate, asked.currency, period, limit).await?)
}

async fn show(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let asked = asked(&viewer, &mut work, query.as_deref()).await?;
    let found = read(&mut work, &asked, LINES_MAX).await?;
    let shell = viewer
        .shell(&mut work, t("statement-title"), PortalItem::Payouts)
        .await?;
    let beside = |ending: &str| {
        let path = format!("{}/statement.{ending}", viewer.base);
        ListUrl::from_query(path, &asked.url.query()).to_string()
    };
    html::page(&StatementPage {
        shell,
        back: format!("{}/payouts", viewer.base),
        range: picker(&asked, &viewer.business.timezone),
        currencies: tabs(&asked),
        csv_href: beside("csv"),
        pdf_href: beside("pdf"),
        signed_href: beside("jsonl"),
        key: signed_statement::public_key(&work)?,
        view: StatementView::new(found, &viewer, &asked),
    })
}

impl StatementView {
    fn new(found: Statement, viewer: &Viewer, asked: &Asked) -> Self {
        let show = |amount: i64| display(amount, asked.currency);
        let (payee, payee_email) = viewer
            .affiliate
            .as_ref()
            .map(|affiliate| (affiliate.name.clone(), affiliate.email.clone()))
            .unwrap_or_default();
        Self {
            payee,
            payee_email,
            period: asked.range.label(),
            currency: asked.currency,
            opening: show(found.opening),
            opening_day: long_day(asked.range.from),
            closing: show(found.closing),
            closing_day: long_day(asked.range.to),
            sums: vec![
                (t("commission-earned"), show(found.earned)),
                (t("statement-taken-back"), show(found.taken_back)),
                (t("statement-paid-out"), show(found.paid)),
            ],
            parts: vec![
                (t("money-owed"), show(found.owed)),
                (t("status-pending"), show(found.pending)),
            ],
            more: found.more,
            rows: found
                .lines
                .into_iter()
                .map(|line| Row::new(line, viewer, asked))
                .collect(),
        }
    }
}

/// The picker with months for presets.
fn picker(asked: &Asked, zone: &str) -> RangePicker {
    let mut picker = asked.range.picker(&asked.url, zone);
    zone.clone_into(&mut picker.note);
    let bare = asked.url.with("from", "").with("to", "").with("range", "");
    let first_of_this = asked.today.date().first_of_month();
    picker.presets = (0..MONTHS)
        .filter_map(|back| {
            let first = first_of_this.checked_sub(back.months()).ok()?;
            let from = Day::from_date(first);
            let to = Day::from_date(first.last_of_month());
            let href = bare
                .with("from", &from.to_string())
                .with("to", &to.to_string());
            Some(Preset {
                label: language::now().month(first),
                href: href.to_string(),
                current: asked.range.from == from && asked.range.to == to.min(asked.today),
            })
        })
        .collect();
    picker
}

fn tabs(asked: &Asked) -> Vec<CurrencyTab> {
    if asked.currencies.len() < 2 {
        return Vec::new();
    }
    asked
        .currencies
        .iter()
        .map(|currency| CurrencyTab {
            label: currency.to_string(),
            href: asked.url.with("currency", currency.code()).to_string(),
            current: *currency == asked.currency,
        })
        .collect()
}

/// What a line is about, behind its word.
fn detail(line: &Line) -> String {
    let entry = &line.entry;
    if let Some(number) = entry
        .payout_number
        .filter(|_| entry.kind == JournalKind::Pay)
    {
        let reference = entry.payout_reference.as_deref().unwrap_or_default();
        return if reference.is_empty() {
            format!("PO-{number}")
        } else {
            format!("PO-{number} · {reference}")
        };
    }
    if let Some(number) = entry
        .payout_number
        .filter(|_| entry.kind == JournalKind::ReturnPayout)
    {
        return match &entry.credit_note {
            None => format!("PO-{number}"),
            Some(credit) => format!("PO-{number} · {credit}"),
        };
    }
    let who = match (entry.level, entry.contact_id) {
        (Some(level), _) if level > 0 => t("statement-below").to_owned(),
        (_, Some(_)) => customer_name(
            entry.customer_name.as_deref().unwrap_or_default(),
            entry.customer_email.as_deref(),
            entry.customer_external_id.as_deref(),
        ),
        _ => entry.note.clone().unwrap_or_default(),
    };
    let campaign = entry.campaign_name.clone().unwrap_or_default();
    let clicks = match (entry.clicks_day, entry.clicks) {
        (Some(day), Some(clicks)) => clicks_in_words(day, entry.link_code.as_deref(), clicks),
        _ => String::new(),
    };
    [campaign, who, clicks]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The word under which the languages have what happened.
fn cause_of(kind: JournalKind, cause: Option<EventKind>) -> &'static str {
    match (kind, cause) {
        (JournalKind::Reverse, Some(EventKind::Dispute)) => EventKind::Dispute.as_str(),
        (kind, _) => kind.as_str(),
    }
}

/// What happened, in a word or two.
fn what(kind: JournalKind, cause: Option<EventKind>) -> &'static str {
    word("journal", cause_of(kind, cause)).unwrap_or(statement::what(kind, cause))
}

impl Row {
    fn new(line: Line, viewer: &Viewer, asked: &Asked) -> Self {
        let entry = &line.entry;
        let show = |amount: i64| display(amount, asked.currency);
        let href = match (entry.kind, entry.payout_id, entry.commission_id) {
            (JournalKind::Pay | JournalKind::ReturnPayout, Some(payout), _) => {
                format!("{}/payouts/{payout}", viewer.base)
            }
            (_, _, Some(commission)) if viewer.access.may_see_figures() => {
                format!("{}/commissions/{commission}", viewer.base)
            }
            _ => String::new(),
        };
        Self {
            seq: entry.seq,
            date: Moment::new(entry.at_ms, &asked.zone).date,
            what: what(entry.kind, entry.cause),
            detail: detail(&line),
            href,
            amount: if entry.amount > 0 {
                format!("+{}", show(entry.amount))
            } else {
                show(entry.amount)
            },
            balance: show(line.balance),
        }
    }
}

/// The signed statement of the period, in all currencies.
async fn signed(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let asked = asked(&viewer, &mut work, query.as_deref()).await?;
    let period = (asked.from, asked.to);
    let file = signed_statement::write(&mut work, Some(asked.affiliate), period).await?;
    let name = format!("statement-{}-{}.jsonl", asked.range.from, asked.range.to);
    Ok(attachment(file, MEDIA_TYPE, &name))
}

async fn export(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let asked = asked(&viewer, &mut work, query.as_deref()).await?;
    let found = read(&mut work, &asked, csv::ROWS_MAX).await?;
    if found.more {
        let text = t("statement-too-long");
        return Ok(flash::redirect_with_error(&asked.url.to_string(), text));
    }
    let mut sheet = Sheet::new(&[
        t("sheet-date"),
        t("sheet-what"),
        t("sheet-detail"),
        t("sheet-amount"),
        t("sheet-balance"),
        t("sheet-currency"),
        t("sheet-day"),
    ]);
    let mut row = |at: Cell, what: &str, detail: String, amount: Cell, balance: i64, day: Day| {
        sheet.row(vec![
            at,
            what.into(),
            detail.into(),
            amount,
            Cell::amount(balance, asked.currency),
            asked.currency.into(),
            day.into(),
        ]);
    };
    let none = String::new;
    row(
        asked.from.into(),
        t("statement-opening"),
        none(),
        Cell::empty(),
        found.opening,
        asked.range.from,
    );
    for line in &found.lines {
        let entry = &line.entry;
        row(
            entry.at_ms.into(),
            what(entry.kind, entry.cause),
            detail(line),
            Cell::amount(entry.amount, asked.currency),
            line.balance,
            entry.at_ms.day_in(&asked.zone),
        );
    }
    row(
        asked.to.into(),
        t("statement-closing"),
        none(),
        Cell::empty(),
        found.closing,
        asked.range.to,
    );
    Ok(sheet.download("statement", asked.range.to))
}
