//! Accepting connections, with limits on their number and on slow ones.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use web::Front;

use crate::connection::Serving;

/// Connections at a time; each costs a descriptor and some kilobytes. More wait in the kernel's queue.
const CONNECTIONS_MAX: u32 = 4096;
/// How long the head of a request may take, also on a connection that is kept open; twice as long once, when the connection
/// goes over to the HTTP server in the middle of it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// The longest head of a request; cookies and long addresses are far below.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The pause after the system had no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until told to stop, then waits for the requests that have begun. HTTP/1.1, as proxies speak
/// it to what is behind them.
pub async fn serve(listener: TcpListener, front: Front, mut stop: jobs::Stop) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX as usize));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        // Most answers are one piece; the others cost a copy less than a list of pieces.
        .writev(false)
        .max_buf_size(HEAD_BYTES_MAX);
    let serving = Serving {
        front,
        http,
        patience: HEAD_TIMEOUT,
        stop: stop.clone(),
    };
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = stop.wait() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // The client has gone already, or descriptors have run out: others may still come.
                    if !matches!(error.kind(), ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused) {
                        tracing::error!("cannot accept a connection: {error}");
                        tokio::time::sleep(ACCEPT_PAUSE).await;
                    }
                    continue;
                }
            },
            () = stop.wait() => break,
        };
        // Small answers go out at once.
        let _ = stream.set_nodelay(true);
        let connection = serving.clone().serve(stream, peer);
        tokio::spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    // Each connection gives its place back when it has ended.
    let _ = places.acquire_many(CONNECTIONS_MAX).await;
}
