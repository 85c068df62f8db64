//! Payouts as the affiliate sees them: the list, and a statement of each that prints well.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::PayoutId;
use domain::money::Currency;
use domain::status::PayoutStatus;
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::programme::{payout, payout_credit, payout_invoice, payout_request};
use service::store::programme::payout::{Filter, ORDERS, Payout};
use service::{App, Work};

use super::viewer::{DOORS, Viewer};
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::form::PostForm;
use crate::language::{phrase, said, t};
use crate::list::ListState;
use crate::moment::Moment;
use crate::range::long_day;
use crate::shown::commission::{for_whom, what};
use crate::shown::invoice::{InvoiceView, Paper};
use crate::shown::money::{display, payout_badge, refusal};
use crate::shown::payout::{payout_method_label, steps};
use crate::ui::{Filters, Pager, PortalItem, PortalShell, SortHead, Step, Tone, status_label};
use crate::{flash, html, pdf};

/// The routes of this file.
pub fn routes() -> Router<App> {
    DOORS
        .iter()
        .fold(Router::new(), |router, door| {
            router
                .route(&format!("{door}/payouts"), get(list))
                .route(&format!("{door}/payouts.csv"), get(export))
                .route(&format!("{door}/payouts/{{payout}}"), get(record))
                .route(&format!("{door}/payouts/{{payout}}/invoice"), get(invoice))
                .route(
                    &format!("{door}/payouts/{{payout}}/invoice.pdf"),
                    get(invoice_file),
                )
                .route(
                    &format!("{door}/payouts/{{payout}}/credit-note"),
                    get(credit_note),
                )
                .route(
                    &format!("{door}/payouts/{{payout}}/credit-note.pdf"),
                    get(credit_note_file),
                )
        })
        .route("/portal/{slug}/payouts/ask", post(ask))
        .route("/portal/{slug}/payouts/withdraw", post(withdraw))
}

#[derive(Template)]
#[template(path = "portal/payouts.html")]
struct ListPage {
    shell: PortalShell,
    filters: Filters,
    narrowed: bool,
    path: String,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
    askings: Vec<AskingRow>,
}

/// What the affiliate could ask for, where payouts are made on request.
struct AskingRow {
    currency: String,
    amount: String,
    minimum: String,
    /// The open request, to be taken back; empty: none.
    open: String,
    may: bool,
}

struct Row {
    id: String,
    href: String,
    number: String,
    date: String,
    commissions: String,
    amount: String,
    badge: (String, Tone),
    method: String,
    reference: String,
    /// The second line of a narrow row.
    short: String,
}

fn asked(viewer: &Viewer, query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(&format!("{}/payouts", viewer.base), query, "-number");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        status: state
            .filter("status")
            .filter(|status| *status != PayoutStatus::Draft),
        search: state.search(),
        ..Filter::default()
    };
    (state, filter)
}

async fn list(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let zone = viewer.zone.clone();
    let (mut state, filter) = asked(&viewer, query.as_deref());
    let mut work = viewer.app.view(&viewer.actor).await?;
    let totals = payout::totals(&mut work, &filter).await?;
    state.settle(totals.iter().map(|total| total.count).sum());
    let found = payout::list(&mut work, &filter, state.window(ORDERS)).await?;
    let states = PayoutStatus::ALL
        .iter()
        .filter(|status| **status != PayoutStatus::Draft)
        .map(|status| (status.as_str(), status_label(status.as_str())));
    let selects = vec![state.select("status", t("links-status"), t("list-any-status"), states)];
    let askings = payout_request::askings(&mut work)
        .await?
        .into_iter()
        .map(|asking| AskingRow {
            currency: asking.currency.code().to_owned(),
            amount: display(asking.amount, asking.currency),
            minimum: if asking.minimum > 0 {
                display(asking.minimum, asking.currency)
            } else {
                String::new()
            },
            open: asking
                .open
                .filter(|_| viewer.may_change())
                .map(|id| id.to_string())
                .unwrap_or_default(),
            may: asking.may && viewer.may_change(),
        })
        .collect();
    let shell = viewer
        .shell(&mut work, t("menu-payouts"), PortalItem::Payouts)
        .await?;
    html::page(&ListPage {
        askings,
        shell,
        narrowed: state.narrowed(&["status"]),
        filters: state.filters(t("payout-search"), selects),
        path: format!("{}/payouts", viewer.base),
        heads: vec![
            state.head("number", t("payout-payout"), false),
            state.head("status", t("links-status"), false),
            state.head("paid", t("payout-paid-on"), true),
            state.head("amount", t("head-amount"), true),
        ],
        rows: found
            .into_iter()
            .map(|(payout, commissions)| Row::new(payout, commissions.len(), &viewer.base, &zone))
            .collect(),
        pager: state.pager(t("payouts-one"), t("payouts-noun")),
        csv_href: state.csv_href(),
    })
}

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AskForm {
    currency: String,
}

