//! What the mails to an affiliate about one of their payouts have in common.

use store::messaging::notice::{PaidOut, Recipient, Sender};

use crate::messaging::letter::Part;
use crate::messaging::template::{Draft, Template, Values};

/// What a mail to an affiliate about one of their payouts is written with.
#[derive(Debug, Clone)]
pub(crate) struct PayoutFrame {
    /// Who writes.
    pub sender: Sender,
    /// To whom.
    pub recipient: Recipient,
    /// About what.
    pub payout: PaidOut,
    /// When it was paid, in the business's zone and the mail's language.
    pub day: String,
    /// The portal's address, with a slash at its end.
    pub portal: String,
}

impl PayoutFrame {
    /// The payout's amount with its currency.
    pub(super) fn amount(&self) -> String {
        let payout = &self.payout;
        domain::money::display_in(payout.amount, payout.currency, self.sender.language)
    }

    /// The payout's number.
    pub(super) fn number(&self) -> String {
        format!("PO-{}", self.payout.number)
    }

    /// The word for the way it is paid.
    pub(super) fn method(&self) -> String {
        let method = &self.payout.method;
        self.sender
            .language
            .of(method.replace('_', " "), in_german(method))
    }

    /// The mail of a kind.
    pub(super) fn draft(&self, template: &'static Template, values: Values) -> Draft {
        let Recipient { email, name, .. } = &self.recipient;
        Draft::new(template, &self.sender, email, name, values)
    }
}

/// A way of paying in German; one that is not among the usual stays as it is.
fn in_german(method: &str) -> String {
    match method {
        "bank_transfer" => "Überweisung".to_owned(),
        "paypal" => "PayPal".to_owned(),
        "wise" => "Wise".to_owned(),
        "other" => "Anderer".to_owned(),
        own => own.replace('_', " "),
    }
}

/// The values that each of these mails has.
pub(super) fn values(
    sender: &Sender,
    name: &str,
    amount: &str,
    details: &[(&str, &str)],
) -> Values {
    Values::of(sender, name)
        .text_of("amount", amount)
        .parts_of("details", Part::facts(details))
}

/// The same with the addresses of the payout and, in the portal, of where payouts go to.
pub(super) fn values_with_method(
    sender: &Sender,
    name: &str,
    amount: &str,
    details: &[(&str, &str)],
    portal: &str,
    payout: String,
) -> Values {
    values(sender, name, amount, details)
        .text_of("payout", payout)
        .text_of("method", format!("{portal}account/payout-method"))
}
