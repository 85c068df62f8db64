//! The word to an applicant that the application was not accepted. An approval has the mails of any
//! affiliate.

use store::messaging::notice::Sender;
use store::portal::application::Application;

use super::MailKind;
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::ApplicationRejected,
    about: "Goes to an applicant whom you do not accept, if you choose to tell them.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::parts("reason", "The reason you gave").at_times(),
    ],
    subject: "Your application to {{business}}",
    heading: "Your application was not accepted",
    body: "Hello {{name}}, {{business}} has looked at your application and does not accept it at this time.

{{reason}}",
    reason: "You get this because somebody applied with this address to become an affiliate of {{business}}.",
    german: Some(Wording {
        subject: "Ihre Bewerbung bei {{business}}",
        heading: "Ihre Bewerbung wurde nicht angenommen",
        body: "Guten Tag {{name}}, {{business}} hat Ihre Bewerbung geprüft und nimmt sie zurzeit nicht an.

{{reason}}",
        reason: "Sie bekommen diese E-Mail, weil sich jemand mit dieser Adresse als Partner von {{business}} beworben hat.",
    }),
    example: |sender| values(sender, "Maya Okonkwo", "We look for people who write about gardens."),
};

fn values(sender: &Sender, name: &str, why: &str) -> Values {
    Values::of(sender, name).parts_of(
        "reason",
        Part::quote(sender.language.of("The reason", "Der Grund"), why),
    )
}

/// Tells the applicant that the application was not accepted, and why.
#[must_use]
pub fn application_rejected(sender: &Sender, application: &Application, why: &str) -> Draft {
    let Application { email, name, .. } = application;
    Draft::new(&TEMPLATE, sender, email, name, values(sender, name, why))
}
