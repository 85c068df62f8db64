//! Which host names this installation answers for. Another name is refused, so that no link, cookie
//! or session is ever made for it.

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Uri, header};
use domain::id::BusinessId;
use service::portal::host_name;
use service::{App, ServiceError};

/// The host name a request was sent to, with its port as written, in lower case; in the request's
/// extensions. Sessions are bound to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(pub String);

impl Host {
    /// The name a request was sent to; empty outside of the middleware.
    #[must_use]
    pub(crate) fn of(parts: &Parts) -> String {
        parts
            .extensions
            .get::<Self>()
            .map_or(String::new(), |host| host.0.clone())
    }
}

/// A request that came to a host name of a business's own; in the request's extensions. Its address was
/// rewritten to the portal's path on the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnHost {
    /// Whose portal answers there.
    pub business: BusinessId,
    /// The business's short name.
    pub slug: String,
    /// Path and query as people see them, without the portal's path.
    pub path: String,
    /// Scheme, name and port.
    pub origin: String,
}

impl OwnHost {
    /// The name with its port.
    pub(super) fn host(&self) -> Host {
        let authority = self.origin.split_once("://").map_or("", |(_, rest)| rest);
        Host(authority.to_owned())
    }
}

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
        self.judge_name(asked(request), request.uri())
    }

    /// The name of a host that may be a business's own: with a dot, no address, and with the
    /// installation's port.
    fn name_of(&self, host: &str) -> Option<String> {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, None),
        };
        let name = domain::host::host_name(name)?;
        if !name.contains('.') || name.parse::<IpAddr>().is_ok() {
            return None;
        }
        let beside = |port: &str| format!("{}:{port}", self.name());
        let ours = match port {
            Some(port) => self.is_ours(&beside(port)),
            None => self.is_ours(self.name()),
        };
        ours.then_some(name)
    }

    /// The configured name without its port.
    fn name(&self) -> &str {
        let authority = &self.authorities[0];
        if has_port(authority) {
            authority
                .rsplit_once(':')
                .map_or(authority, |(name, _)| name)
        } else {
            authority
        }
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

/// The host that a request asks for, as written.
fn asked(request: &Request) -> &str {
    request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| request.uri().authority().map(|a| a.as_str()))
        .unwrap_or_default()
}

/// Leads a request for a host name of a business's own to the path of its portal, before it is routed.
///
/// # Errors
/// When the database cannot serve.
pub(super) async fn lead(
    app: &App,
    known: &Known,
    request: &mut Request,
) -> Result<(), ServiceError> {
    let Some(name) = known.name_of(asked(request)) else {
        return Ok(());
    };
    let Some(answers) = host_name::answers_at(app, &name).await? else {
        return Ok(());
    };
    let whole = request
        .uri()
        .path_and_query()
        .map_or("/", |whole| whole.as_str())
        .to_owned();
    let own = OwnHost {
        business: answers.business,
        path: below(&whole, &answers.slug).unwrap_or(&whole).to_owned(),
        slug: answers.slug,
        origin: host_name::origin(&app.settings().base_url, &name),
    };
    if let Some(path) = rewritten(&whole, &own.slug) {
        // A path that was read from an address can be read again with another before it.
        if let Ok(uri) = path.parse::<Uri>() {
            *request.uri_mut() = uri;
        }
    }
    request.extensions_mut().insert(own);
    Ok(())
}

/// What is below the path of a portal, with the slash; none for another path.
pub(crate) fn below<'a>(path: &'a str, slug: &str) -> Option<&'a str> {
    match path.strip_prefix("/portal/")?.strip_prefix(slug)? {
        "" => Some("/"),
        rest if rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

/// The path that a path on a business's own host stands for; none when it is the same: files, links
/// and what programs call are the same on every host. The admin and the API are not there.
fn rewritten(whole: &str, slug: &str) -> Option<String> {
    let (path, query) = match whole.split_once('?') {
        Some((path, query)) => (path, format!("?{query}")),
        None => (whole, String::new()),
    };
    let file = |rest: &str| rest.starts_with("banners/") || crate::assets::is_built(rest);
    let same = matches!(
        path,
        "/theme" | "/language" | "/healthz" | "/readyz" | "/metrics"
    ) || ["/r/", "/t/", "/js/", "/brand/"]
        .iter()
        .any(|start| path.starts_with(start))
        || path.strip_prefix("/assets/").is_some_and(file)
        || below(path, slug).is_some();
    if same || !path.starts_with('/') {
        return None;
    }
    // People know the log-in by this name, too.
    let path = if path == "/authentication" {
        "/log-in"
    } else {
        path
    };
    Some(format!("/portal/{slug}{path}{query}"))
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
pub(crate) fn is_loopback(authority: &str) -> bool {
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
    fn an_own_name_has_the_port_of_the_installation() {
        let name = |base: &str, host: &str| Known::new(base).name_of(host);
        let portal = Some("portal.example.com".to_owned());
        assert_eq!(name("https://t.example", "Portal.Example.com"), portal);
        assert_eq!(name("https://t.example", "portal.example.com:443"), portal);
        assert_eq!(name("https://t.example", "portal.example.com:80"), None);
        assert_eq!(
            name("http://localhost:8080", "portal.example.com:8080"),
            portal
        );
        assert_eq!(name("http://localhost:8080", "portal.example.com"), None);
        for host in [
            "",
            "portal",
            "127.0.0.1",
            "[::1]",
            "a b.example",
            "x.example:",
        ] {
            assert_eq!(name("https://t.example", host), None, "{host}");
        }
    }

    #[test]
    fn an_own_host_has_the_portal_at_its_root() {
        let to = |path: &str| rewritten(path, "fern").unwrap_or_else(|| path.to_owned());
        for (path, stands_for) in [
            ("/", "/portal/fern/"),
            ("/leads?page=2", "/portal/fern/leads?page=2"),
            ("/authentication?next=%2F", "/portal/fern/log-in?next=%2F"),
            ("/admin", "/portal/fern/admin"),
            ("/api/v1/sales", "/portal/fern/api/v1/sales"),
            ("/portal/other/", "/portal/fern/portal/other/"),
            ("/portal/fernando", "/portal/fern/portal/fernando"),
            ("/assets/ast_1/file", "/portal/fern/assets/ast_1/file"),
            ("/portal/fern/leads", "/portal/fern/leads"),
            ("/r/maria?sub1=a", "/r/maria?sub1=a"),
            ("/t/click", "/t/click"),
            ("/brand/x.css", "/brand/x.css"),
            ("/assets/banners/x", "/assets/banners/x"),
            ("/theme", "/theme"),
            ("/language", "/language"),
            ("*", "*"),
        ] {
            assert_eq!(to(path), stands_for);
        }
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
