//! The mails around a code: the code itself, and the word that a password was changed.

use domain::status::CodePurpose;
use store::messaging::notice::Sender;

use super::{MailKind, NewMail};
use crate::messaging::letter::Letter;

/// Writes the mail with a code; `shown` is the code as it is read, `minutes` how long it is good.
#[must_use]
pub fn login_code(
    sender: &Sender,
    to: &str,
    name: &str,
    purpose: CodePurpose,
    shown: &str,
    minutes: i64,
) -> NewMail {
    let business = &sender.name;
    let what = match purpose {
        CodePurpose::LogIn | CodePurpose::Link => "log in",
        CodePurpose::SignUp => "make your account",
        CodePurpose::Reset => "set a new password",
        CodePurpose::Prove => "show that it is you",
    };
    let letter = Letter::new(
        business,
        format!("Your code: {shown}"),
        format!("You get this because somebody asked for a code with this address at {business}."),
    )
    .paragraph(format!(
        "Hello {name}, enter this code on the page where you asked for it to {what}. It is good for {minutes} minutes."
    ))
    .small(format!(
        "{business} never asks you for this code by mail, telephone or chat. If it was not you who asked, you need not do anything: without the code nobody gets in."
    ));
    NewMail {
        kind: MailKind::LoginCode,
        to: to.to_owned(),
        name: name.to_owned(),
        subject: format!("Your code for {business}"),
        text: letter.text(),
        html: letter.html(),
    }
}

/// Writes the mail that tells of a new password; `portal` is the portal's address.
#[must_use]
pub fn password_changed(sender: &Sender, to: &str, name: &str, portal: &str) -> NewMail {
    let business = &sender.name;
    let letter = Letter::new(
        business,
        "Your password was changed",
        format!("You get this because you have an account at {business}."),
    )
    .paragraph(format!(
        "Hello {name}, a new password was set for your account, and all other devices were logged out."
    ))
    .button("Open the portal", portal)
    .small("If it was not you, somebody can read your mail: change the password of your mailbox first, then this one again.");
    NewMail {
        kind: MailKind::PasswordChanged,
        to: to.to_owned(),
        name: name.to_owned(),
        subject: format!("Your password for {business} was changed"),
        text: letter.text(),
        html: letter.html(),
    }
}
