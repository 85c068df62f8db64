//! Links in memory, by code: a click on a known link reads nothing.
//!
//! An entry is served without a look for [`FRESH`]; until [`GOOD`] it is served while one request
//! reads it anew; after that everybody waits for that one. A change of the business makes its entries old
//! ([`Hub::version`](crate::hub::Hub::version)): made in this process at once, made in another as soon as this one hears of it, and
//! within [`GOOD`] in any case. While the database cannot serve, what is in memory goes on to be used.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use domain::click::{Location, deep_link};
use domain::id::{AffiliateId, BusinessId, CampaignId, LinkId, PartnershipId};
use domain::link::LinkState;
use domain::text::is_link_code;
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use store::db::StoreError;
use store::programme::link::LinkTarget;
use store::{identity, programme};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::app::App;
use crate::error::{Result, ServiceError};
use crate::programme::campaign;

/// How long an entry is served without a look at the database.
const FRESH: Duration = Duration::from_millis(500);
/// How old an entry may get: what another process changes shows within this time, heard of or not.
const GOOD: Duration = Duration::from_millis(1_000);
/// How long a request waits for the database before it takes what is in memory.
const LOAD_WAIT: Duration = Duration::from_millis(1_500);
/// Links kept; about 1 KiB each.
const LINKS_MAX: usize = 50_000;
/// Codes kept that nobody has: only against floods of the same wrong one.
const UNKNOWN_MAX: usize = 4_096;
/// Loads of different codes that may run at a time, about as many as there are readers.
const LOADS_AT_ONCE: usize = 8;

/// All that a click on a link needs.
#[derive(Debug)]
pub struct Link {
    /// The business it belongs to.
    pub business: BusinessId,
    /// The link.
    pub id: LinkId,
    /// The partnership it belongs to.
    pub partnership: PartnershipId,
    /// The affiliate who gets the credit.
    pub affiliate: AffiliateId,
    /// The campaign.
    pub campaign: CampaignId,
    /// Days a click counts.
    pub cookie_days: i64,
    /// The business's zone, which its days are counted in.
    pub zone: TimeZone,
    /// Hosts that deep links may lead to.
    pub hosts: Vec<String>,
    location: Location,
    target: LinkTarget,
}

impl Link {
    /// Whether the link is live at an instant, and why not.
    #[must_use]
    pub fn state(&self, at: UnixMs) -> LinkState {
        self.target.link_state(at)
    }

    /// Where a click leads.
    #[must_use]
    pub fn location(&self, click: &str) -> String {
        self.location.of(click)
    }

    /// Where a click leads that follows a deep link, see [`domain::click::deep_link`].
    #[must_use]
    pub fn deep_location(&self, page: &Url, click: &str) -> String {
        Location::new(page, &self.target.link_parameter, &self.target.code).of(click)
    }

    /// Puts a link together from its rows.
    ///
    /// # Errors
    /// When its destination or its business's zone is not usable.
    pub(super) fn new(
        business: &identity::business::Business,
        target: LinkTarget,
        hosts: Vec<String>,
    ) -> Result<Self> {
        // A page that the campaign does not allow any more leads to the campaign's own destination.
        let page = target.target_url.as_deref();
        let destination = match page.and_then(|page| deep_link(page, &hosts)) {
            Some(page) => page,
            None => Url::parse(&target.destination_url).map_err(|_| {
                ServiceError::Internal(format!(
                    "the destination of {} is no address",
                    target.link_id
                ))
            })?,
        };
        let zone = domain::time::zone(&business.timezone).ok_or_else(|| {
            ServiceError::Internal(format!("the time zone of {} is not known", business.id))
        })?;
        Ok(Self {
            business: business.id,
            id: target.link_id,
            partnership: target.partnership_id,
            affiliate: target.affiliate_id,
            campaign: target.campaign_id,
            cookie_days: target.cookie_days,
            zone,
            hosts,
            location: Location::new(&destination, &target.link_parameter, &target.code),
            target,
        })
    }
}

/// The links that were asked for lately.
pub(super) struct LinkCache {
    kept: RwLock<Kept>,
    loads: [Mutex<()>; LOADS_AT_ONCE],
    hasher: RandomState,
}

#[derive(Default)]
struct Kept {
    links: HashMap<String, Entry>,
    unknown: HashMap<String, Read>,
}

#[derive(Clone)]
struct Entry {
    link: Arc<Link>,
    read: Read,
}

/// When something was read.
#[derive(Clone, Copy)]
struct Read {
    at: Instant,
    /// The hub's version just before.
    version: u64,
}

/// What memory says of a code.
enum Memory {
    /// Use it.
    Fresh(Option<Arc<Link>>),
    /// Use it unless you are the one who reads it anew.
    Ageing(Arc<Link>),
    /// Read it; use this when that fails.
    Old(Option<Arc<Link>>),
}

impl Default for LinkCache {
    fn default() -> Self {
        Self {
            kept: RwLock::default(),
            loads: [const { Mutex::const_new(()) }; LOADS_AT_ONCE],
            hasher: RandomState::new(),
        }
    }
}

impl LinkCache {
    pub(super) fn remembered(&self, app: &App, code: &str) -> Option<Arc<Link>> {
        match self.look(app, code) {
            Memory::Fresh(found) => found,
            // Whoever finds nobody at it goes and reads.
            Memory::Ageing(link) => self.load_lock(code).try_lock().is_err().then_some(link),
            Memory::Old(_) => None,
        }
    }

