//! A statement or self-billing invoice in words and figures, and the credit note that cancels one, for both faces:
//! as a page, and as a file (`crate::pdf::invoice`).

use domain::id::PayoutId;
use domain::status::PayoutStatus;
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::programme::payout;
use service::programme::payout_credit::{self, Credit};
use service::programme::payout_invoice::{self, Invoice, Party};
use service::store::programme::payout::Payout;
use service::{Result, Work};

use super::money::display;
use super::payout::payout_method_label;
use crate::language::{phrase, said, t};
use crate::moment::Moment;
use crate::range::long_day;

/// What the page and the file show.
pub(crate) struct InvoiceView {
    pub title: &'static str,
    pub number: String,
    pub issued: String,
    pub issued_at: UnixMs,
    /// "paid 28 Nov 2026"; empty on a credit note.
    pub paid: String,
    pub amount: String,
    pub total: String,
    /// What the last amount is: paid, or credited.
    pub sum_label: &'static str,
    /// Empty when nothing is carried.
    pub carried: String,
    pub parties: Vec<PartyView>,
    /// Date, what for, amount.
    pub lines: Vec<(String, String, String)>,
    pub payout: String,
    pub method: String,
    pub reference: String,
    pub remark: String,
    /// Who writes it in whose name; empty on a plain statement.
    pub in_name: String,
    /// That the money came back, and what cancels this; empty: it did not.
    pub returned: String,
    /// Which invoice a credit note cancels; empty on an invoice.
    pub cancels: String,
    /// That the cancelled invoice could not be read; empty: it could.
    pub unread: &'static str,
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

/// Which paper there is of a payout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    /// The statement or self-billing invoice: from when it is paid on.
    Invoice,
    /// What cancels it: from when its money came back on.
    CreditNote,
}

impl Paper {
    /// The last part of its address.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::CreditNote => "credit-note",
        }
    }

    /// Why there is none yet.
    pub(crate) fn later(self) -> &'static str {
        match self {
            Self::Invoice => t("invoice-later"),
            Self::CreditNote => t("credit-later"),
        }
    }

    /// The paper of a payout as it was issued; none yet.
    ///
    /// # Errors
    /// As [`payout::get`]; a conflict when it was sealed under another secret key; internal for a broken one.
    pub(crate) async fn find(
        self,
        work: &mut Work,
        id: PayoutId,
        zone: &TimeZone,
    ) -> Result<Option<InvoiceView>> {
        match self {
            Self::Invoice => {
                let Some((number, issued, invoice)) = payout_invoice::find(work, id).await? else {
                    return Ok(None);
                };
                let payout = payout::get(work, id).await?;
                let credit = payout_credit::number(work, id).await?;
                let view = InvoiceView::new(number, issued, invoice, zone)?;
                Ok(Some(view.of(&payout, credit.as_deref(), zone)))
            }
            Self::CreditNote => {
                let Some((number, issued, credit)) = payout_credit::find(work, id).await? else {
                    return Ok(None);
                };
                InvoiceView::credit(number, issued, credit, zone).map(Some)
            }
        }
    }
}

impl InvoiceView {
    /// What its file is called, without an ending: the number, whose prefix may have a slash.
    pub(crate) fn file_name(&self) -> String {
        self.number.replace('/', "-")
    }

    /// Says so where the money of the payout came back, with the number of the credit note.
    #[must_use]
    pub(crate) fn of(mut self, payout: &Payout, credit: Option<&str>, zone: &TimeZone) -> Self {
        if payout.status == PayoutStatus::Returned {
            let date = Moment::new(payout.updated_at_ms, zone).date;
            self.returned = phrase("invoice-returned").with("date", date).into();
            if let Some(credit) = credit {
                let by = phrase("invoice-cancelled-by").with("number", credit);
                self.returned = format!("{} {by}", self.returned);
            }
        }
        self
    }

    /// A credit note as it was issued: the invoice that it cancels, every amount the other way round.
    ///
    /// # Errors
    /// Internal, for one that is broken.
    pub(crate) fn credit(
        number: String,
        issued: UnixMs,
        credit: Credit,
        zone: &TimeZone,
    ) -> Result<Self> {
        let date = Moment::new(credit.cancels_issued_at(), zone).date;
        let cancels = phrase("credit-cancels")
            .with("number", &credit.cancels)
            .with("date", date)
            .into();
        let self_billing = credit.credited.self_billing;
        let in_name = if self_billing {
            phrase("credit-in-name")
                .with("issuer", &credit.credited.issuer.name)
                .into()
        } else {
            String::new()
        };
        Ok(Self {
            title: if self_billing {
                t("credit-title-self")
            } else {
                t("credit-title")
            },
            paid: String::new(),
            sum_label: t("credit-sum"),
            in_name,
            cancels,
            unread: if credit.unread {
                t("credit-unread")
            } else {
                ""
            },
            ..Self::new(number, issued, credit.credited, zone)?
        })
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
        let paid = phrase("invoice-paid-on").with("date", paid).into();
        let in_name = if invoice.self_billing {
            phrase("invoice-in-name")
                .with("issuer", &invoice.issuer.name)
                .into()
        } else {
            String::new()
        };
        Ok(Self {
            returned: String::new(),
            cancels: String::new(),
            unread: "",
            sum_label: t("invoice-paid"),
            in_name,
            title: if invoice.self_billing {
                t("invoice-title-self")
            } else {
                t("invoice-title")
            },
            issued: Moment::new(issued, zone).date,
            issued_at: issued,
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
            parties: vec![
                PartyView::new(t("invoice-paid-by"), invoice.issuer),
                PartyView::new(t("invoice-paid-to"), invoice.payee),
            ],
            number,
        })
    }
}
