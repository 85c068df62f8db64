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
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use web::Front;

/// Room for the head of a click; the few that are longer are the HTTP server's.
const CLICK_BYTES_MAX: usize = 4 * 1024;

/// How connections are served.
#[derive(Clone)]
pub struct Serving {
    /// What answers.
    pub front: Front,
    /// The HTTP server, which has a time limit of its own for what it reads.
    pub http: http1::Builder,
    /// How long a connection that asks for clicks may stand still: without a request, or without taking its answer.
    pub patience: Duration,
    /// Hears when to end.
    pub stop: jobs::Stop,
}

impl Serving {
    /// Serves a connection until it ends, or until it is told to stop and what was asked for is answered.
    pub async fn serve(mut self, mut stream: TcpStream, peer: SocketAddr) {
        let Some(read) = self.clicks(&mut stream, peer).await else {
            return;
        };
        let Self {
            front,
            http,
            mut stop,
            ..
        } = self;
        let (before, after) = stream.into_split();
        let whole = tokio::io::join(Cursor::new(read).chain(before), after);
        let service =
            service_fn(move |request: Request<Incoming>| front.answer(request, Some(peer)));
        let mut connection = pin!(http.serve_connection(TokioIo::new(whole), service));
        let ended = tokio::select! {
            biased;
            // First: what was read already is a request that has begun.
            ended = connection.as_mut() => ended,
            () = stop.wait() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        // A client that breaks off is no failure of ours.
        if let Err(error) = ended {
            tracing::debug!("connection ended: {error}");
        }
    }

    /// Answers clicks until something else is asked for; then what was read of it. None when the connection is over.
    async fn clicks(&mut self, stream: &mut TcpStream, peer: SocketAddr) -> Option<Vec<u8>> {
        let stop = self.stop.clone();
        let mut read = vec![0; CLICK_BYTES_MAX];
        let mut answer = Vec::new();
        let mut stopped = pin!(self.stop.wait());
        let mut deadline = Instant::now() + self.patience;
        // Set anew when it is over, and not with every click.
        let mut timer = pin!(sleep_until(deadline));
        loop {
            let length = tokio::select! {
                biased;
                // First: a request that has begun is answered.
                length = stream.read(&mut read) => length.ok()?,
                () = &mut stopped => return None,
                () = &mut timer => {
                    if deadline <= Instant::now() {
                        return None;
                    }
                    timer.as_mut().reset(deadline);
                    continue;
                }
            };
            if length == 0 {
                return None;
            }
            let ends = || stop.requested();
            let click = &read[..length];
            if !self
                .front
                .answer_click(click, peer, ends, &mut answer)
                .await
            {
                read.truncate(length);
                read.shrink_to_fit();
                return Some(read);
            }
            let written = stream.try_write(&answer).unwrap_or(0);
            if written < answer.len() {
                timeout(self.patience, stream.write_all(&answer[written..]))
                    .await
                    .ok()?
                    .ok()?;
            }
            // A client that asks without a pause is told, too.
            if stop.requested() {
                return None;
            }
            answer.clear();
            deadline = Instant::now() + self.patience;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::rt::TokioTimer;
    use service::programme::click;
    use std::sync::atomic::Ordering;
    use testkit::{Engine, OnEngine as _, TestApp};
    use tokio::net::TcpSocket;
    use tokio::task::JoinHandle;

    /// Longer than anything here takes.
    const LONG: Duration = Duration::from_secs(30);
    const CLICK: &[u8] =
        b"GET /r/maria HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: Mozilla/5.0\r\n\r\n";

    struct Scene {
        client: TcpStream,
        served: JoinHandle<()>,
        stop: jobs::StopHandle,
        test: TestApp,
    }

    /// A connection with small buffers to an application with a link `maria`.
    async fn scene(patience: Duration) -> Scene {
        let test = TestApp::on(Engine::Sqlite).await;
        let shop = test.business("Northwind").await;
        let affiliate = shop.affiliate("Maria").await;
        let campaign = shop.campaign("Spring").await;
        shop.partnership(&campaign, &affiliate, "maria").await;
        // Into memory.
        click::resolve(&test.app, "maria").await.unwrap();

        let listening = TcpSocket::new_v4().unwrap();
        listening.set_send_buffer_size(4_096).unwrap();
        listening.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listening = listening.listen(1).unwrap();
        let client = TcpSocket::new_v4().unwrap();
        client.set_recv_buffer_size(2_048).unwrap();
        let client = client.connect(listening.local_addr().unwrap());
        let (client, accepted) = tokio::join!(client, listening.accept());
        let (stream, peer) = accepted.unwrap();

        let (handle, stop) = jobs::stop();
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(patience);
        let serving = Serving {
            front: web::front(test.app.clone()),
            http,
            patience,
            stop,
        };
        Scene {
            client: client.unwrap(),
            served: tokio::spawn(serving.serve(stream, peer)),
            stop: handle,
            test,
        }
    }

    async fn text_of(client: &mut TcpStream) -> String {
        let mut text = String::new();
        client.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn a_connection_that_says_nothing_ends() {
        let mut scene = scene(Duration::from_millis(50)).await;
        assert_eq!(text_of(&mut scene.client).await, "");
        timeout(LONG, scene.served).await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_client_that_takes_no_answer_is_left() {
        // On a slow machine the connection may stand still for so long on its own: once more with a longer patience.
        for patience in [1, 4, 16] {
            let mut scene = scene(Duration::from_secs(patience)).await;
            scene.test.app.trial().wait_for_storage(LONG);
            let waits = async {
                for sent in 1.. {
                    if scene.client.write_all(CLICK).await.is_err() {
                        return sent;
                    }
                    let recorded = &scene.test.app.clicks().figures().recorded;
                    while recorded.load(Ordering::Relaxed) < sent {
                        if scene.served.is_finished() {
                            return sent;
                        }
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
                unreachable!("it sends without an end");
            };
            // Its first answers went into the buffers.
            if timeout(LONG, waits).await.unwrap() > 2 {
                return;
            }
        }
        panic!("it was left before its answers filled the buffers");
    }

    #[tokio::test]
    async fn the_last_answer_says_so() {
        // The end is told while the click waits; when it is told before the click was read, once more with a longer pause.
        for pause_ms in [20, 200, 2_000] {
            let mut scene = scene(LONG).await;
            scene.test.app.trial().wait_for_storage(LONG);
            // Nothing can be stored for now.
            let writer = scene.test.app.db().system_write().await.unwrap();
            scene.client.write_all(CLICK).await.unwrap();
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
            scene.stop.stop();
            drop(writer);
            let answer = text_of(&mut scene.client).await;
            timeout(LONG, scene.served).await.unwrap().unwrap();
            if answer.is_empty() {
                continue;
            }
            assert!(answer.starts_with("HTTP/1.1 302 Found\r\n"), "{answer}");
            assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
            return;
        }
        panic!("the click was never read before the end");
    }
}
