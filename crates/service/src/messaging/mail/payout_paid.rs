//! The mail that tells an affiliate of a payout.

use store::messaging::notice::Sender;

use super::payout::{self, PayoutFrame};
use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

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
    german: Some(Wording {
        subject: "{{business}} hat Ihnen {{amount}} ausgezahlt",
        heading: "{{amount}} sind unterwegs",
        body: "Guten Tag {{name}}, {{business}} hat Ihre Provisionen ausgezahlt.

{{details}}

[Auszahlung ansehen]({{payouts}})

~ Wie lange das Geld braucht, hängt vom Zahlungsweg ab.",
        reason: "Sie bekommen diese E-Mail, weil Sie Partner von {{business}} sind.",
    }),
    example: |sender| {
        let language = sender.language;
        let amount = language.of("$356.40", "356,40\u{a0}$");
        let details = [
            (language.of("Amount", "Betrag"), amount),
            (language.of("Payout", "Auszahlung"), "PO-1042"),
            (language.of("Statement", "Abrechnung"), "ST-0042"),
            (
                language.of("Paid on", "Ausgezahlt am"),
                language.of("1 December 2026", "1. Dezember 2026"),
            ),
            (
                language.of("Method", "Zahlungsweg"),
                language.of("bank transfer", "Überweisung"),
            ),
            (language.of("Reference", "Referenz"), "WIRE-2026-0042"),
        ];
        values(
            sender,
            "Maya Okonkwo",
            amount,
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
    payout::values(sender, name, amount, details)
        .text_of("payouts", format!("{portal}payouts"))
        .text_of("statement", statement)
}

/// Writes the notice, with the statement's number and address.
#[must_use]
pub(crate) fn payout_paid(
    frame: &PayoutFrame,
    statement: &str,
    statement_address: String,
) -> Draft {
    let PayoutFrame {
        sender,
        recipient,
        payout,
        day,
        portal,
    } = frame;
    let language = sender.language;
    let (amount, number, method) = (frame.amount(), frame.number(), frame.method());
    let mut details = vec![
        (language.of("Amount", "Betrag"), amount.as_str()),
        (language.of("Payout", "Auszahlung"), &number),
        (language.of("Statement", "Abrechnung"), statement),
        (language.of("Paid on", "Ausgezahlt am"), day),
        (language.of("Method", "Zahlungsweg"), &method),
    ];
    if let Some(reference) = &payout.reference {
        details.push((language.of("Reference", "Referenz"), reference));
    }
    let values = values(
        sender,
        &recipient.name,
        &amount,
        &details,
        portal,
        statement_address,
    );
    frame.draft(&TEMPLATE, values)
}
