//! A commission in words: what it is for, what is left of it, how it came about.

use domain::commission::Explanation;
use domain::time::Day;
use service::programme::click_pay::Clicks;
use service::store::programme::commission::Commission;

use super::money::{customer_name, display};
use crate::error::sentence;
use crate::language::{arithmetic, phrase, t};
use crate::range::long_day;

/// What the amount is for: the event, clicks, or a correction by hand.
pub(crate) fn what(commission: &Commission) -> String {
    let otherwise = if commission.is_for_clicks() {
        t("commission-clicks")
    } else {
        t("commission-by-hand")
    };
    let event = commission.event_name.as_deref().unwrap_or(otherwise);
    let level = match commission.level {
        0 => String::new(),
        level => format!(" · {}", phrase("commission-level").with("level", level)),
    };
    format!("{}{level}", crate::ui::status_label(event))
}

/// The customer's name, or what was written when there is none; of clicks nobody is known.
pub(crate) fn for_whom(commission: &Commission) -> String {
    match commission.contact_id {
        Some(_) => customer_name(
            commission.customer_name.as_deref().unwrap_or_default(),
            commission.customer_email.as_deref(),
            commission.customer_external_id.as_deref(),
        ),
        None if commission.is_for_clicks() => "–".to_owned(),
        None => commission.note.clone(),
    }
}

/// Which clicks it is for: `Clicks of 12 May 2026 on link maria: 27`. Whose commission is of a level above is not told
/// the link of an affiliate below.
pub(crate) fn clicks_of(commission: &Commission, clicks: &Clicks, for_staff: bool) -> String {
    let link = (for_staff || commission.level == 0).then_some(clicks.link_code.as_str());
    clicks_in_words(clicks.day, link, clicks.clicks)
}

/// So many clicks of a day, on a link or without saying on which.
pub(crate) fn clicks_in_words(day: Day, link: Option<&str>, clicks: i64) -> String {
    let day = long_day(day);
    match link {
        Some(link) => phrase("commission-clicks-of-link")
            .with("day", day)
            .with("link", link)
            .with("n", clicks)
            .into(),
        None => phrase("commission-clicks-of-day")
            .with("day", day)
            .with("n", clicks)
            .into(),
    }
}

/// The event's name for a table: `purchase`, `clicks`; none for an amount by hand.
pub(crate) fn event_word(commission: &Commission) -> Option<String> {
    if commission.is_for_clicks() {
        Some("clicks".to_owned())
    } else {
        commission.event_name.clone()
    }
}

/// What is left of it after adjustments and refunds.
pub(crate) const fn left(commission: &Commission) -> i64 {
    commission
        .amount
        .saturating_add(commission.adjusted)
        .saturating_sub(commission.reversed)
}

/// How the amount came about, its steps as sentences; none for an amount by hand.
pub(crate) fn explanation(commission: &Commission) -> Option<Explanation> {
    let mut explanation: Explanation = serde_json::from_str(&commission.explanation).ok()?;
    for step in &mut explanation.steps {
        *step = sentence(&arithmetic(step));
    }
    Some(explanation)
}

/// What went into the arithmetic, each with its word: the event's amount and what is in it.
pub(crate) fn inputs(explanation: &Explanation) -> Vec<(&'static str, String)> {
    let Some(currency) = explanation.currency else {
        return Vec::new();
    };
    let mut inputs = vec![(t("input-amount"), display(explanation.amount, currency))];
    if explanation.tax != 0 {
        inputs.push((t("input-tax"), display(explanation.tax, currency)));
    }
    if explanation.shipping != 0 {
        inputs.push((t("input-shipping"), display(explanation.shipping, currency)));
    }
    if !explanation.products.is_empty() {
        inputs.push((t("input-products"), explanation.products.join(", ")));
    }
    inputs
}

/// `version 3`; empty for an amount by hand.
pub(crate) fn rule_version(commission: &Commission) -> String {
    commission
        .rule_version
        .map(|version| phrase("input-version").with("version", version).to_string())
        .unwrap_or_default()
}

/// The parts of the amount, each with its word.
pub(crate) fn parts(commission: &Commission) -> Vec<(&'static str, String)> {
    let show = |amount: i64| display(amount, commission.currency);
    let signed = |amount: i64| {
        if amount > 0 {
            format!("+{}", show(amount))
        } else {
            show(amount)
        }
    };
    let mut parts = vec![(
        if commission.event_id.is_some() || commission.is_for_clicks() {
            t("commission-earned")
        } else {
            t("commission-by-hand")
        },
        show(commission.amount),
    )];
    if commission.adjusted != 0 {
        parts.push((t("commission-adjusted"), signed(commission.adjusted)));
    }
    if commission.reversed != 0 {
        parts.push((
            t("commission-reversed"),
            signed(commission.reversed.saturating_neg()),
        ));
    }
    parts.push((t("commission-net"), show(left(commission))));
    if commission.clawed_back != 0 {
        parts.push((t("commission-clawback"), show(commission.clawed_back)));
    }
    parts
}
