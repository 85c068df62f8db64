//! The word to who signs up and has access already.

use store::messaging::notice::Sender;

use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::HasAccount,
    about: "Goes to who signs up in the portal with an address that has an account.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::address("log_in", "The address of the portal’s log-in page"),
    ],
    subject: "You already have access to {{business}}",
    heading: "You already have access",
    body: "Hello {{name}}, there is an account with this address at {{business}} already, so no other one was made. Log in with this address and your password; if it has slipped your mind, have a code mailed to you on the same page.

[Log in]({{log_in}})

~ If it was not you who signed up, you need not do anything: nothing was changed.",
    reason: "You get this because somebody entered this address to sign up at {{business}}.",
    german: Some(Wording {
        subject: "Sie haben schon Zugang zu {{business}}",
        heading: "Sie haben schon Zugang",
        body: "Guten Tag {{name}}, zu dieser Adresse gibt es bei {{business}} schon ein Konto, deshalb wurde kein weiteres erstellt. Melden Sie sich mit dieser Adresse und Ihrem Passwort an; wenn Sie es vergessen haben, lassen Sie sich auf derselben Seite einen Code per E-Mail senden.

[Anmelden]({{log_in}})

~ Wenn Sie sich nicht registriert haben, brauchen Sie nichts zu tun: Es wurde nichts geändert.",
        reason: "Sie bekommen diese E-Mail, weil jemand diese Adresse zur Registrierung bei {{business}} eingegeben hat.",
    }),
    example: |sender| values(sender, "Maya Okonkwo", &portal_of(sender)),
};

fn values(sender: &Sender, name: &str, portal: &str) -> Values {
    Values::of(sender, name).text_of("log_in", format!("{portal}log-in"))
}

/// Writes the mail to who signs up and has access already; `portal` is the portal's address.
#[must_use]
pub fn has_account(sender: &Sender, to: &str, name: &str, portal: &str) -> Draft {
    Draft::new(&TEMPLATE, sender, to, name, values(sender, name, portal))
}
