//! The list of all executions by providers, what needs a person first, and its export.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::TransferId;
use domain::money::display;
use domain::status::{ProviderKind, TransferState};
use jiff::tz::TimeZone;
use service::Work;
use service::error::not_found;
use service::identity::business;
use service::programme::provider;
use service::programme::transfer::{self as transfers, Filter, Listed, ORDERS};

use super::PATH as PAYOUTS;
use super::transfer::Nothing;
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::{PageError, sentence};
use crate::form::PostForm;
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::money::{StatusTab, count, refusal};
use crate::shown::tally::Tally;
use crate::ui::{AdminItem, AdminShell, Filters, Pager, SortHead, Tone, status_label, status_tone};
use crate::{flash, html};

/// The list's path.
pub(super) const PATH: &str = "/admin/transfers";

#[derive(Template)]
#[template(path = "admin/payouts/transfers.html")]
struct ListPage {
    shell: AdminShell,
    /// How many are unknown; 0: nothing needs a person.
    unknown: i64,
    tabs: Vec<StatusTab>,
    filters: Filters,
    narrowed: bool,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Row {
    id: String,
    href: String,
    number: String,
    affiliate: String,
    affiliate_href: String,
    provider: &'static str,
    badge: (String, Tone),
    reference: String,
    amount: String,
    tries: String,
    answer: String,
    made: Moment,
    /// When it is asked about by itself; empty: it has ended.
    next: Moment,
    open: bool,
}

impl Row {
    fn new(one: Listed, zone: &TimeZone) -> Self {
        let open = matches!(one.state, TransferState::Sending | TransferState::Unknown);
        let word = one.state.as_str();
        Self {
            id: one.id.to_string(),
            href: format!("{PAYOUTS}/{}", one.payout_id),
            number: format!("PO-{}", one.payout_number),
            affiliate_href: format!("/admin/affiliates/{}", one.affiliate_id),
            affiliate: one.affiliate_name,
            provider: provider::label(one.provider),
            badge: (status_label(word), status_tone(word)),
            reference: one.provider_ref.unwrap_or_default(),
            amount: display(one.amount, one.currency),
            tries: count(one.attempts),
            answer: if one.last_answer.is_empty() {
                String::new()
            } else {
                sentence(&one.last_answer)
            },
            made: Moment::new(one.created_at_ms, zone),
            next: if open {
                Moment::new(one.next_at_ms, zone)
            } else {
                Moment::default()
            },
            open,
        }
    }
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(PATH, query, "state");
    state.keep_sort(&[ORDERS]);
    // `PO-1042` is how the number is written everywhere.
    let search = state.search().map(|text| match text.get(..3) {
        Some(start) if start.eq_ignore_ascii_case("po-") => text[3..].to_owned(),
        _ => text,
    });
    let filter = Filter {
        state: state.filter("state"),
        provider: state.filter("provider"),
        search,
    };
    (state, filter)
}

async fn tally(work: &mut Work, filter: &Filter) -> Result<Tally<TransferState>, PageError> {
    let totals = transfers::totals(work, filter).await?;
    Ok(Tally::new(
        totals.into_iter().map(|total| (total.state, total.count)),
    ))
}

/// States in the order in which a person cares.
const TABS: &[TransferState] = &[
    TransferState::Unknown,
    TransferState::Sending,
    TransferState::Returned,
    TransferState::Failed,
    TransferState::Paid,
];

pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let tally = tally(&mut work, &filter).await?;
    state.settle(tally.rows(filter.state));
    let found = transfers::list(&mut work, &filter, state.window(ORDERS)).await?;
    let tabs = tally.tabs(&state, "state", "All", TABS.iter().copied(), |one| {
        status_label(one.as_str())
    });
    let providers = ProviderKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), provider::label(*kind).to_owned()));
    let selects = vec![state.select("provider", "Provider", "All providers", providers)];
    html::page(&ListPage {
        shell: admin
            .shell(&mut work, "Transfers", AdminItem::Transfers)
            .await?,
        unknown: tally.rows(Some(TransferState::Unknown)),
        tabs,
        narrowed: state.narrowed(&["state", "provider"]),
        filters: state.filters("Search number, name or key", selects),
        heads: vec![
            state.head("payout", "Payout", false),
            state.head("affiliate", "Affiliate", false),
            state.head("state", "State", false),
            state.head("amount", "Amount", true),
            state.head("tries", "Tries", true),
            state.head("made", "Age", true),
        ],
        rows: found.into_iter().map(|one| Row::new(one, &zone)).collect(),
        pager: state.pager("transfer", "transfers"),
        csv_href: state.csv_href(),
    })
}

pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    let tally = tally(&mut work, &filter).await?;
    state.settle(tally.rows(filter.state));
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Key",
        "Made",
        "Provider",
        "State",
        "Payout",
        "Payout id",
        "Payout state",
        "Affiliate",
        "Affiliate id",
        "Amount",
        "Currency",
        "Provider's number",
        "Tries",
        "Last answer",
        "Changed",
    ]);
    for one in transfers::list(&mut work, &filter, state.everything(ORDERS)).await? {
        sheet.row(vec![
            one.id.to_string().into(),
            one.created_at_ms.into(),
            provider::label(one.provider).into(),
            one.state.as_str().into(),
            format!("PO-{}", one.payout_number).into(),
            one.payout_id.to_string().into(),
            one.payout_status.as_str().into(),
            one.affiliate_name.into(),
            one.affiliate_id.to_string().into(),
            Cell::amount(one.amount, one.currency),
            one.currency.into(),
            one.provider_ref.into(),
            one.attempts.into(),
            one.last_answer.into(),
            one.updated_at_ms.into(),
        ]);
    }
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("transfers", today))
}

pub(super) async fn look(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: TransferId = id.parse().map_err(|_| not_found("transfer"))?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match transfers::look_now(&mut work, id).await {
        Ok(transfer) => {
            work.commit().await?;
            let text = format!("{} is asked now.", provider::label(transfer.provider));
            Ok(flash::redirect(PATH, text))
        }
        Err(error) => Ok(flash::redirect_with_error(PATH, refusal(error)?)),
    }
}
