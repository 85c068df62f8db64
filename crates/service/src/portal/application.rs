//! Applications: how people become affiliates by themselves, on a public form of the business.
//!
//! Sending the form makes an affiliate who is pending, and the application with its answers. An address
//! that belongs to an affiliate already is answered alike and as quickly, for a job does what follows; only a
//! mail, at most one a day, says more.
//! Staff decides, or the form's rule where it approves. Whoever applied while logged in to an account
//! keeps it: the account becomes the affiliate's. For others an account of the same address is taken up
//! on approval, or an invitation goes out.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use domain::application::{Applicant, approves};
use domain::id::{AffiliateId, ApplicationId, BusinessId, CampaignId, GroupId, QuestionId};
use domain::status::{AffiliateStatus, ApplicationRule, ApplicationState, QuestionKind, Scope};
use domain::text::fold;
use domain::time::{DAY_MS, UnixMs};
use serde::{Deserialize, Serialize};
use store::list::Window;
use store::messaging::notice::Recipient;
use store::portal::application as rows;
use store::portal::question as questions;
use store::programme::{affiliate as affiliates, affiliate_group, campaign};

pub use store::portal::application::{Answer, Application, Filter, Form, ORDERS};

use super::account::{self, Account};
use super::invitation;
use super::question::{self, Question};
use super::team;
use crate::app::App;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::{audit, seal, vault};
use crate::job::{self, Job};
use crate::messaging::{mail, notice};
use crate::programme::affiliate::{self, AffiliateIn, AffiliatePatch};
use crate::programme::partnership::{self, PartnershipIn};
use crate::work::Work;

/// The field of the refusal of a form that came so quickly that a person may not have filled it in; the token is good.
pub const QUICK: &str = "quick";

/// The kind of job that takes a form on.
pub const TAKE_JOB: &str = "portal.application";

/// What a form is sealed for until then.
const SEALED: &str = "application";
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A person needs longer than this to fill in the form.
pub const QUICKEST_MS: i64 = 3_000;
/// What somebody quicker than that is told.
const TOO_QUICK: &str =
    "That was very quick. Look once more whether all is right, then send it again.";
/// How long a form can be open before it is sent.
const OPEN_MS: i64 = DAY_MS;
/// The same values again within this time are the same application.
const SAME_WITHIN_MS: i64 = 5 * MINUTE_MS;
/// Forms from one network within an hour: an office's worth.
pub const OF_NETWORK_HOURLY: i64 = 10;
/// Forms of one business within an hour: beyond it somebody fills it by machine.
const OF_BUSINESS_HOURLY: i64 = 300;
/// How long it is remembered that a form was sent.
const ATTEMPTS_KEPT_MS: i64 = DAY_MS;
/// Applications that are approved at once.
const BULK_MAX: i64 = 1_000;
const AUDIENCE_LENGTH_MAX: usize = 2_000;
const INTRO_LENGTH_MAX: usize = 2_000;
const DOMAINS_MAX: usize = 200;

/// What the page of the form shows.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The form.
    pub form: Form,
    /// Its questions.
    pub questions: Vec<Question>,
}

/// The form as staff types it.
#[derive(Debug, Clone)]
pub struct FormIn {
    /// Whether people can apply.
    pub open: bool,
    /// What stands above the fields.
    pub intro: String,
    /// A web address of what is agreed to; empty: nothing.
    pub terms_url: String,
    /// Who is approved without a person.
    pub rule: ApplicationRule,
    /// The domains of the rule, divided by spaces, commas or lines.
    pub domains: String,
    /// The group of the approved.
    pub group_id: Option<GroupId>,
    /// The campaign of the approved.
    pub campaign_id: Option<CampaignId>,
}

/// A form that was sent.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// What [`token`] gave with the page.
    pub token: String,
    /// The field that people do not see.
    pub trap: String,
    /// As typed.
    pub name: String,
    /// As typed.
    pub email: String,
    /// As typed.
    pub website: String,
    /// As typed.
    pub audience: String,
    /// Whether the terms were agreed to.
    pub agreed: bool,
    /// Answers by question.
    pub answers: BTreeMap<QuestionId, String>,
    /// The network it came from.
    pub ip_prefix: Option<String>,
    /// What the link said about who brought them; anything else than an affiliate who may is nothing.
    pub by: String,
    /// The account of who is logged in; name and address are the account's then.
    pub account: Option<Account>,
}

