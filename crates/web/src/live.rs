//! Live figures: a stream of server-sent events that says when something has changed. The page then
//! fetches itself anew; the stream carries no data.
//!
//! `event: change` comes at once when the hub tells of a change of the business (and of the affiliate,
//! where the stream is one person's), then at most twice a second. What changed after the page was read and before
//! it listened is told first: the page says with `?told=` what it was read with. `event: end` comes when the session
//! is over, also when it was before the page could listen. When the process stops the stream just closes: the browser connects anew by itself.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::id::{AffiliateId, BusinessId};
use futures_util::stream;
use serde::Deserialize;
use service::App;
use service::hub::Change;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time::Instant;

/// The shortest time between two changes that are told.
const PAUSE: Duration = Duration::from_millis(500);
/// Something is sent at least so often, so that proxies keep the stream open and a gone browser is seen.
const HEART_BEAT: Duration = Duration::from_secs(15);
/// How long a session is believed to go on without asking again.
const BELIEVED: Duration = Duration::from_secs(5);

const MEDIA_TYPE: &str = "text/event-stream";
const HELLO: &str = "retry: 2000\n: hello\n\n";
const HELLO_AND_CHANGE: &str = "retry: 2000\n: hello\n\nevent: change\ndata: now\n\n";
const CHANGE: &str = "event: change\ndata: now\n\n";
const BEAT: &str = ": beat\n\n";
const END: &str = "event: end\ndata: session\n\n";

/// What a stream listens for.
#[derive(Debug, Clone, Copy)]
pub struct Listen {
    /// The business.
    pub business: BusinessId,
    /// One affiliate only, or everything of the business.
    pub affiliate: Option<AffiliateId>,
}

/// What a page was read with, see [`service::hub::Hub::told`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ReadWith {
    /// None: nothing is known of it, and nothing was missed.
    told: Option<u64>,
}

impl Listen {
    fn concerns(self, change: Change) -> bool {
        let own = match (self.affiliate, change.affiliate) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        change.business == self.business && own
    }
}

/// The stream. `goes_on` tells whether the session is still good; it is asked every few seconds.
pub fn stream<G, F>(app: App, listen: Listen, page: &ReadWith, goes_on: G) -> Response
where
    G: Fn() -> F + Send + 'static,
    F: Future<Output = bool> + Send + 'static,
{
    let receiver = app.hub().subscribe();
    let has_missed = page
        .told
        .is_some_and(|told| told != app.hub().told(listen.business));
    let state = State {
        app,
        listen,
        receiver,
        goes_on,
        asked: Instant::now(),
        told: None,
        step: Step::Hello { has_missed },
    };
    let frames = stream::unfold(state, |mut state| async move {
        let frame = state.next().await?;
        Some((
            Ok::<_, Infallible>(Bytes::from_static(frame.as_bytes())),
            state,
        ))
    });
    events(Body::from_stream(frames))
}

/// Whether a request is a page's that wants to listen.
#[must_use]
pub fn is_asked_for(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .is_some_and(|kind| kind.as_bytes() == MEDIA_TYPE.as_bytes())
}

/// What a page is told whose session is over: a stream that was led to the log-in would say nothing to it.
#[must_use]
pub fn over() -> Response {
    events(Body::from(END))
}

fn events(body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Proxies that gather answers would hold the events back.
        (
            header::HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    (headers, body).into_response()
}

enum Step {
    /// Whether something was told between the page and its stream.
    Hello {
        has_missed: bool,
    },
    Listening,
    Over,
}

struct State<G> {
    app: App,
    listen: Listen,
    receiver: Receiver<Change>,
    goes_on: G,
    /// When the session was asked for last.
    asked: Instant,
    /// When a change was told last.
    told: Option<Instant>,
    step: Step,
}

impl<G, F> State<G>
where
    G: Fn() -> F,
    F: Future<Output = bool>,
{
    /// The next frame; none when the stream is over.
    async fn next(&mut self) -> Option<&'static str> {
        match self.step {
            Step::Over => return None,
            Step::Hello { has_missed } => {
                self.step = Step::Listening;
                if !has_missed {
                    return Some(HELLO);
                }
                self.told = Some(Instant::now());
                return Some(HELLO_AND_CHANGE);
            }
            Step::Listening => {}
        }
        let hub = self.app.hub().clone();
        let frame = tokio::select! {
            // What has changed is told before the end; during its pause the end comes first.
            biased;
            changed = self.change() => if changed { CHANGE } else { return None },
            () = hub.closed() => return None,
            () = tokio::time::sleep(HEART_BEAT) => BEAT,
        };
        if self.asked.elapsed() >= BELIEVED {
            if !(self.goes_on)().await {
                self.step = Step::Over;
                return Some(END);
            }
            self.asked = Instant::now();
        }
        Some(frame)
    }

    /// Waits for the next change that concerns this stream, and for the pause after the one before;
    /// what changed meanwhile is told with it. False when nobody will tell any more.
    async fn change(&mut self) -> bool {
        loop {
            match self.receiver.recv().await {
                Ok(change) if self.listen.concerns(change) => break,
                Ok(_) => {}
                // Who has lagged does not know what was missed.
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return false,
            }
        }
        if let Some(told) = self.told {
            tokio::time::sleep_until(told + PAUSE).await;
        }
        while !matches!(
            self.receiver.try_recv(),
            Err(TryRecvError::Empty | TryRecvError::Closed)
        ) {}
        self.told = Some(Instant::now());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_hears_its_own() {
        let (shop, other) = (BusinessId::from_i64(1), BusinessId::from_i64(2));
        let maya: AffiliateId = "aff_01h455vb4pex5vsknk084sn02q".parse().unwrap();
        let tom: AffiliateId = "aff_01h455vb4pex5vsknk084sn02s".parse().unwrap();
        let change = |business, affiliate| Change {
            business,
            affiliate,
        };
        let staff = Listen {
            business: shop,
            affiliate: None,
        };
        assert!(staff.concerns(change(shop, Some(maya))) && staff.concerns(change(shop, None)));
        assert!(!staff.concerns(change(other, None)));
        let person = Listen {
            business: shop,
            affiliate: Some(maya),
        };
        assert!(person.concerns(change(shop, Some(maya))) && person.concerns(change(shop, None)));
        assert!(
            !person.concerns(change(shop, Some(tom)))
                && !person.concerns(change(other, Some(maya)))
        );
    }
}
