//! The mail that invites an affiliate to the portal.

use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

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

/// Writes the invitation.
#[must_use]
pub fn invitation(sender: &Sender, recipient: &Recipient, invite: &Invite<'_>) -> NewMail {
    let Invite {
        email,
        campaign,
        link,
        last_day,
    } = *invite;
    let business = &sender.name;
    let opening = match campaign {
        Some((campaign, _)) => format!(
            "Hello {}, {business} has added you to the campaign “{campaign}” as an affiliate. Set a password to see your link, your clicks, your commissions and your payouts.",
            recipient.name
        ),
        None => format!(
            "Hello {}, {business} invites you to its affiliate portal. Set a password to see your links, your clicks, your commissions and your payouts.",
            recipient.name
        ),
    };
    let letter = Letter::new(business, format!("Your invitation to {business}"), format!("You get this because {business} entered this address for its affiliate program."))
        .paragraph(opening)
        .button("Accept the invitation", link)
        .quote("About the campaign", campaign.map_or("", |(_, guidelines)| guidelines))
        .small(format!("The link works once, until the end of {last_day}. If you did not expect it, you need not do anything."));
    NewMail {
        kind: MailKind::Invitation,
        to: email.to_owned(),
        name: recipient.name.clone(),
        subject: format!("{business} invites you to its affiliate portal"),
        text: letter.text(),
        html: letter.html(),
    }
}
