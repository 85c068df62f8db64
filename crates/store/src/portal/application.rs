//! Applications to become an affiliate: the form, what was sent with it, and what was decided.

use domain::id::{AffiliateId, ApplicationId, CampaignId, GroupId};
use domain::status::{ApplicationRule, ApplicationState, QuestionKind};
use domain::text::fold;
use domain::time::UnixMs;

use crate::db::{Result, Single, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// The orders of the list: key, terms upwards, terms downwards. `waiting` has what nobody has decided first.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "waiting",
        "case state when 'pending' then 0 else 1 end, id desc",
        "case state when 'pending' then 1 else 0 end, id",
    ),
    ("name", "search_folded, id", "search_folded desc, id desc"),
    ("created", "id", "id desc"),
];

record! {
    /// The form.
    pub struct Form {
        /// Whether people can apply.
        pub open: bool,
        /// What stands above the fields.
        pub intro: String,
        /// What is agreed to; empty: nothing.
        pub terms_url: String,
        /// Who is approved without a person.
        pub rule: ApplicationRule,
        /// The domains of the rule, one a line, lower case.
        pub domains: String,
        /// The group of the approved.
        pub group_id: Option<GroupId>,
        /// The campaign of the approved.
        pub campaign_id: Option<CampaignId>,
        /// When it was last changed.
        pub updated_at_ms: UnixMs,
    }
}

record! {
    /// An application.
    pub struct Application {
        /// The application.
        pub id: ApplicationId,
        /// The affiliate it made.
        pub affiliate_id: AffiliateId,
        /// What was decided.
        pub state: ApplicationState,
        /// As typed then.
        pub name: String,
        /// As typed then.
        pub email: String,
        /// A web address, or empty.
        pub website: String,
        /// How the person wants to bring customers; may be empty.
        pub audience: String,
        /// What was agreed to, or empty.
        pub terms_url: String,
        /// Whether the form's rule approved it.
        pub by_rule: bool,
        /// Who decided; empty while nobody has.
        pub decided_by: String,
        /// Why it was rejected.
        pub reason: String,
        /// Whether the person was told the reason.
        pub reason_told: bool,
        /// When it was sent.
        pub created_at_ms: UnixMs,
        /// When it was decided.
        pub decided_at_ms: Option<UnixMs>,
    }
}

record! {
    /// A question as it was asked, with its answer.
    pub struct Answer {
        /// How it is answered.
        pub kind: QuestionKind,
        /// The question.
        pub question: String,
        /// The answer; empty when none was given.
        pub answer: String,
    }
}

record! {
    /// A form that was sent lately.
    pub struct Attempt {
        /// Of everything that was typed.
        pub fingerprint: String,
        /// When.
        pub created_at_ms: UnixMs,
    }
}

/// A form that is sent now.
#[derive(Debug, Clone, Copy)]
pub struct NewAttempt<'a> {
    /// The application that may come of it.
    pub id: ApplicationId,
    /// The address, folded.
    pub email_folded: &'a str,
    /// Of everything that was typed.
    pub fingerprint: &'a str,
    /// The network it came from.
    pub ip_prefix: Option<&'a str>,
    /// Now.
    pub created_at_ms: UnixMs,
}

/// What is noted when an application is decided.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// Approved or rejected.
    pub state: ApplicationState,
    /// Whether the form's rule did it.
    pub by_rule: bool,
    /// Who did it.
    pub decided_by: &'a str,
    /// Why it was rejected, else empty.
    pub reason: &'a str,
    /// Whether the person is told the reason.
    pub reason_told: bool,
    /// Now.
    pub decided_at_ms: UnixMs,
}

/// Which applications are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<ApplicationState>,
    /// Only with this in name or address.
    pub search: Option<String>,
}

impl Filter {
    fn pattern(&self) -> Option<String> {
        self.search.as_deref().map(domain::text::like_pattern)
    }
}

/// The form of the business, once there is one.
///
/// # Errors
/// As the database says.
pub async fn find_form(tx: &mut Tx) -> Result<Option<Form>> {
    tx.fetch_optional(include_str!("application/find_form.sql"), args![])
        .await
}

/// Stores the form.
///
/// # Errors
/// As the database says.
pub async fn set_form(tx: &mut Tx, form: &Form) -> Result<()> {
    let Form {
        open,
        intro,
        terms_url,
        rule,
        domains,
        group_id,
        campaign_id,
        updated_at_ms,
    } = form;
    let values = args![
        *open,
        intro,
        terms_url,
        *rule,
        domains,
        *group_id,
        *campaign_id,
        *updated_at_ms
    ];
    tx.execute(include_str!("application/set_form.sql"), values)
        .await?;
    Ok(())
}

/// Has what is sent to this business taken one after the other.
///
/// # Errors
/// As the database says.
pub async fn order(tx: &mut Tx) -> Result<()> {
    tx.execute(include_str!("application/order.sql"), args![])
        .await?;
    Ok(())
}

