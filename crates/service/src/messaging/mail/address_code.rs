//! The mail with the code that proves the new address of an account. What its owner is called does not stand
//! in it: whether the mailbox is theirs is not known yet.

use store::messaging::notice::Sender;

use super::MailKind;
use crate::messaging::template::{BUSINESS, Draft, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::AddressCode,
    about: "Goes to the new address of who changes theirs in the portal, to prove that it is theirs.",
    variables: &[
        BUSINESS,
        Variable::secret("code", "The code, eight digits").required(),
        Variable::words("minutes", "How many minutes the code is good"),
    ],
    subject: "Your code for {{business}}",
    heading: "Your code: {{code}}",
    body: "Enter this code in the portal of {{business}}, where you asked for it; from then on you log in with this address. It is good for {{minutes}} minutes.

~ {{business}} never asks you for this code by mail, telephone or chat. If it was not you who asked, you need not do anything: without the code nothing is changed.",
    reason: "You get this because somebody at {{business}} wants to log in with this address from now on.",
    german: Some(Wording {
        subject: "Ihr Code für {{business}}",
        heading: "Ihr Code: {{code}}",
        body: "Geben Sie diesen Code im Portal von {{business}} ein, wo Sie ihn angefordert haben; von da an melden Sie sich mit dieser Adresse an. Er gilt {{minutes}} Minuten.

~ {{business}} fragt Sie nie per E-Mail, Telefon oder Chat nach diesem Code. Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun: Ohne den Code wird nichts geändert.",
        reason: "Sie bekommen diese E-Mail, weil sich jemand bei {{business}} künftig mit dieser Adresse anmelden will.",
    }),
    example: |sender| values(sender, "4821-0937", 15),
};

fn values(sender: &Sender, shown: &str, minutes: i64) -> Values {
    Values::of(sender, "")
        .text_of("code", shown)
        .text_of("minutes", minutes.to_string())
}

/// Writes the mail with the code of a new address; `shown` is the code as it is read, `minutes` how long it
/// is good.
#[must_use]
pub fn address_code(sender: &Sender, to: &str, shown: &str, minutes: i64) -> Draft {
    Draft::new(&TEMPLATE, sender, to, "", values(sender, shown, minutes))
}
