//! The mail that tells an affiliate of the approval, with the links and what each campaign asks.

use store::messaging::notice::{LiveLink, Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::AffiliateApproved,
    about: "Goes to an affiliate when you approve them, if “Tell affiliates when they are approved” is on.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::parts(
            "links",
            "The affiliate’s links with their campaigns; without any, a sentence that says so",
        ),
        Variable::parts("guidelines", "What each campaign asks of its affiliates").at_times(),
        Variable::parts(
            "portal_access",
            "A button to the portal; for who has no account yet, that the invitation comes in a mail of its own",
        ),
    ],
    subject: "{{business}} has approved you as an affiliate",
    heading: "You are approved",
    body:
        "Hello {{name}}, {{business}} has approved you as an affiliate. Your links work from now on.

{{links}}

{{guidelines}}

{{portal_access}}",
    reason: "You get this because you are an affiliate of {{business}}.",
    german: Some(Wording {
        subject: "{{business}} hat Sie als Partner freigegeben",
        heading: "Sie sind freigegeben",
        body: "Guten Tag {{name}}, {{business}} hat Sie als Partner freigegeben. Ihre Empfehlungslinks funktionieren ab jetzt.

{{links}}

{{guidelines}}

{{portal_access}}",
        reason: "Sie bekommen diese E-Mail, weil Sie Partner von {{business}} sind.",
    }),
    example: |sender| {
        let link = |campaign: &str, code: &str| {
            (
                campaign.to_owned(),
                format!("https://go.example.com/r/{code}"),
            )
        };
        values(
            sender,
            "Maya Okonkwo",
            vec![link("Summer sale", "maya"), link("Newsletter", "maya-news")],
            Part::quote(
                "Guidelines for Summer sale",
                "Please do not bid on our name in search engines.",
            ),
            Some(&portal_of(sender)),
        )
    },
};

fn values(
    sender: &Sender,
    name: &str,
    links: Vec<(String, String)>,
    guidelines: Vec<Part>,
    portal: Option<&str>,
) -> Values {
    let language = sender.language;
    let links = if links.is_empty() {
        Part::Paragraph(
            language
                .of(
                    "You are in no active campaign yet. Your link comes with the first one.",
                    "Sie nehmen noch an keiner aktiven Kampagne teil. Ihr Link kommt mit der ersten.",
                )
                .to_owned(),
        )
    } else {
        Part::Facts(links)
    };
    let access = portal.map_or_else(
        || {
            Part::Small(
                language
                    .of(
                        "The invitation to the portal, where you see your clicks and commissions, comes in a mail of its own.",
                        "Die Einladung zum Portal, in dem Sie Ihre Klicks und Provisionen sehen, kommt in einer eigenen E-Mail.",
                    )
                    .to_owned(),
            )
        },
        |portal| Part::Button {
            label: language.of("Open the portal", "Zum Portal").to_owned(),
            address: portal.to_owned(),
        },
    );
    Values::of(sender, name)
        .parts_of("links", vec![links])
        .parts_of("guidelines", guidelines)
        .parts_of("portal_access", vec![access])
}

/// Writes the notice. `tracked` turns a link's code into its address; `portal` is the portal's address.
#[must_use]
pub fn affiliate_approved(
    sender: &Sender,
    recipient: &Recipient,
    links: &[LiveLink],
    tracked: impl Fn(&str) -> String,
    portal: &str,
) -> Draft {
    let guidelines = links.iter().flat_map(|link| {
        Part::quote(
            sender.language.of(
                format!("Guidelines for {}", link.campaign_name),
                format!("Richtlinien für {}", link.campaign_name),
            ),
            &link.guidelines,
        )
    });
    let values = values(
        sender,
        &recipient.name,
        links
            .iter()
            .map(|link| (link.campaign_name.clone(), tracked(&link.code)))
            .collect(),
        guidelines.collect(),
        recipient.has_account.then_some(portal),
    );
    Draft::new(&TEMPLATE, sender, &recipient.email, &recipient.name, values)
}
