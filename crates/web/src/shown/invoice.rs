//! A statement or self-billing invoice in words and figures, for both faces.

use domain::status::PayoutStatus;
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::Result;
use service::programme::payout_invoice::{Invoice, Party};
use service::store::programme::payout::Payout;

use super::money::display;
use super::payout::payout_method_label;
use crate::language::{phrase, said, t};
use crate::moment::Moment;
use crate::range::long_day;

/// What the page shows.
pub(crate) struct InvoiceView {
    pub title: &'static str,
    pub number: String,
    pub issued: String,
    pub paid: String,
    pub amount: String,
    pub total: String,
    /// Empty when nothing is carried.
    pub carried: String,
    pub parties: Vec<PartyView>,
    /// Date, what for, amount.
    pub lines: Vec<(String, String, String)>,
    pub payout: String,
    pub method: String,
    pub reference: String,
    pub remark: String,
    pub self_billing: bool,
    pub issuer: String,
    /// That the money came back; empty: it did not.
    pub returned: String,
}

/// One side.
pub(crate) struct PartyView {
    pub role: &'static str,
    pub name: String,
    pub address: Vec<String>,
    pub vat_id: String,
}

impl PartyView {
    fn new(role: &'static str, party: Party) -> Self {
        let Party {
            name,
            address,
            vat_id,
        } = party;
        Self {
            role,
            name,
            address,
            vat_id,
        }
    }
}

impl InvoiceView {
    /// Says so where the money of the payout came back.
    #[must_use]
    pub(crate) fn of(mut self, payout: &Payout, zone: &TimeZone) -> Self {
        if payout.status == PayoutStatus::Returned {
            let date = Moment::new(payout.updated_at_ms, zone).date;
            self.returned = phrase("invoice-returned").with("date", date).into();
        }
        self
    }

    /// The invoice as it was issued.
    ///
    /// # Errors
    /// Internal, for one that is broken.
    pub(crate) fn new(
        number: String,
        issued: UnixMs,
        invoice: Invoice,
        zone: &TimeZone,
    ) -> Result<Self> {
        let currency = invoice.currency()?;
        let show = |amount: i64| display(amount, currency);
        let paid = Moment::new(invoice.paid_at(), zone).date;
        Ok(Self {
            returned: String::new(),
            title: if invoice.self_billing {
                t("invoice-title-self")
            } else {
                t("invoice-title")
            },
            issued: Moment::new(issued, zone).date,
            paid,
            amount: show(invoice.amount),
            total: show(invoice.commissions_total),
            carried: if invoice.carried_forward == 0 {
                String::new()
            } else {
                show(invoice.carried_forward)
            },
            lines: invoice
                .lines
                .iter()
                .map(|line| {
                    let what = said(line.what.clone());
                    (long_day(line.day()), what, show(line.amount))
                })
                .collect(),
            payout: format!("PO-{}", invoice.payout_number),
            method: payout_method_label(&invoice.method),
            reference: invoice.reference,
            remark: invoice.remark,
            self_billing: invoice.self_billing,
            issuer: invoice.issuer.name.clone(),
            parties: vec![
                PartyView::new(t("invoice-paid-by"), invoice.issuer),
                PartyView::new(t("invoice-paid-to"), invoice.payee),
            ],
            number,
        })
    }
}
