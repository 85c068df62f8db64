//! The mail with a code to log in or to set a new password.

use domain::status::CodePurpose;
use store::messaging::notice::Sender;

use super::MailKind;
use crate::messaging::template::{BUSINESS, Draft, NAME, Template, Values, Variable, Wording};

/// What it says.
pub static TEMPLATE: Template = Template {
    kind: MailKind::LoginCode,
    about: "Goes to who asks for a code, to log in or to set a new password.",
    variables: &[
        NAME,
        BUSINESS,
        Variable::secret("code", "The code, eight digits").required(),
        Variable::words("purpose", "What the code is for: “log in” or “set a new password”"),
        Variable::words("minutes", "How many minutes the code is good"),
    ],
    subject: "Your code for {{business}}",
    heading: "Your code: {{code}}",
    body: "Hello {{name}}, enter this code on the page where you asked for it to {{purpose}}. It is good for {{minutes}} minutes.

~ {{business}} never asks you for this code by mail, telephone or chat. If it was not you who asked, you need not do anything: without the code nobody gets in.",
    reason: "You get this because somebody asked for a code with this address at {{business}}.",
    german: Some(Wording {
        subject: "Ihr Code für {{business}}",
        heading: "Ihr Code: {{code}}",
        body: "Guten Tag {{name}}, geben Sie diesen Code auf der Seite ein, auf der Sie ihn angefordert haben, um {{purpose}}. Er gilt {{minutes}} Minuten.

~ {{business}} fragt Sie nie per E-Mail, Telefon oder Chat nach diesem Code. Wenn Sie ihn nicht angefordert haben, brauchen Sie nichts zu tun: Ohne den Code kommt niemand hinein.",
        reason: "Sie bekommen diese E-Mail, weil jemand mit dieser Adresse einen Code bei {{business}} angefordert hat.",
    }),
    example: |sender| values(sender, "Maya Okonkwo", CodePurpose::LogIn, "4821-0937", 15),
};

fn values(sender: &Sender, name: &str, purpose: CodePurpose, shown: &str, minutes: i64) -> Values {
    let purpose = match purpose {
        CodePurpose::LogIn | CodePurpose::Link => ("log in", "sich anzumelden"),
        CodePurpose::SignUp => ("make your account", "Ihr Konto zu erstellen"),
        CodePurpose::Reset => ("set a new password", "ein neues Passwort festzulegen"),
        CodePurpose::Prove => ("show that it is you", "zu zeigen, dass Sie es sind"),
        CodePurpose::Address => (
            "log in with this address",
            "sich mit dieser Adresse anzumelden",
        ),
    };
    let purpose = sender.language.of(purpose.0, purpose.1);
    Values::of(sender, name)
        .text_of("code", shown)
        .text_of("purpose", purpose)
        .text_of("minutes", minutes.to_string())
}

/// Writes the mail with a code; `shown` is the code as it is read, `minutes` how long it is good.
#[must_use]
pub fn login_code(
    sender: &Sender,
    to: &str,
    name: &str,
    purpose: CodePurpose,
    shown: &str,
    minutes: i64,
) -> Draft {
    let values = values(sender, name, purpose, shown, minutes);
    Draft::new(&TEMPLATE, sender, to, name, values)
}
