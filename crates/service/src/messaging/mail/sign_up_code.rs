//! The mail with the code of a sign-up. What a stranger typed does not stand in it.

use store::messaging::notice::Sender;

use super::MailKind;
use crate::messaging::template::{BUSINESS, Draft, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::SignUpCode,
    about: "Goes to who signs up in the portal, to prove that the address is theirs.",
    variables: &[
        BUSINESS,
        Variable::secret("code", "The code, eight digits").required(),
        Variable::words("minutes", "How many minutes the code is good"),
    ],
    subject: "Your code for {{business}}",
    heading: "Your code: {{code}}",
    body: "Welcome to {{business}}. Enter this code on the page where you signed up; it proves that the address is yours, and your account is made. It is good for {{minutes}} minutes.

~ {{business}} never asks you for this code by mail, telephone or chat. If it was not you who signed up, you need not do anything: without the code there will be no account.",
    reason: "You get this because somebody entered this address to sign up at {{business}}.",
    german: Some(Wording {
        subject: "Ihr Code für {{business}}",
        heading: "Ihr Code: {{code}}",
        body: "Willkommen bei {{business}}. Geben Sie diesen Code auf der Seite ein, auf der Sie sich registriert haben; er zeigt, dass die Adresse Ihnen gehört, und Ihr Konto wird erstellt. Er gilt {{minutes}} Minuten.

~ {{business}} fragt Sie nie per E-Mail, Telefon oder Chat nach diesem Code. Wenn Sie sich nicht registriert haben, brauchen Sie nichts zu tun: Ohne den Code entsteht kein Konto.",
        reason: "Sie bekommen diese E-Mail, weil jemand diese Adresse zur Registrierung bei {{business}} eingegeben hat.",
    }),
    example: |sender| values(sender, "4821-0937", 15),
};

fn values(sender: &Sender, shown: &str, minutes: i64) -> Values {
    Values::of(sender, "")
        .text_of("code", shown)
        .text_of("minutes", minutes.to_string())
}

/// Writes the mail with the code of a sign-up; `shown` is the code as it is read, `minutes` how long it
/// is good.
#[must_use]
pub fn sign_up_code(sender: &Sender, to: &str, shown: &str, minutes: i64) -> Draft {
    Draft::new(&TEMPLATE, sender, to, "", values(sender, shown, minutes))
}
