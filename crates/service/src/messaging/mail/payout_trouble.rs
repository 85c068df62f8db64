//! The word to the business that the execution of a payout needs a person.

use store::messaging::notice::Sender;

use super::MailKind;
use crate::messaging::letter::Part;
use crate::messaging::template::{BUSINESS, Draft, Template, Values, Variable};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::PayoutTrouble,
    about: "Goes to you when a payout provider has refused a payout or does not say whether it was paid, and when money comes back.",
    variables: &[
        BUSINESS,
        Variable::words("payout", "The payout’s number"),
        Variable::words("what", "What has happened, as a short sentence"),
        Variable::parts("details", "Payout, amount, affiliate and provider"),
        Variable::address("link", "The payout’s page in the admin").required(),
    ],
    subject: "{{payout}} needs you: {{what}}",
    heading: "{{payout}} needs you",
    body: "{{what}}.

{{details}}

[Look at the payout]({{link}})

~ Do not pay it another way before you know what became of it: it could be paid twice. What came back goes into the next payout by itself.",
    reason: "You get this because payouts of {{business}} come to this address when they need somebody.",
    german: None,
    example: |sender| {
        let details = [
            ("Payout", "PO-1042"),
            ("Amount", "$356.40"),
            ("Affiliate", "Maya Okonkwo"),
            ("Provider", "PayPal"),
        ];
        let what = "It is not known whether it was paid";
        let link = "https://portal.example.com/admin/payouts/example";
        values(sender, "", "PO-1042", what, &details, link)
    },
};

fn values(
    sender: &Sender,
    name: &str,
    payout: &str,
    what: &str,
    details: &[(&str, &str)],
    link: &str,
) -> Values {
    Values::of(sender, name)
        .text_of("payout", payout)
        .text_of("what", what)
        .parts_of("details", Part::facts(details))
        .text_of("link", link)
}

/// Tells the business; `to` is an address and a name, `details` begins with the payout's number, `link` leads to it.
#[must_use]
pub(crate) fn payout_trouble(
    sender: &Sender,
    to: (&str, &str),
    what: &str,
    details: &[(&str, &str)],
    link: &str,
) -> Draft {
    let payout = details.first().map_or("", |(_, value)| value);
    let values = values(sender, to.1, payout, what, details, link);
    Draft::new(&TEMPLATE, sender, to.0, to.1, values)
}
