//! The mail that tells an affiliate that a payout was made for them, before it is paid.

use store::messaging::notice::{PaidOut, Recipient, Sender};

use super::payout_paid::in_german;
use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

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
        values(sender, "Maya Okonkwo", amount, &details, &portal, payout)
    },
};

fn values(
    sender: &Sender,
    name: &str,
    amount: &str,
    details: &[(&str, &str)],
    portal: &str,
    payout: String,
) -> Values {
    let details = details
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    Values::of(sender, name)
        .text_of("amount", amount)
        .parts_of("details", vec![Part::Facts(details)])
        .text_of("payout", payout)
        .text_of("method", format!("{portal}account/payout-method"))
}

/// Writes the notice; `portal` is the portal's address, `address` the payout's in it.
#[must_use]
pub fn payout_made(
    sender: &Sender,
    recipient: &Recipient,
    payout: &PaidOut,
    portal: &str,
    address: String,
) -> Draft {
    let language = sender.language;
    let amount = domain::money::display_in(payout.amount, payout.currency, language);
    let number = format!("PO-{}", payout.number);
    let method = language.of(payout.method.replace('_', " "), in_german(&payout.method));
    let details = [
        (language.of("Amount", "Betrag"), amount.as_str()),
        (language.of("Payout", "Auszahlung"), number.as_str()),
        (language.of("Method", "Zahlungsweg"), method.as_str()),
    ];
    let values = values(sender, &recipient.name, &amount, &details, portal, address);
    Draft::new(&TEMPLATE, sender, &recipient.email, &recipient.name, values)
}
