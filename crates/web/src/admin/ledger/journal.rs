//! The journal, entry by entry, and its proof.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::JournalId;
use domain::money::{Currency, display};
use domain::status::{Account, JournalKind};
use domain::time::Day;
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::Work;
use service::error::Result;
use service::identity::business;
use service::programme::ledger::{self, Filter, JournalEntry};
use service::programme::{affiliate, statement, verify};

use service::store::list::Window;

use super::{PATH, Tab, tabs};
use crate::admin::session::Admin;
use crate::csv::{Cell, Sheet};
use crate::error::PageError;
use crate::export::{self, Rows};
use crate::form::PostForm;
use crate::list::ListState;
use crate::moment::Moment;
use crate::range::DateRange;
use crate::shown::money;
use crate::ui::{AdminItem, AdminShell, Filters, ListUrl, Pager, RangePicker, status_label};
use crate::{flash, html};

#[derive(Template)]
#[template(path = "admin/ledger/journal.html")]
struct JournalPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    range: RangePicker,
    filters: Filters,
    narrowed: bool,
    /// What one object narrows the list to: "about one commission"; empty mostly.
    about: &'static str,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
    /// How many entries the whole journal has, and what holds them together.
    chain: String,
    /// The last entry's hash.
    hash: String,
    /// Since when the books are known to be broken.
    broken: Option<Moment>,
}

struct Row {
    seq: i64,
    at: Moment,
    what: &'static str,
    affiliate: String,
    affiliate_href: String,
    /// Account and signed amount.
    postings: Vec<(String, String)>,
    /// Links to what it is about.
    about: Vec<(&'static str, String)>,
    hash: String,
    /// Its first digits.
    short: String,
    previous: String,
}

fn asked(
    query: Option<&str>,
    today: Day,
    zone: &TimeZone,
) -> (ListState, Filter, Option<DateRange>) {
    let mut state = ListState::new(PATH, query, "");
    let range = DateRange::asked(&ListUrl::from_query(PATH, query.unwrap_or_default()), today);
    let filter = Filter {
        affiliate_id: state.filter("affiliate"),
        currency: state.filter("currency"),
        kind: state.filter("kind"),
        commission_id: state.filter("commission"),
        payout_id: state.filter("payout"),
        event_id: state.filter("event"),
        from: range.map(|range| range.from.start(zone)),
        to: range.map(|range| range.to.plus(1).start(zone)),
        search: state.search(),
    };
    (state, filter, range)
}

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let (mut state, filter, range) = asked(query.as_deref(), today, &zone);
    state.settle(ledger::count(&mut work, &filter).await?);
    let found = ledger::list(&mut work, &filter, state.window(&[])).await?;
    let (head, broken) = ledger::state(&mut work).await?;
    let mut whom: Vec<_> = found.iter().map(|e| e.entry.affiliate_id).collect();
    whom.sort_unstable();
    whom.dedup();
    let names = affiliate::names(&mut work, &whom).await?;
    let currencies: Vec<Currency> = ledger::owed_totals(&mut work)
        .await?
        .into_iter()
        .map(|total| total.currency)
        .collect();
    let kinds = JournalKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), statement::what(*kind, None)));
    let selects = vec![
        state.select(
            "affiliate",
            "Affiliate",
            "All affiliates",
            money::affiliate_choices(&mut work, filter.affiliate_id).await?,
        ),
        state.select("kind", "Kind", "Everything", kinds),
        state.select(
            "currency",
            "Currency",
            "All currencies",
            currencies.iter().map(|c| (c.code(), c.code())),
        ),
    ];
    let url = ListUrl::from_query(PATH, &state.query());
    let shell = admin.shell(&mut work, "Ledger", AdminItem::Ledger).await?;
    html::page(&JournalPage {
        shell,
        tabs: tabs(PATH),
        range: DateRange::optional_picker(range, &url, today, &admin.business.timezone),
        narrowed: state.narrowed(&[
            "affiliate",
            "kind",
            "currency",
            "commission",
            "payout",
            "event",
        ]) || range.is_some(),
        about: match (filter.commission_id, filter.payout_id, filter.event_id) {
            (Some(_), _, _) => "Only what is about one commission.",
            (_, Some(_), _) => "Only what is about one payout.",
            (_, _, Some(_)) => "Only what one event caused.",
            _ => "",
        },
        filters: state.filters("Search affiliate", selects),
        rows: found
            .into_iter()
            .map(|entry| {
                let name = names
                    .get(&entry.entry.affiliate_id)
                    .cloned()
                    .unwrap_or_default();
                Row::new(entry, name, &zone)
            })
            .collect(),
        pager: state.pager("entry", "entries"),
        csv_href: state.csv_href(),
        chain: chain(head.seq),
        hash: hex(&head.hash),
        broken: broken.map(|since| Moment::new(since, &zone)),
    })
}