async fn ask(
    viewer: Viewer,
    PostForm(AskForm { currency }): PostForm<AskForm>,
) -> Result<Response, PageError> {
    let currency: Currency = currency.parse().map_err(|_| PageError::not_found())?;
    let mut work = viewer.app.begin(&viewer.actor).await?;
    let asked = payout_request::ask(&mut work, currency).await;
    answer(&viewer, work, asked, t("ask-done")).await
}

/// Which request is taken back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawForm {
    request: String,
}

async fn withdraw(
    viewer: Viewer,
    PostForm(WithdrawForm { request }): PostForm<WithdrawForm>,
) -> Result<Response, PageError> {
    let id = request.parse().map_err(|_| PageError::not_found())?;
    let mut work = viewer.app.begin(&viewer.actor).await?;
    let done = payout_request::withdraw(&mut work, id).await;
    answer(&viewer, work, done, t("ask-taken-back-done")).await
}

async fn answer(
    viewer: &Viewer,
    work: Work,
    done: service::Result<()>,
    text: &str,
) -> Result<Response, PageError> {
    let to = format!("{}/payouts", viewer.base);
    match done {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(&to, text))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, refusal(error)?)),
    }
}

impl Row {
    fn new(payout: Payout, commissions: usize, base: &str, zone: &TimeZone) -> Self {
        let number = i64::try_from(commissions).unwrap_or(i64::MAX);
        let commissions = phrase("commissions-counted").count("n", number).to_string();
        let date = payout
            .paid_at_ms
            .map_or_else(|| "–".to_owned(), |at| Moment::new(at, zone).date);
        Self {
            short: if payout.paid_at_ms.is_some() {
                phrase("payout-short")
                    .with("commissions", &commissions)
                    .with("date", &date)
                    .into()
            } else {
                commissions.clone()
            },
            id: payout.id.to_string(),
            href: format!("{base}/payouts/{}", payout.id),
            number: format!("PO-{}", payout.number),
            date,
            commissions,
            amount: display(payout.amount, payout.currency),
            badge: payout_badge(payout.status),
            method: payout_method_label(&payout.method),
            reference: payout.reference.unwrap_or_default(),
        }
    }
}

async fn export(viewer: Viewer, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let (mut state, filter) = asked(&viewer, query.as_deref());
    let mut work = viewer.app.view(&viewer.actor).await?;
    let totals = payout::totals(&mut work, &filter).await?;
    state.settle(totals.iter().map(|total| total.count).sum());
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), said(refusal)));
    }
    let mut sheet = Sheet::new(&[
        t("sheet-payout"),
        t("sheet-status"),
        t("sheet-commissions"),
        t("sheet-commissions-total"),
        t("sheet-carried-forward"),
        t("sheet-amount"),
        t("sheet-currency"),
        t("sheet-method"),
        t("sheet-reference"),
        t("sheet-made"),
        t("sheet-paid"),
    ]);
    for (p, commissions) in payout::list(&mut work, &filter, state.everything(ORDERS)).await? {
        sheet.row(vec![
            Cell::Plain(format!("PO-{}", p.number)),
            p.status.as_str().into(),
            i64::try_from(commissions.len()).unwrap_or(i64::MAX).into(),
            Cell::amount(p.commissions_total, p.currency),
            Cell::amount(p.carried_forward, p.currency),
            Cell::amount(p.amount, p.currency),
            p.currency.into(),
            payout_method_label(&p.method).into(),
            p.reference.into(),
            p.created_at_ms.into(),
            p.paid_at_ms.into(),
        ]);
    }
    let today = work.now.day_in(&business::zone_of(&viewer.business)?);
    Ok(sheet.download("payouts", today))
}

#[derive(Template)]
#[template(path = "portal/invoice.html")]
struct InvoicePage {
    shell: PortalShell,
    view: InvoiceView,
    back: String,
    pdf_href: String,
}

async fn invoice(viewer: Viewer, Path(named): Path<Named>) -> Result<Response, PageError> {
    show_paper(&viewer, &named, Paper::Invoice).await
}

async fn invoice_file(viewer: Viewer, Path(named): Path<Named>) -> Result<Response, PageError> {
    download_paper(&viewer, &named, Paper::Invoice).await
}

async fn credit_note(viewer: Viewer, Path(named): Path<Named>) -> Result<Response, PageError> {
    show_paper(&viewer, &named, Paper::CreditNote).await
}

async fn credit_note_file(viewer: Viewer, Path(named): Path<Named>) -> Result<Response, PageError> {
    download_paper(&viewer, &named, Paper::CreditNote).await
}

