//! The mail that invites somebody to work for the business.

use domain::status::Role;
use store::identity::staff_invitation::StaffInvitation;
use store::messaging::notice::Sender;

use super::MailKind;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::StaffInvitation,
    about: "Goes to whom you invite to work here, on the page of the team.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("duty", "What they are to do, such as: to follow up leads"),
        Variable::address("link", "The invitation’s link, which works once").required(),
        Variable::words("last_day", "The last day on which the link works"),
    ],
    subject: "{{business}} invites you to its team",
    heading: "Join the team of {{business}}",
    body: "Hello {{name}}, {{business}} invites you {{duty}}.

[Accept the invitation]({{link}})

~ The link works once, until the end of {{last_day}}. If you did not expect it, you need not do anything.",
    reason: "You get this because {{business}} entered this address for its team.",
    german: None,
    example: |sender| {
        values(
            sender,
            "Sam Ortega",
            Role::Agent,
            "https://portal.example.com/admin/join/example",
            "5 December 2026",
        )
    },
};

fn values(sender: &Sender, name: &str, role: Role, link: &str, last_day: &str) -> Values {
    let duty = match role {
        Role::Agent => "to follow up its leads",
        Role::Admin | Role::Owner => "to manage its affiliate program",
    };
    Values::of(sender, name)
        .text_of("duty", duty)
        .text_of("link", link)
        .text_of("last_day", last_day)
}

/// Writes the invitation; `link` leads to its page, `last_day` is the last day it works.
#[must_use]
pub fn staff_invitation(
    sender: &Sender,
    invitation: &StaffInvitation,
    link: &str,
    last_day: &str,
) -> Draft {
    let StaffInvitation {
        email, name, role, ..
    } = invitation;
    let values = values(sender, name, *role, link, last_day);
    Draft::new(&TEMPLATE, sender, email, name, values)
}
