//! The mails of a sign-up: the code, and the word to who has an account already. What a stranger typed
//! stands in neither.

use store::messaging::notice::Sender;

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

fn reason(business: &str) -> String {
    format!("You get this because somebody entered this address to sign up at {business}.")
}

/// Writes the mail with the code of a sign-up; `shown` is the code as it is read, `minutes` how long it
/// is good.
#[must_use]
pub fn sign_up_code(sender: &Sender, to: &str, shown: &str, minutes: i64) -> NewMail {
    let business = &sender.name;
    let letter = Letter::new(business, format!("Your code: {shown}"), reason(business))
        .paragraph(format!(
            "Welcome to {business}. Enter this code on the page where you signed up; it proves that the address is yours, and your account is made. It is good for {minutes} minutes."
        ))
        .small(format!(
            "{business} never asks you for this code by mail, telephone or chat. If it was not you who signed up, you need not do anything: without the code there will be no account."
        ));
    NewMail {
        kind: MailKind::LoginCode,
        to: to.to_owned(),
        name: String::new(),
        subject: format!("Your code for {business}"),
        text: letter.text(),
        html: letter.html(),
    }
}

/// Writes the mail to who signs up and has access already; `portal` is the portal's address.
#[must_use]
pub fn has_account(sender: &Sender, to: &str, name: &str, portal: &str) -> NewMail {
    let business = &sender.name;
    let letter = Letter::new(business, "You already have access", reason(business))
        .paragraph(format!(
            "Hello {name}, there is an account with this address at {business} already, so no other one was made. Log in with this address and your password; if it has slipped your mind, have a code mailed to you on the same page."
        ))
        .button("Log in", format!("{portal}log-in"))
        .small("If it was not you who signed up, you need not do anything: nothing was changed.");
    NewMail {
        kind: MailKind::HasAccount,
        to: to.to_owned(),
        name: name.to_owned(),
        subject: format!("You already have access to {business}"),
        text: letter.text(),
        html: letter.html(),
    }
}
