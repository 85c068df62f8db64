//! The statement of a period as a PDF file: what the page shows, in that order.

use axum::extract::RawQuery;
use axum::response::Response;
use domain::time::UnixMs;
use service::portal::brand;

use super::{LINES_MAX, Row, StatementView, asked, read};
use crate::error::PageError;
use crate::language::{self, phrase, t};
use crate::pdf::{self, Block, Cell, Column, Document, Table, Width};
use crate::portal::viewer::Viewer;

pub(super) async fn download(
    viewer: Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    viewer.require_statements()?;
    let turn = pdf::turn(&viewer.app).await?;
    let mut work = viewer.app.view(&viewer.actor).await?;
    let asked = asked(&viewer, &mut work, query.as_deref()).await?;
    let found = read(&mut work, &asked, LINES_MAX).await?;
    let business = brand::of(&mut work, &viewer.business).await?.name;
    let now = work.now;
    drop(work);
    let (from, to) = (asked.range.from, asked.range.to);
    let name = format!("statement-{from}-{to}-{}", asked.currency);
    let view = StatementView::new(found, &viewer, &asked);
    let document = document(view, &business, &viewer.business.timezone, now);
    pdf::download(turn, document, &name).await
}

fn document(view: StatementView, business: &str, zone: &str, now: UnixMs) -> Document {
    let StatementView {
        payee,
        payee_email,
        period,
        currency,
        opening,
        opening_day,
        rows,
        closing,
        closing_day,
        sums,
        parts,
        more,
    } = view;
    let title = t("statement-title");
    let parts: Vec<String> = parts
        .into_iter()
        .map(|(label, amount)| format!("{label} {amount}"))
        .collect();
    let opening_on: String = phrase("statement-opening-on")
        .with("openingday", &opening_day)
        .into();
    let closing_on: String = phrase("statement-closing-on")
        .with("closingday", &closing_day)
        .into();
    let from_to = phrase("payout-from-to")
        .with("business", business)
        .with("payee", payee)
        .with("payeeemail", payee_email);
    let cut = if more {
        phrase("statement-file-more")
            .count("lines", LINES_MAX)
            .into()
    } else {
        String::new()
    };
    let mut all_sums = vec![(opening_on, opening.clone())];
    all_sums.extend(sums.into_iter().map(|(label, sum)| (label.to_owned(), sum)));
    all_sums.push((closing_on, closing.clone()));
    Document {
        title: format!("{title}, {period}, {currency}"),
        language: language::now(),
        made_at: now,
        foot: format!("{business} · {title} · {period} · {currency}"),
        blocks: vec![
            Block::Heading {
                title: title.to_owned(),
                below: format!("{period} · {currency}"),
                figure: closing.clone(),
                figure_below: parts.join(" · "),
            },
            Block::Text(from_to.into()),
            Block::Sums(all_sums),
            Block::Note(cut),
            Block::Table(table(
                rows,
                (opening_day, opening),
                (closing_day, closing),
                more,
            )),
            Block::Small(phrase("statement-note").with("zone", zone).into()),
        ],
    }
}

/// The lines between the balances of the two days.
fn table(
    rows: Vec<Row>,
    opening: (String, String),
    closing: (String, String),
    more: bool,
) -> Table {
    let column = |head: &str, width| Column {
        head: head.to_owned(),
        width,
    };
    let balance = |(day, balance): (String, String), what: &str| pdf::Row {
        cells: vec![day.into(), what.into(), Cell::default(), balance.into()],
        strong: true,
    };
    let said = |what: &str| pdf::Row {
        cells: vec![Cell::default(), what.into()],
        strong: false,
    };
    let mut lines = vec![balance(opening, t("statement-opening"))];
    if rows.is_empty() {
        lines.push(said(t("statement-nothing")));
    }
    lines.extend(rows.into_iter().map(|row| pdf::Row {
        cells: vec![
            row.date.into(),
            Cell {
                text: row.what.to_owned(),
                below: row.detail,
            },
            row.amount.into(),
            row.balance.into(),
        ],
        strong: false,
    }));
    if more {
        lines.push(said(t("statement-further")));
    }
    lines.push(balance(closing, t("statement-closing")));
    Table {
        columns: vec![
            column(t("head-date"), Width::Text),
            column(t("statement-what"), Width::Rest),
            column(t("head-amount"), Width::Figure),
            column(t("statement-balance"), Width::Figure),
        ],
        rows: lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(lines: i64, more: bool) -> StatementView {
        let row = |seq: i64| Row {
            seq,
            date: "21 Nov 2026".to_owned(),
            what: "Commission",
            detail: format!("Agency Pro · Customer {seq}"),
            href: String::new(),
            amount: "+$1.00".to_owned(),
            balance: format!("${seq}.00"),
        };
        StatementView {
            payee: "Maya".to_owned(),
            payee_email: "maya@example.com".to_owned(),
            period: "November 2026".to_owned(),
            currency: "USD".parse().unwrap(),
            opening: "$0.00".to_owned(),
            opening_day: "1 Nov 2026".to_owned(),
            rows: (1..=lines).map(row).collect(),
            closing: "$1,234.00".to_owned(),
            closing_day: "30 Nov 2026".to_owned(),
            sums: vec![("Earned", "$1,234.00".to_owned())],
            parts: vec![("Owed", "$1,234.00".to_owned())],
            more,
        }
    }

    /// The rows of the table and everything else, written out.
    fn read(view: StatementView) -> (Vec<pdf::Row>, String) {
        let document = document(view, "Fernhill", "UTC", UnixMs(0));
        let rows = document.blocks.iter().find_map(|block| match block {
            Block::Table(table) => Some(table.rows.clone()),
            _ => None,
        });
        (rows.unwrap(), format!("{document:?}"))
    }

    #[test]
    fn a_statement_begins_and_ends_with_a_balance() {
        let (rows, all) = read(view(1, false));
        let texts: Vec<Vec<&str>> = rows
            .iter()
            .map(|row| row.cells.iter().map(|cell| cell.text.as_str()).collect())
            .collect();
        assert_eq!(
            texts,
            [
                ["1 Nov 2026", "Opening balance", "", "$0.00"],
                ["21 Nov 2026", "Commission", "+$1.00", "$1.00"],
                ["30 Nov 2026", "Closing balance", "", "$1,234.00"],
            ]
        );
        assert_eq!(rows[1].cells[1].below, "Agency Pro · Customer 1");
        for part in [
            "Fernhill to Maya, maya@example.com",
            "Balance on 1 Nov 2026",
            "Balance at the end of 30 Nov 2026",
            "Owed $1,234.00",
            "Days are counted in UTC",
        ] {
            assert!(all.contains(part), "{part}: {all}");
        }
        assert!(!all.contains("CSV"), "{all}");
        let (rows, _) = read(view(0, false));
        assert_eq!(rows[1].cells[1].text, "Nothing changed in this period.");
    }

    #[test]
    fn one_that_is_cut_says_so() {
        let (rows, all) = read(view(LINES_MAX, true));
        assert_eq!(rows.len(), 1_003);
        assert_eq!(
            rows[1_001].cells[1].text,
            "Further lines are in the CSV file."
        );
        assert!(
            all.contains("Only the first 1,000 lines are shown; the sums are of all."),
            "{all}"
        );
    }
}
