//! When and how affiliates are paid, and who has to agree.
//!
//! The business has a rule, a group may have its own parts of it. The frequency is in the settings and in
//! the group; days, methods, the limit above which a second person approves and the demand for a second
//! step of the log-in are here.

use domain::id::{AffiliateId, GroupId};
use domain::money::{Currency, parse_decimal};
use domain::payout_schedule::Schedule;
use domain::status::{PayoutMethodKind, Scope};
use store::programme::payout_rule as rows;
pub use store::programme::payout_rule::{Limit, PayoutRule};

use crate::actor::Actor;
use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict};
use crate::identity::audit;
use crate::identity::setting::PayoutMinimumIn;
use crate::identity::two_step::{self, Holder};
use crate::programme::payout_method;
use crate::work::Work;

/// Currencies that may have a limit.
const LIMITS_MAX: usize = 20;

/// What the business chooses.
#[derive(Debug, Clone)]
pub struct RuleIn {
    /// 1 for Monday to 7 for Sunday.
    pub weekday: i64,
    /// 1 to 31.
    pub month_day: i64,
    /// The methods that are paid by; none: all.
    pub methods: Vec<PayoutMethodKind>,
    /// Whether staff who pays needs a second step at the log-in.
    pub two_step: bool,
    /// Sums above which a second person approves; blank amounts are left out.
    pub limits: Vec<PayoutMinimumIn>,
}

/// What a group has of its own; none: as the business.
#[derive(Debug, Clone, Default)]
pub struct GroupRuleIn {
    /// 1 for Monday to 7 for Sunday.
    pub weekday: Option<i64>,
    /// 1 to 31.
    pub month_day: Option<i64>,
    /// The methods; none: as the business.
    pub methods: Vec<PayoutMethodKind>,
}

/// What stands between a session that somebody found open and the business's money: who has to agree, and how long
/// a payout waits after its destination has changed. Whoever changes any of it proves who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Safeguards {
    limits: Vec<Limit>,
    two_step: bool,
    hold_days: i64,
}

/// The rule's days.
#[must_use]
pub fn schedule(rule: &PayoutRule) -> Schedule {
    Schedule {
        frequency: rule.frequency,
        weekday: rule.weekday,
        month_day: rule.month_day,
    }
}

/// The methods that stored words name; none: all.
#[must_use]
pub fn methods(words: &str) -> Vec<PayoutMethodKind> {
    words
        .split(',')
        .filter_map(|word| word.parse().ok())
        .collect()
}

/// Whether stored words allow a method.
#[must_use]
pub fn allows(words: &str, method: PayoutMethodKind) -> bool {
    let methods = methods(words);
    methods.is_empty() || methods.contains(&method)
}

fn words(methods: &[PayoutMethodKind]) -> String {
    let all = PayoutMethodKind::ALL;
    if all.iter().all(|method| methods.contains(method)) {
        return String::new();
    }
    all.iter()
        .filter(|method| methods.contains(method))
        .map(|method| method.as_str())
        .collect::<Vec<_>>()
        .join(",")
}

/// The business's rule.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn get(work: &mut Work) -> Result<PayoutRule> {
    work.require(Scope::Read)?;
    find(work).await
}

async fn find(work: &mut Work) -> Result<PayoutRule> {
    rows::find(&mut work.tx)
        .await?
        .ok_or_else(|| ServiceError::Internal("a business without settings".to_owned()))
}

/// The sums above which a second person approves, by currency.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn limits(work: &mut Work) -> Result<Vec<Limit>> {
    work.require(Scope::Read)?;
    Ok(rows::limits(&mut work.tx).await?)
}

/// The business's safeguards as they are now, to be compared with what they are after a change.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn safeguards(work: &mut Work) -> Result<Safeguards> {
    Ok(Safeguards {
        limits: limits(work).await?,
        two_step: get(work).await?.two_step == Some(true),
        hold_days: payout_method::hold_days(work).await?,
    })
}

fn check_days(checks: &mut Checks, weekday: Option<i64>, month_day: Option<i64>) {
    if let Some(weekday) = weekday {
        checks.range("weekday", weekday, 1..=7);
    }
    if let Some(month_day) = month_day {
        checks.range("month_day", month_day, 1..=31);
    }
}