/// Where the approved go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approval {
    /// Their group; none leaves it.
    pub group_id: Option<GroupId>,
    /// Campaigns they take part in from now on.
    pub campaigns: Vec<CampaignId>,
}

/// Which applications a bulk act is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// These.
    Ids(Vec<ApplicationId>),
    /// All that match.
    Matching(Filter),
}

/// What a bulk act did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many were approved.
    pub approved: usize,
    /// How many were decided before, or are not there.
    pub left: usize,
}

fn purpose(business: BusinessId) -> String {
    format!("application form of {business}")
}

/// A text for the form's page that says when it was shown.
#[must_use]
pub fn token(app: &App, business: BusinessId) -> String {
    seal::close(app, &purpose(business), &app.now().0.to_string())
}

/// The name of an answer's field.
#[must_use]
pub fn answer_field(id: QuestionId) -> String {
    format!("answer_{id}")
}

/// The form; a closed one while there is none.
///
/// # Errors
/// When the database cannot serve.
pub async fn form(work: &mut Work) -> Result<Form> {
    Ok(rows::find_form(&mut work.tx).await?.unwrap_or(Form {
        open: false,
        intro: String::new(),
        terms_url: String::new(),
        rule: ApplicationRule::Off,
        domains: String::new(),
        group_id: None,
        campaign_id: None,
        updated_at_ms: work.now,
    }))
}

/// Whether people can apply.
///
/// # Errors
/// When the database cannot serve.
pub async fn is_open(work: &mut Work) -> Result<bool> {
    Ok(form(work).await?.open)
}

/// What the page of the form shows.
///
/// # Errors
/// Not found while it is closed.
pub async fn sheet(work: &mut Work) -> Result<Sheet> {
    let form = form(work).await?;
    if !form.open {
        return Err(not_found("page"));
    }
    let questions = questions::list(&mut work.tx).await?;
    Ok(Sheet { form, questions })
}

/// Changes the form.
///
/// # Errors
/// Forbidden without `manage`; invalid by field.
pub async fn set_form(work: &mut Work, input: FormIn) -> Result<Form> {
    work.require(Scope::Manage)?;
    let before = form(work).await?;
    let FormIn {
        open,
        intro,
        terms_url,
        rule,
        domains,
        group_id,
        campaign_id,
    } = input;
    let mut checks = Checks::new();
    let intro = checks.text("intro", &intro.replace("\r\n", "\n"), 0..=INTRO_LENGTH_MAX);
    let terms_url = match terms_url.trim() {
        "" => String::new(),
        typed => question::web_address(&mut checks, "terms_url", typed),
    };
    let domains = checked_domains(&mut checks, rule, &domains);
    if let Some(id) = group_id
        && affiliate_group::find(&mut work.tx, id).await?.is_none()
    {
        checks.fail("group_id", "there is no such group");
    }
    if let Some(id) = campaign_id
        && campaign::find(&mut work.tx, id).await?.is_none()
    {
        checks.fail("campaign_id", "there is no such campaign");
    }
    checks.done()?;
    let after = Form {
        open,
        intro,
        terms_url,
        rule,
        domains,
        group_id,
        campaign_id,
        updated_at_ms: work.now,
    };
    rows::set_form(&mut work.tx, &after).await?;
    let detail = format!(
        "Applications {}, approval without a person: {}",
        if open { "open" } else { "closed" },
        after.rule
    );
    if (Form {
        updated_at_ms: before.updated_at_ms,
        ..after.clone()
    }) != before
    {
        audit::record(work, "application.form", "setting", "", &detail).await?;
    }
    work.changed(None);
    Ok(after)
}

