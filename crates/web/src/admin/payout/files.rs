//! Payment files: made of a run, of one payout or of all that wait, handed out, and withdrawn.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use domain::id::PayoutFileId;
use domain::money::display;
use domain::status::PayoutFileFormat;
use domain::time::Day;
use serde::Deserialize;
use service::error::not_found;
use service::identity::business;
use service::programme::payout::exact_totals;
use service::programme::payout_file::{
    self, FileIn, FileLine, PayoutFile, PayoutResult, Source, hex,
};

use super::PATH;
use super::run::RUNS;
use crate::admin::session::Admin;
use crate::download::attachment;
use crate::error::PageError;
use crate::form::PostForm;
use crate::moment::Moment;
use crate::shown::money::{counted, payout_badge, refusal};
use crate::ui::{AdminItem, AdminShell, Tone};
use crate::{flash, html};

/// The list of files.
pub(super) const FILES: &str = "/admin/payouts/files";

/// A kind of file in words.
const fn format_label(format: PayoutFileFormat) -> &'static str {
    match format {
        PayoutFileFormat::PayPal => "PayPal payouts (CSV)",
        PayoutFileFormat::Wise => "Wise batch (CSV)",
        PayoutFileFormat::Sepa => "SEPA credit transfers (XML)",
        PayoutFileFormat::Plain => "All places (CSV)",
    }
}

const fn format_hint(format: PayoutFileFormat) -> &'static str {
    match format {
        PayoutFileFormat::PayPal => "Upload it at PayPal under Payouts. Up to 5,000 payments.",
        PayoutFileFormat::Wise => "Upload it at Wise as a batch by e-mail. Up to 1,000 payments.",
        PayoutFileFormat::Sepa => "pain.001.001.09, for your bank. In EUR, up to 10,000 payments.",
        PayoutFileFormat::Plain => "Every method and place in columns, for a way of your own.",
    }
}

fn read_id(id: &str) -> Result<PayoutFileId, PageError> {
    id.parse().map_err(|_| not_found("payment file").into())
}

#[derive(Template)]
#[template(path = "admin/payouts/files.html")]
struct FilesPage {
    shell: AdminShell,
    files: Vec<FileRow>,
    results: Vec<ResultRow>,
}

pub(super) struct FileRow {
    href: String,
    name: String,
    label: &'static str,
    made: Moment,
    made_by: String,
    payments: String,
    amount: String,
    state: (String, Tone),
}

struct ResultRow {
    href: String,
    name: String,
    read: Moment,
    read_by: String,
    state: (String, Tone),
}

impl FileRow {
    pub(super) fn new(file: PayoutFile, zone: &jiff::tz::TimeZone) -> Self {
        Self {
            href: format!("{FILES}/{}", file.id),
            label: format_label(file.format),
            made: Moment::new(file.created_at_ms, zone),
            payments: counted(file.payments, "payment", "payments"),
            amount: display(file.amount, file.currency),
            state: if file.open == 0 {
                ("Answered".to_owned(), Tone::Success)
            } else {
                (format!("{} to answer", file.open), Tone::Warning)
            },
            name: file.name,
            made_by: file.made_by,
        }
    }
}

pub(super) async fn list(admin: Admin) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let files = payout_file::list(&mut work, None).await?;
    let results = payout_file::results(&mut work).await?;
    html::page(&FilesPage {
        shell: admin
            .shell(&mut work, "Payment files", AdminItem::Payouts)
            .await?,
        files: files
            .into_iter()
            .map(|file| FileRow::new(file, &zone))
            .collect(),
        results: results
            .into_iter()
            .map(|result: PayoutResult| ResultRow {
                href: format!("{RESULTS}/{}", result.id),
                read: Moment::new(result.created_at_ms, &zone),
                state: match result.applied_at_ms {
                    Some(_) => (
                        match result.returned {
                            0 => format!("{} paid, {} failed", result.paid, result.failed),
                            back => format!(
                                "{} paid, {} failed, {back} came back",
                                result.paid, result.failed
                            ),
                        },
                        Tone::Success,
                    ),
                    None => ("Not taken over".to_owned(), Tone::Warning),
                },
                name: result.name,
                read_by: result.read_by,
            })
            .collect(),
    })
}

/// Result files.
pub(super) const RESULTS: &str = "/admin/payouts/results";

/// Which payouts a file is made of.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct OfForm {
    run: String,
    payout: String,
    format: String,
    currency: String,
    expected: String,
    on: String,
}

impl OfForm {
    fn source(&self) -> Result<Source, PageError> {
        Ok(match (self.run.as_str(), self.payout.as_str()) {
            ("", "") => Source::Loose,
            (run, "") => Source::Run(run.parse().map_err(|_| PageError::not_found())?),
            (_, payout) => Source::Payout(payout.parse().map_err(|_| PageError::not_found())?),
        })
    }

    /// Where the payouts are.
    fn back(&self) -> String {
        match (self.run.as_str(), self.payout.as_str()) {
            ("", "") => FILES.to_owned(),
            (run, "") => format!("{RUNS}/{run}"),
            (_, payout) => format!("{PATH}/{payout}"),
        }
    }

