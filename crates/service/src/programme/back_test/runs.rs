//! Back-tests that run or have run in this process. They live in memory only: a back-test writes nothing, not
//! even what it found.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::BusinessId;
use domain::status::Scope;
use domain::time::UnixMs;

use super::{Plan, Report, Watch, run};
use crate::actor::Actor;
use crate::app::App;
use crate::error::{Result, ServiceError, conflict, not_found};
use crate::random::new_secret;

/// How many a business keeps; the oldest goes.
const KEPT_MAX: usize = 8;
/// How many a business runs at a time.
const RUNNING_MAX: usize = 2;
/// How long a report is kept.
const KEPT_MS: i64 = 2 * 60 * 60 * 1_000;

/// The back-tests of this process.
#[derive(Default)]
pub struct Runs(Mutex<BTreeMap<String, Arc<Run>>>);

struct Run {
    business: BusinessId,
    plan: Plan,
    started_at: UnixMs,
    done: AtomicU64,
    total: AtomicU64,
    stopped: AtomicBool,
    end: Mutex<Option<Result<Arc<Report>, String>>>,
}

impl Watch for Run {
    fn progress(&self, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// How far a back-test is.
#[derive(Debug, Clone)]
pub enum RunState {
    /// So many of so many events are done.
    Running {
        /// Events done.
        done: u64,
        /// Events in all.
        total: u64,
    },
    /// What was found.
    Done(Arc<Report>),
    /// Why it ended without a report, in words.
    Failed(String),
}

/// A back-test as it stands.
#[derive(Debug, Clone)]
pub struct RunView {
    /// What is replayed.
    pub plan: Plan,
    /// When it was started.
    pub started_at: UnixMs,
    /// How far it is.
    pub state: RunState,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runs {
    /// Takes a run in; refused while too many of its business are running.
    fn add(&self, id: &str, run: &Arc<Run>) -> Result<()> {
        let mut runs = locked(&self.0);
        runs.retain(|_, known| {
            run.started_at.0.saturating_sub(known.started_at.0) < KEPT_MS || !known.is_over()
        });
        let own: Vec<(String, UnixMs, bool)> = runs
            .iter()
            .filter(|(_, known)| known.business == run.business)
            .map(|(id, known)| (id.clone(), known.started_at, known.is_over()))
            .collect();
        if own.iter().filter(|(_, _, over)| !over).count() >= RUNNING_MAX {
            return Err(conflict(
                "Two back-tests are running already; wait for one, or stop it.",
            ));
        }
        if own.len() >= KEPT_MAX
            && let Some((oldest, ..)) = own
                .iter()
                .filter(|(_, _, over)| *over)
                .min_by_key(|(_, started, _)| *started)
        {
            runs.remove(oldest);
        }
        runs.insert(id.to_owned(), Arc::clone(run));
        Ok(())
    }

    fn get(&self, business: BusinessId, id: &str) -> Result<Arc<Run>> {
        locked(&self.0)
            .get(id)
            .filter(|run| run.business == business)
            .map(Arc::clone)
            .ok_or(not_found("back-test"))
    }
}

impl Run {
    fn is_over(&self) -> bool {
        locked(&self.end).is_some()
    }
}

/// Starts a back-test; its id.
///
/// # Errors
/// Forbidden; invalid with the fields of the plan; conflict while two are running.
pub fn start(app: &App, actor: &Actor, plan: Plan) -> Result<String> {
    actor.require(Scope::Read)?;
    plan.check()?;
    let id = new_secret(app.random());
    let entry = Arc::new(Run {
        business: actor.business(),
        plan,
        started_at: app.now(),
        done: AtomicU64::new(0),
        total: AtomicU64::new(0),
        stopped: AtomicBool::new(false),
        end: Mutex::new(None),
    });
    app.back_tests().add(&id, &entry)?;
    let (app, actor) = (app.clone(), actor.clone());
    tokio::spawn(async move {
        let outcome = run(&app, &actor, &entry.plan, &*entry).await;
        let end = outcome.map(Arc::new).map_err(|error| match error {
            ServiceError::Conflict(text) | ServiceError::Forbidden(text) => text,
            other => {
                tracing::error!(error = %other, "a back-test failed");
                "The back-test failed; the log says why. Nothing was written.".to_owned()
            }
        });
        *locked(&entry.end) = Some(end);
    });
    Ok(id)
}

/// How a back-test of the actor's business stands.
///
/// # Errors
/// Forbidden; not found, also when another process runs it or it is too old.
pub fn find(app: &App, actor: &Actor, id: &str) -> Result<RunView> {
    actor.require(Scope::Read)?;
    let run = app.back_tests().get(actor.business(), id)?;
    let state = match &*locked(&run.end) {
        Some(Ok(report)) => RunState::Done(Arc::clone(report)),
        Some(Err(text)) => RunState::Failed(text.clone()),
        None => RunState::Running {
            done: run.done.load(Ordering::Relaxed),
            total: run.total.load(Ordering::Relaxed),
        },
    };
    Ok(RunView {
        plan: run.plan.clone(),
        started_at: run.started_at,
        state,
    })
}

/// Has a back-test stop before its next window of events.
///
/// # Errors
/// As [`find`].
pub fn cancel(app: &App, actor: &Actor, id: &str) -> Result<()> {
    actor.require(Scope::Read)?;
    let run = app.back_tests().get(actor.business(), id)?;
    run.stopped.store(true, Ordering::Relaxed);
    Ok(())
}
