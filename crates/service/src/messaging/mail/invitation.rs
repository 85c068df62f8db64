//! The mail that invites an affiliate to the portal.

use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, portal_of};
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::Invitation,
    about: "Goes to an affiliate without an account, with their first active campaign or when you invite them.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::address("link", "The invitation’s link, which works once").required(),
        Variable::words("last_day", "The last day on which the link works"),
        Variable::words("campaign", "The campaign that led to the invitation").at_times(),
        Variable::parts("guidelines", "What that campaign asks of its affiliates").at_times(),
    ],
    subject: "{{business}} invites you to its affiliate portal",
    heading: "Your invitation to {{business}}",
    body: "Hello {{name}}, {{business}} invites you to its affiliate portal. Set a password to see your links, your clicks, your commissions and your payouts.

You were added to the campaign “{{campaign}}” as an affiliate.

[Accept the invitation]({{link}})

{{guidelines}}

~ The link works once, until the end of {{last_day}}. If you did not expect it, you need not do anything.",
    reason: "You get this because {{business}} entered this address for its affiliate program.",
    german: Some(Wording {
        subject: "{{business}} lädt Sie in das Partnerportal ein",
        heading: "Ihre Einladung von {{business}}",
        body: "Guten Tag {{name}}, {{business}} lädt Sie in das Partnerportal ein. Legen Sie ein Passwort fest und sehen Sie Ihre Empfehlungslinks, Ihre Klicks, Ihre Provisionen und Ihre Auszahlungen.

Sie wurden als Partner in die Kampagne „{{campaign}}“ aufgenommen.

[Einladung annehmen]({{link}})

{{guidelines}}

~ Der Link funktioniert einmal, bis zum Ende des {{last_day}}. Wenn Sie ihn nicht erwartet haben, brauchen Sie nichts zu tun.",
        reason: "Sie bekommen diese E-Mail, weil {{business}} diese Adresse für sein Partnerprogramm eingetragen hat.",
    }),
    example: |sender| {
        let invite = Invite {
            email: "",
            campaign: Some((
                "Summer sale",
                "Please do not bid on our name in search engines.",
            )),
            link: &format!("{}invitation/example", portal_of(sender)),
            last_day: sender
                .language
                .of("5 December 2026", "5. Dezember 2026"),
        };
        values(sender, "Maya Okonkwo", &invite)
    },
};

/// What an invitation says beside who writes to whom.
#[derive(Debug, Clone)]
pub struct Invite<'a> {
    /// The address it goes to.
    pub email: &'a str,
    /// The campaign that led to it, with its guidelines.
    pub campaign: Option<(&'a str, &'a str)>,
    /// The invitation's link.
    pub link: &'a str,
    /// The last day it works, such as "5 December 2026".
    pub last_day: &'a str,
}

fn values(sender: &Sender, name: &str, invite: &Invite<'_>) -> Values {
    let Invite {
        email: _,
        campaign,
        link,
        last_day,
    } = *invite;
    let (campaign, guidelines) = campaign.unwrap_or_default();
    Values::of(sender, name)
        .text_of("link", link)
        .text_of("last_day", last_day)
        .text_of("campaign", campaign)
        .parts_of(
            "guidelines",
            Part::quote(
                sender.language.of("About the campaign", "Zur Kampagne"),
                guidelines,
            ),
        )
}

/// Writes the invitation.
#[must_use]
pub fn invitation(sender: &Sender, recipient: &Recipient, invite: &Invite<'_>) -> Draft {
    let values = values(sender, &recipient.name, invite);
    Draft::new(&TEMPLATE, sender, invite.email, &recipient.name, values)
}
