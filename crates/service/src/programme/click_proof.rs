//! The proof of commissions of clicks: each is computed once more, from the version of its rule and the clicks it is for.
//!
//! What a cap had left is what the journal had earned under the rule when the commission was booked, so what was adjusted or
//! rejected since is no difference.

use std::collections::BTreeMap;

use domain::commission::{EventError, reward_of_clicks, share_of_clicks};
use domain::id::{AffiliateId, CommissionId, RuleId};
use domain::money::{Currency, decimal};
use domain::rule::Rule;
use store::programme::proof::{self, ClickLine};
use store::programme::rule;

use super::month_close::Month;
use crate::error::Result;
use crate::work::Work;

/// Commissions read at a time.
const LINES_AT_ONCE: i64 = 1_000;

/// Commissions of clicks that are not what their clicks pay, in words with the place, at most so many.
///
/// # Errors
/// As the database says.
pub(super) async fn differences(work: &mut Work, limit: usize) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut lines = proof::click_lines(&mut work.tx, None, LINES_AT_ONCE).await?;
    if lines.is_empty() {
        return Ok(found);
    }
    let rules: BTreeMap<(RuleId, i64), Rule> = rule::all(&mut work.tx)
        .await?
        .into_iter()
        .map(|version| ((version.rule.id, version.rule.version), version.rule))
        .collect();
    let mut months = Months::default();
    while let Some(last) = lines.last() {
        let last = last.id;
        for line in &lines {
            let version = line.rule_id.zip(line.rule_version);
            let rule = version.and_then(|version| rules.get(&version));
            let problem = match rule {
                None => Some("its version of a rule is not there".to_owned()),
                Some(rule) => {
                    let before = months.before(work, line, rule).await?;
                    difference(line, rule, before)
                }
            };
            if let Some(problem) = problem {
                found.push(told(line, &problem));
                if found.len() >= limit {
                    return Ok(found);
                }
            }
        }
        lines = proof::click_lines(&mut work.tx, Some(last), LINES_AT_ONCE).await?;
    }
    Ok(found)
}

/// Which commission, and for which clicks.
fn told(line: &ClickLine, problem: &str) -> String {
    let ClickLine {
        id,
        day,
        link_id,
        number,
        clicks,
        ..
    } = line;
    format!(
        "commission {id}, for {clicks} clicks of link {link_id} on {day} (settlement {number}): {problem}"
    )
}

/// What is wrong with a commission, where the rule has paid `before` in its month by then.
fn difference(line: &ClickLine, rule: &Rule, before: i64) -> Option<String> {
    let (amount, currency) = match due(line, rule, before) {
        Ok(Some(due)) => due,
        Ok(None) => {
            return Some(format!(
                "version {} of rule {} pays nothing for clicks at level {}",
                rule.version, rule.id, line.level
            ));
        }
        Err(error) => return Some(error.to_string()),
    };
    ((amount, currency) != (line.amount, line.currency)).then(|| {
        format!(
            "version {} of rule {} pays {} {currency}, it is of {} {}",
            rule.version,
            rule.id,
            decimal(amount, currency),
            decimal(line.amount, line.currency),
            line.currency
        )
    })
}

/// What the rule pays for the clicks. On the levels above it is a share of what is stored of level 0, which is proven by itself.
fn due(
    line: &ClickLine,
    rule: &Rule,
    before: i64,
) -> std::result::Result<Option<(i64, Currency)>, EventError> {
    let Some((reward, currency)) = reward_of_clicks(rule, line.clicks, before)? else {
        return Ok(None);
    };
    if line.level == 0 {
        return Ok(Some((reward, currency)));
    }
    let (Some(reward), Ok(level)) = (line.reward, usize::try_from(line.level)) else {
        return Ok(None);
    };
    let share = share_of_clicks(rule, reward, level)?;
    Ok(share.map(|share| (share, currency)))
}

/// What rules with a cap had paid an affiliate in the month of a commission when it was booked. Read once for an affiliate
/// and rule: as many figures are kept as such rules have made commissions.
#[derive(Default)]
struct Months(BTreeMap<(AffiliateId, RuleId, Currency), BTreeMap<CommissionId, i64>>);

impl Months {
    /// In minor units of the commission's currency; 0 where nothing depends on it.
    async fn before(&mut self, work: &mut Work, line: &ClickLine, rule: &Rule) -> Result<i64> {
        if line.level != 0 || rule.caps.per_affiliate_month.is_none() {
            return Ok(0);
        }
        let whose = (line.affiliate_id, rule.id, line.currency);
        if let Some(known) = self.0.get(&whose) {
            return Ok(known.get(&line.id).copied().unwrap_or_default());
        }
        let (affiliate, id, currency) = whose;
        let mut before = BTreeMap::new();
        let mut months: BTreeMap<Month, i64> = BTreeMap::new();
        for rewarded in proof::rewards(&mut work.tx, affiliate, id, currency).await? {
            let paid = months.entry(Month::of(rewarded.day)).or_default();
            before.entry(rewarded.id).or_insert(*paid);
            *paid = paid.saturating_add(rewarded.earned);
        }
        let of_line = before.get(&line.id).copied().unwrap_or_default();
        self.0.insert(whose, before);
        Ok(of_line)
    }
}