    pub(super) async fn renewed(&self, app: &App, code: &str) -> Option<Arc<Link>> {
        match self.look(app, code) {
            Memory::Fresh(found) => found,
            Memory::Ageing(_) | Memory::Old(Some(_)) => {
                self.resolve(app, code).await.ok().flatten()
            }
            Memory::Old(None) => None,
        }
    }

    pub(super) async fn resolve(&self, app: &App, code: &str) -> Result<Option<Arc<Link>>> {
        if !is_link_code(code) {
            return Ok(None);
        }
        match self.look(app, code) {
            Memory::Fresh(found) => Ok(found),
            Memory::Ageing(link) => match self.load_lock(code).try_lock() {
                Ok(_alone) => self.load(app, code, Some(link)).await,
                Err(_) => Ok(Some(link)),
            },
            Memory::Old(before) => {
                let waiting = async {
                    let _alone = self.load_lock(code).lock().await;
                    // Whoever was here before may have read it.
                    match self.look(app, code) {
                        Memory::Fresh(found) => Ok(found),
                        Memory::Ageing(link) => Ok(Some(link)),
                        Memory::Old(_) => self.load(app, code, before.clone()).await,
                    }
                };
                match tokio::time::timeout(LOAD_WAIT, waiting).await {
                    Ok(answer) => answer,
                    Err(_) => before
                        .map(Some)
                        .ok_or_else(|| ServiceError::Store(StoreError::unavailable())),
                }
            }
        }
    }

    fn load_lock(&self, code: &str) -> &Mutex<()> {
        &self.loads[self.hasher.hash_one(code) as usize % LOADS_AT_ONCE]
    }

    fn look(&self, app: &App, code: &str) -> Memory {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(Entry { link, read }) = kept.links.get(code) {
            let age = read.at.elapsed();
            let link = Arc::clone(link);
            if app.hub().version(link.business) != read.version || age >= GOOD {
                Memory::Old(Some(link))
            } else if age >= FRESH {
                Memory::Ageing(link)
            } else {
                Memory::Fresh(Some(link))
            }
        } else {
            match kept.unknown.get(code) {
                Some(read)
                    if read.version == app.hub().total_version() && read.at.elapsed() < GOOD =>
                {
                    Memory::Fresh(None)
                }
                _ => Memory::Old(None),
            }
        }
    }

    /// Reads a link and keeps it. When the database cannot serve, `before` is kept a little longer.
    async fn load(
        &self,
        app: &App,
        code: &str,
        before: Option<Arc<Link>>,
    ) -> Result<Option<Arc<Link>>> {
        let at = Instant::now();
        let total = app.hub().total_version();
        let found = match tokio::time::timeout(LOAD_WAIT, read(app, code)).await {
            Ok(found) => found,
            Err(_) => Err(ServiceError::Store(StoreError::unavailable())),
        };
        match (found, before) {
            (Ok(Some((link, version))), _) => {
                let link = Arc::new(link);
                self.keep(code, Arc::clone(&link), Read { at, version });
                Ok(Some(link))
            }
            (Ok(None), _) => {
                self.keep_unknown(code, Read { at, version: total });
                Ok(None)
            }
            (Err(error), Some(link)) => {
                if app.clicks().figures.may_complain(app.now()) {
                    tracing::warn!(error = %error, "links cannot be read; those in memory are used");
                }
                let version = app.hub().version(link.business);
                self.keep(
                    code,
                    Arc::clone(&link),
                    Read {
                        at: Instant::now(),
                        version,
                    },
                );
                Ok(Some(link))
            }
            (Err(error), None) => Err(error),
        }
    }

    fn keep(&self, code: &str, link: Arc<Link>, read: Read) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Kept { links, unknown } = &mut *kept;
        unknown.remove(code);
        if let Some(entry) = links.get_mut(code) {
            *entry = Entry { link, read };
            return;
        }
        if links.len() >= LINKS_MAX {
            links.retain(|_, entry| entry.read.at.elapsed() < GOOD);
            if links.len() >= LINKS_MAX {
                links.clear();
            }
        }
        links.insert(code.to_owned(), Entry { link, read });
    }

    fn keep_unknown(&self, code: &str, read: Read) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Kept { links, unknown } = &mut *kept;
        links.remove(code);
        if unknown.len() >= UNKNOWN_MAX {
            unknown.clear();
        }
        unknown.insert(code.to_owned(), read);
    }
}

/// A link from the database, with the hub's version from before it was read.
async fn read(app: &App, code: &str) -> Result<Option<(Link, u64)>> {
    let mut system = app.db().system_read().await?;
    let Some(route) = programme::link::route(&mut system, code).await? else {
        return Ok(None);
    };
    drop(system);
    let version = app.hub().version(route.business_id);
    let mut tx = app.db().read(route.business_id).await?;
    let Some(target) = programme::link::target(&mut tx, route.link_id).await? else {
        return Ok(None);
    };
    let Some(business) = identity::business::find(&mut tx).await? else {
        return Ok(None);
    };
    let listed = programme::campaign::hosts(&mut tx, target.campaign_id).await?;
    let hosts = campaign::allowed_hosts(&target.destination_url, &listed);
    Ok(Some((Link::new(&business, target, hosts)?, version)))
}
