//! The mail with a link that logs in.

use store::messaging::notice::Sender;

use super::{MailKind, portal_of};
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::LoginLink,
    about: "Goes to who asks for a link to log in, if log-in links are switched on.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::address("link", "The link, which works once").required(),
        Variable::words("minutes", "How many minutes the link is good"),
    ],
    subject: "Your log-in link for {{business}}",
    heading: "Your log-in link",
    body: "Hello {{name}}, open this link in any browser and press the button there to log in. It works once, for {{minutes}} minutes.

[Log in]({{link}})

~ Never pass this link on: whoever has it gets in. {{business}} does not ask you for it. If it was not you who asked, you need not do anything.",
    reason: "You get this because somebody asked for a link with this address at {{business}}.",
    german: Some(Wording {
        subject: "Ihr Anmeldelink für {{business}}",
        heading: "Ihr Anmeldelink",
        body: "Guten Tag {{name}}, öffnen Sie diesen Link in einem beliebigen Browser und drücken Sie dort den Knopf, um sich anzumelden. Er funktioniert einmal, {{minutes}} Minuten lang.

[Anmelden]({{link}})

~ Geben Sie diesen Link nie weiter: Wer ihn hat, kommt hinein. {{business}} fragt Sie nicht danach. Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun.",
        reason: "Sie bekommen diese E-Mail, weil jemand mit dieser Adresse einen Link bei {{business}} angefordert hat.",
    }),
    example: |sender| {
        values(sender, "Maya Okonkwo", &format!("{}link/example", portal_of(sender)), 15)
    },
};

fn values(sender: &Sender, name: &str, link: &str, minutes: i64) -> Values {
    Values::of(sender, name)
        .text_of("link", link)
        .text_of("minutes", minutes.to_string())
}

/// Writes the mail; `minutes` is how long the link is good.
#[must_use]
pub fn login_link(sender: &Sender, to: &str, name: &str, link: &str, minutes: i64) -> Draft {
    Draft::new(
        &TEMPLATE,
        sender,
        to,
        name,
        values(sender, name, link, minutes),
    )
}
