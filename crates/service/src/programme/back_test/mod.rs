//! Back-tests: a past period replayed under a draft rule or another attribution model. Nothing is
//! written: every window of events is read in a view of its own, and the report lives in memory.
//!
//! [`Plan`] says what is replayed, [`run`] replays it, [`Runs`] keeps what runs and what came out.

mod load;
mod player;
mod runs;

use std::collections::BTreeMap;

use domain::id::{AffiliateId, CampaignId, EventId, uuid_v7};
use domain::money::Currency;
use domain::rule::Rule;
use domain::status::{Model, Scope, TriggerOn};
use domain::time::{Day, UnixMs};
use store::programme::{affiliate, back_test as rows, rule};

pub use runs::{RunState, RunView, Runs, cancel, find, start};

use self::player::Player;
use crate::actor::Actor;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict};
use crate::identity::business;
use crate::work::Work;

/// Events read at a time.
const WINDOW: i64 = 300;
/// The longest period, in days: ten years.
const DAYS_MAX: i64 = 3_660;
/// How many changes a report lists, the biggest.
const CHANGES_MAX: usize = 1_000;
/// An event may happen five minutes after it is recorded, by clocks that differ.
const AHEAD_MS: i64 = domain::attribution::AHEAD_MS_MAX;

/// What is replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The first day, in the business's zone; an event's own time counts.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// Only events credited in this campaign; the others stay as they are.
    pub campaign: Option<CampaignId>,
    /// A rule as it would be: one with the id of a stored rule stands in its place, another stands
    /// beside those there are. For the whole period, whatever its `effective_from`.
    pub draft: Option<Rule>,
    /// The model of all campaigns.
    pub model: Option<Model>,
}

/// What it came to in one currency, minor units. Of every commission what is left of it by now: less
/// the share of what was refunded, nothing when it was rejected. Adjustments are left out on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// As it was booked.
    pub then: i64,
    /// As it would be.
    pub now: i64,
    /// Events that come out otherwise.
    pub changed: u64,
}

impl Sum {
    /// What it would be more, or less when negative.
    #[must_use]
    pub const fn difference(&self) -> i64 {
        self.now.saturating_sub(self.then)
    }
}

/// An affiliate's part of one event that comes out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The event.
    pub event_id: EventId,
    /// Its own time.
    pub occurred_at: UnixMs,
    /// The affiliate.
    pub affiliate_id: AffiliateId,
    /// The currency.
    pub currency: Currency,
    /// Minor units, as booked.
    pub then: i64,
    /// Minor units, as it would be.
    pub now: i64,
    /// Why it was what it was.
    pub then_reason: String,
    /// Why it would be what it would be.
    pub now_reason: String,
}

/// What a back-test found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Leads and sales that were replayed.
    pub events: u64,
    /// Of them, those that come out otherwise.
    pub changed: u64,
    /// Recorded before it was kept what was known then: today's data stood in for it.
    pub from_today: u64,
    /// By currency.
    pub totals: BTreeMap<Currency, Sum>,
    /// By affiliate and currency.
    pub affiliates: BTreeMap<(AffiliateId, Currency), Sum>,
    /// The biggest changes, biggest first.
    pub changes: Vec<Change>,
    /// How many changes there are in all, also those that are not listed.
    pub changes_all: u64,
    /// The names of the affiliates of the report.
    pub names: BTreeMap<AffiliateId, String>,
}

/// Told how far a run is, and asked whether it goes on.
pub trait Watch: Send + Sync {
    /// So many of so many events are done.
    fn progress(&self, done: u64, total: u64);
    /// Whether somebody has stopped it.
    fn is_stopped(&self) -> bool;
}

/// Watches nothing.
impl Watch for () {
    fn progress(&self, _: u64, _: u64) {}
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Why a rule cannot be a draft, by its field: a back-test replays leads and sales only.
#[must_use]
pub fn not_replayed(draft: &Rule) -> Option<(&'static str, &'static str)> {
    (draft.trigger.on == TriggerOn::Click).then_some((
        "trigger.on",
        "a back-test replays leads and sales; clicks are not replayed",
    ))
}

impl Plan {
    /// Whether it can be run.
    ///
    /// # Errors
    /// Invalid with the fields.
    pub fn check(&self) -> Result<()> {
        let mut checks = Checks::new();
        checks.that(
            self.from <= self.to,
            "to",
            "must not be before the first day",
        );
        checks.that(
            self.to.0.saturating_sub(self.from.0) < DAYS_MAX,
            "to",
            "must be within ten years of the first day",
        );
        if let Some(draft) = &self.draft {
            for (field, message) in draft.validate() {
                checks.fail(&field, message);
            }
            if let Some((field, message)) = not_replayed(draft) {
                checks.fail(field, message);
            }
        }
        checks.done()
    }
}

/// Replays a period.
///
/// # Errors
/// Forbidden; invalid with the fields of the plan; conflict when it was stopped.
pub async fn run(app: &App, actor: &Actor, plan: &Plan, watch: &dyn Watch) -> Result<Report> {
    actor.require(Scope::Read)?;
    plan.check()?;
    let mut work = app.view(actor).await?;
    let zone = business::zone(&mut work).await?;
    let versions = rule::all(&mut work.tx).await?;
    let total = count(&mut work, plan).await?;
    drop(work);
    let first = plan.from.start(&zone).plus_ms(-AHEAD_MS);
    let mut player = Player::new(plan, versions, zone);
    let mut after: EventId = uuid_v7(first.0, [0; 10]).into();
    let mut done = 0;
    loop {
        if watch.is_stopped() {
            return Err(conflict("the back-test was stopped"));
        }
        watch.progress(done, total);
        let mut work = app.view(actor).await?;
        let window = rows::events(&mut work.tx, after, plan.from, plan.to, WINDOW).await?;
        let Some(last) = window.last() else { break };
        after = last.id;
        done = done.saturating_add(window.len() as u64);
        for (case, known) in load::cases(&mut work, window, plan).await? {
            player.play(&mut work, case, known).await?;
        }
    }
    let mut report = player.report();
    let ids: Vec<AffiliateId> = report.affiliates.keys().map(|(id, _)| *id).collect();
    let mut work = app.view(actor).await?;
    report.names = affiliate::names(&mut work.tx, &ids).await?;
    watch.progress(total, total);
    Ok(report)
}

async fn count(work: &mut Work, plan: &Plan) -> Result<u64> {
    let count = rows::count(&mut work.tx, plan.from, plan.to).await?;
    u64::try_from(count).map_err(|error| ServiceError::Internal(error.to_string()))
}
