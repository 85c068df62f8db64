//! The addresses of routes, with ids in their places.

use std::collections::BTreeMap;

/// What stands in the places of an address.
pub fn filled(path: &str, slug: &str, own: &BTreeMap<&'static str, String>) -> String {
    let mut words = path.split('/').skip(if path.starts_with("/portal/{slug}") {
        3
    } else {
        2
    });
    let first = words.next().unwrap_or_default();
    path.split('/')
        .map(|word| {
            let Some(place) = word.strip_prefix('{') else {
                return word.to_owned();
            };
            let (place, end) = place.split_once('}').expect("a place");
            let kind = match (place, first) {
                ("slug", _) => return format!("{slug}{end}"),
                ("invitation", _) => "invitations",
                ("commission", _) => "commissions",
                ("dispute", _) => "disputes",
                ("payout", _) => "payouts",
                ("file", "payouts") => "files",
                ("result", _) => "results",
                ("run", _) => "runs",
                ("request", _) => "requests",
                ("link", _) => "links",
                ("asset", _) if path.ends_with("/file") => "asset files",
                ("asset", _) => "assets",
                ("kind", _) => return "invitation".to_owned(),
                ("provider", _) if path.ends_with("/disconnect") => return "stripe".to_owned(),
                ("provider", _) => return "paypal".to_owned(),
                ("passkey", _) => "portal passkeys",
                ("session", _) => "portal sessions",
                ("id", "account") if path.contains("/passkeys/") => "passkeys",
                ("id", "account") => "sessions",
                ("act", _) => return "resend".to_owned(),
                ("name", _) => "branding",
                // A secret that nobody has.
                ("token" | "file", _) => return "nothing".to_owned(),
                ("id", "settings") if path.contains("/invitations/") => "team invitations",
                ("id", "settings") => "team",
                ("id", "applications") if path.ends_with("/retry") => "forms to retry",
                ("id", "applications") if path.ends_with("/discard") => "forms to discard",
                (_, "portal") => "accounts",
                (_, first) => first,
            };
            let id = own
                .get(kind)
                .unwrap_or_else(|| panic!("furnish makes no {kind} for {path}"));
            format!("{id}{end}")
        })
        .collect::<Vec<_>>()
        .join("/")
}
