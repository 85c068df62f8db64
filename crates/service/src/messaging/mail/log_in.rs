//! How to log in, when staff sends it to somebody who has an account.

use store::messaging::notice::Sender;

use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::LogIn,
    about: "Goes to who has an account, when you send it from the account’s page.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("email", "The address the account logs in with"),
        Variable::address("log_in", "The address of the portal’s log-in page").required(),
    ],
    subject: "How to log in at {{business}}",
    heading: "Your way in",
    body: "Hello {{name}}, this is where you log in at {{business}}. Your address there is {{email}}.

[Log in]({{log_in}})

If the password has slipped your mind, have a code mailed to you on the same page, or set a new password there.

~ {{business}} never asks you for a password or a code by mail, telephone or chat.",
    reason: "You get this because you have an account at {{business}}.",
    german: Some(Wording {
        subject: "So melden Sie sich bei {{business}} an",
        heading: "Ihr Zugang",
        body: "Guten Tag {{name}}, hier melden Sie sich bei {{business}} an. Ihre Adresse dort ist {{email}}.

[Anmelden]({{log_in}})

Wenn Sie das Passwort vergessen haben, lassen Sie sich auf derselben Seite einen Code per E-Mail senden oder legen Sie dort ein neues Passwort fest.

~ {{business}} fragt Sie nie per E-Mail, Telefon oder Chat nach einem Passwort oder Code.",
        reason: "Sie bekommen diese E-Mail, weil Sie ein Konto bei {{business}} haben.",
    }),
    example: |sender| values(sender, "Maya Okonkwo", "maya@example.com", &portal_of(sender)),
};

fn values(sender: &Sender, name: &str, email: &str, portal: &str) -> Values {
    Values::of(sender, name)
        .text_of("email", email)
        .text_of("log_in", format!("{portal}log-in"))
}

/// Writes the mail; `portal` is the portal's address.
#[must_use]
pub fn log_in(sender: &Sender, to: &str, name: &str, portal: &str) -> Draft {
    Draft::new(
        &TEMPLATE,
        sender,
        to,
        name,
        values(sender, name, to, portal),
    )
}
