//! Where host names lead: a port of the use cases, as the clock is.

use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

/// How long an answer is waited for.
const WAIT: Duration = Duration::from_secs(5);

/// Addresses on their way.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = Vec<IpAddr>> + Send + 'a>>;

/// Asks for the addresses of a host name.
pub trait Resolver: Send + Sync {
    /// The addresses, none when the name leads nowhere or nobody answers in time.
    fn addresses<'a>(&'a self, name: &'a str) -> Resolving<'a>;
}

/// The system's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn addresses<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        Box::pin(async move {
            let asked = tokio::net::lookup_host((name, 0_u16));
            match tokio::time::timeout(WAIT, asked).await {
                Ok(Ok(found)) => {
                    let mut addresses: Vec<IpAddr> =
                        found.map(|address| address.ip().to_canonical()).collect();
                    addresses.sort_unstable();
                    addresses.dedup();
                    addresses
                }
                Ok(Err(_)) | Err(_) => Vec::new(),
            }
        })
    }
}