fn chain(entries: i64) -> String {
    let counted = money::counted(entries, "entry", "entries");
    match entries {
        0 => "No entries yet".to_owned(),
        1 => format!("{counted}, the first of its chain"),
        _ => format!("{counted}, each sealed with the hash of the one before"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn account(account: Account) -> String {
    status_label(account.as_str())
}

impl Row {
    fn new(JournalEntry { entry, postings }: JournalEntry, name: String, zone: &TimeZone) -> Self {
        let mut about = Vec::new();
        if let Some(id) = entry.commission_id {
            about.push(("Commission", format!("/admin/commissions/{id}")));
        }
        if let Some(id) = entry.payout_id {
            about.push(("Payout", format!("/admin/payouts/{id}")));
        }
        if let Some(id) = entry.event_id {
            about.push(("Event", format!("/admin/events/{id}")));
        }
        Self {
            seq: entry.seq,
            at: Moment::new(entry.at_ms, zone),
            what: statement::what(entry.kind, None),
            affiliate: name,
            affiliate_href: format!("/admin/affiliates/{}", entry.affiliate_id),
            postings: postings
                .iter()
                .map(|posting| {
                    let shown = display(posting.amount, entry.currency);
                    let signed = if posting.amount > 0 {
                        format!("+{shown}")
                    } else {
                        shown
                    };
                    (account(posting.account), signed)
                })
                .collect(),
            about,
            short: hex(&entry.hash[..4]),
            hash: hex(&entry.hash),
            previous: hex(&entry.previous_hash),
        }
    }
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone);
    let (mut state, filter, _) = asked(query.as_deref(), today, &zone);
    state.settle(ledger::count(&mut work, &filter).await?);
    export::answer(work, &state, &[], today, Exported(filter)).await
}

/// Entries as they are exported: a row a posting.
struct Exported(Filter);

impl Rows for Exported {
    type Row = JournalEntry;
    type Id = JournalId;
    const NAME: &'static str = "journal";
    const COLUMNS: &'static [&'static str] = &[
        "Entry",
        "Id",
        "Time",
        "Affiliate id",
        "Kind",
        "Account",
        "Amount",
        "Currency",
        "Commission",
        "Payout",
        "Event",
        "Previous hash",
        "Hash",
    ];
    // The journal has one order.
    const NEWEST: &'static str = "";

    async fn list(&self, work: &mut Work, window: Window) -> Result<Vec<JournalEntry>> {
        ledger::list(work, &self.0, window).await
    }

    fn id(entry: &JournalEntry) -> JournalId {
        entry.entry.id
    }

    fn write(JournalEntry { entry, postings }: JournalEntry, sheet: &mut Sheet) {
        for posting in postings {
            sheet.row(vec![
                entry.seq.into(),
                entry.id.to_string().into(),
                entry.at_ms.into(),
                entry.affiliate_id.to_string().into(),
                entry.kind.as_str().into(),
                posting.account.as_str().into(),
                Cell::amount(posting.amount, entry.currency),
                entry.currency.into(),
                entry.commission_id.map(|id| id.to_string()).into(),
                entry.payout_id.map(|id| id.to_string()).into(),
                entry.event_id.map(|id| id.to_string()).into(),
                hex(&entry.previous_hash).into(),
                hex(&entry.hash).into(),
            ]);
        }
    }
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn verify(
    admin: Admin,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let report = verify::prove(&admin.app, admin.business.id).await?;
    let checked = money::counted(
        i64::try_from(report.entries).unwrap_or(i64::MAX),
        "entry",
        "entries",
    );
    Ok(match report.problems.first() {
        None => flash::redirect(
            PATH,
            format!("Proven: {checked}, the chain, every balance and every payout hold."),
        ),
        Some(first) => flash::redirect_with_error(
            PATH,
            format!(
                "{} not hold. The first: {first}.",
                match report.problems.len() {
                    1 => "One thing does".to_owned(),
                    n => format!("{n} things do"),
                }
            ),
        ),
    })
}
