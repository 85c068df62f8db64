//! What one version of a rule says otherwise than another.

use super::{Caps, Condition, Recurrence, Reward, Rule, Scope, condition_text, describe};
use crate::money::{Currency, display};
use crate::status::Base;

/// One part that differs, in words for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// `Reward`, `Conditions`, `Hold` …
    pub part: &'static str,
    /// What the earlier version says; `none` where it says nothing.
    pub before: String,
    /// What the later version says.
    pub after: String,
}

/// What a rule says of one part, in words.
type Words = fn(&Rule, Currency) -> String;

/// The parts in which two versions of a rule differ, in the order of the rule's form. The scope is told by
/// its own words, which need names; here it is only told that it differs.
#[must_use]
pub fn differences(before: &Rule, after: &Rule, currency: Currency) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut note = |part: &'static str, before: String, after: String| {
        if before != after {
            found.push(Difference {
                part,
                before,
                after,
            });
        }
    };
    let both = |words: Words| (words(before, currency), words(after, currency));
    let parts: [(&'static str, Words); 7] = [
        ("Trigger and recurrence", occasions),
        ("Reward", reward),
        ("Conditions", conditions),
        ("Caps", caps),
        ("Levels", levels),
        ("Hold", hold),
        ("Approval", approval),
    ];
    for (part, words) in parts {
        let (before, after) = both(words);
        note(part, before, after);
    }
    found
}

/// The rule with only what is asked for, so that the sentence of a part is that of the whole.
fn bare(rule: &Rule) -> Rule {
    Rule {
        scope: Scope::default(),
        conditions: None,
        caps: Caps::default(),
        levels: Vec::new(),
        hold_days: 0,
        auto_approve: false,
        ..rule.clone()
    }
}

fn occasions(rule: &Rule, currency: Currency) -> String {
    let bare = Rule {
        reward: Reward::PercentPpm(1),
        base: Base::Net,
        ..bare(rule)
    };
    after_comma(&describe(&bare, currency))
}

fn reward(rule: &Rule, currency: Currency) -> String {
    let bare = Rule {
        recurrence: Recurrence::Every,
        ..bare(rule)
    };
    let sentence = describe(&bare, currency);
    let parts: Vec<&str> = sentence.split(", every ").collect();
    let tail = parts
        .get(1)
        .and_then(|rest| rest.split_once(", "))
        .map(|(_, tail)| format!(", {tail}"));
    format!(
        "{}{}",
        parts.first().unwrap_or(&""),
        tail.unwrap_or_default()
    )
}

fn after_comma(sentence: &str) -> String {
    sentence
        .split_once(", ")
        .map_or(sentence, |(_, rest)| rest)
        .to_owned()
}

fn conditions(rule: &Rule, currency: Currency) -> String {
    rule.conditions
        .as_ref()
        .map_or_else(none, |conditions: &Condition| {
            condition_text(conditions, currency)
        })
}

fn caps(rule: &Rule, currency: Currency) -> String {
    let currency = rule.reward_currency(Some(currency)).unwrap_or(currency);
    let Caps {
        per_event,
        per_customer,
        per_affiliate_month,
    } = rule.caps;
    let words: Vec<String> = [
        (per_event, "an event"),
        (per_customer, "a customer"),
        (per_affiliate_month, "an affiliate and month"),
    ]
    .into_iter()
    .filter_map(|(cap, what)| cap.map(|cap| format!("{} {what}", display(cap, currency))))
    .collect();
    if words.is_empty() {
        none()
    } else {
        words.join(", ")
    }
}

fn levels(rule: &Rule, currency: Currency) -> String {
    let bare = Rule {
        levels: rule.levels.clone(),
        ..bare(rule)
    };
    describe(&bare, currency)
        .split_once("; ")
        .map_or_else(none, |(_, levels)| levels.to_owned())
}

fn hold(rule: &Rule, _: Currency) -> String {
    match rule.hold_days {
        0 => none(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

fn approval(rule: &Rule, _: Currency) -> String {
    if rule.auto_approve {
        "by itself"
    } else {
        "by hand"
    }
    .to_owned()
}

fn none() -> String {
    "none".to_owned()
}
