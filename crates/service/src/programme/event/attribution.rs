//! Gathers what attribution weighs.

use domain::attribution::{Binding, Decision, Hint, Input, Party, Touchpoint, Winner, decide};
use domain::id::AffiliateId;
use domain::self_referral::{Identity, is_self_referral};
use domain::status::{AffiliateStatus, EventKind};
use domain::time::UnixMs;
use store::crm::contact::Contact;
use store::programme::event::{self as rows, Standing, Terms, Touch};

use super::customer::Visitors;
use super::report::Hints;
use crate::error::Result;
use crate::programme::payout_method;
use crate::work::Work;

/// What was decided.
pub(super) struct Weighed {
    /// Whom the event is credited to, and why.
    pub decision: Decision,
    /// What the winner's affiliate and campaign are called.
    pub names: Names,
}

/// What an affiliate and a campaign are called.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub affiliate: String,
    pub campaign: String,
}

/// Decides whom an event of this customer is credited to.
pub(super) async fn weigh(
    work: &mut Work,
    terms: &Terms,
    contact: &Contact,
    hints: &Hints,
    visitors: Visitors,
    kind: EventKind,
    occurred_at: UnixMs,
) -> Result<Weighed> {
    let now = work.now;
    let binding = match contact.partnership_id {
        Some(partnership) => {
            rows::standing_of(&mut work.tx, partnership)
                .await?
                .map(|mut standing| {
                    // What they buy later counts for the link that brought them, not for the first one.
                    standing.link_id = contact.link_id.or(standing.link_id);
                    standing
                })
        }
        None => None,
    };
    let coupon = match &hints.coupon {
        Some(text) => rows::standing_by_coupon(&mut work.tx, &domain::text::fold(text)).await?,
        None => None,
    };
    let code = match &hints.code {
        Some(text) => rows::standing_by_code(&mut work.tx, text).await?,
        None => None,
    };
    let touches = if visitors.any {
        rows::touches(&mut work.tx, contact.id).await?
    } else {
        Vec::new()
    };
    let customer = Customer::of(work, contact).await?;
    let party = |standing: &Standing| party(standing, &customer, now);
    let hint = |text: Option<&str>, standing: Option<&Standing>| {
        text.map(|text| Hint {
            text: text.to_owned(),
            party: standing.and_then(party),
        })
    };
    let decision = decide(&Input {
        kind,
        occurred_at,
        binding_enabled: terms.bind_customers,
        binding: binding
            .as_ref()
            .and_then(party)
            .map(|party| Binding { party }),
        coupons_beat_links: terms.coupons_beat_links,
        coupon: hint(hints.coupon.as_deref(), coupon.as_ref()),
        code: hint(hints.code.as_deref(), code.as_ref()),
        touchpoints: touches
            .iter()
            .map(|touch| touchpoint(touch, &customer, now))
            .collect(),
        unknown: visitors.unknown,
        self_referral: terms.self_referral,
    });
    let standings = [binding, coupon, code];
    let names = decision
        .winner
        .and_then(|winner| names(&winner, standings.iter().flatten(), &touches))
        .unwrap_or_default();
    Ok(Weighed { decision, names })
}

/// What the winner's affiliate and campaign are called, from what was weighed.
fn names<'a>(
    winner: &Winner,
    standings: impl Iterator<Item = &'a Standing>,
    touches: &'a [Touch],
) -> Option<Names> {
    let won = (winner.affiliate_id, winner.campaign_id);
    let of_hints = standings.map(|s| {
        let ids = (s.affiliate_id, s.campaign_id);
        (ids, &s.affiliate_name, &s.campaign_name)
    });
    let of_clicks = touches.iter().map(|t| {
        let ids = (t.affiliate_id, t.campaign_id);
        (ids, &t.affiliate_name, &t.campaign_name)
    });
    of_hints
        .chain(of_clicks)
        .find(|(ids, _, _)| *ids == won)
        .map(|(_, affiliate, campaign)| Names {
            affiliate: affiliate.clone(),
            campaign: campaign.clone(),
        })
}

/// The state at recording: a campaign is active while switched on and within its dates.
pub(super) fn is_running(
    active: bool,
    starts_at: Option<UnixMs>,
    ends_at: Option<UnixMs>,
    now: UnixMs,
) -> bool {
    active && starts_at.is_none_or(|at| at <= now) && ends_at.is_none_or(|at| now < at)
}

/// The customer as affiliates are compared with: the address, and who is paid at it.
struct Customer<'a> {
    email: Option<&'a str>,
    paid_there: Vec<AffiliateId>,
    /// Stands for the address where payout details are compared, which are kept sealed.
    fingerprint: String,
}

impl<'a> Customer<'a> {
    async fn of(work: &mut Work, contact: &'a Contact) -> Result<Self> {
        let email = contact.email.as_deref();
        let (paid_there, fingerprint) = match email {
            Some(email) => payout_method::paid_at(work, email).await?,
            None => (Vec::new(), String::new()),
        };
        Ok(Self {
            email,
            paid_there,
            fingerprint,
        })
    }

    fn looks_like(&self, affiliate: AffiliateId, email: &str) -> bool {
        let own = [self.fingerprint.as_str()];
        let paid_here = self.paid_there.contains(&affiliate);
        is_self_referral(
            Identity {
                email: self.email,
                payout_details: &own,
            },
            Identity {
                email: Some(email),
                payout_details: if paid_here { &own } else { &[] },
            },
        )
    }
}

/// None when the partnership has no link at all, which cannot earn.
fn party(standing: &Standing, customer: &Customer<'_>, now: UnixMs) -> Option<Party> {
    Some(Party {
        affiliate_id: standing.affiliate_id,
        campaign_id: standing.campaign_id,
        partnership_id: standing.partnership_id,
        link_id: standing.link_id?,
        affiliate_approved: standing.affiliate_status == AffiliateStatus::Approved,
        partnership_active: standing.partnership_active && standing.link_active,
        campaign_active: is_running(
            standing.campaign_active,
            standing.starts_at_ms,
            standing.ends_at_ms,
            now,
        ),
        self_referral: customer.looks_like(standing.affiliate_id, &standing.affiliate_email),
    })
}

fn touchpoint(touch: &Touch, customer: &Customer<'_>, now: UnixMs) -> Touchpoint {
    Touchpoint {
        click_id: touch.click_id,
        party: Party {
            affiliate_id: touch.affiliate_id,
            campaign_id: touch.campaign_id,
            partnership_id: touch.partnership_id,
            link_id: touch.link_id,
            affiliate_approved: touch.affiliate_status == AffiliateStatus::Approved,
            partnership_active: touch.partnership_active && touch.link_active,
            campaign_active: is_running(
                touch.campaign_active,
                touch.starts_at_ms,
                touch.ends_at_ms,
                now,
            ),
            self_referral: customer.looks_like(touch.affiliate_id, &touch.affiliate_email),
        },
        model: touch.model,
        clicked_at: touch.clicked_at_ms,
        expires_at: touch.expires_at_ms,
        counted: touch.counted,
    }
}
