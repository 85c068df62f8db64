//! The word to who applies with the address of an affiliate.

use domain::status::AffiliateStatus;
use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

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
    german: Some(Wording {
        subject: "Zu Ihrer Bewerbung bei {{business}}",
        heading: "Zu Ihrer Bewerbung",
        body: "Guten Tag {{name}}, vielen Dank für Ihr Interesse an {{business}}.

{{standing}}

~ Wenn Sie sich nicht beworben haben, brauchen Sie nichts zu tun.",
        reason: "Sie bekommen diese E-Mail, weil sich jemand mit dieser Adresse als Partner von {{business}} beworben hat.",
    }),
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
    let (business, language) = (&sender.name, sender.language);
    let standing = match status {
        AffiliateStatus::Pending => vec![Part::Paragraph(language.of(
            format!("An application with this address is there already. {business} writes to you as soon as it is decided."),
            format!("Zu dieser Adresse gibt es schon eine Bewerbung. {business} schreibt Ihnen, sobald darüber entschieden ist."),
        ))],
        AffiliateStatus::Approved | AffiliateStatus::Suspended if has_account => vec![
            Part::Paragraph(
                language
                    .of(
                        "You are an affiliate already and need not apply again.",
                        "Sie sind schon Partner und müssen sich nicht noch einmal bewerben.",
                    )
                    .to_owned(),
            ),
            Part::Button {
                label: language
                    .of("Log in to the portal", "Im Portal anmelden")
                    .to_owned(),
                address: portal.to_owned(),
            },
        ],
        AffiliateStatus::Approved | AffiliateStatus::Suspended => vec![Part::Paragraph(language.of(
            format!("You are an affiliate already and need not apply again. Your invitation to the portal is in a mail of its own; if you cannot find it, ask {business} to send it once more."),
            format!("Sie sind schon Partner und müssen sich nicht noch einmal bewerben. Ihre Einladung zum Portal steht in einer eigenen E-Mail; wenn Sie sie nicht finden, bitten Sie {business}, sie noch einmal zu senden."),
        ))],
        AffiliateStatus::Terminated => vec![Part::Paragraph(language.of(
            format!("Your participation has ended, so this form cannot be used with this address. Ask {business} if you want to take part again."),
            format!("Ihre Teilnahme ist beendet, deshalb lässt sich das Formular mit dieser Adresse nicht verwenden. Fragen Sie {business}, wenn Sie wieder teilnehmen möchten."),
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
