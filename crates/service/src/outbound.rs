//! Calls to other people's servers.
//!
//! One request a connection, over TLS, without redirects, with a limit on time and on the answer's size.
//! The guard against requests to our own network is in the connector: every address that the name leads
//! to must be public, and the connection goes to an address that was checked. An installation on
//! loopback (development, tests) may call loopback, also without TLS.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use domain::address::is_public;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use crate::app::App;

/// How long one call may take from the look-up of the name to the last byte: 15 seconds.
const CALL_TIME_MAX: Duration = Duration::from_secs(15);
/// The largest answer that is read: 256 KiB. Those of payout providers are a few.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// A request.
#[derive(Debug, Clone)]
pub struct Call {
    /// `GET`, `POST`, `PUT`.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Names in lower case, and values.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent; empty: nothing.
    pub body: Vec<u8>,
}

/// An answer, of whatever status.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// Nothing of the request left this machine for the server.
    #[error("{0}")]
    NotSent(String),
    /// The request left, or may have; what became of it is not known.
    #[error("{0}")]
    Unanswered(String),
}

/// Whether an address may be called at all, apart from where its name leads: https to a name or a public
/// address, without a password in it.
///
/// # Errors
/// Why not, in words for a form.
pub fn check(app: &App, url: &Url) -> Result<(), &'static str> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not have a name or password in it");
    }
    let local = is_local(app);
    match url.scheme() {
        "https" => {}
        "http" if local && is_loopback_name(url) => {}
        _ => return Err("must begin with https://"),
    }
    match url.host() {
        None => Err("has no host"),
        Some(Host::Domain(_)) => Ok(()),
        Some(Host::Ipv4(ip)) => allowed(local, ip.into()),
        Some(Host::Ipv6(ip)) => allowed(local, ip.into()),
    }
}

fn allowed(local: bool, ip: IpAddr) -> Result<(), &'static str> {
    if is_public(ip) || (local && ip.to_canonical().is_loopback()) {
        Ok(())
    } else {
        Err("leads into a private network")
    }
}

fn is_loopback_name(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

/// Whether this installation is one for development or tests.
fn is_local(app: &App) -> bool {
    Url::parse(&app.settings().base_url).is_ok_and(|url| is_loopback_name(&url))
}

/// Sends a request and reads the answer.
///
/// # Errors
/// [`Lost`]; a status that tells of a failure is an answer.
pub async fn send(app: &App, call: Call) -> Result<Reply, Lost> {
    let left = AtomicBool::new(false);
    let wait = app.trial().call_wait(CALL_TIME_MAX);
    match tokio::time::timeout(wait, exchange(app, call, &left)).await {
        Ok(result) => result,
        Err(_) => {
            let text = format!("no answer within {} seconds", wait.as_secs().max(1));
            Err(if left.load(Ordering::Relaxed) {
                Lost::Unanswered(text)
            } else {
                Lost::NotSent(text)
            })
        }
    }
}

async fn exchange(app: &App, call: Call, left: &AtomicBool) -> Result<Reply, Lost> {
    check(app, &call.url).map_err(|why| Lost::NotSent(format!("the address {why}")))?;
    let address = resolve(app, &call.url).await?;
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| Lost::NotSent(format!("no connection: {}", error.kind())))?;
    let _ = stream.set_nodelay(true);
    if call.url.scheme() == "https" {
        let name = server_name(&call.url)?;
        let stream = TlsConnector::from(tls()?)
            .connect(name, stream)
            .await
            .map_err(|error| Lost::NotSent(format!("no secure connection: {error}")))?;
        talk(stream, call, left).await
    } else {
        talk(stream, call, left).await
    }
}

/// One address of the host, after all of them were checked.
async fn resolve(app: &App, url: &Url) -> Result<SocketAddr, Lost> {
    let local = is_local(app);
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses: Vec<IpAddr> = match url.host() {
        Some(Host::Ipv4(ip)) => vec![ip.into()],
        Some(Host::Ipv6(ip)) => vec![ip.into()],
        Some(Host::Domain(name)) => app.resolver().addresses(name).await,
        None => Vec::new(),
    };
    for address in &addresses {
        allowed(local, *address).map_err(|why| Lost::NotSent(format!("the name {why}")))?;
    }
    addresses
        .first()
        .map(|ip| SocketAddr::new(ip.to_canonical(), port))
        .ok_or_else(|| Lost::NotSent("the name leads nowhere".to_owned()))
}

fn server_name(url: &Url) -> Result<ServerName<'static>, Lost> {
    let host = url.host_str().unwrap_or_default();
    ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|_| Lost::NotSent("the address has no name for a certificate".to_owned()))
}

/// The roots that browsers trust, compiled in.
fn tls() -> Result<Arc<ClientConfig>, Lost> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(Arc::clone(config));
    }
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let ring = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .map_err(|error| Lost::NotSent(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::clone(CONFIG.get_or_init(|| Arc::new(config))))
}

async fn talk(
    stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    call: Call,
    left: &AtomicBool,
) -> Result<Reply, Lost> {
    let unsent = |error: &dyn std::fmt::Display| Lost::NotSent(format!("not sent: {error}"));
    let request = request(call).map_err(|error| unsent(&error))?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| unsent(&error))?;
    let connection = Abandoned(tokio::spawn(connection));
    let broken = |what: &str| Lost::Unanswered(format!("the connection broke before {what}"));
    left.store(true, Ordering::Relaxed);
    let answer = sender
        .send_request(request)
        .await
        .map_err(|_| broken("an answer came"))?;
    let status = answer.status().as_u16();
    let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
        .collect()
        .await
        .map_err(|_| broken("the answer was whole, or it is too large"))?
        .to_bytes();
    drop(connection);
    Ok(Reply { status, body })
}

fn request(call: Call) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
    let Call {
        method,
        url,
        headers,
        body,
    } = call;
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, host)
        .header(USER_AGENT, "Tributary");
    for (name, value) in headers {
        let mut value = HeaderValue::try_from(value)?;
        value.set_sensitive(true);
        request = request.header(HeaderName::from_static(name), value);
    }
    request.body(Full::new(Bytes::from(body)))
}

/// The task of a connection, which ends with whoever waited for its answer.
struct Abandoned(tokio::task::JoinHandle<hyper::Result<()>>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.abort();
    }
}
