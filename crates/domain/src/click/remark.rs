//! What is noted beside a click: bounded, and no more of a person than is needed.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};

/// Characters of an address that are kept.
pub const URL_CHARS_MAX: usize = 2_000;
/// Characters of a referrer that are kept.
pub const REFERRER_CHARS_MAX: usize = 500;
/// Characters of a program's name that are kept.
pub const USER_AGENT_CHARS_MAX: usize = 300;
/// Characters of one sub-id that are kept.
pub const SUB_ID_CHARS_MAX: usize = 200;
/// Sub-ids that are kept with a click.
pub const SUB_IDS_MAX: usize = 12;

/// Text as it can be stored: without control characters, trimmed, at most so many characters; none
/// when nothing is left.
#[must_use]
pub fn bounded(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    if text.len() <= most && !text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return Some(text.to_owned());
    }
    let kept: String = text
        .chars()
        .filter(|c| !c.is_control())
        .take(most)
        .collect();
    (!kept.is_empty()).then_some(kept)
}

/// The network of an address, which tells a region and not a person: /24, or /48 in version 6.
#[must_use]
pub fn ip_prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let mut text = String::with_capacity("255.255.255.0/24".len());
            for part in &v4.octets()[..3] {
                push_decimal(&mut text, *part);
                text.push('.');
            }
            text.push_str("0/24");
            text
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// Formatting's machinery costs more than the digits, with every click.
fn push_decimal(text: &mut String, number: u8) {
    for (least, digit) in [
        (100, number / 100),
        (10, number / 10 % 10),
        (0, number % 10),
    ] {
        if number >= least {
            text.push(char::from(b'0' + digit));
        }
    }
}

/// Whether a parameter of a link is a sub-id: `sub1` to `sub5`, `sub_id`, or `utm_` and a word.
#[must_use]
pub fn is_sub_id(name: &str) -> bool {
    match name.strip_prefix("utm_") {
        Some(rest) => {
            (1..=24).contains(&rest.len())
                && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        }
        None => matches!(name, "sub1" | "sub2" | "sub3" | "sub4" | "sub5" | "sub_id"),
    }
}

/// The sub-ids among these parameters as JSON text, in order of name; of a name given twice the first.
/// None when there are none.
#[must_use]
pub fn sub_ids<N: AsRef<str>, V: AsRef<str>>(
    parameters: impl IntoIterator<Item = (N, V)>,
) -> Option<String> {
    let mut kept = BTreeMap::new();
    for (name, value) in parameters {
        let name = name.as_ref();
        if kept.len() >= SUB_IDS_MAX {
            break;
        }
        if is_sub_id(name)
            && !kept.contains_key(name)
            && let Some(value) = bounded(value.as_ref(), SUB_ID_CHARS_MAX)
        {
            kept.insert(name.to_owned(), value);
        }
    }
    if kept.is_empty() {
        None
    } else {
        serde_json::to_string(&kept).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_bounded() {
        assert_eq!(bounded("  ", 5), None);
        assert_eq!(bounded(" abc ", 5).as_deref(), Some("abc"));
        assert_eq!(bounded("a\0b\nc", 5).as_deref(), Some("abc"));
        assert_eq!(bounded("\0", 5), None);
        assert_eq!(bounded("ééééé", 3).as_deref(), Some("ééé"));
    }

    #[test]
    fn addresses_lose_their_person() {
        assert_eq!(ip_prefix("203.0.113.77".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(ip_prefix("10.0.100.9".parse().unwrap()), "10.0.100.0/24");
        assert_eq!(
            ip_prefix("::ffff:203.0.113.77".parse().unwrap()),
            "203.0.113.0/24"
        );
        assert_eq!(
            ip_prefix("2001:db8:aa:bb::1".parse().unwrap()),
            "2001:db8:aa::/48"
        );
    }

    #[test]
    fn sub_ids_are_picked() {
        let query = [
            ("sub2", "b"),
            ("url", "x"),
            ("sub1", "a"),
            ("sub1", "z"),
            ("utm_source", "mail"),
            ("utm_", "x"),
            ("utm_A", "x"),
            ("sub6", "x"),
            ("sub3", " "),
        ];
        assert_eq!(
            sub_ids(query).as_deref(),
            Some(r#"{"sub1":"a","sub2":"b","utm_source":"mail"}"#)
        );
        assert_eq!(sub_ids([("a", "b")]), None);
        let many = (0..40).map(|n| (format!("utm_{}", "x".repeat(n % 24 + 1)), "v".to_owned()));
        let kept: BTreeMap<String, String> = serde_json::from_str(&sub_ids(many).unwrap()).unwrap();
        assert_eq!(kept.len(), SUB_IDS_MAX);
    }
}
