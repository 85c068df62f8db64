//! The short way for a click on a link that is live and in memory: no routing, nothing around it.
//!
//! It answers what [`redirect::follow`](super::redirect::follow) behind the middleware would, with the
//! same security headers; only the request id and the log line are left out. The usual click does not even need an HTTP
//! server, see [`wire`](super::wire).

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request};
use axum::response::Response;
use axum::{BoxError, Router};
use service::App;
use service::programme::click::{self, Link};
use tower::{Service, ServiceExt as _};

use super::redirect::{self, Visit};
use super::wire;
use crate::middleware::Frame;

/// Takes the requests that have a short way and passes the others on. Cheap to clone.
#[derive(Clone)]
pub struct Front(Arc<Parts>);

struct Parts {
    app: App,
    frame: Frame,
    /// What every redirect carries.
    headers: HeaderMap,
    /// The same, as it is written.
    lines: Vec<u8>,
    rest: Router,
}

impl Front {
    /// Before the rest.
    pub fn new(app: App, frame: Frame, rest: Router) -> Self {
        let mut headers = redirect::headers();
        frame.secure(&mut headers, redirect::PATH);
        Self(Arc::new(Parts {
            app,
            frame,
            lines: wire::lines(&headers),
            headers,
            rest,
        }))
    }
}

/// An answer on its way.
pub type Answering = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl Front {
    /// Answers a request, with the address of who is at the other end when the server knows it.
    pub fn answer<B>(&self, mut request: Request<B>, peer: Option<SocketAddr>) -> Answering
    where
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let addressed = self.0.frame.is_addressed(request.headers());
        let Some(link) = addressed.then(|| self.0.link(&request)).flatten() else {
            if let Some(peer) = peer {
                request.extensions_mut().insert(ConnectInfo(peer));
            }
            let request = request.map(Body::new);
            if addressed {
                return Box::pin(self.0.rest.clone().oneshot(request));
            }
            let parts = Arc::clone(&self.0);
            return Box::pin(async move {
                let request = parts.frame.lead(request).await;
                parts.rest.clone().oneshot(request).await
            });
        };
        let parts = Arc::clone(&self.0);
        let (request, _) = request.into_parts();
        let client = peer.map(|peer| parts.frame.client(&request.headers, peer));
        Box::pin(async move {
            let visit = Visit::of(&link, &request, client);
            let sent = redirect::send_on(&parts.app, visit).await;
            Ok(redirect::respond(sent, parts.headers.clone()))
        })
    }

    /// Answers what was read from a connection when it is a click that has the shortest way, and then is true; the answer is
    /// added to `answer`. `ends` is asked at the end whether the connection is kept. Anything else is for [`Self::answer`], from
    /// its first byte.
    pub async fn answer_click(
        &self,
        read: &[u8],
        peer: SocketAddr,
        ends: impl FnOnce() -> bool,
        answer: &mut Vec<u8>,
    ) -> bool {
        let parts = &*self.0;
        let mut room = wire::Room::new();
        let Some(asked) = wire::Asked::read(read, &mut room) else {
            return false;
        };
        if !parts.frame.is_addressed(asked.fields) {
            return false;
        }
        // Every now and then it is read anew, which is no reason to go another way.
        let link = click::renewed(&parts.app, asked.code).await;
        let Some(link) = link.filter(|link| parts.is_live(link)) else {
            return false;
        };
        let visit = Visit {
            link: &link,
            head: asked.head,
            query: asked.query,
            fields: asked.fields,
            client: Some(parts.frame.client(asked.fields, peer)),
        };
        let sent = redirect::send_on(&parts.app, visit).await;
        let kind = wire::Kind {
            head: asked.head,
            last: ends(),
        };
        wire::write(answer, sent.as_ref(), kind, &parts.lines, parts.app.now());
        true
    }
}

impl Parts {
    /// The link of a request for the configured name that has a short way.
    fn link<B>(&self, request: &Request<B>) -> Option<Arc<Link>> {
        let code = request.uri().path().strip_prefix(redirect::PATH)?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        click::remembered(&self.app, code).filter(|link| self.is_live(link))
    }

    fn is_live(&self, link: &Link) -> bool {
        link.state(self.app.now()).is_live()
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Answering {
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| *peer);
        self.answer(request, peer)
    }
}
