//! The mail that tells an affiliate of a payout.

use store::messaging::notice::{PaidOut, Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::PayoutPaid,
    about: "Goes to an affiliate when a payout is marked paid, if “Tell affiliates about payouts” is on.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("amount", "What was paid, with its currency"),
        Variable::parts("details", "The payout’s number, day, method and reference"),
        Variable::address("payouts", "The address of the payouts in the portal"),
        Variable::address(
            "statement",
            "The address of the payout’s statement in the portal",
        ),
    ],
    subject: "{{business}} paid you {{amount}}",
    heading: "{{amount}} is on its way",
    body: "Hello {{name}}, {{business}} has paid your commissions.

{{details}}

[See the statement]({{statement}})

~ How long the money takes depends on the way it is sent.",
    reason: "You get this because you are an affiliate of {{business}}.",
    example: |sender| {
        let details = [
            ("Amount", "$356.40"),
            ("Payout", "PO-1042"),
            ("Statement", "ST-0042"),
            ("Paid on", "1 December 2026"),
            ("Method", "bank transfer"),
            ("Reference", "WIRE-2026-0042"),
        ];
        values(
            sender,
            "Maya Okonkwo",
            "$356.40",
            &details,
            &portal_of(sender),
            format!("{}payouts", portal_of(sender)),
        )
    },
};

fn values(
    sender: &Sender,
    name: &str,
    amount: &str,
    details: &[(&str, &str)],
    portal: &str,
    statement: String,
) -> Values {
    let details = details
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Values::of(sender, name)
        .text_of("amount", amount)
        .parts_of("details", vec![Part::Facts(details)])
        .text_of("payouts", format!("{portal}payouts"))
        .text_of("statement", statement)
}

/// Writes the notice; `day` is when it was paid, `portal` the portal's address; the statement with its own.
#[must_use]
pub fn payout_paid(
    sender: &Sender,
    recipient: &Recipient,
    payout: &PaidOut,
    day: &str,
    portal: &str,
    (statement, statement_address): (&str, String),
) -> Draft {
    let amount = domain::money::display(payout.amount, payout.currency);
    let number = format!("PO-{}", payout.number);
    let method = payout.method.replace('_', " ");
    let mut details = vec![
        ("Amount", amount.as_str()),
        ("Payout", &number),
        ("Statement", statement),
        ("Paid on", day),
        ("Method", &method),
    ];
    if let Some(reference) = &payout.reference {
        details.push(("Reference", reference));
    }
    let values = values(
        sender,
        &recipient.name,
        &amount,
        &details,
        portal,
        statement_address,
    );
    Draft::new(&TEMPLATE, sender, &recipient.email, &recipient.name, values)
}
