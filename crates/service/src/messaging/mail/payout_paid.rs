//! The mail that tells an affiliate of a payout.

use store::messaging::notice::{PaidOut, Recipient, Sender};

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

/// Writes the notice; `day` is when it was paid, `portal` the portal's address.
#[must_use]
pub fn payout_paid(
    sender: &Sender,
    recipient: &Recipient,
    payout: &PaidOut,
    day: &str,
    portal: &str,
) -> NewMail {
    let business = &sender.name;
    let amount = domain::money::display(payout.amount, payout.currency);
    let number = format!("PO-{}", payout.number);
    let mut facts = vec![
        ("Amount".to_owned(), amount.clone()),
        ("Payout".to_owned(), number),
        ("Paid on".to_owned(), day.to_owned()),
        ("Method".to_owned(), payout.method.replace('_', " ")),
    ];
    if let Some(reference) = &payout.reference {
        facts.push(("Reference".to_owned(), reference.clone()));
    }
    let letter = Letter::new(
        business,
        format!("{amount} is on its way"),
        format!("You get this because you are an affiliate of {business}."),
    )
    .paragraph(format!(
        "Hello {}, {business} has paid your commissions.",
        recipient.name
    ))
    .facts(facts)
    .button("See the payout", format!("{portal}payouts"))
    .small("How long the money takes depends on the way it is sent.");
    NewMail {
        kind: MailKind::PayoutPaid,
        to: recipient.email.clone(),
        name: recipient.name.clone(),
        subject: format!("{business} paid you {amount}"),
        text: letter.text(),
        html: letter.html(),
    }
}
