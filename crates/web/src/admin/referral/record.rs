//! The page of one referral: the customer, the checks, what they did and who was weighed for it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::{EventId, ReferralId};
use domain::money::display;
use domain::status::{EventKind, ReferralStatus, Verdict, Via};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::identity::business;
use service::programme::commission;
use service::programme::event::{self, NamedCandidate};
use service::programme::referral::{self, NewCheck, ReferralPatch};
use service::store::list::Window;
use service::store::programme::commission::{Commission, Filter as CommissionFilter, NEWEST};
use service::store::programme::event::Event;
use service::store::programme::referral::{Check, Referral};

use super::act::{read_id, who};
use super::{CHECKS, PATH};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::moment::Moment;
use crate::range::long_day;
use crate::shown::commission::{left, what};
use crate::shown::money::{self, commission_badge, referral_badge};
use crate::ui::{AdminItem, AdminShell, Choice, Tone, status_label};
use crate::{flash, form, html, timeline};

/// Commissions that the page lists; the list has all.
const COMMISSIONS_SHOWN: i64 = 50;

#[derive(Template)]
#[template(path = "admin/referrals/record.html")]
struct RecordPage {
    shell: AdminShell,
    referral: Referral,
    href: String,
    customer: String,
    badge: (String, Tone),
    first_event: String,
    came: Moment,
    decided: Option<Moment>,
    pending: bool,
    may_reject: bool,
    checks: Vec<CheckRow>,
    events: Vec<EventRow>,
    commissions: Vec<CommissionRow>,
    all_commissions: Option<String>,
    check: CheckForm,
    kinds: Vec<Choice>,
    remarks: RemarksForm,
    errors: FormErrors,
}

struct CheckRow {
    kind: String,
    passed: bool,
    note: String,
    by: String,
    at: Moment,
}

/// An event with everybody who was weighed for it, here and on the customer's page.
pub(in crate::admin) struct EventRow {
    pub href: String,
    pub title: String,
    pub amount: String,
    pub detail: String,
    pub at: Moment,
    /// That another source may have reported it before; empty: none has.
    pub twice: String,
    pub candidates: Vec<CandidateRow>,
}

/// Somebody who was weighed, and the verdict in words.
pub(in crate::admin) struct CandidateRow {
    pub won: bool,
    pub who: String,
    pub href: String,
    pub via: &'static str,
    pub verdict: &'static str,
    pub detail: String,
    pub clicked: String,
}

struct CommissionRow {
    href: String,
    what: String,
    badge: (String, Tone),
    remark: String,
    amount: String,
    date: String,
}

/// A check to be noted.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct CheckForm {
    kind: String,
    /// `passed` or `failed`.
    result: String,
    note: String,
}

/// Note and tags.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RemarksForm {
    remark: String,
    /// Separated by commas.
    tags: String,
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let page = load(
        &admin,
        read_id(&id)?,
        CheckForm::default(),
        None,
        FormErrors::new(),
    )
    .await?;
    html::page(&page)
}

async fn load(
    admin: &Admin,
    id: ReferralId,
    check: CheckForm,
    remarks: Option<RemarksForm>,
    errors: FormErrors,
) -> Result<RecordPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let referral = referral::get(&mut work, id).await?;
    let checks = referral::checks(&mut work, id).await?;
    let events = event::of_referral(&mut work, referral.contact_id, id).await?;
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let candidates = event::candidates_of(&mut work, &ids).await?;
    let filter = CommissionFilter {
        referral_id: Some(id),
        ..CommissionFilter::default()
    };
    let window = Window {
        order: NEWEST,
        limit: COMMISSIONS_SHOWN + 1,
        offset: 0,
        after: None,
    };
    let commissions = commission::list(&mut work, &filter, window).await?;
    let more = commissions.len() as i64 > COMMISSIONS_SHOWN;
    let now = work.now;
    let mut shell = admin
        .shell(&mut work, "Referral", AdminItem::Referrals)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    Ok(RecordPage {
        shell,
        href: format!("{PATH}/{id}"),
        customer: who(&referral),
        badge: referral_badge(referral.status),
        first_event: status_label(&referral.first_event),
        came: Moment::new(referral.created_at_ms, &zone),
        decided: referral.decided_at_ms.map(|at| Moment::new(at, &zone)),
        pending: referral.status == ReferralStatus::Pending,
        may_reject: referral.status != ReferralStatus::Rejected,
        checks: checks
            .into_iter()
            .map(|check| check_row(check, &zone))
            .collect(),
        events: event_rows(events, candidates, &zone),
        commissions: commissions
            .into_iter()
            .take(usize::try_from(COMMISSIONS_SHOWN).unwrap_or_default())
            .map(|c| commission_row(&c, &zone, now))
            .collect(),
        all_commissions: more.then(|| format!("/admin/commissions?referral={id}")),
        kinds: Choice::list(CHECKS.iter().copied(), &check.kind),
        check,
        remarks: remarks.unwrap_or_else(|| RemarksForm {
            remark: referral.note.clone(),
            tags: domain::tag::list(&referral.tags).join(", "),
        }),
        referral,
        errors,
    })
}

