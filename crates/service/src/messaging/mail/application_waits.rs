//! The word to the business that an application waits.

use store::messaging::notice::Sender;
use store::portal::application::Application;

use super::MailKind;
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::ApplicationWaits,
    about: "Goes to you when somebody applies to become an affiliate.",
    variables: &[
        BUSINESS,
        Variable::words("applicant", "The name of who applies"),
        Variable::parts("details", "Name, address and website of who applies"),
        Variable::parts("audience", "What they say about their audience").at_times(),
        Variable::address("link", "The application’s page in the admin").required(),
    ],
    subject: "{{applicant}} wants to become an affiliate",
    heading: "{{applicant}} wants to become an affiliate",
    body: "{{details}}

{{audience}}

[Look at the application]({{link}})",
    reason: "You get this because applications to {{business}} come to this address.",
    german: None,
    example: |sender| {
        let details = [
            ("Name", "Maya Okonkwo"),
            ("E-mail", "maya@example.com"),
            ("Website", "https://letters.example.com/"),
        ];
        let link = "https://portal.example.com/admin/applications/example";
        values(
            sender,
            "",
            "Maya Okonkwo",
            &details,
            "Gardeners with small gardens.",
            link,
        )
    },
};

fn values(
    sender: &Sender,
    name: &str,
    applicant: &str,
    details: &[(&str, &str)],
    audience: &str,
    link: &str,
) -> Values {
    Values::of(sender, name)
        .text_of("applicant", applicant)
        .parts_of("details", Part::facts(details))
        .parts_of("audience", Part::quote("About the audience", audience))
        .text_of("link", link)
}

/// Tells the business of an application that waits; `link` leads to it.
#[must_use]
pub fn application_waits(
    sender: &Sender,
    address: &str,
    name: &str,
    application: &Application,
    link: &str,
) -> Draft {
    let mut details = vec![
        ("Name", application.name.as_str()),
        ("E-mail", &application.email),
    ];
    if !application.website.is_empty() {
        details.push(("Website", &application.website));
    }
    let values = values(
        sender,
        name,
        &application.name,
        &details,
        &application.audience,
        link,
    );
    Draft::new(&TEMPLATE, sender, address, name, values)
}