/// Sets the business's rule. Limits and the second step are the owner's.
///
/// # Errors
/// Invalid by field; forbidden without the scope `manage`, or for others than the owner where limits or the
/// second step change.
pub async fn set(work: &mut Work, input: RuleIn) -> Result<()> {
    work.require(Scope::Manage)?;
    let RuleIn {
        weekday,
        month_day,
        methods,
        two_step,
        limits: given,
    } = input;
    let mut checks = Checks::new();
    check_days(&mut checks, Some(weekday), Some(month_day));
    let mut limits: Vec<Limit> = Vec::new();
    for (number, PayoutMinimumIn { currency, amount }) in
        given.into_iter().take(LIMITS_MAX).enumerate()
    {
        if amount.trim().is_empty() {
            continue;
        }
        let field = format!("limits[{number}]");
        match currency.parse::<Currency>() {
            Err(error) => checks.fail(&field, error.to_string()),
            Ok(known) if limits.iter().any(|limit| limit.currency == known) => {
                checks.fail(&field, "has a limit already; one a currency");
            }
            Ok(known) => match parse_decimal(&amount, known) {
                Ok(amount) if amount >= 0 => limits.push(Limit {
                    currency: known,
                    amount,
                }),
                Ok(_) => checks.fail(&field, "must not be below zero"),
                Err(error) => checks.fail(&field, error.to_string()),
            },
        }
    }
    checks.done()?;
    limits.sort_by_key(|limit| limit.currency);
    let before = find(work).await?;
    let known = rows::limits(&mut work.tx).await?;
    if before.two_step.unwrap_or(false) != two_step || known != limits {
        work.actor.require_owner()?;
    }
    let rule = PayoutRule {
        weekday,
        month_day,
        methods: words(&methods),
        two_step: Some(two_step),
        ..before.clone()
    };
    if rule != before {
        rows::set(&mut work.tx, &rule).await?;
        let asks = if two_step { "asks" } else { "does not ask" };
        let detail = format!(
            "weekday {weekday}, day of the month {month_day}, methods {}; {asks} for two-step log-in",
            if rule.methods.is_empty() {
                "all"
            } else {
                &rule.methods
            }
        );
        audit::record(work, "setting.payout_rule", "setting", "", &detail).await?;
    }
    if known != limits {
        rows::set_limits(&mut work.tx, &limits).await?;
        let texts: Vec<String> = limits
            .iter()
            .map(|limit| domain::money::display(limit.amount, limit.currency))
            .collect();
        let detail = if texts.is_empty() {
            "one person may approve any payout".to_owned()
        } else {
            format!("a second person approves above {}", texts.join(", "))
        };
        audit::record(work, "setting.payout_limit", "setting", "", &detail).await?;
    }
    Ok(())
}

/// What a group has of its own.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn of_group(work: &mut Work, group: GroupId) -> Result<GroupRuleIn> {
    work.require(Scope::Read)?;
    Ok(rows::of_group(&mut work.tx, group)
        .await?
        .map_or_else(GroupRuleIn::default, |rule| GroupRuleIn {
            weekday: rule.weekday,
            month_day: rule.month_day,
            methods: methods(&rule.methods),
        }))
}

/// Sets what a group has of its own.
///
/// # Errors
/// Invalid with the fields `weekday` and `month_day`; forbidden without the scope `manage`.
pub async fn set_group(work: &mut Work, group: GroupId, input: GroupRuleIn) -> Result<()> {
    work.require(Scope::Manage)?;
    let GroupRuleIn {
        weekday,
        month_day,
        methods,
    } = input;
    let mut checks = Checks::new();
    check_days(&mut checks, weekday, month_day);
    checks.done()?;
    // All methods ticked are said one by one: the business may pay by fewer.
    let methods = methods
        .iter()
        .map(|method| method.as_str())
        .collect::<Vec<_>>()
        .join(",");
    let rule = rows::GroupRule {
        weekday,
        month_day,
        methods,
    };
    let before = rows::of_group(&mut work.tx, group).await?;
    if before.as_ref() == Some(&rule) {
        return Ok(());
    }
    let empty = rule.weekday.is_none() && rule.month_day.is_none() && rule.methods.is_empty();
    if before.is_none() && empty {
        return Ok(());
    }
    rows::set_group(&mut work.tx, group, &rule).await?;
    let id = group.to_string();
    audit::record(
        work,
        "group.payout_rule",
        "group",
        &id,
        "payout days and methods",
    )
    .await
}

/// The rule by which an affiliate is paid: the business's with what its group has of its own.
pub(crate) async fn of_affiliate(work: &mut Work, affiliate: AffiliateId) -> Result<PayoutRule> {
    match rows::of_affiliate(&mut work.tx, affiliate).await? {
        Some(rule) => Ok(rule),
        None => find(work).await,
    }
}

/// Refuses to pay or approve: those without the scope, and staff without a second step where the business
/// asks for one.
pub(crate) async fn require_payer(work: &mut Work) -> Result<()> {
    work.require(Scope::Payout)?;
    let Actor::Staff { id, .. } = work.actor else {
        return Ok(());
    };
    if find(work).await?.two_step != Some(true) {
        return Ok(());
    }
    if two_step::standing(work, Holder::Staff(id)).await?.on {
        return Ok(());
    }
    Err(conflict(
        "this business asks for two-step log-in from who approves and pays payouts; turn it on in your account first",
    ))
}
