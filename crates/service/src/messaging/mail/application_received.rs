//! The word to an applicant that the application has come.

use store::messaging::notice::Sender;
use store::portal::application::Application;

use super::MailKind;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::Application,
    about: "Goes to who applies to become an affiliate.",
    variables: &[NAME, BUSINESS],
    subject: "Your application to {{business}}",
    heading: "Your application has arrived",
    body: "Hello {{name}}, thank you for your interest. {{business}} looks at your application and writes to you as soon as it is decided.

~ If it was not you who applied, you need not do anything.",
    reason: "You get this because somebody applied with this address to become an affiliate of {{business}}.",
    german: Some(Wording {
        subject: "Ihre Bewerbung bei {{business}}",
        heading: "Ihre Bewerbung ist angekommen",
        body: "Guten Tag {{name}}, vielen Dank für Ihr Interesse. {{business}} prüft Ihre Bewerbung und schreibt Ihnen, sobald darüber entschieden ist.

~ Wenn Sie sich nicht beworben haben, brauchen Sie nichts zu tun.",
        reason: "Sie bekommen diese E-Mail, weil sich jemand mit dieser Adresse als Partner von {{business}} beworben hat.",
    }),
    example: |sender| Values::of(sender, "Maya Okonkwo"),
};

/// Tells the applicant that the application has come.
#[must_use]
pub fn application_received(sender: &Sender, application: &Application) -> Draft {
    let Application { email, name, .. } = application;
    Draft::new(&TEMPLATE, sender, email, name, Values::of(sender, name))
}
