//! Gathers what attribution weighs.

use domain::attribution::{Binding, Decision, Hint, Input, Party, Touchpoint, decide};
use domain::commission::Earner;
use domain::id::{AffiliateId, LinkId};
use domain::self_referral::{Identity, is_self_referral};
use domain::status::{AffiliateStatus, EventKind};
use domain::time::UnixMs;
use store::crm::contact::Contact;
use store::programme::event::{self as rows, Standing, Terms, Touch};

use super::customer::Visitors;
use super::report::Hints;
use crate::error::{Result, ServiceError};
use crate::programme::payout_method;
use crate::work::Work;

/// What was decided.
pub(super) struct Weighed {
    /// Whom the event is credited to, and why.
    pub decision: Decision,
    /// What is known of the winner; there is one exactly when there is a winner.
    pub won: Option<Won>,
}

/// The affiliate that won, in its campaign.
pub(super) struct Won {
    /// As rules ask, without totals.
    pub earner: Earner,
    /// Who stands above.
    pub parent_id: Option<AffiliateId>,
    /// What the affiliate is called.
    pub affiliate: String,
    /// What the campaign is called.
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
    let won = match decision.winner {
        None => None,
        Some(winner) => {
            let hinted = [binding, coupon, code].into_iter().flatten();
            let clicked = touches.into_iter().map(|touch| touch.standing);
            let standing = hinted.chain(clicked).find(|standing| {
                let named = (standing.affiliate_id, standing.campaign_id);
                named == (winner.affiliate_id, winner.campaign_id)
            });
            let unweighed = || ServiceError::Internal("the winner was not weighed".to_owned());
            Some(standing.ok_or_else(unweighed)?.into())
        }
    };
    Ok(Weighed { decision, won })
}

impl From<Standing> for Won {
    fn from(standing: Standing) -> Self {
        Self {
            earner: Earner {
                affiliate_id: standing.affiliate_id,
                group_id: standing.group_id,
                campaign_id: standing.campaign_id,
                country: standing.affiliate_country,
                tags: domain::tag::list(&standing.affiliate_tags),
                conversions: None,
                revenue: None,
            },
            parent_id: standing.parent_id,
            affiliate: standing.affiliate_name,
            campaign: standing.campaign_name,
        }
    }
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
    Some(party_at(standing.link_id?, standing, customer, now))
}

fn party_at(link: LinkId, standing: &Standing, customer: &Customer<'_>, now: UnixMs) -> Party {
    Party {
        affiliate_id: standing.affiliate_id,
        campaign_id: standing.campaign_id,
        partnership_id: standing.partnership_id,
        link_id: link,
        affiliate_approved: standing.affiliate_status == AffiliateStatus::Approved,
        partnership_active: standing.partnership_active && standing.link_active,
        campaign_active: is_running(
            standing.campaign_active,
            standing.starts_at_ms,
            standing.ends_at_ms,
            now,
        ),
        self_referral: customer.looks_like(standing.affiliate_id, &standing.affiliate_email),
    }
}

fn touchpoint(touch: &Touch, customer: &Customer<'_>, now: UnixMs) -> Touchpoint {
    Touchpoint {
        click_id: touch.click_id,
        party: party_at(touch.link_id, &touch.standing, customer, now),
        model: touch.standing.model,
        clicked_at: touch.clicked_at_ms,
        expires_at: touch.expires_at_ms,
        counted: touch.counted,
    }
}
