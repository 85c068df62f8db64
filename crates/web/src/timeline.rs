//! The life of a commission as a timeline: what has happened, and what comes next.

use domain::money::Currency;
use domain::status::{CommissionStatus, ReferralStatus};
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::store::programme::commission::{Commission, Step as Stored};

use crate::language::{phrase, t};
use crate::moment::Moment;
use crate::shown::money::display;
use crate::ui::{Step, StepState, Tone, status_label, status_tone};

/// The steps for a page. `for_staff` names who acted; an affiliate does not see that.
#[must_use]
pub fn of_commission(
    commission: &Commission,
    stored: &[Stored],
    zone: &TimeZone,
    now: UnixMs,
    for_staff: bool,
) -> Vec<Step> {
    let mut steps: Vec<Step> = stored
        .iter()
        .map(|step| past(step, commission.currency, zone, for_staff))
        .collect();
    if let Some(last) = steps.last_mut() {
        last.state = StepState::Current;
    }
    steps.extend(to_come(commission, zone, now));
    steps
}

fn past(step: &Stored, currency: Currency, zone: &TimeZone, for_staff: bool) -> Step {
    let signed = |amount: i64| {
        if amount > 0 {
            format!("+{}", display(amount, currency))
        } else {
            display(amount, currency)
        }
    };
    let title = match step.kind.as_str() {
        "earned" => phrase("step-earned")
            .with("amount", display(step.amount, currency))
            .into(),
        "adjustment" => phrase("step-adjustment")
            .with("amount", signed(step.amount))
            .into(),
        "approved" => t("step-approved").to_owned(),
        "rejected" | "rejected_with_referral" => t("step-rejected").to_owned(),
        "undone" => t("step-undone").to_owned(),
        "adjusted" => phrase("step-adjusted")
            .with("amount", signed(step.amount))
            .into(),
        "reversed" => phrase("step-reversed")
            .with("amount", display(step.amount.saturating_neg(), currency))
            .into(),
        "restored" => phrase("step-restored")
            .with("amount", signed(step.amount))
            .into(),
        "drafted" => t("step-drafted").to_owned(),
        "payout_cancelled" => t("step-payout-cancelled").to_owned(),
        "payout_returned" => t("step-payout-returned").to_owned(),
        "paid" => phrase("step-paid")
            .with("amount", display(step.amount, currency))
            .into(),
        other => status_label(other),
    };
    let tone = match step.kind.as_str() {
        "reversed" => Tone::Error,
        "payout_cancelled" | "payout_returned" => Tone::Warning,
        _ => status_tone(step.status.as_str()),
    };
    let who = if for_staff {
        step.actor_name.as_str()
    } else {
        ""
    };
    let detail = [who, step.note.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ");
    Step {
        title,
        detail,
        at: Moment::new(step.at_ms, zone).full,
        tone,
        state: StepState::Done,
    }
}

/// What still has to happen until it is paid.
fn to_come(commission: &Commission, zone: &TimeZone, now: UnixMs) -> Vec<Step> {
    let step = |title: &str, detail: String| Step {
        title: title.to_owned(),
        detail,
        at: String::new(),
        tone: Tone::Neutral,
        state: StepState::Upcoming,
    };
    let held = commission
        .hold_until_ms
        .filter(|until| *until > now)
        .map(|until| Moment::new(until, zone).date);
    let mut steps = Vec::new();
    if commission.status == CommissionStatus::Pending {
        if commission.referral_status == Some(ReferralStatus::Pending) {
            steps.push(step(t("step-referral"), t("step-waits").to_owned()));
        }
        let how = if commission.auto_approve {
            t("step-by-itself")
        } else {
            t("step-by-hand")
        };
        steps.push(match held {
            Some(date) => step(
                t("step-approved"),
                phrase("step-clears")
                    .with("how", how)
                    .with("date", date)
                    .into(),
            ),
            None => step(t("step-approved"), format!("{how}.")),
        });
    }
    if matches!(
        commission.status,
        CommissionStatus::Pending | CommissionStatus::Approved
    ) {
        steps.push(step(t("step-put"), String::new()));
    }
    if matches!(
        commission.status,
        CommissionStatus::Pending | CommissionStatus::Approved | CommissionStatus::InPayout
    ) {
        let number = commission
            .payout_number
            .map(|number| phrase("step-with").with("number", number).into())
            .unwrap_or_default();
        steps.push(step(t("status-paid"), number));
    }
    steps
}

/// What a list says beside the status: `clears 19 Dec 2026`, `PO-1042`; may be empty.
#[must_use]
pub fn remark(commission: &Commission, zone: &TimeZone, now: UnixMs) -> String {
    let number = commission
        .payout_number
        .map(|number| format!("PO-{number}"));
    match commission.status {
        CommissionStatus::Pending => match (commission.referral_status, commission.hold_until_ms) {
            (_, Some(until)) if until > now => phrase("step-remark-clears")
                .with("date", Moment::new(until, zone).date)
                .into(),
            (Some(ReferralStatus::Pending), _) => t("step-remark-referral").to_owned(),
            _ => String::new(),
        },
        CommissionStatus::InPayout | CommissionStatus::Paid => number.unwrap_or_default(),
        CommissionStatus::Approved | CommissionStatus::Rejected | CommissionStatus::Reversed => {
            String::new()
        }
    }
}
