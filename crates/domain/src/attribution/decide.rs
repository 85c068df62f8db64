//! The decision itself.

use std::cmp::Reverse;

use super::{Binding, Candidate, Decision, Hint, Input, Party, Touchpoint, UnknownHint, Winner};
use crate::status::{EventKind, Model, SelfReferralPolicy, Verdict, Via};
use crate::time::{DAY_MS, UnixMs};

/// Weighs everything that is known about an event. Never fails: what is unknown loses.
///
/// Precedence: the binding; a coupon, where coupons beat links; a code; a coupon otherwise; clicks.
/// What cannot win for a reason of its own (expired, a bot, not live, unknown) keeps that reason,
/// whoever wins.
#[must_use]
pub fn decide(input: &Input) -> Decision {
    let claims = claims(input);
    let outcome = outcome(&claims);
    let winner = match outcome {
        Outcome::Won(index) => claims.get(index).and_then(|claim| winner(input, claim)),
        Outcome::Blocked | Outcome::Nobody => None,
    };
    let candidates = claims
        .iter()
        .enumerate()
        .map(|(index, claim)| candidate(input, &claims, outcome, index, claim))
        .collect();
    let binds = matches!(input.kind, EventKind::Lead | EventKind::Sale)
        && input.binding_enabled
        && input.binding.is_none();
    Decision {
        winner,
        candidates,
        bind: binds && winner.is_some(),
    }
}

/// Something that speaks for a party.
struct Claim<'a> {
    via: Via,
    /// The code of a hint.
    text: String,
    party: Option<Party>,
    touchpoint: Option<&'a Touchpoint>,
    /// Why it cannot win, whatever else there is.
    loss: Option<(Verdict, String)>,
}

#[derive(Clone, Copy)]
enum Outcome {
    /// The claim of this index.
    Won(usize),
    /// The customer is bound, and nobody earns while the binding is not live.
    Blocked,
    /// No claim can win.
    Nobody,
}

fn claims(input: &Input) -> Vec<Claim<'_>> {
    let mut claims = Vec::new();
    if let Some(Binding { party }) = input.binding.filter(|_| input.binding_enabled) {
        claims.push(Claim {
            via: Via::Binding,
            text: String::new(),
            party: Some(party),
            touchpoint: None,
            loss: party_loss(input, &party),
        });
    }
    let coupon = input.coupon.as_ref().map(|hint| (Via::Coupon, hint));
    let code = input.code.as_ref().map(|hint| (Via::Code, hint));
    let hints = if input.coupons_beat_links {
        [coupon, code]
    } else {
        [code, coupon]
    };
    claims.extend(
        hints
            .into_iter()
            .flatten()
            .map(|(via, hint)| hint_claim(input, via, hint)),
    );

    let mut touchpoints: Vec<_> = input.touchpoints.iter().collect();
    touchpoints.sort_by_key(|touchpoint| Reverse((touchpoint.clicked_at, touchpoint.click_id)));
    claims.extend(touchpoints.into_iter().map(|touchpoint| Claim {
        via: Via::Click,
        text: String::new(),
        party: Some(touchpoint.party),
        touchpoint: Some(touchpoint),
        loss: touchpoint_loss(input, touchpoint),
    }));
    claims.extend(input.unknown.iter().map(|hint| {
        let detail = match hint {
            UnknownHint::Click(text) => format!("there is no click '{}'", shown(text)),
            UnknownHint::Visitor(text) => format!("there is no visitor '{}'", shown(text)),
        };
        Claim {
            via: Via::Click,
            text: String::new(),
            party: None,
            touchpoint: None,
            loss: Some((Verdict::UnknownCode, detail)),
        }
    }));
    claims
}

fn hint_claim<'a>(input: &Input, via: Via, hint: &Hint) -> Claim<'a> {
    let text = shown(&hint.text);
    let loss = match &hint.party {
        None => Some((Verdict::UnknownCode, format!("there is no {via} '{text}'"))),
        Some(party) => party_loss(input, party),
    };
    Claim {
        via,
        text,
        party: hint.party,
        touchpoint: None,
        loss,
    }
}

