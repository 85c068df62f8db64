//! Self-referral: whether a customer and an affiliate look like one person.

use crate::text::email_domain;

/// What is known about one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity<'a> {
    /// The e-mail address.
    pub email: Option<&'a str>,
    /// Where money goes to or comes from: a PayPal address, an IBAN, a wallet.
    pub payout_details: &'a [&'a str],
}

/// Hosts whose mail domain says nothing about who somebody is; sorted.
const PUBLIC_MAIL_HOSTS: &[&str] = &[
    "126.com",
    "163.com",
    "aol.com",
    "att.net",
    "bigpond.com",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "duck.com",
    "example.com",
    "example.net",
    "example.org",
    "fastmail.com",
    "free.fr",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.fr",
    "icloud.com",
    "inbox.lv",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "pm.me",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rediffmail.com",
    "seznam.cz",
    "sky.com",
    "t-online.de",
    "tutanota.com",
    "uol.com.br",
    "verizon.net",
    "web.de",
    "wp.pl",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.com.br",
    "yahoo.de",
    "yahoo.fr",
    "yandex.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// Whether everybody can have an address at this host.
#[must_use]
pub fn is_public_mail_host(domain: &str) -> bool {
    PUBLIC_MAIL_HOSTS
        .binary_search(&domain.to_lowercase().as_str())
        .is_ok()
}

/// Whether the customer's e-mail is the affiliate's, or its domain is (unless everybody can have an
/// address there), or a payout detail is. Letter case, spaces and a `+tag` do not make a difference.
#[must_use]
pub fn is_self_referral(customer: Identity<'_>, affiliate: Identity<'_>) -> bool {
    let addresses = customer.email.zip(affiliate.email);
    let same_address =
        addresses.is_some_and(|(a, b)| !a.trim().is_empty() && mailbox(a) == mailbox(b));
    let same_domain = addresses
        .and_then(|(a, b)| email_domain(a.trim()).zip(email_domain(b.trim())))
        .is_some_and(|(a, b)| a == b && !a.is_empty() && !is_public_mail_host(&a));
    let paid_to_customer = affiliate
        .payout_details
        .iter()
        .map(|detail| plain(detail))
        .any(|detail| {
            !detail.is_empty()
                && (customer
                    .payout_details
                    .iter()
                    .any(|other| plain(other) == detail)
                    || customer
                        .email
                        .is_some_and(|email| mailbox(email) == mailbox(&detail)))
        });
    same_address || same_domain || paid_to_customer
}

/// An address without letter case and `+tag`, which do not change whose mailbox it is.
#[must_use]
pub fn mailbox(address: &str) -> String {
    let address = plain(address);
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().unwrap_or(local)),
        None => address,
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(email: &str) -> Identity<'_> {
        Identity {
            email: Some(email),
            payout_details: &[],
        }
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(PUBLIC_MAIL_HOSTS.is_sorted());
    }

    #[test]
    fn who_looks_like_one_person() {
        for (customer, affiliate, same) in [
            ("ada@gmail.com", "ada@gmail.com", true),
            ("Ada+shop@Gmail.com", "ada@gmail.com", true),
            ("bob@gmail.com", "ada@gmail.com", false),
            ("bob@northwind.test", "ada@northwind.test", true),
            ("bob@northwind.test", "ada@other.test", false),
            ("", "", false),
        ] {
            assert_eq!(
                is_self_referral(person(customer), person(affiliate)),
                same,
                "{customer} and {affiliate}"
            );
        }
        assert!(!is_self_referral(
            Identity::default(),
            person("ada@northwind.test")
        ));
    }

    #[test]
    fn payout_details_give_away() {
        let affiliate = Identity {
            email: Some("ada@northwind.test"),
            payout_details: &["DE89 3704 0044 0532 0130 00", "me@gmail.com"],
        };
        assert!(is_self_referral(person("me@gmail.com"), affiliate));
        assert!(is_self_referral(
            Identity {
                email: None,
                payout_details: &["de89370400440532013000"]
            },
            affiliate
        ));
        assert!(!is_self_referral(
            Identity {
                email: None,
                payout_details: &["", "DE00"]
            },
            affiliate
        ));
    }
}
