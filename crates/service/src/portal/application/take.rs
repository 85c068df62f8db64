//! Taking a form on: an affiliate with an application is made of it, or it is looked whose address it is.

use domain::application::{Applicant, approves};
use domain::id::{AffiliateId, ApplicationId, BusinessId};
use domain::status::{AffiliateStatus, ApplicationState, QuestionKind};
use store::portal::application::{self as rows, Answer, Application, Form};
use store::programme::affiliate as affiliates;

use super::decision::approve_as;
use super::form::{form, usual};
use super::kept::{Kept, TakePayload};
use crate::app::App;
use crate::error::Result;
use crate::identity::audit;
use crate::job::{self, Job};
use crate::messaging::{mail, notice};
use crate::portal::account::{self, Account};
use crate::portal::team;
use crate::programme::affiliate::{self, AffiliateIn};
use crate::work::Work;

/// The kind of job that takes a form on.
pub const TAKE_JOB: &str = "portal.application";

/// Takes a form on that [`super::submit`] kept. The job's work: it completes with it.
///
/// # Errors
/// When the database cannot serve.
pub async fn take(app: &App, business: BusinessId, job: &Job, payload: &TakePayload) -> Result<()> {
    let mut work = app.begin(&App::system(business)).await?;
    let kept = payload.open(&work)?;
    // Two forms of one address are taken on one after the other, so that both cannot find it unknown.
    rows::order(&mut work.tx).await?;
    take_on(&mut work, payload.application_id, kept, None).await?;
    job::complete(&mut work, job).await?;
    work.commit().await
}

/// Makes an affiliate with an application of a form, or looks whose address it is.
pub(super) async fn take_on(
    work: &mut Work,
    id: ApplicationId,
    kept: Kept,
    account: Option<&Account>,
) -> Result<()> {
    let form = form(work).await?;
    let (application, answers, by, first_today) = kept.into_application(id);
    let known = affiliates::find_by_email(&mut work.tx, &application.email).await?;
    let Some(known) = known else {
        let input = AffiliateIn {
            name: application.name.clone(),
            email: application.email.clone(),
            status: Some(AffiliateStatus::Pending),
            website: Some(application.website.clone()).filter(|text| !text.is_empty()),
            parent_id: team::parent_of(work, &by).await?,
            ..AffiliateIn::default()
        };
        let made = affiliate::create(work, input).await?;
        let application = Application {
            affiliate_id: made.id,
            ..application
        };
        return receive(work, &form, application, &answers, false, account).await;
    };
    let last = rows::latest_of_affiliate(&mut work.tx, known.id).await?;
    let rejected = last.is_some_and(|last| last.state == ApplicationState::Rejected);
    // Who once took part and was put out is not taken up again by a form that anybody can send.
    let never_in = known.approved_at_ms.is_none();
    if known.status == AffiliateStatus::Terminated && rejected && never_in {
        affiliate::set_status(work, known.id, AffiliateStatus::Pending).await?;
        let application = Application {
            affiliate_id: known.id,
            ..application
        };
        receive(work, &form, application, &answers, true, account).await
    } else {
        recognise(work, known.id, account, first_today).await
    }
}

/// Stores an application and decides it by the form's rule, or tells both sides that it waits.
async fn receive(
    work: &mut Work,
    form: &Form,
    application: Application,
    answers: &[Answer],
    rejected_before: bool,
    account: Option<&Account>,
) -> Result<()> {
    let affiliate_id = application.affiliate_id;
    rows::insert(&mut work.tx, &application, answers).await?;
    audit::record(
        work,
        "application.receive",
        "application",
        &application.id.to_string(),
        &format!("{} <{}> applied", application.name, application.email),
    )
    .await?;
    if let Some(account) = account {
        account::attach(work, account, affiliate_id).await?;
    }
    work.changed(Some(affiliate_id));
    let decided_on: Vec<(QuestionKind, String)> = answers
        .iter()
        .map(|answer| (answer.kind, answer.answer.clone()))
        .collect();
    let domains: Vec<String> = form.domains.lines().map(str::to_owned).collect();
    let applicant = Applicant {
        email: &application.email,
        rejected_before,
        answers: &decided_on,
    };
    if approves(form.rule, &domains, applicant) {
        let approval = usual(work).await?;
        return approve_as(work, application.id, approval, true).await;
    }
    let sender = notice::sender_to(work, &application.email).await?;
    mail::enqueue(work, mail::application_received(&sender, &application)).await?;
    if let Some((address, name)) = notice::staff_address(work, &sender).await? {
        let link = format!(
            "{}/admin/applications/{}",
            work.app.settings().base_url,
            application.id
        );
        let new = mail::application_waits(&sender, &address, &name, &application, &link);
        mail::enqueue(work, new).await?;
    }
    Ok(())
}

/// An address that belongs to an affiliate: an account that has proven it becomes the affiliate's, others
/// are told by mail.
async fn recognise(
    work: &mut Work,
    affiliate_id: AffiliateId,
    account: Option<&Account>,
    may_mail: bool,
) -> Result<()> {
    if let Some(account) = account
        && account::attach(work, account, affiliate_id).await?
    {
        return Ok(());
    }
    if may_mail {
        let recipient = notice::recipient(work, affiliate_id).await?;
        let sender = notice::sender_to(work, &recipient.email).await?;
        let portal = notice::portal_address(work, &sender.slug).await?;
        mail::enqueue(work, mail::application_known(&sender, &recipient, &portal)).await?;
    }
    Ok(())
}
