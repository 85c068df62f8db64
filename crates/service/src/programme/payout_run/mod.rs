//! Payout runs: many affiliates paid together.
//!
//! A run is begun with a cut-off day and filters and finds its members ([`begin`]). Whoever is due is in; a
//! person may put others in or take some out ([`include`]). Then come works over all members, each a job that
//! goes on in parts ([`work_on`]): drafting, approving, sending, paying, cancelling. Between drafting and
//! approving the run is submitted with its exact total ([`submit`]); above the owner's limit another person
//! approves it ([`approve`]).
//!
//! An approved run is paid by providers, by people, or by both. Sending ([`send`]) hands every payout that one
//! provider can pay over to it and leaves the others; the run is approved again, and another provider may follow.
//! Paying ([`pay`]) notes what still waits as paid by people. What the providers answer comes in payout by payout,
//! and the run ends by itself once none is open any more.

mod act;
mod labour;

pub use act::{approve, cancel, draft, pay, send, send_back, stop, submit, to_send, way_of};
pub(crate) use act::{close_if_done, close_of};
pub use labour::{JOB, RunPayload, work_on};

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{AffiliateId, GroupId, PayoutRunId};
use domain::money::Currency;
use domain::payout::{self as rules, may_be_overruled};
use domain::status::{PayoutMethodKind, PayoutRunState, PayoutStatus, Scope};
use domain::time::Day;
use store::list::Window;
use store::programme::payout::{Payout, StatusTotal};
use store::programme::payout_run::{self as rows, NewRun};
pub use store::programme::payout_run::{
    Filter, NEWEST, ORDERS, PayoutRun, Send, Troubled, WayTotal,
};
use store::programme::payout_run_member::{self as member_rows, Candidate, Found, NewMember};
pub use store::programme::payout_run_member::{Member, MemberTotal};

use crate::check::Checks;
use crate::error::{Result, conflict, not_found};
use crate::identity::{audit, business};
use crate::programme::{affiliate_group, ledger, payout_limit, payout_rule};
use crate::work::Work;

/// Whom a run looks at.
#[derive(Debug, Clone)]
pub struct RunIn {
    /// The last day whose approvals count, in the business's zone.
    pub until: Day,
    /// Only this group.
    pub group: Option<GroupId>,
    /// Only who is paid this way.
    pub method: Option<PayoutMethodKind>,
    /// Only this currency.
    pub currency: Option<Currency>,
}

/// The run with this id. Who pays may look at what they pay, also without the scope `read`.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn get(work: &mut Work, id: PayoutRunId) -> Result<PayoutRun> {
    if !work.actor.may(Scope::Payout) {
        work.require(Scope::Read)?;
    }
    find(work, id).await
}

async fn find(work: &mut Work, id: PayoutRunId) -> Result<PayoutRun> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("payout run"))
}

/// A part of the runs; `window.order` is one of [`ORDERS`] or [`NEWEST`].
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<PayoutRun>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many runs pass the filter.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, filter).await?)
}

/// The run that a payout is in.
///
/// # Errors
/// Forbidden without the scope `read`.
pub async fn of_payout(work: &mut Work, payout: &Payout) -> Result<Option<PayoutRun>> {
    work.require(Scope::Read)?;
    Ok(rows::of_payout(&mut work.tx, payout.id).await?)
}

/// A part of the members that are in, or out, by name.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn members(
    work: &mut Work,
    id: PayoutRunId,
    included: bool,
    limit: i64,
    offset: i64,
) -> Result<Vec<Member>> {
    get(work, id).await?;
    Ok(member_rows::list(&mut work.tx, id, included, limit, offset).await?)
}

/// A part of the members, in or out or all, with a text in the affiliate's name, e-mail or company, by affiliate and
/// currency, behind the one that is named.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn members_after(
    work: &mut Work,
    id: PayoutRunId,
    included: Option<bool>,
    search: Option<&str>,
    after: Option<(AffiliateId, Currency)>,
    limit: i64,
) -> Result<Vec<Member>> {
    get(work, id).await?;
    Ok(member_rows::list_after(&mut work.tx, id, included, search, after, limit).await?)
}

/// Count and sums of the members, in and out, a row a currency.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn member_totals(work: &mut Work, id: PayoutRunId) -> Result<Vec<MemberTotal>> {
    get(work, id).await?;
    Ok(member_rows::totals(&mut work.tx, id).await?)
}

/// Count and sum of the run's payouts by state and currency.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn payout_totals(work: &mut Work, id: PayoutRunId) -> Result<Vec<StatusTotal>> {
    get(work, id).await?;
    Ok(rows::payout_totals(&mut work.tx, id).await?)
}

/// The run's payouts by state, by how the affiliates are paid and by the provider that had them last.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn ways(work: &mut Work, id: PayoutRunId) -> Result<Vec<WayTotal>> {
    get(work, id).await?;
    Ok(rows::ways(&mut work.tx, id).await?)
}

