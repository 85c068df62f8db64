//! The mail that tells an affiliate of a message in the portal.

use store::messaging::message::Message;
use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

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
    german: Some(Wording {
        subject: "{{author}} von {{business}} hat Ihnen geschrieben",
        heading: "Eine Nachricht von {{business}}",
        body: "Guten Tag {{name}}, {{author}} hat Ihnen geschrieben.

{{message}}

{{answer}}",
        reason: "Sie bekommen diese E-Mail, weil Sie Partner von {{business}} sind.",
    }),
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
    let language = sender.language;
    let answer = if has_account {
        vec![
            Part::Button {
                label: language
                    .of("Answer in the portal", "Im Portal antworten")
                    .to_owned(),
                address: format!("{portal}messages"),
            },
            Part::Small(
                language
                    .of(
                        "You hear by mail of the next message once you have read this one in the portal.",
                        "Von der nächsten Nachricht hören Sie per E-Mail, sobald Sie diese im Portal gelesen haben.",
                    )
                    .to_owned(),
            ),
        ]
    } else if sender.support_email.is_some() {
        vec![Part::Small(
            language
                .of(
                    "You have no log-in to the portal yet. Answer to this mail.",
                    "Sie haben noch keinen Zugang zum Portal. Antworten Sie auf diese E-Mail.",
                )
                .to_owned(),
        )]
    } else {
        Vec::new()
    };
    Values::of(sender, name)
        .text_of("author", author)
        .parts_of(
            "message",
            Part::quote(
                language.of(format!("{author} wrote"), format!("{author} schreibt")),
                message,
            ),
        )
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