    fn here(&self) -> String {
        match (self.run.as_str(), self.payout.as_str()) {
            ("", "") => format!("{FILES}/new"),
            (run, "") => format!("{FILES}/new?run={run}"),
            (_, payout) => format!("{FILES}/new?payout={payout}"),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/payouts/file_new.html")]
struct NewPage {
    shell: AdminShell,
    of: OfForm,
    back: String,
    offers: Vec<OfferRow>,
    has_account: bool,
    account: String,
    today: String,
}

struct OfferRow {
    id: String,
    label: &'static str,
    hint: &'static str,
    format: PayoutFileFormat,
    currency: String,
    payments: String,
    amount: String,
    expected: String,
    is_sepa: bool,
    question: String,
}

pub(super) async fn new(admin: Admin, Query(mut of): Query<OfForm>) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let source = of.source()?;
    let mut work = admin.app.view(&admin.actor).await?;
    let offers = match payout_file::offers(&mut work, source).await {
        Ok(offers) => offers,
        Err(error) => return Ok(flash::redirect_with_error(&of.back(), refusal(error)?)),
    };
    let account = payout_file::debtor(&mut work).await?;
    if Day::parse(&of.on).is_err() {
        of.on = payout_file::usual_day(&mut work).await?.to_string();
    }
    html::page(&NewPage {
        shell: admin
            .shell(&mut work, "New payment file", AdminItem::Payouts)
            .await?,
        today: work.now.day_in(&zone).to_string(),
        back: of.back(),
        has_account: account.is_some(),
        account: account.map(|account| account.masked).unwrap_or_default(),
        offers: offers
            .into_iter()
            .map(|offer| {
                let payments = i64::try_from(offer.payments).unwrap_or(i64::MAX);
                let amount = display(offer.amount, offer.currency);
                OfferRow {
                    id: format!("{}-{}", offer.format, offer.currency),
                    label: format_label(offer.format),
                    hint: format_hint(offer.format),
                    format: offer.format,
                    currency: offer.currency.code().to_owned(),
                    question: format!("Make a file of {amount}?"),
                    payments: counted(payments, "payment", "payments"),
                    expected: exact_totals(&[(offer.currency, offer.amount)]),
                    is_sepa: offer.format == PayoutFileFormat::Sepa,
                    amount,
                }
            })
            .collect(),
        of,
    })
}

pub(super) async fn make(
    admin: Admin,
    PostForm(of): PostForm<OfForm>,
) -> Result<Response, PageError> {
    let here = of.here();
    admin.require_proof(&here)?;
    let source = of.source()?;
    let (Ok(format), Ok(currency)) = (of.format.parse(), of.currency.parse()) else {
        return Err(PageError::bad_request(
            "Nothing was made: choose a file of the list.",
        ));
    };
    let input = FileIn {
        source,
        format,
        currency,
        expected: of.expected.clone(),
        on: Day::parse(&of.on).ok(),
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_file::make(&mut work, input).await {
        Ok(id) => {
            work.commit().await?;
            let text = "The file is made. Download it and give it to your bank or provider.";
            Ok(flash::redirect(&format!("{FILES}/{id}"), text))
        }
        Err(error) => Ok(flash::redirect_with_error(&here, refusal(error)?)),
    }
}

#[derive(Template)]
#[template(path = "admin/payouts/file.html")]
struct FilePage {
    shell: AdminShell,
    href: String,
    file: PayoutFile,
    label: &'static str,
    amount: String,
    payments: String,
    made: Moment,
    sha256: String,
    state: (String, Tone),
    run_href: String,
    lines: Vec<LineRow>,
    more: i64,
}

struct LineRow {
    href: String,
    number: String,
    affiliate: String,
    amount: String,
    badge: (String, Tone),
}

pub(super) async fn record(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let (file, lines) = payout_file::get(&mut work, id).await?;
    let shown = i64::try_from(lines.len()).unwrap_or(i64::MAX);
    let row = FileRow::new(file.clone(), &zone);
    html::page(&FilePage {
        shell: admin
            .shell(&mut work, "Payment file", AdminItem::Payouts)
            .await?,
        href: format!("{FILES}/{id}"),
        label: row.label,
        amount: row.amount,
        payments: row.payments,
        made: row.made,
        state: row.state,
        sha256: hex(&file.sha256),
        run_href: file
            .run_id
            .map_or_else(String::new, |run| format!("{RUNS}/{run}")),
        more: file.payments.saturating_sub(shown),
        file,
        lines: lines
            .into_iter()
            .map(|line: FileLine| LineRow {
                href: format!("{PATH}/{}", line.id),
                number: format!("PO-{}", line.number),
                affiliate: line.affiliate_name,
                amount: display(line.amount, line.currency),
                badge: payout_badge(line.status),
            })
            .collect(),
    })
}

/// A form that has nothing but its token.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn download(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let href = format!("{FILES}/{id}");
    admin.require_proof(&href)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_file::download(&mut work, id).await {
        Ok((file, text)) => {
            // That it was handed out is stored before it is.
            work.commit().await?;
            let kind = match file.format {
                PayoutFileFormat::Sepa => "application/xml",
                _ => "text/csv; charset=utf-8",
            };
            Ok(attachment(text.into_bytes(), kind, &file.name))
        }
        Err(error) => Ok(flash::redirect_with_error(&href, refusal(error)?)),
    }
}

pub(super) async fn withdraw(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let href = format!("{FILES}/{id}");
    admin.require_proof(&href)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match payout_file::withdraw(&mut work, id).await {
        Ok(()) => {
            work.commit().await?;
            let text = "Withdrawn. Its payouts can be in another file or be cancelled.";
            Ok(flash::redirect(&href, text))
        }
        Err(error) => Ok(flash::redirect_with_error(&href, refusal(error)?)),
    }
}
