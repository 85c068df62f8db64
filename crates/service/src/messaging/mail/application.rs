//! The mails around an application: that it has come, to both sides, and what was decided when it is not
//! accepted. An approval has the mails of any affiliate.

use domain::status::AffiliateStatus;
use store::messaging::notice::{Recipient, Sender};
use store::portal::application::Application;

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

fn reason(business: &str) -> String {
    format!(
        "You get this because somebody applied with this address to become an affiliate of {business}."
    )
}

fn written(to: &str, name: &str, subject: String, letter: &Letter) -> NewMail {
    NewMail {
        kind: MailKind::Application,
        to: to.to_owned(),
        name: name.to_owned(),
        subject,
        text: letter.text(),
        html: letter.html(),
    }
}

/// Tells the applicant that the application has come.
#[must_use]
pub fn application_received(sender: &Sender, application: &Application) -> NewMail {
    let business = &sender.name;
    let letter = Letter::new(business, "Your application has arrived", reason(business))
        .paragraph(format!(
            "Hello {}, thank you for your interest. {business} looks at your application and writes to you as soon as it is decided.",
            application.name
        ))
        .small("If it was not you who applied, you need not do anything.");
    written(
        &application.email,
        &application.name,
        format!("Your application to {business}"),
        &letter,
    )
}

/// Tells the business of an application that waits; `link` leads to it.
#[must_use]
pub fn application_waits(
    sender: &Sender,
    address: &str,
    name: &str,
    application: &Application,
    link: &str,
) -> NewMail {
    let mut facts = vec![
        ("Name".to_owned(), application.name.clone()),
        ("E-mail".to_owned(), application.email.clone()),
    ];
    if !application.website.is_empty() {
        facts.push(("Website".to_owned(), application.website.clone()));
    }
    let letter = Letter::new(
        &sender.name,
        format!("{} wants to become an affiliate", application.name),
        format!(
            "You get this because applications to {} come to this address.",
            sender.name
        ),
    )
    .facts(facts)
    .quote("About the audience", &application.audience)
    .button("Look at the application", link);
    written(
        address,
        name,
        format!("{} wants to become an affiliate", application.name),
        &letter,
    )
}

/// Tells the applicant that the application was not accepted, and why.
#[must_use]
pub fn application_rejected(sender: &Sender, application: &Application, why: &str) -> NewMail {
    let business = &sender.name;
    let letter = Letter::new(
        business,
        "Your application was not accepted",
        reason(business),
    )
    .paragraph(format!(
        "Hello {}, {business} has looked at your application and does not accept it at this time.",
        application.name
    ))
    .quote("The reason", why);
    written(
        &application.email,
        &application.name,
        format!("Your application to {business}"),
        &letter,
    )
}

/// Tells whoever applied with an affiliate's address where they stand; `portal` is the portal's address.
#[must_use]
pub fn application_known(sender: &Sender, affiliate: &Recipient, portal: &str) -> NewMail {
    let business = &sender.name;
    let name = &affiliate.name;
    let letter = Letter::new(business, "About your application", reason(business));
    let letter = match affiliate.status {
        AffiliateStatus::Pending => letter.paragraph(format!(
            "Hello {name}, an application with this address is there already. {business} writes to you as soon as it is decided."
        )),
        AffiliateStatus::Approved | AffiliateStatus::Suspended if affiliate.has_account => letter
            .paragraph(format!(
                "Hello {name}, you are an affiliate of {business} already and need not apply again."
            ))
            .button("Log in to the portal", portal),
        AffiliateStatus::Approved | AffiliateStatus::Suspended => letter.paragraph(format!(
            "Hello {name}, you are an affiliate of {business} already and need not apply again. Your invitation to the portal is in a mail of its own; if you cannot find it, ask {business} to send it once more."
        )),
        AffiliateStatus::Terminated => letter.paragraph(format!(
            "Hello {name}, your participation has ended, so this form cannot be used with this address. Ask {business} if you want to take part again."
        )),
    };
    let letter = letter.small("If it was not you who applied, you need not do anything.");
    written(
        &affiliate.email,
        name,
        format!("About your application to {business}"),
        &letter,
    )
}