/// The first reason why a party cannot win.
fn party_loss(input: &Input, party: &Party) -> Option<(Verdict, String)> {
    let (verdict, detail) = if !party.campaign_active {
        (
            Verdict::CampaignInactive,
            "the campaign was not active when this was recorded",
        )
    } else if !party.affiliate_approved {
        (
            Verdict::AffiliateNotApproved,
            "the affiliate was not approved when this was recorded",
        )
    } else if !party.partnership_active {
        (
            Verdict::PartnershipInactive,
            "the partnership or its link was not active when this was recorded",
        )
    } else if party.self_referral && input.self_referral == SelfReferralPolicy::Reject {
        (
            Verdict::SelfReferral,
            "customer and affiliate look like one person",
        )
    } else {
        return None;
    };
    Some((verdict, detail.to_owned()))
}

fn touchpoint_loss(input: &Input, touchpoint: &Touchpoint) -> Option<(Verdict, String)> {
    let noun = noun(input.kind);
    if !touchpoint.counted {
        return Some((
            Verdict::BotClick,
            "a bot or a prefetch made this click".to_owned(),
        ));
    }
    if touchpoint.clicked_at > input.occurred_at {
        let later = span(input.occurred_at, touchpoint.clicked_at);
        return Some((
            Verdict::Expired,
            format!("clicked {later} after the event; only clicks before the {noun} count"),
        ));
    }
    if input.occurred_at >= touchpoint.expires_at {
        let (age, window) = (
            span(touchpoint.clicked_at, input.occurred_at),
            span(touchpoint.clicked_at, touchpoint.expires_at),
        );
        return Some((
            Verdict::Expired,
            format!("clicked {age} before the {noun}; the window was {window}"),
        ));
    }
    party_loss(input, &touchpoint.party)
}