/// By which provider the run is being sent, or was last.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn sent_by(work: &mut Work, id: PayoutRunId) -> Result<Option<Send>> {
    get(work, id).await?;
    Ok(rows::find_send(&mut work.tx, id).await?)
}

/// Payouts of the run that need a person, by number.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn troubled(work: &mut Work, id: PayoutRunId, limit: i64) -> Result<Vec<Troubled>> {
    get(work, id).await?;
    Ok(rows::troubled(&mut work.tx, id, limit).await?)
}

/// How many members that are in wait for their draft.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn waiting(work: &mut Work, id: PayoutRunId) -> Result<i64> {
    get(work, id).await?;
    Ok(member_rows::count_to_move(&mut work.tx, id, 1).await?)
}

/// What the payouts in these states add up to, by currency.
#[must_use]
pub fn sums(totals: &[StatusTotal], states: &[PayoutStatus]) -> Vec<(Currency, i64)> {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for total in totals.iter().filter(|t| states.contains(&t.status)) {
        let sum = sums.entry(total.currency).or_default();
        *sum = sum.saturating_add(total.amount);
    }
    sums.into_iter().collect()
}

/// States of payouts that count in a run's total: all but cancelled ones.
pub const COUNTED: &[PayoutStatus] = &[
    PayoutStatus::Draft,
    PayoutStatus::Pending,
    PayoutStatus::Sending,
    PayoutStatus::Paid,
    PayoutStatus::Failed,
    PayoutStatus::Unknown,
];

/// Begins a run and finds its members. Nothing is drafted yet.
///
/// # Errors
/// Invalid with the fields `until` and `group`; forbidden without the scope `payout`.
pub async fn begin(work: &mut Work, input: RunIn) -> Result<PayoutRunId> {
    work.require(Scope::Payout)?;
    let RunIn {
        until,
        group,
        method,
        currency,
    } = input;
    let business = business::get(work).await?;
    let zone = business::zone_of(&business)?;
    let mut checks = Checks::new();
    checks.that(until.0 > 0, "until", "is too long ago");
    checks.that(until <= work.now.day_in(&zone), "until", "has not come yet");
    checks.done()?;
    if let Some(group) = group {
        affiliate_group::get(work, group).await?;
    }
    ledger::order_to_pay(work).await?;
    let id: PayoutRunId = work.new_id();
    let new = NewRun {
        id,
        number: rows::last_number(&mut work.tx).await?.saturating_add(1),
        until_day: until,
        before_ms: until.plus(1).start(&zone),
        group_id: group,
        method,
        currency,
        made_by: work.actor.name().to_owned(),
        created_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &new).await?;
    let run = find(work, id).await?;
    look(work, &run).await?;
    audit::record(
        work,
        "payout_run.begin",
        "payout_run",
        &id.to_string(),
        &format!("payout run {} until {until}", new.number),
    )
    .await?;
    work.changed(None);
    Ok(id)
}

/// Looks at the balances again: who is in and out is decided anew.
///
/// # Errors
/// A conflict when it is not open any more; not found; forbidden without the scope `payout`.
pub async fn look_again(work: &mut Work, id: PayoutRunId) -> Result<()> {
    work.require(Scope::Payout)?;
    ledger::order_to_pay(work).await?;
    let run = find(work, id).await?;
    require_open(&run)?;
    look(work, &run).await?;
    work.changed(None);
    Ok(())
}

async fn look(work: &mut Work, run: &PayoutRun) -> Result<()> {
    let business = business::get(work).await?;
    let zone = business::zone_of(&business)?;
    let today = work.now.day_in(&zone);
    let now = work.now;
    let found =
        member_rows::candidates(&mut work.tx, run.before_ms, run.currency, run.group_id).await?;
    let members: Vec<NewMember> = found
        .into_iter()
        .filter(|candidate| {
            run.method
                .is_none_or(|method| candidate.method == Some(method))
        })
        .map(|candidate| {
            let Candidate {
                affiliate_id,
                currency,
                commissions,
                commissions_total,
                affiliate_status,
                clawback,
                minimum,
                method,
                holds_until_ms,
                frequency,
                weekday,
                month_day,
                methods,
                joined_at_ms,
                last_payout_at_ms,
                requests,
            } = candidate;
            let schedule = domain::payout_schedule::Schedule {
                frequency,
                weekday,
                month_day,
            };
            let since = last_payout_at_ms.map_or_else(
                || joined_at_ms.day_in(&zone).plus(-1),
                |at| at.day_in(&zone),
            );
            let obstacle = rules::obstacle(&rules::Candidate {
                commissions_total,
                clawback,
                minimum,
                status: affiliate_status,
                held: holds_until_ms.is_some_and(|until| until > now),
                method,
                method_allowed: method.is_some_and(|method| payout_rule::allows(&methods, method)),
                due: requests > 0 || schedule.is_due(since, today),
            });
            NewMember {
                affiliate_id,
                currency,
                found: Found {
                    commissions,
                    commissions_total,
                    carried_forward: clawback,
                    minimum,
                    obstacle,
                    included: obstacle.is_none(),
                },
            }
        })
        .collect();
    member_rows::replace(&mut work.tx, run.id, &members).await?;
    Ok(())
}

