//! Forms that could not be taken on: the job was given up. What was typed stays as it was sent, sealed, until
//! staff has it tried again or removes it; it is told by their bell.

use domain::id::{ApplicationId, BusinessId};
use domain::status::Scope;
use domain::time::UnixMs;
use store::portal::application::Answer;
use store::portal::stuck_application::{self as rows, StuckApplication};

use super::kept::{Kept, TakePayload};
use super::take::TAKE_JOB;
use crate::app::App;
use crate::error::{Result, not_found};
use crate::identity::audit;
use crate::job::{self, Job};
use crate::work::Work;

/// As many are listed, the latest.
pub const STUCK_LISTED: i64 = 50;

/// A form that could not be taken on.
#[derive(Debug, Clone)]
pub struct Stuck {
    /// The application that may come of it.
    pub id: ApplicationId,
    /// Why it was given up.
    pub error: String,
    /// When it was given up.
    pub failed_at: UnixMs,
    /// What was typed; none when it does not open, as after a change of the installation's secret key.
    pub typed: Option<Typed>,
}

/// What an applicant typed.
#[derive(Debug, Clone)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// A web address, or empty.
    pub website: String,
    /// How the person wants to bring customers; may be empty.
    pub audience: String,
    /// The questions with their answers.
    pub answers: Vec<Answer>,
    /// When it was sent.
    pub sent_at: UnixMs,
}

/// Keeps a form whose job is given up, in the same transaction: it is in one place at any time.
///
/// # Errors
/// A conflict when another worker has the job meanwhile; when the database cannot serve.
pub async fn set_aside(
    app: &App,
    business: BusinessId,
    job: &Job,
    payload: &TakePayload,
    error: &str,
) -> Result<()> {
    let mut work = app.begin(&App::system(business)).await?;
    let stuck = StuckApplication {
        id: payload.application_id,
        sealed: payload.sealed.clone(),
        error: job::shortened(error),
        failed_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &stuck).await?;
    job::give_up_kept(&mut work, job, error).await?;
    work.changed(None);
    work.commit().await
}

/// The forms that could not be taken on, the latest first, at most [`STUCK_LISTED`].
///
/// # Errors
/// Forbidden without `read`.
pub async fn stuck(work: &mut Work) -> Result<Vec<Stuck>> {
    work.require(Scope::Read)?;
    let found = rows::list(&mut work.tx, STUCK_LISTED).await?;
    Ok(found.into_iter().map(|row| opened(work, row)).collect())
}

/// How many forms could not be taken on.
///
/// # Errors
/// Forbidden without `read`.
pub async fn count_stuck(work: &mut Work) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx).await?)
}

fn opened(work: &Work, row: StuckApplication) -> Stuck {
    let StuckApplication {
        id,
        sealed,
        error,
        failed_at_ms,
    } = row;
    let payload = TakePayload {
        application_id: id,
        sealed,
    };
    Stuck {
        id,
        error,
        failed_at: failed_at_ms,
        typed: payload.open(work).ok().map(|kept| typed(id, kept)),
    }
}

fn typed(id: ApplicationId, kept: Kept) -> Typed {
    let (application, answers, _, _) = kept.into_application(id);
    Typed {
        name: application.name,
        email: application.email,
        website: application.website,
        audience: application.audience,
        answers,
        sent_at: application.created_at_ms,
    }
}

/// Has a form taken on once more, by the same kind of job as before.
///
/// # Errors
/// Forbidden without `manage`; not found.
pub async fn try_again(work: &mut Work, id: ApplicationId) -> Result<()> {
    let (payload, whose) = take_out(work, id).await?;
    job::enqueue(work, TAKE_JOB, &payload).await?;
    let detail = format!("had the form of {whose} tried again");
    audit::record(
        work,
        "application.retry",
        "application",
        &id.to_string(),
        &detail,
    )
    .await
}

/// Removes a form for good: of what was typed name and address stay, in the audit log.
///
/// # Errors
/// Forbidden without `manage`; not found.
pub async fn discard(work: &mut Work, id: ApplicationId) -> Result<()> {
    let (_, whose) = take_out(work, id).await?;
    let detail = format!("removed the form of {whose}, which could not be taken on");
    audit::record(
        work,
        "application.discard",
        "application",
        &id.to_string(),
        &detail,
    )
    .await
}

/// Takes a form from those that could not be taken on; with whose it is, for the audit log.
async fn take_out(work: &mut Work, id: ApplicationId) -> Result<(TakePayload, String)> {
    work.require(Scope::Manage)?;
    let row = rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("application"))?;
    if !rows::delete(&mut work.tx, id).await? {
        return Err(not_found("application"));
    }
    work.changed(None);
    let payload = TakePayload {
        application_id: id,
        sealed: row.sealed,
    };
    let whose = payload.open(work).map_or_else(
        |_| "somebody that cannot be read".to_owned(),
        |kept| format!("{} <{}>", kept.name, kept.email),
    );
    Ok((payload, whose))
}
