//! Which host names this installation answers for. Another name is refused, so that no link, cookie
//! or session is ever made for it.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::{HeaderValue, Uri, header};

/// The host name a request was sent to, with its port as written, in lower case; in the request's
/// extensions. Sessions are bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(pub String);

/// The configured name.
pub(super) struct Known {
    base: String,
    origin: String,
    authorities: Vec<String>,
}

/// What to do with a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Serve(Host),
    Redirect(HeaderValue),
    Refuse,
}

impl Known {
    pub(super) fn new(base_url: &str) -> Self {
        let (scheme, rest) = base_url.split_once("://").unwrap_or(("http", base_url));
        let authority = rest.split('/').next().unwrap_or_default().to_lowercase();
        let default_port = if scheme == "https" { ":443" } else { ":80" };
        let mut authorities = vec![authority.clone()];
        match authority.strip_suffix(default_port) {
            Some(bare) => authorities.push(bare.to_owned()),
            None if !has_port(&authority) => authorities.push(format!("{authority}{default_port}")),
            None => {}
        }
        Self {
            base: base_url.trim_end_matches('/').to_owned(),
            origin: format!("{scheme}://{authority}"),
            authorities,
        }
    }

    /// `https://partners.example.com`.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether this is the configured name, with its port.
    pub(super) fn is_ours(&self, host: &str) -> bool {
        self.authorities
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host))
    }

    pub(super) fn judge(&self, request: &Request) -> Verdict {
        let header = request
            .headers()
            .get(header::HOST)
            .and_then(|value| value.to_str().ok());
        let host = header.or_else(|| request.uri().authority().map(|a| a.as_str()));
        self.judge_name(host.unwrap_or_default(), request.uri())
    }

    fn judge_name(&self, host: &str, uri: &Uri) -> Verdict {
        // The common case first, without an allocation for comparing.
        if self.is_ours(host) {
            return Verdict::Serve(Host(self.authorities[0].clone()));
        }
        if is_health(uri.path())
            || (is_loopback(host) && super::refusal::is_for_programs(uri.path()))
        {
            return Verdict::Serve(Host(host.to_lowercase()));
        }
        if is_loopback(host) {
            let path = uri.path_and_query().map_or("/", |path| path.as_str());
            return HeaderValue::from_str(&format!("{}{path}", self.base))
                .map_or(Verdict::Refuse, Verdict::Redirect);
        }
        Verdict::Refuse
    }
}

fn is_health(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

fn has_port(authority: &str) -> bool {
    authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()))
}

/// `localhost`, names under it, and loopback addresses, with or without a port.
fn is_loopback(authority: &str) -> bool {
    let name = if has_port(authority) {
        authority
            .rsplit_once(':')
            .map_or(authority, |(name, _)| name)
    } else {
        authority
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let address = name
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    name == "localhost" || name.ends_with(".localhost") || address.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(base: &str, host: &str, path: &str) -> Verdict {
        Known::new(base).judge_name(host, &path.parse().unwrap())
    }

    #[test]
    fn one_name_is_served() {
        let base = "https://partners.example.com";
        let served = Verdict::Serve(Host("partners.example.com".into()));
        assert_eq!(judge(base, "partners.example.com", "/admin"), served);
        assert_eq!(judge(base, "PARTNERS.example.com:443", "/admin"), served);
        assert_eq!(
            judge(base, "partners.example.com:80", "/admin"),
            Verdict::Refuse
        );
        assert_eq!(judge(base, "evil.example", "/admin"), Verdict::Refuse);
        assert_eq!(
            judge(base, "localhost.evil.example", "/admin"),
            Verdict::Refuse
        );
        assert_eq!(judge(base, "", "/admin"), Verdict::Refuse);
        assert!(matches!(
            judge(base, "10.0.0.7:8080", "/healthz"),
            Verdict::Serve(_)
        ));
    }

    #[test]
    fn loopback_names_lead_to_the_base() {
        let base = "http://localhost:8080";
        for host in [
            "127.0.0.1:8080",
            "[::1]:8080",
            "shop.localhost:8080",
            "127.0.0.9",
        ] {
            assert_eq!(
                judge(base, host, "/a?b=c"),
                Verdict::Redirect(HeaderValue::from_static("http://localhost:8080/a?b=c")),
                "{host}"
            );
        }
        assert!(matches!(
            judge(base, "127.0.0.1:8080", "/api/v1/affiliates"),
            Verdict::Serve(_)
        ));
        assert!(matches!(
            judge(base, "localhost:8080", "/"),
            Verdict::Serve(_)
        ));
    }
}
