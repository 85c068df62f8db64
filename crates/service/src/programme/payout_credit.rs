//! Credit notes: when the money of a paid payout comes back, its statement or self-billing invoice is cancelled by
//! a document of its own, numbered without a gap in a series of its own and kept as it was issued.
//!
//! It is issued in the transaction that books the return, behind the journal's order, and credits what the invoice
//! says line by line, or as a whole where the invoice does not open any more. The invoice itself stays as it is.

use domain::id::PayoutId;
use domain::money::AmountOverflow;
use domain::time::UnixMs;
use serde::{Deserialize, Serialize};
use store::programme::payout::Payout;
use store::programme::payout_credit::{self as rows, PayoutCredit};
use store::programme::payout_invoice as invoices;

use super::payout_invoice::{self, DIGITS, Invoice, Line};
use crate::error::{Result, ServiceError};
use crate::identity::vault;
use crate::programme::payout;
use crate::work::Work;

const PURPOSE: &str = "payout credit note";
/// What stands between the prefix of invoices and the number of a credit note.
pub const MARK: &str = "CN-";

/// What a credit note says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// The number of the invoice that it cancels, as it is written.
    pub cancels: String,
    /// When that was issued, milliseconds since 1970.
    pub cancels_issued_at_ms: i64,
    /// What the invoice says, with every amount the other way round.
    pub credited: Invoice,
    /// Whether the invoice could not be read, so that it is credited in one line, and both sides are as they were
    /// known when this was issued.
    #[serde(default)]
    pub unread: bool,
}

impl Credit {
    /// When the invoice that it cancels was issued.
    #[must_use]
    pub const fn cancels_issued_at(&self) -> UnixMs {
        UnixMs(self.cancels_issued_at_ms)
    }
}

fn owner(work: &Work, payout: PayoutId) -> String {
    format!("{} {payout}", work.business())
}

fn turned(amount: i64) -> Result<i64, AmountOverflow> {
    amount.checked_neg().ok_or(AmountOverflow)
}

/// The invoice with every amount the other way round.
fn credited(invoice: Invoice) -> Result<Invoice, AmountOverflow> {
    let lines = invoice
        .lines
        .into_iter()
        .map(|line| {
            Ok(Line {
                amount: turned(line.amount)?,
                ..line
            })
        })
        .collect::<Result<Vec<_>, AmountOverflow>>()?;
    Ok(Invoice {
        lines,
        commissions_total: turned(invoice.commissions_total)?,
        carried_forward: turned(invoice.carried_forward)?,
        amount: turned(invoice.amount)?,
        ..invoice
    })
}

/// Issues the credit note for the invoice of a payout that came back; the journal is ordered. Answers its number as it
/// is written; none when the payout has no invoice, because it was paid before there were any. An invoice that does
/// not open, because the secret key was changed, is cancelled as a whole: money is booked whether or not it can be read.
pub(crate) async fn issue(work: &mut Work, payout: &Payout) -> Result<Option<String>> {
    let id = payout.id;
    let Some(issued) = invoices::find(&mut work.tx, id).await? else {
        return Ok(None);
    };
    let (invoice, unread) = match payout_invoice::open(work, &issued) {
        Ok(invoice) => (invoice, false),
        Err(error) => {
            tracing::warn!(payout.id = %id, %error, "a credit note is written without its invoice");
            (payout_invoice::rebuilt(work, payout, &issued).await?, true)
        }
    };
    let credit = Credit {
        cancels: issued.name,
        cancels_issued_at_ms: issued.issued_at_ms.0,
        credited: credited(invoice)?,
        unread,
    };
    let text = serde_json::to_string(&credit)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let prefix = invoices::issuer(&mut work.tx)
        .await?
        .map_or_else(String::new, |issuer| issuer.prefix);
    let number = rows::next_number(&mut work.tx).await?;
    let name = format!("{prefix}{MARK}{number:0DIGITS$}");
    let row = PayoutCredit {
        payout_id: id,
        number,
        name: name.clone(),
        sealed: vault::seal_text(&work.app, PURPOSE, &owner(work, id), &text)?,
        issued_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &row).await?;
    Ok(Some(name))
}

/// The credit note of a payout: its number as it is written, when it was issued, and what it says; none while its
/// money has not come back. An affiliate sees its own.
///
/// # Errors
/// As [`payout::get`]; a conflict when it was sealed under another secret key.
pub async fn find(work: &mut Work, id: PayoutId) -> Result<Option<(String, UnixMs, Credit)>> {
    payout::get(work, id).await?;
    let Some(row) = rows::find(&mut work.tx, id).await? else {
        return Ok(None);
    };
    let credit = open(work, &row).map_err(|error| payout_invoice::unreadable(&row.name, &error))?;
    Ok(Some((row.name, row.issued_at_ms, credit)))
}

fn open(work: &Work, row: &PayoutCredit) -> Result<Credit> {
    let owner = owner(work, row.payout_id);
    let text = vault::open_text(&work.app, PURPOSE, &owner, &row.sealed)?;
    serde_json::from_str(&text)
        .map_err(|error| ServiceError::Internal(format!("a credit note: {error}")))
}

/// Only the number of the credit note of a payout, as it is written; none while there is none.
///
/// # Errors
/// As [`payout::get`].
pub async fn number(work: &mut Work, id: PayoutId) -> Result<Option<String>> {
    payout::get(work, id).await?;
    let found = rows::find(&mut work.tx, id).await?;
    Ok(found.map(|row| row.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice() -> Invoice {
        Invoice {
            self_billing: true,
            issuer: payout_invoice::Party::default(),
            payee: payout_invoice::Party::default(),
            lines: vec![Line {
                day: 20_000,
                what: "Autumn: purchase inv-1".to_owned(),
                amount: 2_000,
            }],
            commissions_total: 2_000,
            carried_forward: -500,
            amount: 1_500,
            currency: "EUR".to_owned(),
            payout_number: 1001,
            method: "wise".to_owned(),
            reference: String::new(),
            paid_at_ms: 0,
            remark: String::new(),
        }
    }

    #[test]
    fn every_amount_is_turned_and_nothing_else() {
        let turned = credited(invoice()).expect("amounts");
        assert_eq!(
            (
                turned.lines[0].amount,
                turned.commissions_total,
                turned.carried_forward,
                turned.amount
            ),
            (-2_000, -2_000, 500, -1_500)
        );
        assert_eq!(credited(turned).expect("amounts"), invoice());
        let lowest = Invoice {
            amount: i64::MIN,
            ..invoice()
        };
        assert!(
            credited(lowest).is_err(),
            "what cannot be turned is refused"
        );
    }
}
