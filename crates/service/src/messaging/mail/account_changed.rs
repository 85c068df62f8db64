//! The word that something was changed that an account's safety rests on.

use store::messaging::notice::Sender;

use super::{MailKind, portal_of};
use crate::messaging::template::{
    BUSINESS, Draft, NAME, PORTAL, Template, Values, Variable, Wording,
};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::AccountChanged,
    about: "Goes to who has changed the payout method or two-step log-in, so that nobody else does it unseen.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words(
            "what",
            "What was changed, such as: Your payout method was changed",
        )
        .required(),
        Variable::words("meaning", "What that means, in a sentence or two").required(),
        PORTAL,
    ],
    subject: "{{business}}: {{what}}",
    heading: "{{what}}",
    body: "Hello {{name}}, {{meaning}}

[Open the portal]({{portal}})

~ If it was not you, set a new password at once and write to {{business}}.",
    reason: "You get this because you have an account at {{business}}. Such mail is always sent.",
    german: Some(Wording {
        subject: "{{business}}: {{what}}",
        heading: "{{what}}",
        body: "Guten Tag {{name}}, {{meaning}}

[Zum Portal]({{portal}})

~ Wenn Sie das nicht waren, legen Sie sofort ein neues Passwort fest und schreiben Sie an {{business}}.",
        reason: "Sie bekommen diese E-Mail, weil Sie ein Konto bei {{business}} haben. Solche E-Mails werden immer gesendet.",
    }),
    example: |sender| {
        Values::of(sender, "Maya Okonkwo")
            .text_of(
                "what",
                sender.language.of(
                    "Your payout method was changed",
                    "Ihr Auszahlungsweg wurde geändert",
                ),
            )
            .text_of(
                "meaning",
                sender.language.of(
                    "payouts go to a bank account now, DE•• •••• 3000.",
                    "Auszahlungen gehen jetzt auf ein Bankkonto: DE•• •••• 3000.",
                ),
            )
            .text_of("portal", portal_of(sender))
    },
};

/// Writes the notice: `what` says what happened, `meaning` what it means; `portal` is the portal's address.
#[must_use]
pub fn account_changed(
    sender: &Sender,
    to: &str,
    name: &str,
    what: &str,
    meaning: &str,
    portal: &str,
) -> Draft {
    let values = Values::of(sender, name)
        .text_of("what", what)
        .text_of("meaning", meaning)
        .text_of("portal", portal);
    Draft::new(&TEMPLATE, sender, to, name, values)
}