async fn show_paper(viewer: &Viewer, named: &Named, paper: Paper) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let id: PayoutId = named.payout.parse().map_err(|_| not_found("payout"))?;
    // An invoice has the same dates for both sides.
    let zone = business::zone_of(&viewer.business)?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let back = format!("{}/payouts/{id}", viewer.base);
    let Some(view) = paper.find(&mut work, id, &zone).await? else {
        return Ok(flash::redirect_with_error(&back, paper.later()));
    };
    html::page(&InvoicePage {
        shell: viewer
            .shell(&mut work, view.number.as_str(), PortalItem::Payouts)
            .await?,
        view,
        pdf_href: format!("{back}/{}.pdf", paper.path()),
        back,
    })
}

async fn download_paper(
    viewer: &Viewer,
    named: &Named,
    paper: Paper,
) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let id: PayoutId = named.payout.parse().map_err(|_| not_found("payout"))?;
    let zone = business::zone_of(&viewer.business)?;
    let turn = pdf::turn(&viewer.app).await?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let Some(view) = paper.find(&mut work, id, &zone).await? else {
        let back = format!("{}/payouts/{id}", viewer.base);
        return Ok(flash::redirect_with_error(&back, paper.later()));
    };
    drop(work);
    let name = view.file_name();
    pdf::download(turn, pdf::invoice::document(view), &name).await
}

#[derive(Template)]
#[template(path = "portal/payout.html")]
struct StatementPage {
    shell: PortalShell,
    number: String,
    payee: String,
    payee_email: String,
    badge: (String, Tone),
    amount: String,
    total: String,
    /// Empty when nothing is carried.
    carried: String,
    method: String,
    reference: String,
    paid: String,
    made: String,
    note: String,
    cancelled: bool,
    returned: bool,
    lines: Vec<Line>,
    steps: Vec<Step>,
    back: String,
    /// The number of the statement that was issued, and its address; empty: none was.
    issued: String,
    issued_href: String,
    /// The same of the credit note that cancels it.
    credit: String,
    credit_href: String,
}

struct Line {
    date: String,
    what: String,
    customer: String,
    campaign: String,
    amount: String,
    /// What was taken back since, which the next payout carries.
    since: String,
}

/// Which payout an address names; through whichever door.
#[derive(Debug, Deserialize)]
struct Named {
    payout: String,
}

async fn record(
    viewer: Viewer,
    Path(Named { payout: id }): Path<Named>,
) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let id: PayoutId = id.parse().map_err(|_| not_found("payout"))?;
    let zone = viewer.zone.clone();
    let mut work = viewer.app.view(&viewer.actor).await?;
    let payout = payout::get(&mut work, id).await?;
    let returned = payout.status == PayoutStatus::Returned;
    let cancelled = payout.status == PayoutStatus::Cancelled;
    let gone = cancelled || returned;
    let lines = payout::lines(&mut work, id)
        .await?
        .into_iter()
        .filter(|(line, _)| line.live || gone)
        .map(|(line, c)| Line {
            date: long_day(c.day),
            what: what(&c),
            customer: if c.level > 0 {
                t("commission-below").to_owned()
            } else {
                for_whom(&c)
            },
            campaign: c.campaign_name.clone().unwrap_or_default(),
            amount: display(line.amount, c.currency),
            since: if c.clawed_back == 0 || gone {
                String::new()
            } else {
                phrase("payout-since")
                    .with("amount", display(c.clawed_back, c.currency))
                    .into()
            },
        })
        .collect();
    let show = |amount: i64| display(amount, payout.currency);
    let made = Moment::new(payout.created_at_ms, &zone);
    let paid = payout.paid_at_ms.map(|at| Moment::new(at, &zone));
    let changed = Moment::new(payout.updated_at_ms, &zone);
    let number = format!("PO-{}", payout.number);
    let issued = payout_invoice::number(&mut work, id)
        .await?
        .unwrap_or_default();
    let credit = payout_credit::number(&mut work, id)
        .await?
        .unwrap_or_default();
    let shell = viewer
        .shell(
            &mut work,
            phrase("payout-title").with("number", &number),
            PortalItem::Payouts,
        )
        .await?;
    html::page(&StatementPage {
        shell,
        payee: payout.affiliate_name.clone(),
        payee_email: payout.affiliate_email.clone(),
        badge: payout_badge(payout.status),
        amount: show(payout.amount),
        total: show(payout.commissions_total),
        carried: if payout.carried_forward == 0 {
            String::new()
        } else {
            show(payout.carried_forward)
        },
        method: payout_method_label(&payout.method),
        steps: steps(&payout, &made, paid.as_ref(), &changed),
        paid: paid.map(|paid| paid.date).unwrap_or_default(),
        made: made.date,
        cancelled,
        returned,
        lines,
        back: format!("{}/payouts", viewer.base),
        issued_href: format!("{}/payouts/{id}/invoice", viewer.base),
        issued,
        credit_href: format!("{}/payouts/{id}/credit-note", viewer.base),
        credit,
        reference: payout.reference.unwrap_or_default(),
        note: payout.note,
        number,
    })
}
