//! A browser in words.

use crate::language::{phrase, t};

/// A browser by what it calls itself: `Chrome on Linux`.
pub(crate) fn browser(user_agent: &str) -> String {
    let find = |pairs: &[(&str, &'static str)]| {
        pairs
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let name = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => phrase("browser-on")
            .with("name", name)
            .with("system", system)
            .into(),
        (Some(name), None) => name.to_owned(),
        _ => t("browser-unknown").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_by_name() {
        assert_eq!(
            browser(
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36"
            ),
            "Chrome on Linux"
        );
        assert_eq!(
            browser(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1"
            ),
            "Safari on iPhone"
        );
        assert_eq!(browser(""), "Unknown browser");
    }
}
