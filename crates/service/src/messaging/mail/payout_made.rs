//! The mail that tells an affiliate that a payout was made for them, before it is paid.

use super::payout::{PayoutFrame, values_with_method};
use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::PayoutMade,
    about: "Goes to an affiliate when a payout is approved, before it is paid, if “Tell affiliates about payouts” is on.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("amount", "What will be paid, with its currency"),
        Variable::parts("details", "The payout’s amount, number and method"),
        Variable::address("payout", "The address of the payout in the portal"),
        Variable::address(
            "method",
            "The address at which an affiliate says where payouts go to",
        ),
    ],
    subject: "{{business}} is about to pay you {{amount}}",
    heading: "{{amount}} will be paid to you",
    body: "Hello {{name}}, {{business}} has put your approved commissions into a payout.

{{details}}

[See the payout]({{payout}})

~ You are told again when it is paid. Where your payouts go to: {{method}}",
    reason: "You get this because you are an affiliate of {{business}}.",
    german: Some(Wording {
        subject: "{{business}} zahlt Ihnen bald {{amount}} aus",
        heading: "{{amount}} werden an Sie ausgezahlt",
        body: "Guten Tag {{name}}, {{business}} hat Ihre freigegebenen Provisionen zu einer Auszahlung zusammengefasst.

{{details}}

[Auszahlung ansehen]({{payout}})

~ Sie hören noch einmal von uns, wenn sie bezahlt ist. Wohin wir auszahlen: {{method}}",
        reason: "Sie bekommen diese E-Mail, weil Sie Partner von {{business}} sind.",
    }),
    example: |sender| {
        let language = sender.language;
        let amount = language.of("$356.40", "356,40\u{a0}$");
        let details = [
            (language.of("Amount", "Betrag"), amount),
            (language.of("Payout", "Auszahlung"), "PO-1042"),
            (
                language.of("Method", "Zahlungsweg"),
                language.of("bank transfer", "Überweisung"),
            ),
        ];
        let portal = portal_of(sender);
        let payout = format!("{portal}payouts");
        values_with_method(sender, "Maya Okonkwo", amount, &details, &portal, payout)
    },
};

/// Writes the notice; `address` is the payout's in the portal.
#[must_use]
pub(crate) fn payout_made(frame: &PayoutFrame, address: String) -> Draft {
    let PayoutFrame {
        sender,
        recipient,
        portal,
        ..
    } = frame;
    let language = sender.language;
    let (amount, number, method) = (frame.amount(), frame.number(), frame.method());
    let details = [
        (language.of("Amount", "Betrag"), amount.as_str()),
        (language.of("Payout", "Auszahlung"), number.as_str()),
        (language.of("Method", "Zahlungsweg"), method.as_str()),
    ];
    let values = values_with_method(sender, &recipient.name, &amount, &details, portal, address);
    frame.draft(&TEMPLATE, values)
}
