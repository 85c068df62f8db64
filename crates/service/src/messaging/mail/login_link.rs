//! The mail with a link that logs in.

use store::messaging::notice::Sender;

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

/// Writes the mail; `minutes` is how long the link is good.
#[must_use]
pub fn login_link(sender: &Sender, to: &str, name: &str, link: &str, minutes: i64) -> NewMail {
    let business = &sender.name;
    let letter = Letter::new(
        business,
        "Your log-in link",
        format!("You get this because somebody asked for a link with this address at {business}."),
    )
    .paragraph(format!(
        "Hello {name}, open this link in any browser and press the button there to log in. It works once, for {minutes} minutes."
    ))
    .button("Log in", link)
    .small(format!(
        "Never pass this link on: whoever has it gets in. {business} does not ask you for it. If it was not you who asked, you need not do anything."
    ));
    NewMail {
        kind: MailKind::LoginLink,
        to: to.to_owned(),
        name: name.to_owned(),
        subject: format!("Your log-in link for {business}"),
        text: letter.text(),
        html: letter.html(),
    }
}
