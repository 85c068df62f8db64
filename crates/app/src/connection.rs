//! One connection: clicks first, as long as nothing else is asked for, then an HTTP server for the rest of its life.

use std::io::Cursor;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use web::Front;

/// Room for the head of a click; the few that are longer are the HTTP server's.
const CLICK_BYTES_MAX: usize = 4 * 1024;

/// Serves a connection until it ends, or until it is told to stop and what was asked for is answered. `head_timeout` is how long
/// it may stand still before a request is whole.
pub async fn serve(
    mut stream: TcpStream,
    peer: SocketAddr,
    front: Front,
    http: http1::Builder,
    head_timeout: Duration,
    watcher: Watcher,
    stop: jobs::Stop,
) {
    let Some(read) = clicks(&mut stream, peer, &front, head_timeout, stop).await else {
        return;
    };
    let (before, after) = stream.into_split();
    let whole = tokio::io::join(Cursor::new(read).chain(before), after);
    let service = service_fn(move |request: Request<Incoming>| front.answer(request, Some(peer)));
    // A client that breaks off is no failure of ours.
    if let Err(error) = watcher
        .watch(http.serve_connection(TokioIo::new(whole), service))
        .await
    {
        tracing::debug!("connection ended: {error}");
    }
}

/// Answers clicks until something else is asked for; then what was read of it. None when the connection is over.
async fn clicks(
    stream: &mut TcpStream,
    peer: SocketAddr,
    front: &Front,
    head_timeout: Duration,
    mut stop: jobs::Stop,
) -> Option<Vec<u8>> {
    let mut read = vec![0; CLICK_BYTES_MAX];
    let mut answer = Vec::new();
    let mut stopped = pin!(stop.wait());
    let mut end = Instant::now() + head_timeout;
    // It is set anew when it is over, and not with every click.
    let mut over = pin!(sleep_until(end));
    loop {
        let count = tokio::select! {
            biased;
            // First: a client that asks without a pause is to be told, too.
            () = &mut stopped => return None,
            count = stream.read(&mut read) => count.ok()?,
            () = &mut over => {
                if end <= Instant::now() {
                    return None;
                }
                over.as_mut().reset(end);
                continue;
            }
        };
        if count == 0 {
            return None;
        }
        if !front.answer_click(&read[..count], peer, &mut answer).await {
            read.truncate(count);
            return Some(read);
        }
        stream.write_all(&answer).await.ok()?;
        answer.clear();
        end = Instant::now() + head_timeout;
    }
}
