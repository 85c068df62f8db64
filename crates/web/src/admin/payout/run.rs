//! The page of a payout run: who is in and who is not and why, how far it is, what comes next.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::id::PayoutRunId;
use domain::money::display;
use domain::payout::may_be_overruled;
use domain::status::{PayoutObstacle, PayoutRunState, PayoutStatus};
use jiff::tz::TimeZone;
use service::error::not_found;
use service::identity::business;
use service::programme::payout::exact_totals;
use service::programme::payout_file;
use service::programme::payout_run::{self, COUNTED, Member, MemberTotal, PayoutRun, sums};

use super::PATH;
use super::files::FILES;
use super::run_send::Sending;
use super::runs::about;
use crate::admin::session::Admin;
use crate::error::{PageError, sentence};
use crate::html;
use crate::list::{ListState, Orders};
use crate::moment::Moment;
use crate::shown::money::{by_currency, count, counted, listed, payout_badge};
use crate::ui::{AdminItem, AdminShell, Pager, Step, StepState, Tone};

/// The list of runs.
pub(super) const RUNS: &str = "/admin/payouts/runs";
/// Members stand by name.
const ORDER: Orders = &[("name", "name", "name desc")];

/// An id from the address; one that cannot be read is a page that does not exist.
pub(super) fn read_id(id: &str) -> Result<PayoutRunId, PageError> {
    id.parse().map_err(|_| not_found("payout run").into())
}

/// The word and colour of a run's state.
pub(super) fn state_badge(state: PayoutRunState) -> (String, Tone) {
    let (word, tone) = match state {
        PayoutRunState::Open => ("Choosing", Tone::Neutral),
        PayoutRunState::Drafting => ("Drafting", Tone::Info),
        PayoutRunState::Drafted => ("Drafted", Tone::Neutral),
        PayoutRunState::Submitted => ("Waits for approval", Tone::Warning),
        PayoutRunState::Approving => ("Approving", Tone::Info),
        PayoutRunState::Approved => ("Approved", Tone::Warning),
        PayoutRunState::Sending => ("Being sent", Tone::Info),
        PayoutRunState::Paying => ("Being marked paid", Tone::Info),
        PayoutRunState::Paid => ("Paid", Tone::Success),
        PayoutRunState::Cancelling => ("Cancelling", Tone::Info),
        PayoutRunState::Cancelled => ("Cancelled", Tone::Error),
    };
    (word.to_owned(), tone)
}

fn why(member: &Member) -> String {
    let show = |amount: i64| display(amount, member.currency);
    let minimum = member.found.minimum;
    match member.found.obstacle {
        None => "Left out by hand".to_owned(),
        Some(PayoutObstacle::NotApproved) => "The affiliate is not approved".to_owned(),
        Some(PayoutObstacle::NothingLeft) => "Earlier refunds are more than what is due".to_owned(),
        Some(PayoutObstacle::Held) => "The payout method was changed lately".to_owned(),
        Some(PayoutObstacle::BelowMinimum) => format!(
            "{} short of the minimum of {}",
            show(minimum.saturating_sub(member.found.planned())),
            show(minimum)
        ),
        Some(PayoutObstacle::NoMethod) => "No payout method is set".to_owned(),
        Some(PayoutObstacle::MethodNotAllowed) => "The group is not paid by this method".to_owned(),
        Some(PayoutObstacle::NotDue) => "Not due: no payday since the last payout".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "admin/payouts/run.html")]
struct RunPage {
    shell: AdminShell,
    href: String,
    number: i64,
    about: String,
    badge: (String, Tone),
    total: String,
    /// "12 payouts", or "12 affiliates" while nothing is drafted.
    counted: String,
    /// The exact total, for forms to send back.
    expected: String,
    acts: Acts,
    working: Option<Working>,
    /// What a person should know now; empty: nothing.
    notice: &'static str,
    limit_note: String,
    tabs: Vec<(String, String, bool, String)>,
    out: bool,
    rows: Vec<Row>,
    steps: Vec<Step>,
    run_id: String,
    /// Address, name and total of each.
    files: Vec<(String, String, String)>,
    sending: Sending,
    pager: Pager,
}

/// What may be done now.
#[derive(Default)]
struct Acts {
    choose: bool,
    draft: bool,
    draft_rest: bool,
    submit: bool,
    approve: bool,
    send_back: bool,
    pay: bool,
    cancel: bool,
}

/// The work that goes on.
struct Working {
    label: String,
    finished: i64,
    total: i64,
    left: String,
    may_stop: bool,
}

struct Row {
    id: String,
    box_id: String,
    affiliate: String,
    href: String,
    commissions: String,
    due: String,
    carried: String,
    amount: String,
    why: String,
    may_tick: bool,
    payout: Option<PayoutCell>,
    failure: String,
}

struct PayoutCell {
    href: String,
    number: String,
    badge: (String, Tone),
}

