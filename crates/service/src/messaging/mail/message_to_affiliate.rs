//! The mail that tells an affiliate of a message in the portal.

use store::messaging::message::Message;
use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::Message,
    about: "Goes to an affiliate whom you write a message.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("author", "The name of who wrote the message"),
        Variable::parts("message", "The message").required(),
        Variable::parts("answer", "A button to the portal; for who has no account, that an answer to the mail reaches you").at_times(),
    ],
    subject: "{{author}} of {{business}} has written to you",
    heading: "A message from {{business}}",
    body: "Hello {{name}}, {{author}} has written to you.

{{message}}

{{answer}}",
    reason: "You get this because you are an affiliate of {{business}}.",
    example: |sender| {
        let text = "We have new pictures for the summer sale.\nShall I send them?";
        values(sender, "Maya Okonkwo", "Nora Fern", text, true, &portal_of(sender))
    },
};

fn values(
    sender: &Sender,
    name: &str,
    author: &str,
    message: &str,
    has_account: bool,
    portal: &str,
) -> Values {
    let answer = if has_account {
        vec![
            Part::Button {
                label: "Answer in the portal".to_owned(),
                address: format!("{portal}messages"),
            },
            Part::Small(
                "You hear by mail of the next message once you have read this one in the portal."
                    .to_owned(),
            ),
        ]
    } else if sender.support_email.is_some() {
        vec![Part::Small(
            "You have no log-in to the portal yet. Answer to this mail.".to_owned(),
        )]
    } else {
        Vec::new()
    };
    Values::of(sender, name)
        .text_of("author", author)
        .parts_of("message", Part::quote(format!("{author} wrote"), message))
        .parts_of("answer", answer)
}

/// Tells an affiliate of a message of staff; `portal` is the portal's address.
#[must_use]
pub fn message_to_affiliate(
    sender: &Sender,
    recipient: &Recipient,
    message: &Message,
    portal: &str,
) -> Draft {
    let values = values(
        sender,
        &recipient.name,
        &message.author_name,
        &message.body,
        recipient.has_account,
        portal,
    );
    Draft::new(&TEMPLATE, sender, &recipient.email, &recipient.name, values)
}
