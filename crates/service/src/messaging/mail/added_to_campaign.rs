//! The mail that tells an affiliate with an account of another campaign.

use store::messaging::notice::{Recipient, Sender};

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

/// Writes the notice; `link` is the affiliate's own, `portal` the portal's address.
#[must_use]
pub fn added_to_campaign(
    sender: &Sender,
    recipient: &Recipient,
    campaign: &str,
    guidelines: &str,
    link: Option<&str>,
    portal: &str,
) -> NewMail {
    let business = &sender.name;
    let facts = link
        .map(|link| vec![("Your link".to_owned(), link.to_owned())])
        .unwrap_or_default();
    let letter = Letter::new(
        business,
        format!("You are in “{campaign}”"),
        format!("You get this because you are an affiliate of {business}."),
    )
    .paragraph(format!(
        "Hello {}, {business} has added you to the campaign “{campaign}”.",
        recipient.name
    ))
    .facts(facts)
    .quote("About the campaign", guidelines)
    .button("Open the portal", portal);
    NewMail {
        kind: MailKind::AddedToCampaign,
        to: recipient.email.clone(),
        name: recipient.name.clone(),
        subject: format!("{business}: you were added to “{campaign}”"),
        text: letter.text(),
        html: letter.html(),
    }
}