impl Row {
    fn new(member: Member, out: bool, open: bool) -> Self {
        let show = |amount: i64| display(amount, member.currency);
        let found = &member.found;
        let id = format!("{}:{}", member.affiliate_id, member.currency);
        let payout = match (member.payout_id, member.payout_number, member.payout_status) {
            (Some(id), Some(number), Some(status)) => Some(PayoutCell {
                href: format!("{PATH}/{id}"),
                number: format!("PO-{number}"),
                badge: payout_badge(status),
            }),
            _ => None,
        };
        Self {
            box_id: format!("box-{}-{}", member.affiliate_id, member.currency),
            why: if out { why(&member) } else { String::new() },
            may_tick: open && (!out || found.obstacle.is_none_or(may_be_overruled)),
            href: format!("/admin/affiliates/{}", member.affiliate_id),
            commissions: counted(found.commissions, "commission", "commissions"),
            due: show(found.commissions_total),
            carried: if found.carried_forward == 0 {
                String::new()
            } else {
                show(found.carried_forward)
            },
            amount: show(member.payout_amount.unwrap_or(found.planned())),
            failure: if member.failure.is_empty() {
                String::new()
            } else {
                sentence(&member.failure)
            },
            affiliate: member.affiliate_name,
            payout,
            id,
        }
    }
}

fn life(run: &PayoutRun, zone: &TimeZone) -> Vec<Step> {
    let at = |at: Option<domain::time::UnixMs>| {
        at.map_or_else(String::new, |at| Moment::new(at, zone).full)
    };
    let step = |title: &str, detail: String, at: String, tone, state| Step {
        title: title.to_owned(),
        detail,
        at,
        tone,
        state,
    };
    let by = |name: &Option<String>| {
        name.as_ref()
            .map_or_else(String::new, |name| format!("By {name}"))
    };
    use PayoutRunState as State;
    let mut steps = vec![step(
        "Begun",
        format!("By {}", run.made_by),
        at(Some(run.created_at_ms)),
        Tone::Neutral,
        if run.state == State::Open {
            StepState::Current
        } else {
            StepState::Done
        },
    )];
    let state_of = |current: &[State], before: &[State]| {
        if current.contains(&run.state) {
            StepState::Current
        } else if before.contains(&run.state) {
            StepState::Upcoming
        } else {
            StepState::Done
        }
    };
    let gone = matches!(run.state, State::Cancelling | State::Cancelled);
    if !gone {
        steps.push(step(
            "Drafted",
            "Refunds still shrink the payouts.".to_owned(),
            String::new(),
            Tone::Neutral,
            state_of(&[State::Drafting, State::Drafted], &[State::Open]),
        ));
    }
    if !gone || run.submitted_at_ms.is_some() {
        steps.push(step(
            "Submitted",
            by(&run.submitted_name),
            at(run.submitted_at_ms),
            Tone::Warning,
            state_of(
                &[State::Submitted],
                &[State::Open, State::Drafting, State::Drafted],
            ),
        ));
    }
    if !gone || run.approved_at_ms.is_some() {
        steps.push(step(
            "Approved",
            by(&run.approved_name),
            at(run.approved_at_ms),
            Tone::Info,
            state_of(
                &[State::Approving, State::Approved, State::Sending],
                &[
                    State::Open,
                    State::Drafting,
                    State::Drafted,
                    State::Submitted,
                ],
            ),
        ));
    }
    if gone {
        steps.push(step(
            "Cancelled",
            "Its commissions are approved again.".to_owned(),
            at(Some(run.updated_at_ms)),
            Tone::Error,
            StepState::Current,
        ));
    } else {
        let paid = matches!(run.state, State::Paying | State::Paid);
        steps.push(step(
            "Paid",
            run.paid_reference.clone().unwrap_or_default(),
            if paid {
                at(run.paid_at_ms)
            } else {
                String::new()
            },
            Tone::Success,
            if paid {
                StepState::Current
            } else {
                StepState::Upcoming
            },
        ));
    }
    steps
}

fn working(run: &PayoutRun, sending: &Sending, now: domain::time::UnixMs) -> Option<Working> {
    let (label, may_stop) = match run.state {
        PayoutRunState::Drafting => ("Drafting payouts".to_owned(), true),
        PayoutRunState::Approving => ("Approving payouts".to_owned(), true),
        PayoutRunState::Sending => (format!("Handing payouts to {}", sending.now), true),
        PayoutRunState::Paying => ("Marking payouts paid".to_owned(), true),
        PayoutRunState::Cancelling => ("Cancelling payouts".to_owned(), false),
        _ => return None,
    };
    let spent = run
        .work_began_at_ms
        .map_or(0, |began| now.0.saturating_sub(began.0).max(0));
    let left = run.total.saturating_sub(run.finished).max(0);
    let seconds = if run.finished > 0 {
        spent.saturating_mul(left) / run.finished / 1000
    } else {
        0
    };
    Some(Working {
        label,
        finished: run.finished.min(run.total),
        total: run.total.max(1),
        left: match (run.finished, seconds) {
            (0, _) => "It begins within a second or two.".to_owned(),
            (_, 0..=1) => "Nearly done.".to_owned(),
            (_, seconds @ 2..=90) => format!("About {seconds} seconds left."),
            (_, seconds) => format!("About {} minutes left.", seconds / 60 + 1),
        },
        may_stop,
    })
}