fn outcome(claims: &[Claim<'_>]) -> Outcome {
    for (index, claim) in claims.iter().enumerate() {
        match (claim.via, &claim.loss) {
            (Via::Binding, Some((verdict, _))) if *verdict != Verdict::SelfReferral => {
                return Outcome::Blocked;
            }
            (Via::Click, _) | (_, Some(_)) => {}
            (_, None) => return Outcome::Won(index),
        }
    }
    // Clicks are in the order latest first; those that lose for reasons of their own do not take part.
    let mut able = claims.iter().enumerate().filter_map(|(index, claim)| {
        match (&claim.loss, claim.touchpoint) {
            (None, Some(touchpoint)) => Some((index, touchpoint)),
            _ => None,
        }
    });
    let Some((latest_index, latest)) = able.next() else {
        return Outcome::Nobody;
    };
    match latest.model {
        Model::LastClick => Outcome::Won(latest_index),
        Model::FirstClick => {
            let first = able
                .rfind(|(_, touchpoint)| touchpoint.party.campaign_id == latest.party.campaign_id);
            Outcome::Won(first.map_or(latest_index, |(index, _)| index))
        }
    }
}

fn winner(input: &Input, claim: &Claim<'_>) -> Option<Winner> {
    claim.party.map(|party| Winner {
        affiliate_id: party.affiliate_id,
        campaign_id: party.campaign_id,
        partnership_id: party.partnership_id,
        link_id: party.link_id,
        click_id: claim.touchpoint.map(|touchpoint| touchpoint.click_id),
        via: claim.via,
        hold_for_self_referral: is_held(input, &party),
    })
}

fn is_held(input: &Input, party: &Party) -> bool {
    party.self_referral && input.self_referral == SelfReferralPolicy::Hold
}

fn candidate(
    input: &Input,
    claims: &[Claim<'_>],
    outcome: Outcome,
    index: usize,
    claim: &Claim<'_>,
) -> Candidate {
    let (verdict, detail) = match (&claim.loss, outcome) {
        (Some((verdict, detail)), _) => (*verdict, detail.clone()),
        (None, Outcome::Won(won)) if won == index => (Verdict::Won, won_detail(input, claim)),
        (None, Outcome::Won(won)) => match claims.get(won) {
            Some(winner) => lost_detail(input, claim, winner),
            None => (Verdict::CustomerBound, String::new()),
        },
        (None, Outcome::Blocked | Outcome::Nobody) => {
            (Verdict::CustomerBound, "the customer is bound to an affiliate and campaign that are not live now; nobody earns".to_owned())
        }
    };
    let party = claim.party.as_ref();
    Candidate {
        via: claim.via,
        click_id: claim.touchpoint.map(|touchpoint| touchpoint.click_id),
        link_id: party.map(|party| party.link_id),
        partnership_id: party.map(|party| party.partnership_id),
        affiliate_id: party.map(|party| party.affiliate_id),
        campaign_id: party.map(|party| party.campaign_id),
        clicked_at: claim.touchpoint.map(|touchpoint| touchpoint.clicked_at),
        verdict,
        detail,
    }
}

fn won_detail(input: &Input, claim: &Claim<'_>) -> String {
    let noun = noun(input.kind);
    let mut detail = match (claim.via, claim.touchpoint) {
        (_, Some(touchpoint)) => {
            let age = span(touchpoint.clicked_at, input.occurred_at);
            match touchpoint.model {
                Model::LastClick => format!("the last click, {age} before the {noun}"),
                Model::FirstClick => {
                    format!("the campaign's first click that counts, {age} before the {noun}")
                }
            }
        }
        (Via::Binding, None) => "the customer belongs to this affiliate".to_owned(),
        (via, None) => format!("the {via} '{}' came with the {noun}", claim.text),
    };
    if claim.party.is_some_and(|party| is_held(input, &party)) {
        detail.push_str("; held, because customer and affiliate look like one person");
    }
    detail
}

/// Why an able claim lost to the winner.
fn lost_detail(input: &Input, claim: &Claim<'_>, winner: &Claim<'_>) -> (Verdict, String) {
    match (winner.via, winner.touchpoint, claim.touchpoint) {
        (Via::Binding, _, _) => (
            Verdict::CustomerBound,
            "the customer already belongs to an affiliate".to_owned(),
        ),
        (_, Some(won), Some(lost)) => {
            let noun = noun(input.kind);
            let (age, won_age) = (
                span(lost.clicked_at, input.occurred_at),
                span(won.clicked_at, input.occurred_at),
            );
            if (lost.clicked_at, lost.click_id) > (won.clicked_at, won.click_id)
                && lost.party.campaign_id == won.party.campaign_id
            {
                (
                    Verdict::FirstClickWon,
                    format!(
                        "clicked {age} before the {noun}; the campaign credits its first click, {won_age} before the {noun}"
                    ),
                )
            } else if won.model == Model::FirstClick
                && lost.party.campaign_id != won.party.campaign_id
            {
                (
                    Verdict::LaterClickWon,
                    format!(
                        "clicked {age} before the {noun}; a later click of another campaign decided"
                    ),
                )
            } else {
                (
                    Verdict::LaterClickWon,
                    format!(
                        "clicked {age} before the {noun}; a later click, {won_age} before the {noun}, won"
                    ),
                )
            }
        }
        (via, _, _) => (
            Verdict::CouponWon,
            format!(
                "the {via} '{}' came with the {} and goes before",
                winner.text,
                noun(input.kind)
            ),
        ),
    }
}

const fn noun(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Lead => "lead",
        EventKind::Sale => "sale",
        EventKind::Refund | EventKind::Dispute | EventKind::Cancel => "event",
    }
}

/// A code as it is quoted: without control characters and not endless.
fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// The time between two instants in its two largest units: `31 days`, `2 days 5 hours`, `40 seconds`.
fn span(from: UnixMs, to: UnixMs) -> String {
    let ms = to.0.saturating_sub(from.0).max(0);
    let units = [
        (ms / DAY_MS, "day"),
        (ms % DAY_MS / 3_600_000, "hour"),
        (ms % 3_600_000 / 60_000, "minute"),
        (ms % 60_000 / 1_000, "second"),
    ];
    let parts: Vec<String> = units
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .take(2)
        .map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if parts.is_empty() {
        "less than a second".to_owned()
    } else {
        parts.join(" ")
    }
}
