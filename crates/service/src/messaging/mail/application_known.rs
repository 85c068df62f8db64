//! The word to who applies with the address of an affiliate.

use domain::status::AffiliateStatus;
use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::ApplicationKnown,
    about: "Goes to who applies with the address of one of your affiliates.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::parts(
            "standing",
            "Where the affiliate stands, and what to do: wait, log in, or ask you",
        )
        .required(),
    ],
    subject: "About your application to {{business}}",
    heading: "About your application",
    body: "Hello {{name}}, thank you for your interest in {{business}}.

{{standing}}

~ If it was not you who applied, you need not do anything.",
    reason: "You get this because somebody applied with this address to become an affiliate of {{business}}.",
    example: |sender| {
        values(
            sender,
            "Maya Okonkwo",
            AffiliateStatus::Approved,
            true,
            &portal_of(sender),
        )
    },
};

fn values(
    sender: &Sender,
    name: &str,
    status: AffiliateStatus,
    has_account: bool,
    portal: &str,
) -> Values {
    let business = &sender.name;
    let standing = match status {
        AffiliateStatus::Pending => vec![Part::Paragraph(format!(
            "An application with this address is there already. {business} writes to you as soon as it is decided."
        ))],
        AffiliateStatus::Approved | AffiliateStatus::Suspended if has_account => vec![
            Part::Paragraph("You are an affiliate already and need not apply again.".to_owned()),
            Part::Button {
                label: "Log in to the portal".to_owned(),
                address: portal.to_owned(),
            },
        ],
        AffiliateStatus::Approved | AffiliateStatus::Suspended => vec![Part::Paragraph(format!(
            "You are an affiliate already and need not apply again. Your invitation to the portal is in a mail of its own; if you cannot find it, ask {business} to send it once more."
        ))],
        AffiliateStatus::Terminated => vec![Part::Paragraph(format!(
            "Your participation has ended, so this form cannot be used with this address. Ask {business} if you want to take part again."
        ))],
    };
    Values::of(sender, name).parts_of("standing", standing)
}

/// Tells whoever applied with an affiliate's address where they stand; `portal` is the portal's address.
#[must_use]
pub fn application_known(sender: &Sender, affiliate: &Recipient, portal: &str) -> Draft {
    let Recipient {
        name,
        email,
        status,
        has_account,
        ..
    } = affiliate;
    let values = values(sender, name, *status, *has_account, portal);
    Draft::new(&TEMPLATE, sender, email, name, values)
}
