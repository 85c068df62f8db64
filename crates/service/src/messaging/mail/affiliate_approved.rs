//! The mail that tells an affiliate of the approval, with the links and what each campaign asks.

use store::messaging::notice::{LiveLink, Recipient, Sender};

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

/// Writes the notice. `tracked` turns a link's code into its address; `portal` is the portal's address.
#[must_use]
pub fn affiliate_approved(
    sender: &Sender,
    recipient: &Recipient,
    links: &[LiveLink],
    tracked: impl Fn(&str) -> String,
    portal: &str,
) -> NewMail {
    let business = &sender.name;
    let mut letter = Letter::new(
        business,
        "You are approved",
        format!("You get this because you are an affiliate of {business}."),
    )
    .paragraph(format!(
        "Hello {}, {business} has approved you as an affiliate. Your links work from now on.",
        recipient.name
    ))
    .facts(
        links
            .iter()
            .map(|link| (link.campaign_name.clone(), tracked(&link.code)))
            .collect(),
    );
    for link in links {
        letter = letter.quote(
            format!("Guidelines for {}", link.campaign_name),
            &link.guidelines,
        );
    }
    if links.is_empty() {
        letter = letter
            .paragraph("You are in no active campaign yet. Your link comes with the first one.");
    }
    let letter = if recipient.has_account {
        letter.button("Open the portal", portal)
    } else {
        letter.small("The invitation to the portal, where you see your clicks and commissions, comes in a mail of its own.")
    };
    NewMail {
        kind: MailKind::AffiliateApproved,
        to: recipient.email.clone(),
        name: recipient.name.clone(),
        subject: format!("{business} has approved you as an affiliate"),
        text: letter.text(),
        html: letter.html(),
    }
}
