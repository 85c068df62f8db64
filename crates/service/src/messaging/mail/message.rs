//! The mails that tell of a message in the portal, to either side.

use store::messaging::message::Message;
use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

/// Tells an affiliate of a message of staff; `portal` is the portal's address.
#[must_use]
pub fn message_to_affiliate(
    sender: &Sender,
    recipient: &Recipient,
    message: &Message,
    portal: &str,
) -> NewMail {
    let business = &sender.name;
    let author = &message.author_name;
    let letter = Letter::new(
        business,
        format!("A message from {business}"),
        format!("You get this because you are an affiliate of {business}."),
    )
    .paragraph(format!(
        "Hello {}, {author} has written to you.",
        recipient.name
    ))
    .quote(format!("{author} wrote"), &message.body);
    let letter = if recipient.has_account {
        letter
            .button("Answer in the portal", format!("{portal}messages"))
            .small(
                "You hear by mail of the next message once you have read this one in the portal.",
            )
    } else if sender.support_email.is_some() {
        letter.small("You have no log-in to the portal yet. Answer to this mail.")
    } else {
        letter
    };
    NewMail {
        kind: MailKind::Message,
        to: recipient.email.clone(),
        name: recipient.name.clone(),
        subject: format!("{author} of {business} has written to you"),
        text: letter.text(),
        html: letter.html(),
    }
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
) -> NewMail {
    let author = &affiliate.name;
    let letter = Letter::new(
        &sender.name,
        format!("A message from {author}"),
        format!(
            "You get this because messages of the affiliates of {} come to this address.",
            sender.name
        ),
    )
    .paragraph(format!(
        "{author} ({}) has written in the portal.",
        affiliate.email
    ))
    .quote(format!("{} wrote", message.author_name), &message.body)
    .button("Open the conversation", link)
    .small("You hear by mail of the next message once somebody has read this one.");
    NewMail {
        kind: MailKind::Message,
        to: address.to_owned(),
        name: name.to_owned(),
        subject: format!("{author} has written to you"),
        text: letter.text(),
        html: letter.html(),
    }
}
