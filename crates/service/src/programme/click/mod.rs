//! Clicks: from a code to a stored click and the place it leads to.
//!
//! [`resolve`] finds the link of a code, mostly in memory. [`record`] hands a click to the [`writer`],
//! which stores what has gathered in one transaction and answers when it is on the disk. [`track`]
//! stores one click inside a work that is open already, for the server API.

mod link_cache;
mod track;
mod writer;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use domain::click::{Uncounted, expires_at};
use domain::host::host_of;
use domain::id::{BusinessId, ClickId, VisitorId};
use domain::time::UnixMs;
use store::programme::click::NewClick;

use crate::actor::Actor;
use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::identity::{business, setting};
use crate::random::new_id;

pub use link_cache::Link;
pub use track::{BrowserClick, Reported, TrackClick, Tracked, report, track};

use link_cache::LinkCache;
use writer::Writer;

/// Milliseconds between two log lines about the same trouble: it comes with every request.
const SILENCE_MS: i64 = 10_000;

/// The memory of the click path: one a process, part of the [`App`].
#[derive(Default)]
pub struct Clicks {
    links: LinkCache,
    writer: OnceLock<Writer>,
    figures: Arc<Figures>,
}

/// What the click path has done since the process began.
#[derive(Debug, Default)]
pub struct Figures {
    /// Clicks stored, counted or not.
    pub recorded: AtomicU64,
    /// Clicks sent on that could not be stored.
    pub unrecorded: AtomicU64,
    /// Transactions they were stored with.
    pub batches: AtomicU64,
    complained_at: AtomicI64,
}

impl Figures {
    /// Whether it is time for a line in the log again.
    fn may_complain(&self, now: UnixMs) -> bool {
        let last = self.complained_at.load(Ordering::Relaxed);
        now.0.saturating_sub(last) >= SILENCE_MS
            && self
                .complained_at
                .compare_exchange(last, now.0, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
    }
}

impl Clicks {
    /// What was done so far, for the metrics.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.figures
    }

    /// Clicks that wait to be stored now.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.writer.get().map_or(0, Writer::waiting)
    }

    /// Ends the writer after it has stored what waits, at shutdown. Clicks that come later are sent on
    /// and counted as unrecorded.
    pub async fn close(&self) {
        if let Some(writer) = self.writer.get() {
            writer.close().await;
        }
    }
}

/// Who clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor {
    /// The visitor's id, from a cookie or made now.
    pub id: VisitorId,
    /// Whether the id was known before.
    pub returning: bool,
}

impl Visitor {
    /// The visitor of this id, or a new one.
    #[must_use]
    pub fn known_or_new(app: &App, known: Option<VisitorId>) -> Self {
        match known {
            Some(id) => Self {
                id,
                returning: true,
            },
            None => Self {
                id: new_id(app.random(), app.now()),
                returning: false,
            },
        }
    }
}

/// What is noted of a click beside the link and the visitor; all of it bounded already.
#[derive(Debug, Clone, Default)]
pub struct Remarks {
    /// The deep link followed, or the page landed on.
    pub url: Option<String>,
    /// Where the visitor came from.
    pub referrer: Option<String>,
    /// The network of the address, see [`domain::click::ip_prefix`].
    pub ip_prefix: Option<String>,
    /// The browser's name.
    pub user_agent: Option<String>,
    /// A JSON object of texts, see [`domain::click::sub_ids`].
    pub sub_ids: Option<String>,
}

/// The link of a code, of whatever business; none when nobody has it. What memory tells is at most
/// a second old, and not older than the last change that this process made or has heard of.
///
/// # Errors
/// When the database cannot serve and the link is not in memory either.
pub async fn resolve(app: &App, code: &str) -> Result<Option<Arc<Link>>> {
    app.clicks().links.resolve(app, code).await
}

/// The link of a code when memory has it and need not look again: without waiting. None tells nothing;
/// [`resolve`] then does.
#[must_use]
pub fn remembered(app: &App, code: &str) -> Option<Arc<Link>> {
    app.clicks().links.remembered(app, code)
}

/// The link of a code when memory has it; where it has to look again, it does. None tells nothing.
pub async fn renewed(app: &App, code: &str) -> Option<Arc<Link>> {
    app.clicks().links.renewed(app, code).await
}

/// Records a click on a link and waits until it is stored. The id is good for the redirect in any
/// case; `false` says that the click could not be stored and is counted as unrecorded.
pub async fn record(
    app: &App,
    link: &Link,
    visitor: Visitor,
    uncounted: Option<Uncounted>,
    remarks: Remarks,
) -> (ClickId, bool) {
    let clicks = app.clicks();
    let now = app.now();
    // Boxed: it goes through several hands.
    let click = Box::new(new_click(app, link, now, visitor, uncounted, remarks));
    let id = click.id;
    let writer = clicks
        .writer
        .get_or_init(|| Writer::start(app, &clicks.figures));
    let stored = writer.store(link.business, click).await;
    if !stored {
        clicks.figures.unrecorded.fetch_add(1, Ordering::Relaxed);
    }
    (id, stored)
}

fn new_click(
    app: &App,
    link: &Link,
    now: UnixMs,
    visitor: Visitor,
    uncounted: Option<Uncounted>,
    remarks: Remarks,
) -> NewClick {
    let Remarks {
        url,
        referrer,
        ip_prefix,
        user_agent,
        sub_ids,
    } = remarks;
    NewClick {
        id: new_id(app.random(), now),
        link_id: link.id,
        partnership_id: link.partnership,
        affiliate_id: link.affiliate,
        campaign_id: link.campaign,
        visitor_id: visitor.id,
        returning: visitor.returning,
        clicked_at: now,
        expires_at: expires_at(now, link.cookie_days),
        day: now.day_in(&link.zone),
        uncounted,
        url,
        referrer,
        ip_prefix,
        user_agent,
        sub_ids,
    }
}

/// The business of a publishable key, when the page at this host may use it: the host is listed by a
/// campaign of that business, or its destination is there.
///
/// # Errors
/// [`ServiceError::Unauthorized`] for an unknown key, [`ServiceError::Forbidden`] for another host.
pub async fn business_of_page(app: &App, key: &str, host: &str) -> Result<BusinessId> {
    let unknown = || ServiceError::Unauthorized("the publishable key is not known".to_owned());
    let business = business::of_publishable_key(key).ok_or_else(unknown)?;
    let mut work = app.view(&Actor::Browser { business }).await?;
    if !setting::has_publishable_key(&mut work, key).await? {
        return Err(unknown());
    }
    let listed = store::programme::campaign::all_hosts(&mut work.tx).await?;
    let destinations = store::programme::campaign::destinations(&mut work.tx).await?;
    let known = listed.iter().any(|known| known.host == host)
        || destinations
            .iter()
            .any(|url| host_of(url).is_some_and(|own| own == host));
    if !known {
        return Err(ServiceError::Forbidden(format!(
            "{host} is not a host of any campaign"
        )));
    }
    Ok(business)
}