fn checked_domains(checks: &mut Checks, rule: ApplicationRule, typed: &str) -> String {
    let mut domains: Vec<String> = typed
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .map(|domain| domain.trim_start_matches('@').to_lowercase())
        .filter(|domain| !domain.is_empty())
        .collect();
    domains.sort_unstable();
    domains.dedup();
    if domains.len() > DOMAINS_MAX {
        checks.fail("domains", format!("has more than {DOMAINS_MAX} domains"));
    }
    if let Some(wrong) = domains
        .iter()
        .find(|domain| domain::text::email(&format!("x@{domain}")).is_none())
    {
        let wrong: String = wrong.chars().take(60).collect();
        checks.fail("domains", format!("has “{wrong}”, which is no domain"));
    }
    checks.that(
        rule != ApplicationRule::Domains || !domains.is_empty(),
        "domains",
        "needs a domain, such as example.com",
    );
    domains.join("\n")
}

/// Takes a form that was sent. Whether the address is known makes no difference to the answer, nor to the
/// time it takes: the form is kept sealed, and a job does the rest. Who is logged in to an account has proven
/// the address, and finds at once what became of the form.
///
/// # Errors
/// Not found while the form is closed; invalid by field (`token` for a form that was sent too quickly or
/// was open too long); [`ServiceError::TooMany`]; a conflict when the account is an affiliate already.
pub async fn submit(app: &App, business: BusinessId, sent: Sent) -> Result<()> {
    let account = sent.account.as_ref();
    let mut work = app.begin(&App::system(business)).await?;
    let Some((id, kept)) = accept(&mut work, &sent).await? else {
        return Ok(());
    };
    if account.is_some() {
        take_on(&mut work, id, kept, account).await?;
    } else {
        let payload = TakePayload::seal(&work, id, &kept)?;
        job::enqueue(&mut work, TAKE_JOB, &payload).await?;
    }
    work.commit().await
}

/// As [`submit`], with all that follows done at once: for who fills an installation, where nobody measures
/// how long it takes.
///
/// # Errors
/// As [`submit`].
pub async fn submit_whole(app: &App, business: BusinessId, sent: Sent) -> Result<()> {
    let mut work = app.begin(&App::system(business)).await?;
    if let Some((id, kept)) = accept(&mut work, &sent).await? {
        take_on(&mut work, id, kept, sent.account.as_ref()).await?;
    }
    work.commit().await
}

/// Checks a form and notes that it was sent; none when there is nothing to take on. It looks at nothing that
/// depends on whether the address is an affiliate's.
async fn accept(work: &mut Work, sent: &Sent) -> Result<Option<(ApplicationId, Kept)>> {
    let Sheet { form, questions } = sheet(work).await?;
    if !sent.trap.is_empty() {
        // Whatever fills in what nobody sees is told that all went well.
        return Ok(None);
    }
    if let Some(account) = &sent.account
        && account.affiliate_id.is_some()
    {
        return Err(conflict("You take part already"));
    }
    let (mut kept, fingerprint) = checked(work, &form, &questions, sent)?;
    let folded = fold(&kept.email);
    rows::order(&mut work.tx).await?;
    let day = work.now.plus_ms(-DAY_MS);
    let before = rows::attempts_of_address(&mut work.tx, &folded, day).await?;
    let repeated = before.iter().any(|attempt| {
        attempt.fingerprint == fingerprint && work.now.0 - attempt.created_at_ms.0 < SAME_WITHIN_MS
    });
    if repeated {
        return Ok(None);
    }
    within_budget(work, sent.ip_prefix.as_deref()).await?;
    let id = work.new_id();
    rows::insert_attempt(
        &mut work.tx,
        rows::NewAttempt {
            id,
            email_folded: &folded,
            fingerprint: &fingerprint,
            ip_prefix: sent.ip_prefix.as_deref(),
            created_at_ms: work.now,
        },
    )
    .await?;
    kept.first_today = before.is_empty();
    Ok(Some((id, kept)))
}

/// What the job needs to know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TakePayload {
    /// The application that may come of it.
    pub application_id: ApplicationId,
    /// The form, sealed, in base64.
    pub sealed: String,
}

impl TakePayload {
    fn seal(work: &Work, id: ApplicationId, kept: &Kept) -> Result<Self> {
        let text = serde_json::to_string(kept)
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let sealed = vault::seal_text(&work.app, SEALED, &owner(work, id), &text)?;
        Ok(Self {
            application_id: id,
            sealed: BASE64.encode(&sealed),
        })
    }

