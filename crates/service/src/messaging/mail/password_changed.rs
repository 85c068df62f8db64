//! The word that a password was changed.

use store::messaging::notice::Sender;

use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, PORTAL, Template, Values, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::PasswordChanged,
    about: "Goes to who has set a new password, so that nobody else does it unseen.",
    variables: &[NAME, BUSINESS, PORTAL],
    subject: "Your password for {{business}} was changed",
    heading: "Your password was changed",
    body: "Hello {{name}}, a new password was set for your account, and all other devices were logged out.

[Open the portal]({{portal}})

~ If it was not you, somebody can read your mail: change the password of your mailbox first, then this one again.",
    reason: "You get this because you have an account at {{business}}.",
    german: Some(Wording {
        subject: "Ihr Passwort für {{business}} wurde geändert",
        heading: "Ihr Passwort wurde geändert",
        body: "Guten Tag {{name}}, für Ihr Konto wurde ein neues Passwort festgelegt, und alle anderen Geräte wurden abgemeldet.

[Zum Portal]({{portal}})

~ Wenn Sie das nicht waren, kann jemand Ihre E-Mails lesen: Ändern Sie zuerst das Passwort Ihres Postfachs, dann noch einmal dieses.",
        reason: "Sie bekommen diese E-Mail, weil Sie ein Konto bei {{business}} haben.",
    }),
    example: |sender| {
        Values::of(sender, "Maya Okonkwo").text_of("portal", portal_of(sender))
    },
};

/// Writes the mail that tells of a new password; `portal` is the portal's address.
#[must_use]
pub fn password_changed(sender: &Sender, to: &str, name: &str, portal: &str) -> Draft {
    let values = Values::of(sender, name).text_of("portal", portal);
    Draft::new(&TEMPLATE, sender, to, name, values)
}
