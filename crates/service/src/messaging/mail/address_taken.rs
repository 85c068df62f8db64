//! The word that an address cannot become another account's, to who reads its mail.

use store::messaging::notice::Sender;

use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::AddressTaken,
    about: "Goes to an address that has an account, when somebody wants it for another account.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::address("log_in", "The address of the portal’s log-in page"),
    ],
    subject: "This address is in use at {{business}}",
    heading: "This address is in use",
    body: "Hello {{name}}, somebody wanted to use this address for another account at {{business}}. You have an account with it already, so nothing was changed.

[Log in]({{log_in}})

~ If it was not you, you need not do anything.",
    reason: "You get this because somebody entered this address at {{business}}.",
    german: Some(Wording {
        subject: "Diese Adresse ist bei {{business}} in Gebrauch",
        heading: "Diese Adresse ist in Gebrauch",
        body: "Guten Tag {{name}}, jemand wollte diese Adresse für ein anderes Konto bei {{business}} verwenden. Sie haben mit ihr schon ein Konto, deshalb wurde nichts geändert.

[Anmelden]({{log_in}})

~ Wenn Sie es nicht waren, brauchen Sie nichts zu tun.",
        reason: "Sie bekommen diese E-Mail, weil jemand diese Adresse bei {{business}} eingegeben hat.",
    }),
    example: |sender| values(sender, "Maya Okonkwo", &portal_of(sender)),
};

fn values(sender: &Sender, name: &str, portal: &str) -> Values {
    Values::of(sender, name).text_of("log_in", format!("{portal}log-in"))
}

/// Writes the mail to who has an account with the address; `portal` is the portal's address.
#[must_use]
pub fn address_taken(sender: &Sender, to: &str, name: &str, portal: &str) -> Draft {
    Draft::new(&TEMPLATE, sender, to, name, values(sender, name, portal))
}