/// Notes a form that was sent.
///
/// # Errors
/// As the database says.
pub async fn insert_attempt(tx: &mut Tx, attempt: NewAttempt<'_>) -> Result<()> {
    let NewAttempt {
        id,
        email_folded,
        fingerprint,
        ip_prefix,
        created_at_ms,
    } = attempt;
    let values = args![id, email_folded, fingerprint, ip_prefix, created_at_ms];
    tx.execute(include_str!("application/insert_attempt.sql"), values)
        .await?;
    Ok(())
}

/// What was sent with an address since an instant, the latest first.
///
/// # Errors
/// As the database says.
pub async fn attempts_of_address(
    tx: &mut Tx,
    email_folded: &str,
    since: UnixMs,
) -> Result<Vec<Attempt>> {
    tx.fetch_all(
        include_str!("application/attempts_of_address.sql"),
        args![email_folded, since],
    )
    .await
}

/// How many were sent from a network since an instant.
///
/// # Errors
/// As the database says.
pub async fn count_of_network(tx: &mut Tx, ip_prefix: &str, since: UnixMs) -> Result<i64> {
    tx.value(
        include_str!("application/count_of_network.sql"),
        args![ip_prefix, since],
    )
    .await
}

/// How many were sent since an instant.
///
/// # Errors
/// As the database says.
pub async fn count_attempts(tx: &mut Tx, since: UnixMs) -> Result<i64> {
    tx.value(include_str!("application/count_attempts.sql"), args![since])
        .await
}

/// Forgets what was sent at this instant or before; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_attempts(tx: &mut Tx, sent_at: UnixMs) -> Result<u64> {
    tx.execute(
        include_str!("application/delete_attempts.sql"),
        args![sent_at],
    )
    .await
}

/// Stores an application that nobody has decided, with its answers in their order.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, application: &Application, answers: &[Answer]) -> Result<()> {
    let Application {
        id,
        affiliate_id,
        state,
        name,
        email,
        website,
        audience,
        terms_url,
        by_rule,
        decided_by: _,
        reason: _,
        reason_told,
        created_at_ms,
        decided_at_ms: _,
    } = application;
    let values = args![
        *id,
        *affiliate_id,
        *state,
        name,
        email,
        fold(&format!("{name} {email}")),
        website,
        audience,
        terms_url,
        *by_rule,
        *reason_told,
        *created_at_ms
    ];
    tx.execute(include_str!("application/insert.sql"), values)
        .await?;
    for (place, given) in (1_i64..).zip(answers) {
        let Answer {
            kind,
            question,
            answer,
        } = given;
        let values = args![*id, place, *kind, question, answer];
        tx.execute(include_str!("application/insert_answer.sql"), values)
            .await?;
    }
    Ok(())
}

/// The application of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>> {
    tx.fetch_optional(include_str!("application/find.sql"), args![id])
        .await
}

/// The latest application of an affiliate.
///
/// # Errors
/// As the database says.
pub async fn latest_of_affiliate(
    tx: &mut Tx,
    affiliate: AffiliateId,
) -> Result<Option<Application>> {
    tx.fetch_optional(
        include_str!("application/latest_of_affiliate.sql"),
        args![affiliate],
    )
    .await
}

/// The answers of an application, in the order they were asked for.
///
/// # Errors
/// As the database says.
pub async fn answers(tx: &mut Tx, id: ApplicationId) -> Result<Vec<Answer>> {
    tx.fetch_all(include_str!("application/answers.sql"), args![id])
        .await
}

/// The applications of a filter.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Application>> {
    let values = args![filter.state, filter.pattern(), window.limit, window.offset];
    tx.fetch_all(
        ordered(include_str!("application/list.sql"), window.order),
        values,
    )
    .await
}

/// How many applications a filter has.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(
        include_str!("application/count.sql"),
        args![filter.state, filter.pattern()],
    )
    .await
}

/// The ids of a filter's applications, the oldest first.
///
/// # Errors
/// As the database says.
pub async fn ids(tx: &mut Tx, filter: &Filter, limit: i64) -> Result<Vec<ApplicationId>> {
    let rows: Vec<Single<ApplicationId>> = tx
        .fetch_all(
            include_str!("application/ids.sql"),
            args![filter.state, filter.pattern(), limit],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Decides an application; false when it was decided before.
///
/// # Errors
/// As the database says.
pub async fn decide(tx: &mut Tx, id: ApplicationId, decision: Decision<'_>) -> Result<bool> {
    let Decision {
        state,
        by_rule,
        decided_by,
        reason,
        reason_told,
        decided_at_ms,
    } = decision;
    let values = args![
        id,
        state,
        by_rule,
        decided_by,
        reason,
        reason_told,
        decided_at_ms
    ];
    Ok(tx
        .execute(include_str!("application/decide.sql"), values)
        .await?
        == 1)
}