    fn open(&self, work: &Work) -> Result<Kept> {
        let sealed = BASE64
            .decode(self.sealed.as_bytes())
            .map_err(|error| ServiceError::Internal(error.to_string()))?;
        let owner = owner(work, self.application_id);
        let text = vault::open_text(&work.app, SEALED, &owner, &sealed)?;
        serde_json::from_str(&text).map_err(|error| ServiceError::Internal(error.to_string()))
    }
}

fn owner(work: &Work, id: ApplicationId) -> String {
    format!("{} {id}", work.business())
}

/// A form that passed every check, until it is taken on.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    name: String,
    email: String,
    website: String,
    audience: String,
    terms_url: String,
    /// Kind of question, question, answer.
    answers: Vec<(QuestionKind, String, String)>,
    /// What the link said about who brought them.
    by: String,
    /// Whether nothing came from the address within a day before.
    first_today: bool,
    sent_at: UnixMs,
}

/// Takes a form on that [`submit`] kept. The job's work: it completes with it.
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
async fn take_on(
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

impl Kept {
    /// The application, without its affiliate, its answers, who brought it, and whether it is the first of its
    /// address for a day.
    fn into_application(self, id: ApplicationId) -> (Application, Vec<Answer>, String, bool) {
        let Self {
            name,
            email,
            website,
            audience,
            terms_url,
            answers,
            by,
            first_today,
            sent_at,
        } = self;
        let application = Application {
            id,
            // Not known yet.
            affiliate_id: AffiliateId::from(uuid::Uuid::nil()),
            state: ApplicationState::Pending,
            name,
            email,
            website,
            audience,
            terms_url,
            by_rule: false,
            decided_by: String::new(),
            reason: String::new(),
            reason_told: false,
            created_at_ms: sent_at,
            decided_at_ms: None,
        };
        let answers = answers
            .into_iter()
            .map(|(kind, question, answer)| Answer {
                kind,
                question,
                answer,
            })
            .collect();
        (application, answers, by, first_today)
    }
}

/// Checks everything at once: what is kept, and a fingerprint of all that was typed.
fn checked(
    work: &Work,
    form: &Form,
    questions: &[Question],
    sent: &Sent,
) -> Result<(Kept, String)> {
    let Sent {
        token,
        trap: _,
        name,
        email,
        website,
        audience,
        agreed,
        answers: typed,
        ip_prefix: _,
        by,
        account,
    } = sent;
    let mut checks = Checks::new();
    let shown_at = seal::open(&work.app, &purpose(work.business()), token)
        .and_then(|text| text.parse().ok())
        .map(UnixMs);
    match shown_at.map(|at| work.now.0 - at.0) {
        Some(..QUICKEST_MS) => checks.fail(QUICK, TOO_QUICK),
        Some(QUICKEST_MS..OPEN_MS) => {}
        _ => checks.fail(
            "token",
            "The page was open for too long. What you typed is kept; send it again.",
        ),
    }
    let (name, email) = match account {
        Some(account) => (account.name.clone(), account.email.clone()),
        None => (
            affiliate::one_line(&mut checks, "name", name, 1, 120),
            checks.email("email", email),
        ),
    };
    let website = match website.trim() {
        "" => String::new(),
        typed => question::web_address(&mut checks, "website", typed),
    };
    let audience = checks.text(
        "audience",
        &audience.replace("\r\n", "\n"),
        0..=AUDIENCE_LENGTH_MAX,
    );
    checks.that(
        form.terms_url.is_empty() || *agreed,
        "agreed",
        "is needed to take part",
    );
    let mut answers = Vec::new();
    for question in questions {
        let field = answer_field(question.id);
        let typed = typed.get(&question.id).map_or("", String::as_str);
        let answer = question::checked_answer(&mut checks, &field, question, typed);
        answers.push((question.kind, question.label.clone(), answer));
    }
    checks.done()?;
    let values: Vec<&str> = [&name, &email, &website, &audience]
        .into_iter()
        .chain(answers.iter().map(|(_, _, answer)| answer))
        .map(String::as_str)
        .collect();
    let values = serde_json::to_string(&values)
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    let fingerprint = seal::fingerprint(&work.app, "application", &values);
    let kept = Kept {
        name,
        email,
        website,
        audience,
        terms_url: form.terms_url.clone(),
        answers,
        by: by.clone(),
        first_today: true,
        sent_at: work.now,
    };
    Ok((kept, fingerprint))
}

async fn within_budget(work: &mut Work, ip_prefix: Option<&str>) -> Result<()> {
    let since = work.now.plus_ms(-HOUR_MS);
    let of_network = match ip_prefix {
        Some(network) => rows::count_of_network(&mut work.tx, network, since).await?,
        None => 0,
    };
    if of_network >= OF_NETWORK_HOURLY
        || rows::count_attempts(&mut work.tx, since).await? >= OF_BUSINESS_HOURLY
    {
        return Err(ServiceError::TooMany {
            retry_after_s: HOUR_MS / 1000,
        });
    }
    Ok(())
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

/// Where the form sends those it approves; a group or campaign that is gone meanwhile is left out.
///
/// # Errors
/// When the database cannot serve.
pub async fn usual(work: &mut Work) -> Result<Approval> {
    let form = form(work).await?;
    let mut approval = Approval::default();
    if let Some(id) = form.group_id
        && affiliate_group::find(&mut work.tx, id).await?.is_some()
    {
        approval.group_id = Some(id);
    }
    if let Some(id) = form.campaign_id
        && campaign::find(&mut work.tx, id).await?.is_some()
    {
        approval.campaigns.push(id);
    }
    Ok(approval)
}

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

/// Approves an application: the affiliate takes part, in the group and campaigns given, and gets the
/// links by mail, with an invitation when there is no account.
///
/// # Errors
/// Forbidden without `manage`; not found; invalid when there is no such group or campaign; a conflict
/// when it was decided before.
pub async fn approve(work: &mut Work, id: ApplicationId, approval: Approval) -> Result<()> {
    approve_as(work, id, approval, false).await
}

async fn approve_as(
    work: &mut Work,
    id: ApplicationId,
    approval: Approval,
    by_rule: bool,
) -> Result<()> {
    work.require(Scope::Manage)?;
    let application = load(work, id).await?;
    let Approval {
        group_id,
        campaigns,
    } = approval;
    let affiliate_id = application.affiliate_id;
    decide(
        work,
        &application,
        ApplicationState::Approved,
        by_rule,
        "",
        false,
    )
    .await?;
    if group_id.is_some() {
        let patch = AffiliatePatch {
            group_id: Some(group_id),
            ..AffiliatePatch::default()
        };
        affiliate::patch(work, affiliate_id, patch).await?;
    }
    account::adopt(work, affiliate_id, &application.email).await?;
    let mut first = None;
    for campaign in campaigns {
        let there = partnership::Filter {
            campaign: Some(campaign),
            affiliate: Some(affiliate_id),
            ..partnership::Filter::default()
        };
        if partnership::count(work, &there).await? > 0 {
            continue;
        }
        let input = PartnershipIn {
            affiliate_id,
            code: None,
        };
        let (joined, _) = partnership::join(work, campaign, input).await?;
        first = first.or(Some(joined));
    }
    affiliate::set_status(work, affiliate_id, AffiliateStatus::Approved).await?;
    let recipient = notice::recipient(work, affiliate_id).await?;
    match first {
        _ if recipient.has_account => {}
        Some(partnership) => {
            invitation::invite_to(work, affiliate_id, partnership).await?;
        }
        None => invite(work, &recipient).await?,
    }
    Ok(())
}

async fn invite(work: &mut Work, recipient: &Recipient) -> Result<()> {
    invitation::invite(work, recipient.affiliate_id).await?;
    Ok(())
}

async fn decide(
    work: &mut Work,
    application: &Application,
    state: ApplicationState,
    by_rule: bool,
    reason: &str,
    reason_told: bool,
) -> Result<()> {
    let decided_by = if by_rule {
        "The form’s rule".to_owned()
    } else {
        work.actor.name().to_owned()
    };
    let decision = rows::Decision {
        state,
        by_rule,
        decided_by: &decided_by,
        reason,
        reason_told,
        decided_at_ms: work.now,
    };
    if !rows::decide(&mut work.tx, application.id, decision).await? {
        return Err(conflict(format!(
            "this application was {} already",
            application.state
        )));
    }
    let (action, word) = match state {
        ApplicationState::Approved => ("application.approve", "approved"),
        ApplicationState::Rejected => ("application.reject", "rejected"),
        ApplicationState::Pending => ("application.reopen", "opened again"),
    };
    let mut detail = format!("{} <{}> {word}", application.name, application.email);
    if by_rule {
        detail.push_str(" by the form’s rule");
    }
    if !reason.is_empty() {
        detail.push_str(": ");
        detail.push_str(reason);
    }
    audit::record(
        work,
        action,
        "application",
        &application.id.to_string(),
        &detail,
    )
    .await?;
    work.changed(Some(application.affiliate_id));
    Ok(())
}

/// Rejects an application; `tell` mails the reason. The address may apply again, and waits for a person
/// then.
///
/// # Errors
/// Forbidden without `manage`; not found; invalid with the field `reason`; a conflict when it was decided
/// before.
pub async fn reject(work: &mut Work, id: ApplicationId, reason: &str, tell: bool) -> Result<()> {
    work.require(Scope::Manage)?;
    let application = load(work, id).await?;
    let mut checks = Checks::new();
    let reason = checks.text("reason", &reason.replace("\r\n", "\n"), 1..=1_000);
    checks.done()?;
    decide(
        work,
        &application,
        ApplicationState::Rejected,
        false,
        &reason,
        tell,
    )
    .await?;
    let affiliate = affiliate::get(work, application.affiliate_id).await?;
    if affiliate.status == AffiliateStatus::Pending {
        affiliate::set_status(work, affiliate.id, AffiliateStatus::Terminated).await?;
    }
    if tell {
        let sender = notice::sender_to(work, &application.email).await?;
        let new = mail::application_rejected(&sender, &application, &reason);
        mail::enqueue(work, new).await?;
    }
    Ok(())
}

/// Approves many, into the form's group and campaign.
///
/// # Errors
/// Forbidden without `manage`; invalid when more than a thousand are selected.
pub async fn approve_many(work: &mut Work, selection: Selection) -> Result<Report> {
    work.require(Scope::Manage)?;
    let mut ids = match selection {
        Selection::Ids(ids) => ids,
        Selection::Matching(filter) => rows::ids(&mut work.tx, &filter, BULK_MAX + 1).await?,
    };
    ids.sort_unstable();
    ids.dedup();
    if ids.len() as u64 > BULK_MAX.unsigned_abs() {
        return Err(invalid(
            "ids",
            "at most 1,000 applications at a time; narrow the list with its filters",
        ));
    }
    let approval = usual(work).await?;
    let mut report = Report::default();
    for id in ids {
        match rows::find(&mut work.tx, id).await? {
            Some(application) if application.state == ApplicationState::Pending => {
                approve(work, id, approval.clone()).await?;
                report.approved += 1;
            }
            _ => report.left += 1,
        }
    }
    Ok(report)
}

/// What a change of the affiliate's status means for an application that waits: it is decided with it.
///
/// # Errors
/// When the database cannot serve.
pub(crate) async fn follow(
    work: &mut Work,
    affiliate: AffiliateId,
    status: AffiliateStatus,
) -> Result<()> {
    let state = match status {
        AffiliateStatus::Pending => return Ok(()),
        AffiliateStatus::Approved => ApplicationState::Approved,
        AffiliateStatus::Suspended | AffiliateStatus::Terminated => ApplicationState::Rejected,
    };
    let waiting = rows::latest_of_affiliate(&mut work.tx, affiliate)
        .await?
        .filter(|application| application.state == ApplicationState::Pending);
    let Some(application) = waiting else {
        return Ok(());
    };
    decide(work, &application, state, false, "", false).await?;
    if state == ApplicationState::Approved {
        account::adopt(work, affiliate, &application.email).await?;
        let recipient = notice::recipient(work, affiliate).await?;
        if !recipient.has_account {
            invite(work, &recipient).await?;
        }
    }
    Ok(())
}

/// Forgets which forms were sent; the applications stay. Answers how many.
///
/// # Errors
/// As the database says.
pub async fn clean_up(work: &mut Work) -> Result<u64> {
    let until = work.now.plus_ms(-ATTEMPTS_KEPT_MS);
    Ok(rows::delete_attempts(&mut work.tx, until).await?)
}
