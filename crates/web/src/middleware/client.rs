//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderName;
use service::App;

use crate::fields::Fields;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address, in the request's extensions: of the connection, or, behind listed proxies,
/// the last one in `X-Forwarded-For` that is none of them. Nobody else's headers are believed.
/// Absent when the server does not tell the peer (in-process tests).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// Notes the client's address.
pub(super) fn note(app: &App, request: &mut Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer {
        let client = find(app, request.headers(), *peer);
        request.extensions_mut().insert(ClientIp(client));
    }
}

/// The client's address, when this peer is at the other end of the connection.
pub(super) fn find(app: &App, fields: &(impl Fields + ?Sized), peer: SocketAddr) -> IpAddr {
    let listed = |ip: &IpAddr| {
        app.settings()
            .trusted_proxies
            .iter()
            .any(|network| network.contains(ip))
    };
    resolve(peer.ip().to_canonical(), fields, listed)
}

/// Walks the chain backwards as long as it was written by a listed proxy.
fn resolve(
    peer: IpAddr,
    fields: &(impl Fields + ?Sized),
    listed: impl Fn(&IpAddr) -> bool,
) -> IpAddr {
    if !listed(&peer) {
        return peer;
    }
    let lines: Vec<&str> = fields.texts(&FORWARDED_FOR).collect();
    let mut client = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !listed(&client) {
            break;
        }
        let Ok(ip) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = ip.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_proxies_are_believed() {
        let find = |peer: &str, lines: &[&str]| {
            let headers: axum::http::HeaderMap = lines
                .iter()
                .map(|line| (FORWARDED_FOR, line.parse().unwrap()))
                .collect();
            resolve(peer.parse().unwrap(), &headers, |ip| {
                ip.to_string().starts_with("10.")
            })
            .to_string()
        };
        assert_eq!(
            find("203.0.113.7", &["198.51.100.1"]),
            "203.0.113.7",
            "a stranger's header"
        );
        assert_eq!(find("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            find("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1",
            "what the client wrote itself is passed over"
        );
        assert_eq!(
            find("10.0.0.1", &["1.1.1.1", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(find("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(find("10.0.0.1", &[]), "10.0.0.1");
    }
}