fn check_row(check: Check, zone: &TimeZone) -> CheckRow {
    let known = CHECKS.iter().find(|(word, _)| *word == check.kind);
    CheckRow {
        kind: known.map_or_else(
            || status_label(&check.kind),
            |(_, label)| (*label).to_owned(),
        ),
        passed: check.passed,
        note: check.note,
        by: check.actor_name,
        at: Moment::new(check.at_ms, zone),
    }
}

fn commission_row(c: &Commission, zone: &TimeZone, now: domain::time::UnixMs) -> CommissionRow {
    CommissionRow {
        href: format!("/admin/commissions/{}", c.id),
        what: what(c),
        badge: commission_badge(c.status),
        remark: timeline::remark(c, zone, now),
        amount: display(left(c), c.currency),
        date: long_day(c.day),
    }
}

/// Events with those who were weighed for each.
pub(in crate::admin) fn event_rows(
    events: Vec<Event>,
    candidates: Vec<NamedCandidate>,
    zone: &TimeZone,
) -> Vec<EventRow> {
    let mut of_event: std::collections::BTreeMap<EventId, Vec<CandidateRow>> =
        std::collections::BTreeMap::new();
    for candidate in candidates {
        of_event
            .entry(candidate.event_id)
            .or_default()
            .push(candidate_row(candidate, zone));
    }
    let mut twice: std::collections::BTreeMap<EventId, String> = event::likely_twice(&events)
        .into_iter()
        .map(|(later, earlier)| (later, twice_note(earlier, zone)))
        .collect();
    events
        .into_iter()
        .map(|event| EventRow {
            twice: twice.remove(&event.id).unwrap_or_default(),
            ..event_row(&event, of_event.remove(&event.id).unwrap_or_default(), zone)
        })
        .collect()
}

/// What is said of an event that may be another source's report of an earlier one.
fn twice_note(earlier: &Event, zone: &TimeZone) -> String {
    let at = Moment::new(earlier.recorded_at_ms, zone).full;
    let source = &earlier.source;
    if earlier.kind == EventKind::Refund {
        format!(
            "Possible duplicate: {source} reported a refund of the same amount on {at}. Both took back their share of the commissions. If they are one refund, give one share back by an adjustment."
        )
    } else {
        format!(
            "Possible duplicate: {source} reported the same step of this customer on {at}. Both count. If they are one lead, reject the commissions of one."
        )
    }
}

fn event_row(event: &Event, candidates: Vec<CandidateRow>, zone: &TimeZone) -> EventRow {
    let money = |amount: i64| {
        event
            .currency
            .map(|currency| display(amount, currency))
            .unwrap_or_default()
    };
    let amount = match event.kind {
        EventKind::Sale => money(event.amount),
        // A dispute whose report moved nothing shows no amount.
        EventKind::Dispute if event.net == 0 => String::new(),
        EventKind::Refund | EventKind::Dispute => money(event.net.saturating_neg()),
        EventKind::Lead | EventKind::Cancel => String::new(),
    };
    // An id that we gave ourselves says nothing.
    let mut detail: Vec<String> = Some(event.external_id.clone())
        .filter(|id| id.parse::<EventId>().is_err())
        .into_iter()
        .collect();
    if event.kind == EventKind::Sale && event.refunded > 0 {
        detail.push(format!("{} refunded or disputed", money(event.refunded)));
    }
    detail.extend(event.reason.clone().filter(|reason| !reason.is_empty()));
    if event.seen_twice {
        detail.push("reported twice, counted once".to_owned());
    }
    EventRow {
        href: format!("/admin/events/{}", event.id),
        title: status_label(&event.name),
        amount,
        detail: detail.join(" · "),
        at: Moment::new(event.occurred_at_ms, zone),
        twice: String::new(),
        candidates,
    }
}

