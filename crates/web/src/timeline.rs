//! The life of a commission as a timeline: what has happened, and what comes next.

use domain::money::Currency;
use domain::status::{CommissionStatus, ReferralStatus};
use domain::time::UnixMs;
use jiff::tz::TimeZone;
use service::store::programme::commission::{Commission, Step as Stored};

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
        "earned" => format!("Earned {}", display(step.amount, currency)),
        "adjustment" => format!("{} by hand", signed(step.amount)),
        "approved" => "Approved".to_owned(),
        "rejected" => "Rejected".to_owned(),
        "undone" => "Back to pending".to_owned(),
        "adjusted" => format!("Adjusted by {}", signed(step.amount)),
        "reversed" => format!(
            "{} reversed",
            display(step.amount.saturating_neg(), currency)
        ),
        "restored" => format!("{} restored", signed(step.amount)),
        "drafted" => "Put into a payout".to_owned(),
        "payout_cancelled" => "Payout cancelled, approved again".to_owned(),
        "paid" => format!("Paid {}", display(step.amount, currency)),
        other => status_label(other),
    };
    let tone = match step.kind.as_str() {
        "reversed" => Tone::Error,
        "payout_cancelled" => Tone::Warning,
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
            steps.push(step(
                "Referral approved",
                "It waits for a decision.".to_owned(),
            ));
        }
        let how = if commission.auto_approve {
            "By itself"
        } else {
            "By hand"
        };
        steps.push(match held {
            Some(date) => step(
                "Approved",
                format!("{how}, once the hold has passed: clears {date}."),
            ),
            None => step("Approved", format!("{how}.")),
        });
    }
    if matches!(
        commission.status,
        CommissionStatus::Pending | CommissionStatus::Approved
    ) {
        steps.push(step("Put into a payout", String::new()));
    }
    if matches!(
        commission.status,
        CommissionStatus::Pending | CommissionStatus::Approved | CommissionStatus::InPayout
    ) {
        let number = commission
            .payout_number
            .map(|number| format!("With PO-{number}."))
            .unwrap_or_default();
        steps.push(step("Paid", number));
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
            (_, Some(until)) if until > now => format!("clears {}", Moment::new(until, zone).date),
            (Some(ReferralStatus::Pending), _) => "referral to approve".to_owned(),
            _ => String::new(),
        },
        CommissionStatus::InPayout | CommissionStatus::Paid => number.unwrap_or_default(),
        CommissionStatus::Approved | CommissionStatus::Rejected | CommissionStatus::Reversed => {
            String::new()
        }
    }
}
