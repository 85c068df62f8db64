//! The page of one commission: its life, its amounts, and how it came about.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::commission::Explanation;
use domain::id::CommissionId;
use domain::money::display;
use domain::status::{CommissionStatus, ReferralStatus};
use service::error::not_found;
use service::identity::business;
use service::programme::{click_pay, commission};
use service::store::programme::commission::Commission;

use super::PATH;
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::moment::Moment;
use crate::shown::commission::{
    clicks_of, explanation, for_whom, inputs, left, parts, rule_version, what,
};
use crate::shown::money::{self, commission_badge, referral_badge};
use crate::ui::{AdminItem, AdminShell, Step, Tone};
use crate::{html, timeline};

/// An id from the address; one that cannot be read is a page that does not exist.
pub(super) fn read_id(id: &str) -> Result<CommissionId, PageError> {
    id.parse().map_err(|_| not_found("commission").into())
}

#[derive(Template)]
#[template(path = "admin/commissions/record.html")]
struct RecordPage {
    shell: AdminShell,
    commission: Commission,
    href: String,
    what: String,
    badge: (String, Tone),
    remark: String,
    left: String,
    /// The parts of the amount, shown when it is made of more than one.
    parts: Vec<(&'static str, String)>,
    steps: Vec<Step>,
    explanation: Option<Explanation>,
    inputs: Vec<(&'static str, String)>,
    version: String,
    /// Commissions that give again what an earlier payout had settled of this one.
    credits: Vec<(String, String)>,
    journal_href: String,
    facts: Vec<Fact>,
    /// Why it cannot be approved yet; empty when it can.
    waits: String,
    may_approve: bool,
    may_release: bool,
    may_reject: bool,
    may_undo: bool,
    may_adjust: bool,
    may_pay: bool,
}

struct Fact {
    term: &'static str,
    value: String,
    href: String,
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = read_id(&id)?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let commission = commission::get(&mut work, id).await?;
    let stored = commission::steps(&mut work, id).await?;
    let credits = commission::credits(&mut work, id).await?;
    let clicks = click_pay::of_commission(&mut work, id).await?;
    let explained = explanation(&commission);
    let now = work.now;
    let held = commission.hold_until_ms.filter(|until| *until > now);
    let pending = commission.status == CommissionStatus::Pending;
    let referral_open = matches!(
        commission.referral_status,
        Some(ReferralStatus::Pending | ReferralStatus::Rejected)
    );
    let waits = match (pending, commission.referral_status, held) {
        (true, Some(ReferralStatus::Pending), _) => {
            "Its referral has to be approved first.".to_owned()
        }
        (true, Some(ReferralStatus::Rejected), _) => "Its referral was rejected.".to_owned(),
        (true, _, Some(until)) => format!(
            "It is held until {}, so that refunds can come in.",
            Moment::new(until, &zone).full
        ),
        _ => String::new(),
    };
    let mut shell = admin
        .shell(&mut work, "Commission", AdminItem::Commissions)
        .await?;
    shell.live = money::live_line(&mut work).await?;
    html::page(&RecordPage {
        shell,
        href: format!("{PATH}/{id}"),
        what: what(&commission),
        badge: commission_badge(commission.status),
        remark: timeline::remark(&commission, &zone, now),
        left: display(left(&commission), commission.currency),
        parts: parts(&commission),
        steps: timeline::of_commission(&commission, &stored, &zone, now, true),
        inputs: explained.as_ref().map(inputs).unwrap_or_default(),
        version: rule_version(&commission),
        explanation: explained,
        credits: credits
            .iter()
            .map(|credit| {
                (
                    format!("{PATH}/{}", credit.id),
                    display(left(credit), credit.currency),
                )
            })
            .collect(),
        journal_href: format!(
            "/admin/ledger?affiliate={}&commission={id}",
            commission.affiliate_id
        ),
        facts: facts(&commission, clicks.as_ref(), &zone),
        waits,
        may_approve: pending && !referral_open && held.is_none(),
        may_release: pending && !referral_open && held.is_some(),
        may_reject: pending,
        may_undo: (commission.referral_id.is_some() || commission.is_for_clicks())
            && matches!(
                commission.status,
                CommissionStatus::Approved | CommissionStatus::Rejected
            ),
        may_adjust: matches!(
            commission.status,
            CommissionStatus::Pending | CommissionStatus::Approved
        ),
        may_pay: commission.status == CommissionStatus::Approved,
        commission,
    })
}

fn facts(
    commission: &Commission,
    clicks: Option<&click_pay::Clicks>,
    zone: &jiff::tz::TimeZone,
) -> Vec<Fact> {
    let mut facts = vec![Fact {
        term: "Affiliate",
        value: commission.affiliate_name.clone(),
        href: format!("/admin/affiliates/{}", commission.affiliate_id),
    }];
    if let (Some(name), Some(id)) = (&commission.campaign_name, commission.campaign_id) {
        facts.push(Fact {
            term: "Campaign",
            value: name.clone(),
            href: format!("/admin/campaigns/{id}"),
        });
    }
    if let Some(clicks) = clicks {
        facts.push(Fact {
            term: "For",
            value: clicks_of(commission, clicks, true),
            href: String::new(),
        });
    }
    if let Some(id) = commission.contact_id {
        facts.push(Fact {
            term: "Customer",
            value: for_whom(commission),
            href: format!("/admin/customers/{id}"),
        });
    }
    if let (Some(id), Some(status)) = (commission.referral_id, commission.referral_status) {
        facts.push(Fact {
            term: "Referral",
            value: referral_badge(status).0,
            href: format!("/admin/referrals/{id}"),
        });
    }
    if let Some(external_id) = &commission.event_external_id {
        let amount = match (commission.event_amount, commission.event_currency) {
            (Some(amount), Some(currency)) if amount != 0 => {
                format!(" · {}", display(amount, currency))
            }
            _ => String::new(),
        };
        let name = crate::ui::status_label(commission.event_name.as_deref().unwrap_or("event"));
        facts.push(Fact {
            term: "Event",
            value: format!("{name} {external_id}{amount}"),
            href: commission
                .event_id
                .map(|id| format!("/admin/events/{id}"))
                .unwrap_or_default(),
        });
    }
    if let Some(id) = commission.rule_id {
        let version = commission
            .rule_version
            .map(|version| format!("version {version}"))
            .unwrap_or_default();
        facts.push(Fact {
            term: "Rule",
            value: version,
            href: format!("/admin/rules/{id}"),
        });
    }
    if let (Some(id), Some(number)) = (commission.payout_id, commission.payout_number) {
        facts.push(Fact {
            term: "Payout",
            value: format!("PO-{number}"),
            href: format!("/admin/payouts/{id}"),
        });
    }
    if commission.level > 0 {
        facts.push(Fact {
            term: "Level",
            value: format!("{} above who referred", commission.level),
            href: String::new(),
        });
    }
    facts.push(Fact {
        term: "Recorded",
        value: Moment::new(commission.created_at_ms, zone).full,
        href: String::new(),
    });
    if !commission.note.is_empty() {
        facts.push(Fact {
            term: "Note",
            value: commission.note.clone(),
            href: String::new(),
        });
    }
    facts
}
