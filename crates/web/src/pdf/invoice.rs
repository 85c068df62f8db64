//! A statement of payment, self-billing invoice or credit note as a document: what its page shows, in that order.

use super::document::{Block, Column, Document, Row, Side, Table, Width};
use crate::language::{self, phrase, t};
use crate::shown::invoice::{InvoiceView, PartyView};

/// The document of a view.
pub(crate) fn document(view: InvoiceView) -> Document {
    let InvoiceView {
        title,
        number,
        issued,
        issued_at,
        paid,
        amount,
        total,
        sum_label,
        carried,
        parties,
        lines,
        payout,
        method,
        reference,
        remark,
        in_name,
        returned,
        cancels,
        unread,
    } = view;
    let issuer = parties.first().map(|party| party.name.clone());
    let mut sums = vec![(t("invoice-commissions").to_owned(), total)];
    if !carried.is_empty() {
        sums.push((t("invoice-carried").to_owned(), carried));
    }
    sums.push((sum_label.to_owned(), amount.clone()));
    let paid_by: Vec<String> = [payout, method, reference]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    Document {
        title: format!("{title} {number}"),
        language: language::now(),
        made_at: issued_at,
        foot: format!("{} · {number}", issuer.unwrap_or_default()),
        blocks: vec![
            Block::Heading {
                title: title.to_owned(),
                below: format!("{number} · {issued}"),
                figure: amount,
                figure_below: paid,
            },
            Block::Note(returned),
            Block::Text(cancels),
            Block::Note(unread.to_owned()),
            Block::Sides(parties.into_iter().map(side).collect()),
            Block::Table(table(lines)),
            Block::Sums(sums),
            Block::Rule,
            Block::Small(paid_by.join(" · ")),
            Block::Small(remark),
            Block::Small(in_name),
        ],
    }
}

fn side(party: PartyView) -> Side {
    let PartyView {
        role,
        name,
        address,
        vat_id,
    } = party;
    let mut lines = address;
    if !vat_id.is_empty() {
        lines.push(phrase("invoice-vat").with("vat", vat_id).into());
    }
    Side {
        role: role.to_owned(),
        name,
        lines,
    }
}

fn table(lines: Vec<(String, String, String)>) -> Table {
    let column = |head: &str, width| Column {
        head: head.to_owned(),
        width,
    };
    Table {
        columns: vec![
            column(t("invoice-date"), Width::Text),
            column(t("invoice-for"), Width::Rest),
            column(t("invoice-amount"), Width::Figure),
        ],
        rows: lines
            .into_iter()
            .map(|(date, what, amount)| Row {
                cells: vec![date.into(), what.into(), amount.into()],
                strong: false,
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use domain::time::{Day, UnixMs};
    use jiff::tz::TimeZone;
    use service::programme::payout_credit::Credit;
    use service::programme::payout_invoice::{Invoice, Line, Party};

    use super::*;
    use crate::language::Language;
    use crate::pdf::layout;
    use crate::pdf::typeface::Typefaces;

    const ISSUED: UnixMs = UnixMs(1_795_000_000_000);

    fn invoice() -> Invoice {
        let day = ISSUED.day_in(&TimeZone::UTC);
        Invoice {
            self_billing: true,
            issuer: Party {
                name: "Fernhill Ltd".to_owned(),
                address: vec!["1 Mill Lane".to_owned(), "AB1 Leeds".to_owned()],
                vat_id: "GB999999973".to_owned(),
            },
            payee: Party {
                name: "Okonkwo Média Ltd".to_owned(),
                address: vec!["Gracht 7".to_owned()],
                vat_id: String::new(),
            },
            lines: vec![line(day, "Autumn: purchase inv-1", 20_00)],
            commissions_total: 20_00,
            carried_forward: -5_00,
            amount: 15_00,
            currency: "EUR".to_owned(),
            payout_number: 1001,
            method: "bank_transfer".to_owned(),
            reference: "WIRE-1".to_owned(),
            paid_at_ms: ISSUED.0,
            remark: "Reverse charge.\nThank you.".to_owned(),
        }
    }

    fn line(day: Day, what: &str, amount: i64) -> Line {
        Line {
            day: day.0,
            what: what.to_owned(),
            amount,
        }
    }

    /// All texts of its sheets, one a line.
    fn texts(document: &Document) -> String {
        let faces = Typefaces::new().expect("`make assets` has been run");
        let pages = layout::pages(document, &faces);
        let texts = pages.iter().flat_map(|page| &page.texts);
        texts.map(|text| format!("{}\n", text.text)).collect()
    }

    #[test]
    fn an_invoice_says_what_its_page_says() {
        let view = InvoiceView::new("SB-0001".to_owned(), ISSUED, invoice(), &TimeZone::UTC);
        let document = document(view.unwrap());
        assert_eq!(document.title, "Self-billing invoice SB-0001");
        let texts = texts(&document);
        for part in [
            "Self-billing invoice\n",
            "SB-0001 · 18 Nov 2026\n",
            "paid 18 Nov 2026\n",
            "Paid by\n",
            "Fernhill Ltd\n",
            "AB1 Leeds\n",
            "VAT id GB999999973\n",
            "Paid to\n",
            "Okonkwo Média Ltd\n",
            "Autumn: purchase inv-1\n",
            "Commissions\n€20.00\n",
            "Carried forward from earlier refunds\n\u{2212}€5.00\n",
            "Paid\n€15.00\n",
            "PO-1001 · Bank transfer · WIRE-1\n",
            "Reverse charge.\nThank you.\n",
            "in the name of the payee",
            "Fernhill Ltd · SB-0001\n",
            "Page 1 of 1\n",
        ] {
            assert!(texts.contains(part), "{part}: {texts}");
        }
    }

    #[test]
    fn a_credit_note_speaks_the_language_of_its_page() {
        let credit = Credit {
            cancels: "SB-0001".to_owned(),
            cancels_issued_at_ms: ISSUED.0,
            credited: Invoice {
                commissions_total: -20_00,
                carried_forward: 5_00,
                amount: -15_00,
                ..invoice()
            },
            unread: false,
        };
        language::speaking(Language::German, || {
            let number = "SB-CN-0001".to_owned();
            let view = InvoiceView::credit(number, ISSUED, credit, &TimeZone::UTC);
            let texts = texts(&document(view.unwrap()));
            for part in [
                "Storno der Gutschrift (Rechnungskorrektur)\n",
                "Hebt SB-0001 vom 18. Nov. 2026 auf",
                "Storniert\n\u{2212}15,00",
                "Seite 1 von 1\n",
            ] {
                assert!(texts.contains(part), "{part}: {texts}");
            }
        });
    }
}
