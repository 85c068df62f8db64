//! Where a click is sent.

use url::{Position, Url, form_urlencoded};

/// The parameter that carries the click.
const CLICK_PARAMETER: &str = "click_id";

/// A destination with the link's code in its query, waiting for a click id: all that is the same
/// for every click is put together once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    before: String,
    after: String,
}

impl Location {
    /// Puts the code into the destination's query. What the destination had there stays, except
    /// parameters with the two names that are set here: the landing page must not read another's.
    #[must_use]
    pub fn new(destination: &Url, parameter: &str, code: &str) -> Self {
        let mut before = destination[..Position::AfterPath].to_owned();
        before.push('?');
        for pair in destination
            .query()
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
        {
            let name = form_urlencoded::parse(pair.as_bytes())
                .next()
                .map(|(name, _)| name)
                .unwrap_or_default();
            if name != parameter && name != CLICK_PARAMETER {
                before.push_str(pair);
                before.push('&');
            }
        }
        before.extend(form_urlencoded::byte_serialize(parameter.as_bytes()));
        before.push('=');
        before.extend(form_urlencoded::byte_serialize(code.as_bytes()));
        before.push('&');
        before.push_str(CLICK_PARAMETER);
        before.push('=');
        let after = destination
            .fragment()
            .map(|fragment| format!("#{fragment}"))
            .unwrap_or_default();
        Self { before, after }
    }

    /// The whole address, for one click.
    #[must_use]
    pub fn of(&self, click: &str) -> String {
        let Self { before, after } = self;
        let mut address = String::with_capacity(before.len() + click.len() + after.len());
        address.push_str(before);
        address.push_str(click);
        address.push_str(after);
        address
    }
}

/// Why an address is no deep link of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeepLinkError {
    /// Longer than what is kept with a click.
    #[error("has more than {} characters", super::URL_CHARS_MAX)]
    TooLong,
    /// No absolute address.
    #[error("must be a whole web address such as https://example.com/page")]
    NoAddress,
    /// Another scheme; plain http, too, because the click id travels in the address.
    #[error("must begin with https://")]
    NotHttps,
    /// `https://somebody@host/` is how addresses are disguised.
    #[error("must not carry a user name or password")]
    UserName,
    /// Another port is another server.
    #[error("must not name a port")]
    Port,
    /// Not one of the campaign's hosts.
    #[error("must be a page of this campaign")]
    Host,
}

/// The address of a deep link: https, one of these hosts on its usual port, no user name, not too
/// long. `hosts` are in their normal form, see [`crate::host`].
///
/// # Errors
/// [`DeepLinkError`], the first thing that is wrong.
pub fn check_deep_link(address: &str, hosts: &[String]) -> Result<Url, DeepLinkError> {
    if address.len() > super::URL_CHARS_MAX {
        return Err(DeepLinkError::TooLong);
    }
    let url = Url::parse(address).map_err(|_| DeepLinkError::NoAddress)?;
    if url.scheme() != "https" {
        return Err(DeepLinkError::NotHttps);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(DeepLinkError::UserName);
    }
    let known = url
        .host_str()
        .is_some_and(|host| hosts.iter().any(|known| known == host));
    if !known {
        return Err(DeepLinkError::Host);
    }
    if url.port().is_some() {
        return Err(DeepLinkError::Port);
    }
    Ok(url)
}

/// The address of a deep link, when it may be followed; see [`check_deep_link`].
#[must_use]
pub fn deep_link(address: &str, hosts: &[String]) -> Option<Url> {
    check_deep_link(address, hosts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(destination: &str) -> String {
        Location::new(&Url::parse(destination).unwrap(), "via", "maria").of("clk_1")
    }

    #[test]
    fn the_query_is_added_to() {
        assert_eq!(
            sent("https://shop.example"),
            "https://shop.example/?via=maria&click_id=clk_1"
        );
        assert_eq!(
            sent("https://shop.example/a?"),
            "https://shop.example/a?via=maria&click_id=clk_1"
        );
        assert_eq!(
            sent("https://shop.example/a?b=c%20d&e"),
            "https://shop.example/a?b=c%20d&e&via=maria&click_id=clk_1"
        );
        assert_eq!(
            sent("https://shop.example/a?b=1#part?x"),
            "https://shop.example/a?b=1&via=maria&click_id=clk_1#part?x"
        );
        assert_eq!(
            sent("http://127.0.0.1:4000/"),
            "http://127.0.0.1:4000/?via=maria&click_id=clk_1"
        );
    }

    #[test]
    fn nobody_elses_click_gets_in() {
        assert_eq!(
            sent("https://shop.example/?click_id=clk_9&a=1&via=x&click%5Fid=2"),
            "https://shop.example/?a=1&via=maria&click_id=clk_1"
        );
    }

    #[test]
    fn names_are_encoded() {
        let url = Url::parse("https://shop.example/").unwrap();
        assert_eq!(
            Location::new(&url, "am_id", "a.b-c_d").of("clk_1"),
            "https://shop.example/?am_id=a.b-c_d&click_id=clk_1"
        );
        assert_eq!(
            Location::new(&url, "a&b", "c=d").of("clk_1"),
            "https://shop.example/?a%26b=c%3Dd&click_id=clk_1"
        );
    }

    #[test]
    fn deep_links_stay_on_the_campaigns_hosts() {
        let hosts = [
            "shop.example".to_owned(),
            "xn--bcher-kva.example".to_owned(),
        ];
        assert!(deep_link("https://shop.example/a?b#c", &hosts).is_some());
        assert!(deep_link("https://SHOP.example:443/", &hosts).is_some());
        assert!(deep_link("https://bücher.example/", &hosts).is_some());
        for bad in [
            "",
            "/a",
            "//shop.example/",
            "http://shop.example/",
            "https://evil.example/",
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://a@shop.example/",
            "https://a:b@shop.example/",
            "https://shop.example:8443/",
            "javascript:alert(1)",
            "https:shop",
            "https://www.shop.example/",
            "data:text/html,x",
        ] {
            assert_eq!(deep_link(bad, &hosts), None, "{bad}");
        }
        assert_eq!(
            deep_link(
                &format!("https://shop.example/{}", "a".repeat(3_000)),
                &hosts
            ),
            None
        );
    }

    #[test]
    fn what_is_wrong_with_a_deep_link_is_told() {
        let hosts = ["shop.example".to_owned()];
        let long = format!("https://shop.example/{}", "a".repeat(3_000));
        for (address, error) in [
            (long.as_str(), DeepLinkError::TooLong),
            ("shop.example/a", DeepLinkError::NoAddress),
            ("http://shop.example/a", DeepLinkError::NotHttps),
            ("https://a@shop.example/", DeepLinkError::UserName),
            (
                "https://shop.example@evil.example/",
                DeepLinkError::UserName,
            ),
            ("https://evil.example/", DeepLinkError::Host),
            ("https://127.0.0.1/", DeepLinkError::Host),
            ("https://[::1]/", DeepLinkError::Host),
            ("https://shop.example:8443/", DeepLinkError::Port),
        ] {
            assert_eq!(check_deep_link(address, &hosts), Err(error), "{address}");
        }
    }
}
