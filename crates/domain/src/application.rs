//! Applications: which of them are approved without a person.

use crate::status::{ApplicationRule, QuestionKind};
use crate::text::email_domain;

/// Mailboxes that anybody can read or that are gone within the hour.
const DISPOSABLE: &[&str] = &[
    "10minutemail.com",
    "dispostable.com",
    "emailondeck.com",
    "fakeinbox.com",
    "getnada.com",
    "guerrillamail.com",
    "guerrillamail.info",
    "guerrillamail.net",
    "guerrillamail.org",
    "maildrop.cc",
    "mailinator.com",
    "mailnesia.com",
    "mailsac.com",
    "mintemail.com",
    "moakt.com",
    "mohmal.com",
    "mytemp.email",
    "sharklasers.com",
    "spamgourmet.com",
    "temp-mail.org",
    "tempail.com",
    "tempmail.com",
    "tempr.email",
    "throwawaymail.com",
    "trashmail.com",
    "trashmail.de",
    "yopmail.com",
];

/// Whether an address is of a service that gives mailboxes to throw away.
#[must_use]
pub fn is_disposable(email: &str) -> bool {
    email_domain(email)
        .is_some_and(|domain| DISPOSABLE.iter().any(|known| is_within(&domain, known)))
}

/// Whether `domain` is `whole` or below it.
fn is_within(domain: &str, whole: &str) -> bool {
    domain
        .strip_suffix(whole)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// What an approval without a person is decided on.
#[derive(Debug, Clone, Copy)]
pub struct Applicant<'a> {
    /// The address.
    pub email: &'a str,
    /// Whether an application of this address was rejected before.
    pub rejected_before: bool,
    /// The kind of each question with its answer.
    pub answers: &'a [(QuestionKind, String)],
}

/// Whether the rule approves an applicant. `domains` are those of the rule, in lower case. Mailboxes to
/// throw away and addresses that were rejected before always wait for a person.
#[must_use]
pub fn approves(rule: ApplicationRule, domains: &[String], applicant: Applicant<'_>) -> bool {
    let Applicant {
        email,
        rejected_before,
        answers,
    } = applicant;
    if rejected_before || is_disposable(email) {
        return false;
    }
    match rule {
        ApplicationRule::Off => false,
        ApplicationRule::Everybody => true,
        ApplicationRule::Domains => {
            email_domain(email).is_some_and(|domain| domains.contains(&domain))
        }
        ApplicationRule::AllYes => {
            let mut asked = answers
                .iter()
                .filter(|(kind, _)| *kind == QuestionKind::YesNo)
                .peekable();
            // A form without such a question approves nobody.
            asked.peek().is_some() && asked.all(|(_, answer)| answer == YES)
        }
    }
}

/// The stored answer to a yes-no question.
pub const YES: &str = "yes";
/// The other one.
pub const NO: &str = "no";

#[cfg(test)]
mod tests {
    use super::*;

    fn decide(rule: ApplicationRule, email: &str, before: bool, answers: &[&str]) -> bool {
        let answers: Vec<(QuestionKind, String)> = answers
            .iter()
            .map(|answer| (QuestionKind::YesNo, (*answer).to_owned()))
            .chain([(QuestionKind::ShortText, "no".to_owned())])
            .collect();
        let applicant = Applicant {
            email,
            rejected_before: before,
            answers: &answers,
        };
        approves(rule, &["growth.example".to_owned()], applicant)
    }

    #[test]
    fn each_rule_approves_its_own() {
        let maya = "maya@Growth.example";
        assert!(!decide(ApplicationRule::Off, maya, false, &["yes"]));
        assert!(decide(
            ApplicationRule::Everybody,
            "x@y.example",
            false,
            &[]
        ));
        assert!(decide(ApplicationRule::Domains, maya, false, &[]));
        for other in [
            "x@y.example",
            "x@sub.growth.example",
            "x@evilgrowth.example",
        ] {
            assert!(
                !decide(ApplicationRule::Domains, other, false, &[]),
                "{other}"
            );
        }
        assert!(decide(
            ApplicationRule::AllYes,
            maya,
            false,
            &["yes", "yes"]
        ));
        for answers in [&["yes", "no"][..], &[""], &[]] {
            assert!(
                !decide(ApplicationRule::AllYes, maya, false, answers),
                "{answers:?}"
            );
        }
    }

    #[test]
    fn some_always_wait_for_a_person() {
        for rule in ApplicationRule::ALL {
            assert!(!decide(*rule, "maya@growth.example", true, &["yes"]));
            for email in ["x@mailinator.com", "x@a.MAILINATOR.com", "x@yopmail.com"] {
                assert!(!decide(*rule, email, false, &["yes"]), "{rule} {email}");
            }
        }
        assert!(!is_disposable("x@notmailinator.com"));
    }
}