fn acts(run: &PayoutRun, mine: bool, waiting: i64, payouts: i64, pending: i64) -> Acts {
    let state = run.state;
    Acts {
        choose: state == PayoutRunState::Open,
        draft: state == PayoutRunState::Open && waiting > 0,
        draft_rest: state == PayoutRunState::Drafted && waiting > 0,
        submit: state == PayoutRunState::Drafted && payouts > 0,
        approve: state == PayoutRunState::Submitted && !mine,
        send_back: state == PayoutRunState::Submitted,
        pay: state == PayoutRunState::Approved && pending > 0,
        cancel: matches!(
            state,
            PayoutRunState::Open
                | PayoutRunState::Drafted
                | PayoutRunState::Submitted
                | PayoutRunState::Approved
        ),
    }
}

pub(super) async fn page(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let href = format!("{RUNS}/{id}");
    let mut list = ListState::new(&href, query.as_deref(), "name");
    let out = list.filter::<i64>("out") == Some(1);
    let mut work = admin.app.view(&admin.actor).await?;
    let run = payout_run::get(&mut work, id).await?;
    let members = payout_run::member_totals(&mut work, id).await?;
    let payouts = payout_run::payout_totals(&mut work, id).await?;
    let number = |included: bool| -> i64 {
        let of = members.iter().filter(|total| total.included == included);
        of.map(|total| total.members).sum()
    };
    list.settle(number(!out));
    let window = list.window(ORDER);
    let found = payout_run::members(&mut work, id, !out, window.limit, window.offset).await?;
    let open = run.state == PayoutRunState::Open;
    let counts = |statuses: &[PayoutStatus]| -> i64 {
        let of = payouts.iter().filter(|t| statuses.contains(&t.status));
        of.map(|total| total.count).sum()
    };
    let exact = sums(&payouts, COUNTED);
    let planned = by_currency(members.iter().filter(|total| total.included).map(
        |MemberTotal {
             currency, planned, ..
         }| (*currency, *planned),
    ));
    let shown = if open { &planned } else { &exact };
    let made: i64 = members
        .iter()
        .filter(|total| total.included)
        .map(|total| total.payouts)
        .sum();
    let waiting = if open {
        number(true)
    } else {
        // Those the work has not come to; one it found nothing for is through.
        payout_run::waiting(&mut work, id).await?
    };
    let mine = run.submitted_by.is_some() && run.submitted_by == admin.actor.id();
    let acts = acts(
        &run,
        mine,
        waiting,
        counts(COUNTED),
        counts(&[PayoutStatus::Pending]),
    );
    let sending = Sending::of(&mut work, &run).await?;
    let files = payout_file::list(&mut work, Some(id)).await?;
    let above = payout_run::above_limit(&mut work, id, &exact).await?;
    let notice = match run.state {
        PayoutRunState::Submitted if mine => {
            "You have submitted this run. A second person has to approve it."
        }
        PayoutRunState::Submitted => {
            "It is above the limit for one person, by itself or with what they approved alone before. Compare the total, then approve it or send it back."
        }
        PayoutRunState::Approved => {
            "Have it sent by a provider, or pay it your usual way or by a payment file and mark it paid."
        }
        _ => "",
    };
    let mut shell = admin
        .shell(
            &mut work,
            format!("Payout run {}", run.number),
            AdminItem::Payouts,
        )
        .await?;
    shell.live = Some(state_badge(run.state).0);
    html::page(&RunPage {
        shell,
        number: run.number,
        about: about(&run),
        badge: state_badge(run.state),
        total: listed(shown),
        counted: if open {
            counted(number(true), "affiliate", "affiliates")
        } else {
            counted(made, "payout", "payouts")
        },
        expected: exact_totals(&exact),
        limit_note: above
            .filter(|_| acts.submit)
            .map_or_else(String::new, |above| {
                sentence(&format!(
                    "{}this is above the limit for one person, so that a second one has to approve it",
                    above.with()
                ))
            }),
        acts,
        working: working(&run, &sending, work.now),
        sending,
        notice,
        tabs: vec![
            (
                "In this run".to_owned(),
                href.clone(),
                !out,
                count(number(true)),
            ),
            (
                "Left out".to_owned(),
                format!("{href}?out=1"),
                out,
                count(number(false)),
            ),
        ],
        out,
        rows: found
            .into_iter()
            .map(|member| Row::new(member, out, open))
            .collect(),
        steps: life(&run, &zone),
        run_id: id.to_string(),
        files: files
            .into_iter()
            .map(|file| {
                let total = display(file.amount, file.currency);
                (format!("{FILES}/{}", file.id), file.name, total)
            })
            .collect(),
        pager: list.pager("affiliate", "affiliates"),
        href,
    })
}