fn candidate_row(candidate: NamedCandidate, zone: &TimeZone) -> CandidateRow {
    let who = match (&candidate.affiliate_name, &candidate.campaign_name) {
        (Some(affiliate), Some(campaign)) => format!("{affiliate} · {campaign}"),
        (Some(affiliate), None) => affiliate.clone(),
        (None, _) => "Nobody known".to_owned(),
    };
    CandidateRow {
        won: candidate.verdict == Verdict::Won,
        who,
        href: candidate
            .affiliate_id
            .map(|id| format!("/admin/affiliates/{id}"))
            .unwrap_or_default(),
        via: via_word(candidate.via),
        verdict: verdict_word(candidate.verdict),
        detail: crate::error::sentence(&candidate.detail),
        clicked: candidate
            .clicked_at_ms
            .map(|at| Moment::new(at, zone).full)
            .unwrap_or_default(),
    }
}

const fn via_word(via: Via) -> &'static str {
    match via {
        Via::Binding => "Known customer",
        Via::Coupon => "Coupon",
        Via::Code => "Code",
        Via::Click => "Click",
        Via::Manual => "By hand",
    }
}

const fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Won => "Credited",
        Verdict::Expired => "Out of its window",
        Verdict::LaterClickWon => "A later click won",
        Verdict::FirstClickWon => "The first click won",
        Verdict::CouponWon => "A coupon or code won",
        Verdict::CustomerBound => "Customer of another",
        Verdict::CampaignInactive => "Campaign inactive",
        Verdict::AffiliateNotApproved => "Affiliate not approved",
        Verdict::PartnershipInactive => "Link inactive",
        Verdict::SelfReferral => "Self-referral",
        Verdict::BotClick => "A bot's click",
        Verdict::UnknownCode => "Unknown",
    }
}

pub(super) async fn add_check(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<CheckForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let mut errors = FormErrors::new();
    let passed = match typed.result.as_str() {
        "passed" => true,
        "failed" => false,
        _ => {
            errors.add("result", "Choose whether it passed");
            false
        }
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let new = NewCheck {
        kind: typed.kind.clone(),
        passed,
        note: typed.note.clone(),
    };
    match referral::add_check(&mut work, id, new).await {
        Ok(_) if errors.is_empty() => {
            work.commit().await?;
            Ok(flash::redirect(&format!("{PATH}/{id}"), "Check noted."))
        }
        other => {
            drop(work);
            if let Err(error) = other {
                errors.merge(form::refused(error)?);
            }
            html::refused(&load(&admin, id, typed, None, errors).await?)
        }
    }
}

pub(super) async fn remark(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<RemarksForm>,
) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let patch = ReferralPatch {
        note: Some(typed.remark.clone()),
        tags: Some(domain::tag::split(&typed.tags)),
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    match referral::patch(&mut work, id, patch).await {
        Ok(_) => {
            work.commit().await?;
            Ok(flash::redirect(
                &format!("{PATH}/{id}"),
                "Note and tags saved.",
            ))
        }
        Err(error) => {
            drop(work);
            let mut errors = FormErrors::new();
            let found = form::refused(error)?;
            // The check's form has a field `note`, too.
            if !found.of("note").is_empty() {
                errors.add("remark", found.of("note"));
            }
            if !found.of("tags").is_empty() {
                errors.add("tags", found.of("tags"));
            }
            html::refused(&load(&admin, id, CheckForm::default(), Some(typed), errors).await?)
        }
    }
}