fn require_open(run: &PayoutRun) -> Result<()> {
    if run.state == PayoutRunState::Open {
        return Ok(());
    }
    Err(conflict(format!(
        "the run is {}: who is in it cannot be changed any more",
        run.state
    )))
}

/// Refuses who is no member of the run, neither in nor out. `field` is the list that names them.
///
/// # Errors
/// Invalid, with the place of each in that list; not found; forbidden without the scope `payout`.
pub async fn require_members(
    work: &mut Work,
    id: PayoutRunId,
    field: &str,
    whom: &[(AffiliateId, Currency)],
) -> Result<()> {
    work.require(Scope::Payout)?;
    let run = find(work, id).await?;
    if whom.is_empty() {
        return Ok(());
    }
    let affiliates = affiliates_of(whom);
    let mut known = BTreeSet::new();
    for included in [true, false] {
        let members = member_rows::choosable(&mut work.tx, run.id, included, &affiliates).await?;
        known.extend(members.iter().map(|m| (m.affiliate_id, m.currency)));
    }
    let mut checks = Checks::new();
    for (index, member) in whom.iter().enumerate() {
        checks.that(
            known.contains(member),
            &format!("{field}[{index}].affiliate_id"),
            "is not a member of this run in this currency",
        );
    }
    checks.done()
}

/// Each affiliate once.
fn affiliates_of(whom: &[(AffiliateId, Currency)]) -> Vec<AffiliateId> {
    let affiliates: BTreeSet<_> = whom.iter().map(|(affiliate, _)| *affiliate).collect();
    affiliates.into_iter().collect()
}

/// Puts members in, or takes them out. Those who may not be paid at all stay out; answers how many were
/// changed.
///
/// # Errors
/// A conflict when the run is not open any more; not found; forbidden without the scope `payout`.
pub async fn include(
    work: &mut Work,
    id: PayoutRunId,
    whom: &[(AffiliateId, Currency)],
    included: bool,
) -> Result<u64> {
    work.require(Scope::Payout)?;
    ledger::order(work).await?;
    let run = find(work, id).await?;
    require_open(&run)?;
    if whom.is_empty() {
        return Ok(0);
    }
    let affiliates = affiliates_of(whom);
    let whom: BTreeSet<_> = whom.iter().copied().collect();
    let others = member_rows::choosable(&mut work.tx, id, !included, &affiliates).await?;
    let mut changed = 0;
    for member in others.iter().filter(|member| {
        whom.contains(&(member.affiliate_id, member.currency))
            && (!included || member.obstacle.is_none_or(may_be_overruled))
    }) {
        member_rows::include(
            &mut work.tx,
            id,
            member.affiliate_id,
            member.currency,
            included,
        )
        .await?;
        changed += 1;
    }
    if changed > 0 {
        let word = if included { "put in" } else { "left out" };
        let detail = format!("run {}: {changed} {word} by hand", run.number);
        audit::record(
            work,
            "payout_run.choose",
            "payout_run",
            &id.to_string(),
            &detail,
        )
        .await?;
    }
    work.changed(None);
    Ok(changed)
}

/// Refuses to approve or pay a payout by itself while a run has it, and a draft above the limit for one
/// person that no run has; below it, notes that one person takes the draft on alone.
pub(crate) async fn require_alone(work: &mut Work, payout: &Payout) -> Result<()> {
    let run = rows::of_payout(&mut work.tx, payout.id)
        .await?
        .filter(|run| run.state != PayoutRunState::Cancelled);
    match run {
        Some(run) => match run.state {
            PayoutRunState::Approved | PayoutRunState::Paid => Ok(()),
            _ => Err(conflict(format!(
                "PO-{} is part of payout run {}: approve and pay it there",
                payout.number, run.number
            ))),
        },
        None if payout.status == PayoutStatus::Draft => {
            let subject = payout.id.to_string();
            let totals = [(payout.currency, payout.amount)];
            if let Some(above) = payout_limit::above(work, &subject, &totals).await? {
                return Err(conflict(format!(
                    "{}PO-{} is above the limit for one person: cancel it and pay by a payout run, which a second person approves",
                    above.with(),
                    payout.number
                )));
            }
            payout_limit::note(work, &subject, &totals).await
        }
        None => Ok(()),
    }
}

/// Whether these totals of a run need a second person, if whoever acts submits it.
///
/// # Errors
/// Not found; forbidden without the scope `read` or `payout`.
pub async fn above_limit(
    work: &mut Work,
    id: PayoutRunId,
    totals: &[(Currency, i64)],
) -> Result<Option<payout_limit::Above>> {
    get(work, id).await?;
    payout_limit::above(work, &id.to_string(), totals).await
}
