//! The mail that tells the business of a message of an affiliate.

use store::messaging::message::Message;
use store::messaging::notice::{Recipient, Sender};

use super::MailKind;
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::MessageToStaff,
    about: "Goes to you when an affiliate writes a message in the portal.",
    variables: &[
        BUSINESS,
        Variable::words("affiliate", "The affiliate’s name"),
        Variable::words("email", "The affiliate’s address"),
        Variable::parts("message", "The message").required(),
        Variable::address("link", "The conversation’s page in the admin"),
    ],
    subject: "{{affiliate}} has written to you",
    heading: "A message from {{affiliate}}",
    body: "{{affiliate}} ({{email}}) has written in the portal.

{{message}}

[Open the conversation]({{link}})

~ You hear by mail of the next message once somebody has read this one.",
    reason: "You get this because messages of the affiliates of {{business}} come to this address.",
    german: None,
    example: |sender| {
        let link = "https://portal.example.com/admin/messages/example";
        let text = "When does the summer sale begin?";
        values(
            sender,
            "",
            ("Maya Okonkwo", "maya@example.com"),
            ("Maya Okonkwo", text),
            link,
        )
    },
};

/// `affiliate` is a name and an address, `message` its author and text.
fn values(
    sender: &Sender,
    name: &str,
    affiliate: (&str, &str),
    message: (&str, &str),
    link: &str,
) -> Values {
    let (author, text) = message;
    Values::of(sender, name)
        .text_of("affiliate", affiliate.0)
        .text_of("email", affiliate.1)
        .parts_of("message", Part::quote(format!("{author} wrote"), text))
        .text_of("link", link)
}

/// Tells the business of a message of an affiliate; `link` leads to the conversation.
#[must_use]
pub fn message_to_staff(
    sender: &Sender,
    address: &str,
    name: &str,
    affiliate: &Recipient,
    message: &Message,
    link: &str,
) -> Draft {
    let values = values(
        sender,
        name,
        (&affiliate.name, &affiliate.email),
        (&message.author_name, &message.body),
        link,
    );
    Draft::new(&TEMPLATE, sender, address, name, values)
}
