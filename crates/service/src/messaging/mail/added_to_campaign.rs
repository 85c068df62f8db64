//! The mail that tells an affiliate with an account of another campaign.

use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{
    BUSINESS, Draft, NAME, PORTAL, Template, Values, Variable, Wording,
};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::AddedToCampaign,
    about: "Goes to an affiliate with an account who takes part in another campaign.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::words("campaign", "The name of the campaign"),
        Variable::parts("link", "The affiliate’s link for the campaign").at_times(),
        Variable::parts("guidelines", "What the campaign asks of its affiliates").at_times(),
        PORTAL,
    ],
    subject: "{{business}}: you were added to “{{campaign}}”",
    heading: "You are in “{{campaign}}”",
    body: "Hello {{name}}, {{business}} has added you to the campaign “{{campaign}}”.

{{link}}

{{guidelines}}

[Open the portal]({{portal}})",
    reason: "You get this because you are an affiliate of {{business}}.",
    german: Some(Wording {
        subject: "{{business}}: Sie nehmen an „{{campaign}}“ teil",
        heading: "Sie sind bei „{{campaign}}“ dabei",
        body: "Guten Tag {{name}}, {{business}} hat Sie in die Kampagne „{{campaign}}“ aufgenommen.

{{link}}

{{guidelines}}

[Zum Portal]({{portal}})",
        reason: "Sie bekommen diese E-Mail, weil Sie Partner von {{business}} sind.",
    }),
    example: |sender| {
        values(
            sender,
            "Maya Okonkwo",
            "Summer sale",
            "Please do not bid on our name in search engines.",
            Some("https://go.example.com/r/maya"),
            &portal_of(sender),
        )
    },
};

fn values(
    sender: &Sender,
    name: &str,
    campaign: &str,
    guidelines: &str,
    link: Option<&str>,
    portal: &str,
) -> Values {
    let link = link.map(|link| {
        Part::Facts(vec![(
            sender.language.of("Your link", "Ihr Link").to_owned(),
            link.to_owned(),
        )])
    });
    Values::of(sender, name)
        .text_of("campaign", campaign)
        .parts_of("link", link.into_iter().collect())
        .parts_of(
            "guidelines",
            Part::quote(
                sender.language.of("About the campaign", "Zur Kampagne"),
                guidelines,
            ),
        )
        .text_of("portal", portal)
}

/// Writes the notice; `link` is the affiliate's own, `portal` the portal's address.
#[must_use]
pub fn added_to_campaign(
    sender: &Sender,
    recipient: &Recipient,
    campaign: &str,
    guidelines: &str,
    link: Option<&str>,
    portal: &str,
) -> Draft {
    let values = values(sender, &recipient.name, campaign, guidelines, link, portal);
    Draft::new(&TEMPLATE, sender, &recipient.email, &recipient.name, values)
}
