//! Host names, as campaigns list them.

/// A host name in its normal form: lower case, internationalised names in ASCII. None for anything
/// with a scheme, port, path or wildcard.
#[must_use]
pub fn host_name(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.');
    if text.is_empty()
        || text.len() > 253
        || text.chars().any(|c| {
            c.is_whitespace() || matches!(c, '/' | '\\' | ':' | '@' | '?' | '#' | '*' | '%')
        })
    {
        return None;
    }
    match url::Host::parse(text).ok()? {
        url::Host::Domain(domain) => is_domain(&domain).then_some(domain),
        url::Host::Ipv4(address) => (text == address.to_string()).then(|| address.to_string()),
        url::Host::Ipv6(_) => None,
    }
}

fn is_domain(domain: &str) -> bool {
    domain.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    })
}

/// The host of an http or https address, in its normal form.
#[must_use]
pub fn host_of(address: &str) -> Option<String> {
    let url = url::Url::parse(address)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        assert_eq!(
            host_name(" Shop.Example.COM. ").as_deref(),
            Some("shop.example.com")
        );
        assert_eq!(
            host_name("bücher.example").as_deref(),
            Some("xn--bcher-kva.example")
        );
        assert_eq!(host_name("localhost").as_deref(), Some("localhost"));
        assert_eq!(host_name("127.0.0.1").as_deref(), Some("127.0.0.1"));
        for bad in [
            "",
            ".",
            "https://a.example",
            "a.example:80",
            "a.example/x",
            "*.example",
            "a b",
            "-a.example",
            "a..b",
            "u@a.example",
            "0x7f.1",
        ] {
            assert_eq!(host_name(bad), None, "{bad:?}");
        }
        assert_eq!(
            host_of("https://Shop.example:8443/a?b").as_deref(),
            Some("shop.example")
        );
        assert_eq!(host_of("ftp://shop.example"), None);
    }
}
