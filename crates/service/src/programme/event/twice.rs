//! Events that two sources may have reported both.
//!
//! A lead and a refund are recorded once per source and external id, and each source names them in its own way. So that one
//! that comes from two sources counts twice: it is not for us to say that they are one, because a customer may well be given
//! the same amount back twice. What looks like it is pointed out to a person, who can make up for it.

use domain::id::EventId;
use domain::status::EventKind;
use domain::time::DAY_MS;
use store::programme::event::Event;

use super::by_hand::SOURCE as BY_HAND;

/// How far apart two sources report one lead.
const LEAD_WINDOW_MS: i64 = DAY_MS;
/// How far apart two sources report one refund: some only once it has been settled.
pub(super) const REFUND_WINDOW_MS: i64 = 7 * DAY_MS;

/// Whether two reports, the earlier first, may be of one lead or one refund.
fn may_be_one(earlier: &Event, later: &Event) -> bool {
    // Who records by hand was asked already.
    if earlier.kind != later.kind || earlier.source == later.source || later.source == BY_HAND {
        return false;
    }
    let window = match later.kind {
        EventKind::Lead if earlier.contact_id == later.contact_id && earlier.name == later.name => {
            LEAD_WINDOW_MS
        }
        EventKind::Refund if earlier.sale_id == later.sale_id && earlier.amount == later.amount => {
            REFUND_WINDOW_MS
        }
        _ => return false,
    };
    let apart = later
        .recorded_at_ms
        .0
        .saturating_sub(earlier.recorded_at_ms.0);
    earlier.external_id == later.external_id || apart <= window
}

/// Those of these events that may be another source's report of an earlier one, which stands beside it. An earlier one has
/// one such later one at most: of two refunds that one source reports, one can be what the other source has reported.
#[must_use]
pub fn likely_twice(events: &[Event]) -> Vec<(EventId, &Event)> {
    let mut ordered: Vec<&Event> = events.iter().collect();
    ordered.sort_by_key(|event| (event.recorded_at_ms, event.id));
    let mut found: Vec<(EventId, &Event)> = Vec::new();
    for (place, later) in ordered.iter().enumerate() {
        let first = ordered[..place].iter().copied().find(|earlier| {
            may_be_one(earlier, later) && !found.iter().any(|(_, taken)| taken.id == earlier.id)
        });
        found.extend(first.map(|first| (later.id, first)));
    }
    found
}

#[cfg(test)]
mod tests {
    use domain::id::{ContactId, uuid_v7};
    use domain::time::{Day, UnixMs};

    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    fn event(number: u8, kind: EventKind, source: &str, hours: i64) -> Event {
        Event {
            id: EventId::from(uuid_v7(1, [number; 10])),
            kind,
            source: source.to_owned(),
            external_id: format!("{source}-{number}"),
            name: "registration".to_owned(),
            contact_id: ContactId::from(uuid_v7(1, [1; 10])),
            amount: 1_000,
            currency: "USD".parse().ok(),
            tax: 0,
            shipping: 0,
            net: 1_000,
            refunded: 0,
            sale_id: Some(EventId::from(uuid_v7(1, [99; 10]))),
            reason: None,
            occurred_at_ms: UnixMs(hours * HOUR_MS),
            recorded_at_ms: UnixMs(hours * HOUR_MS),
            day: Day(0),
            affiliate_id: None,
            campaign_id: None,
            partnership_id: None,
            link_id: None,
            click_id: None,
            via: None,
            referral_id: None,
            metadata: None,
            seen_twice: false,
        }
    }

    fn pairs(events: &[Event]) -> Vec<(EventId, EventId)> {
        likely_twice(events)
            .into_iter()
            .map(|(later, first)| (later, first.id))
            .collect()
    }

    #[test]
    fn another_sources_report_of_a_refund_is_pointed_out_once() {
        let staff = event(1, EventKind::Refund, "staff", 0);
        let api = event(2, EventKind::Refund, "api", 5);
        let next = event(3, EventKind::Refund, "api", 6);
        assert_eq!(
            pairs(&[next.clone(), api.clone(), staff.clone()]),
            [(api.id, staff.id)],
            "of two the first, in whatever order they are given"
        );
        assert!(
            pairs(&[api.clone(), next]).is_empty(),
            "one source names its own"
        );
        let other = Event {
            amount: 999,
            ..api.clone()
        };
        assert!(pairs(&[staff.clone(), other]).is_empty(), "another amount");
        let late = event(4, EventKind::Refund, "api", 7 * 24 + 1);
        assert!(
            pairs(&[staff.clone(), late.clone()]).is_empty(),
            "too long after"
        );
        let same_id = Event {
            external_id: staff.external_id.clone(),
            ..late
        };
        assert_eq!(
            pairs(&[staff.clone(), same_id.clone()]),
            [(same_id.id, staff.id)]
        );
        let asked = event(6, EventKind::Refund, "staff", 6);
        assert!(pairs(&[api.clone(), asked]).is_empty(), "a person said so");
        let third = event(5, EventKind::Refund, "webhook", 6);
        assert_eq!(
            pairs(&[staff.clone(), api.clone(), third.clone()]),
            [(api.id, staff.id), (third.id, api.id)],
            "three sources"
        );
    }

    #[test]
    fn a_lead_is_known_by_its_customer_and_step() {
        let browser = event(1, EventKind::Lead, "browser", 0);
        let api = event(2, EventKind::Lead, "api", 24);
        assert_eq!(
            pairs(&[browser.clone(), api.clone()]),
            [(api.id, browser.id)]
        );
        let deposit = Event {
            name: "deposit".to_owned(),
            ..api.clone()
        };
        assert!(
            pairs(&[browser.clone(), deposit]).is_empty(),
            "another step"
        );
        let somebody = Event {
            contact_id: ContactId::from(uuid_v7(1, [2; 10])),
            ..api
        };
        assert!(
            pairs(&[browser.clone(), somebody]).is_empty(),
            "somebody else"
        );
        let later = event(3, EventKind::Lead, "api", 25);
        assert!(pairs(&[browser, later]).is_empty(), "more than a day apart");
    }

    #[test]
    fn sales_have_a_rule_of_their_own() {
        let sale = |number, source| event(number, EventKind::Sale, source, 0);
        assert!(pairs(&[sale(1, "browser"), sale(2, "api")]).is_empty());
    }
}
