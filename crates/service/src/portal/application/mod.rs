//! Applications: how people become affiliates by themselves, on a public form of the business.
//!
//! Sending the form makes an affiliate who is pending, and the application with its answers. An address
//! that belongs to an affiliate already is answered alike and as quickly, for a job does what follows; only a
//! mail, at most one a day, says more.
//! Staff decides, or the form's rule where it approves. Whoever applied while logged in to an account
//! keeps it: the account becomes the affiliate's. For others an account of the same address is taken up
//! on approval, or an invitation goes out. A form that could not be taken on in all its tries waits for staff.

mod decision;
mod form;
mod kept;
mod sent;
mod stuck;
mod take;

pub(crate) use decision::follow;
pub use decision::{Approval, Report, Selection, approve, approve_many, reject};
pub use form::{FormIn, Sheet, form, is_open, set_form, sheet, usual};
pub use kept::TakePayload;
pub use sent::{
    OF_NETWORK_HOURLY, QUICK, QUICKEST_MS, Sent, answer_field, clean_up, submit, submit_whole,
    token,
};
pub use stuck::{STUCK_LISTED, Stuck, Typed, count_stuck, discard, set_aside, stuck, try_again};
pub use take::{TAKE_JOB, take};

use domain::id::ApplicationId;
use domain::status::Scope;
use store::list::Window;
use store::portal::application as rows;

pub use store::portal::application::{Answer, Application, Filter, Form, ORDERS};

use crate::error::{Result, not_found};
use crate::work::Work;

/// The applications of a filter.
///
/// # Errors
/// Forbidden without `read`.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Application>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many applications a filter has.
///
/// # Errors
/// Forbidden without `read`.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// An application with its answers.
///
/// # Errors
/// Not found; forbidden without `read`.
pub async fn get(work: &mut Work, id: ApplicationId) -> Result<(Application, Vec<Answer>)> {
    work.require(Scope::Read)?;
    let application = load(work, id).await?;
    let answers = rows::answers(&mut work.tx, id).await?;
    Ok((application, answers))
}

/// The latest application of the affiliate who acts, with its answers.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn own(work: &mut Work) -> Result<Option<(Application, Vec<Answer>)>> {
    let affiliate = work.actor.affiliate()?;
    let Some(application) = rows::latest_of_affiliate(&mut work.tx, affiliate).await? else {
        return Ok(None);
    };
    let answers = rows::answers(&mut work.tx, application.id).await?;
    Ok(Some((application, answers)))
}

async fn load(work: &mut Work, id: ApplicationId) -> Result<Application> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("application"))
}
