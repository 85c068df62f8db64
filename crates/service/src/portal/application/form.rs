//! The form: whether people can apply, what it says and asks, and what becomes of those it approves.

use domain::id::{CampaignId, GroupId};
use domain::status::{ApplicationRule, Scope};
use store::portal::application::{self as rows, Form};
use store::portal::question as questions;
use store::programme::{affiliate_group, campaign};

use super::Approval;
use crate::check::Checks;
use crate::error::{Result, not_found};
use crate::identity::audit;
use crate::portal::question::{self, Question};
use crate::work::Work;

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
