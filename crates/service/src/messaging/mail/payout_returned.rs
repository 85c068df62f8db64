//! The mail that tells an affiliate that the money of a payout came back.

use super::payout::{PayoutFrame, values_with_method};
use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::PayoutReturned,
    about: "Goes to an affiliate when the money of a payout came back, if “Tell affiliates about payouts” is on.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("amount", "What came back, with its currency"),
        Variable::parts("details", "The payout’s number, the day it was paid and its credit note"),
        Variable::address("payout", "The address of the payout in the portal"),
        Variable::address(
            "method",
            "The address at which an affiliate says where payouts go to",
        ),
    ],
    subject: "{{amount}} from {{business}} came back",
    heading: "{{amount}} came back to us",
    body: "Hello {{name}}, {{business}} paid your commissions, but the money did not reach you: it came back.

{{details}}

Nothing of it is lost. Your commissions are approved again and go into your next payout. Please look at where your payouts go to, so that it arrives then.

[Where payouts go to]({{method}})

~ The payout itself: {{payout}}",
    reason: "You get this because you are an affiliate of {{business}}.",
    german: Some(Wording {
        subject: "{{amount}} von {{business}} kamen zurück",
        heading: "{{amount}} kamen zu uns zurück",
        body: "Guten Tag {{name}}, {{business}} hat Ihre Provisionen ausgezahlt, aber das Geld kam nicht bei Ihnen an: Es kam zurück.

{{details}}

Nichts davon ist verloren. Ihre Provisionen sind wieder freigegeben und kommen in Ihre nächste Auszahlung. Bitte sehen Sie nach, wohin wir auszahlen, damit sie dann ankommt.

[Wohin wir auszahlen]({{method}})

~ Die Auszahlung selbst: {{payout}}",
        reason: "Sie bekommen diese E-Mail, weil Sie Partner von {{business}} sind.",
    }),
    example: |sender| {
        let language = sender.language;
        let amount = language.of("$356.40", "356,40\u{a0}$");
        let details = [
            (language.of("Amount", "Betrag"), amount),
            (language.of("Payout", "Auszahlung"), "PO-1042"),
            (
                language.of("Paid on", "Ausgezahlt am"),
                language.of("1 December 2026", "1. Dezember 2026"),
            ),
            (language.of("Credit note", "Storno"), "ST-CN-0003"),
        ];
        let portal = portal_of(sender);
        let payout = format!("{portal}payouts");
        values_with_method(sender, "Maya Okonkwo", amount, &details, &portal, payout)
    },
};

/// Writes the notice; `credit` is the number of the payout's credit note, `address` the payout's in the portal.
#[must_use]
pub(crate) fn payout_returned(frame: &PayoutFrame, credit: Option<&str>, address: String) -> Draft {
    let PayoutFrame {
        sender,
        recipient,
        payout: _,
        day,
        portal,
    } = frame;
    let language = sender.language;
    let (amount, number) = (frame.amount(), frame.number());
    let mut details = vec![
        (language.of("Amount", "Betrag"), amount.as_str()),
        (language.of("Payout", "Auszahlung"), number.as_str()),
        (language.of("Paid on", "Ausgezahlt am"), day.as_str()),
    ];
    if let Some(credit) = credit {
        details.push((language.of("Credit note", "Storno"), credit));
    }
    let values = values_with_method(sender, &recipient.name, &amount, &details, portal, address);
    frame.draft(&TEMPLATE, values)
}
