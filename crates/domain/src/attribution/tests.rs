use super::*;
use crate::time::DAY_MS;
use uuid::Uuid;

const NOW: i64 = 1_790_000_000_000;

fn party(n: u128) -> Party {
    Party {
        affiliate_id: Uuid::from_u128(n).into(),
        campaign_id: Uuid::from_u128(100).into(),
        partnership_id: Uuid::from_u128(200 + n).into(),
        link_id: Uuid::from_u128(300 + n).into(),
        affiliate_approved: true,
        partnership_active: true,
        campaign_active: true,
        self_referral: false,
    }
}

/// A click of affiliate `n`, so many days before the event, with a window of 30 days.
fn click(n: u128, days: i64) -> Touchpoint {
    let clicked_at = UnixMs(NOW - days * DAY_MS);
    let click_id = Uuid::from_u128(400 + n).into();
    Touchpoint {
        click_id,
        party: party(n),
        model: Model::LastClick,
        clicked_at,
        expires_at: clicked_at.plus_ms(30 * DAY_MS),
        counted: true,
    }
}

fn input(touchpoints: Vec<Touchpoint>) -> Input {
    Input {
        kind: EventKind::Sale,
        occurred_at: UnixMs(NOW),
        binding_enabled: true,
        binding: None,
        coupons_beat_links: true,
        coupon: None,
        code: None,
        touchpoints,
        unknown: Vec::new(),
        self_referral: SelfReferralPolicy::Hold,
    }
}

fn hint(n: u128, text: &str) -> Option<Hint> {
    Some(Hint {
        text: text.into(),
        party: Some(party(n)),
    })
}

/// The number of the winning affiliate and the verdicts, in the order of the candidates.
fn result(input: &Input) -> (Option<u128>, Vec<Verdict>) {
    let decision = decide(input);
    let winner = decision
        .winner
        .map(|winner| winner.affiliate_id.uuid().as_u128());
    (
        winner,
        decision
            .candidates
            .iter()
            .map(|candidate| candidate.verdict)
            .collect(),
    )
}

#[test]
fn the_last_click_wins() {
    let decision = decide(&input(vec![click(1, 5), click(2, 1), click(3, 9)]));
    let winner = decision.winner.unwrap();
    assert_eq!(
        (winner.affiliate_id, winner.via),
        (party(2).affiliate_id, Via::Click)
    );
    assert_eq!(winner.click_id, Some(Uuid::from_u128(402).into()));
    assert!(decision.bind && !winner.hold_for_self_referral);
    assert_eq!(
        decision.candidates[0].detail,
        "the last click, 1 day before the sale"
    );
    assert_eq!(
        decision.candidates[1].detail,
        "clicked 5 days before the sale; a later click, 1 day before the sale, won"
    );
    assert_eq!(result(&input(vec![])), (None, vec![]));
}

#[test]
fn the_latest_click_picks_the_campaign_whose_model_picks_the_click() {
    let first_model = |n, days| Touchpoint {
        model: Model::FirstClick,
        ..click(n, days)
    };
    let other = |n, days| {
        let mut click = click(n, days);
        click.party.campaign_id = Uuid::from_u128(101).into();
        click
    };
    let touchpoints = vec![
        first_model(1, 2),
        first_model(2, 7),
        first_model(3, 40),
        other(4, 20),
        other(5, 3),
    ];
    assert_eq!(
        result(&input(touchpoints)),
        (
            Some(2),
            vec![
                Verdict::FirstClickWon,
                Verdict::LaterClickWon,
                Verdict::Won,
                Verdict::LaterClickWon,
                Verdict::Expired
            ]
        )
    );
    let last = vec![first_model(1, 2), first_model(2, 7), other(5, 1)];
    assert_eq!(
        result(&input(last)).0,
        Some(5),
        "a later click of a last-click campaign decides"
    );
}

#[test]
fn ties_are_broken_by_the_click_id() {
    assert_eq!(result(&input(vec![click(2, 1), click(1, 1)])).0, Some(2));
    let first = |n| Touchpoint {
        model: Model::FirstClick,
        ..click(n, 1)
    };
    assert_eq!(
        result(&input(vec![first(2), first(1)])),
        (Some(1), vec![Verdict::FirstClickWon, Verdict::Won])
    );
}

#[test]
fn the_window_is_half_open() {
    for (ms_before, counts) in [
        (0, true),
        (30 * DAY_MS - 1, true),
        (30 * DAY_MS, false),
        (-1, false),
    ] {
        let mut touchpoint = click(1, 0);
        touchpoint.clicked_at = UnixMs(NOW - ms_before);
        touchpoint.expires_at = touchpoint.clicked_at.plus_ms(30 * DAY_MS);
        assert_eq!(
            result(&input(vec![touchpoint])).0.is_some(),
            counts,
            "{ms_before}"
        );
    }
    let decision = decide(&input(vec![click(1, 31)]));
    assert_eq!((decision.winner, decision.bind), (None, false));
    assert_eq!(decision.candidates[0].verdict, Verdict::Expired);
    assert_eq!(
        decision.candidates[0].detail,
        "clicked 31 days before the sale; the window was 30 days"
    );
    let late = decide(&input(vec![click(1, -2)]));
    assert_eq!(
        late.candidates[0].detail,
        "clicked 2 days after the event; only clicks before the sale count"
    );
}

#[test]
fn who_is_not_live_loses_with_the_reason() {
    type Change = fn(&mut Touchpoint);
    let table: [(Change, Verdict); 4] = [
        (
            |click| click.party.campaign_active = false,
            Verdict::CampaignInactive,
        ),
        (
            |click| click.party.affiliate_approved = false,
            Verdict::AffiliateNotApproved,
        ),
        (
            |click| click.party.partnership_active = false,
            Verdict::PartnershipInactive,
        ),
        (|click| click.counted = false, Verdict::BotClick),
    ];
    for (change, verdict) in table {
        let mut latest = click(1, 1);
        change(&mut latest);
        assert_eq!(
            result(&input(vec![latest, click(2, 2)])),
            (Some(2), vec![verdict, Verdict::Won])
        );
        // The same party as a coupon, a code: the next in order is tried.
        if verdict != Verdict::BotClick {
            let hint = Some(Hint {
                text: "x".into(),
                party: Some(latest.party),
            });
            let with_coupon = Input {
                coupon: hint.clone(),
                ..input(vec![click(2, 2)])
            };
            assert_eq!(result(&with_coupon), (Some(2), vec![verdict, Verdict::Won]));
            let with_code = Input {
                code: hint,
                coupon: self::hint(3, "S"),
                coupons_beat_links: false,
                ..input(vec![])
            };
            assert_eq!(result(&with_code), (Some(3), vec![verdict, Verdict::Won]));
        }
    }
}

#[test]
fn the_order_of_coupon_and_code() {
    let both = Input {
        coupon: hint(1, "SAVE"),
        code: hint(2, "bob"),
        ..input(vec![click(3, 1)])
    };
    assert_eq!(
        result(&both),
        (
            Some(1),
            vec![Verdict::Won, Verdict::CouponWon, Verdict::CouponWon]
        )
    );
    let links_first = Input {
        coupons_beat_links: false,
        ..both.clone()
    };
    assert_eq!(
        result(&links_first),
        (
            Some(2),
            vec![Verdict::Won, Verdict::CouponWon, Verdict::CouponWon]
        )
    );
    let coupon_only = Input {
        code: None,
        ..links_first
    };
    assert_eq!(
        result(&coupon_only),
        (Some(1), vec![Verdict::Won, Verdict::CouponWon])
    );
    let winner = decide(&both).winner.unwrap();
    assert_eq!(
        (winner.via, winner.click_id, winner.link_id),
        (Via::Coupon, None, party(1).link_id)
    );
}

#[test]
fn a_bound_customer_stays() {
    let bound = Input {
        binding: Some(Binding { party: party(9) }),
        coupon: hint(1, "SAVE"),
        code: hint(2, "bob"),
        ..input(vec![click(3, 1), click(4, 50)])
    };
    let decision = decide(&bound);
    assert_eq!(decision.winner.map(|winner| winner.via), Some(Via::Binding));
    assert!(!decision.bind, "it is bound already");
    assert_eq!(
        result(&bound),
        (
            Some(9),
            vec![
                Verdict::Won,
                Verdict::CustomerBound,
                Verdict::CustomerBound,
                Verdict::CustomerBound,
                Verdict::Expired
            ]
        )
    );
    let off = Input {
        binding_enabled: false,
        ..bound
    };
    assert_eq!(result(&off).0, Some(1));
    assert!(!decide(&off).bind);
}

#[test]
fn while_a_binding_is_not_live_nobody_earns() {
    type Change = fn(&mut Party);
    let table: [(Change, Verdict); 3] = [
        (
            |party| party.affiliate_approved = false,
            Verdict::AffiliateNotApproved,
        ),
        (
            |party| party.campaign_active = false,
            Verdict::CampaignInactive,
        ),
        (
            |party| party.partnership_active = false,
            Verdict::PartnershipInactive,
        ),
    ];
    for (change, verdict) in table {
        let mut binding = Binding { party: party(9) };
        change(&mut binding.party);
        let bound = Input {
            binding: Some(binding),
            coupon: hint(1, "SAVE"),
            ..input(vec![click(3, 1)])
        };
        assert_eq!(
            result(&bound),
            (
                None,
                vec![verdict, Verdict::CustomerBound, Verdict::CustomerBound]
            )
        );
        assert!(!decide(&bound).bind);
    }
}

#[test]
fn self_referrals_are_held_rejected_or_allowed() {
    let mut own = click(1, 1);
    own.party.self_referral = true;
    let held = input(vec![own, click(2, 2)]);
    let decision = decide(&held);
    assert!(decision.winner.unwrap().hold_for_self_referral);
    assert!(
        decision.candidates[0]
            .detail
            .ends_with("held, because customer and affiliate look like one person")
    );
    let rejected = Input {
        self_referral: SelfReferralPolicy::Reject,
        ..held.clone()
    };
    assert_eq!(
        result(&rejected),
        (Some(2), vec![Verdict::SelfReferral, Verdict::Won])
    );
    let allowed = Input {
        self_referral: SelfReferralPolicy::Allow,
        ..held
    };
    assert_eq!(result(&allowed).0, Some(1));
    assert!(!decide(&allowed).winner.unwrap().hold_for_self_referral);
    let coupon = Input {
        coupon: Some(Hint {
            text: "ME".into(),
            party: Some(own.party),
        }),
        ..rejected
    };
    assert_eq!(
        result(&coupon),
        (
            Some(2),
            vec![Verdict::SelfReferral, Verdict::SelfReferral, Verdict::Won]
        )
    );
}

#[test]
fn unknown_hints_keep_their_text() {
    let unknown = Input {
        coupon: Some(Hint {
            text: "NOPE\n".into(),
            party: None,
        }),
        code: Some(Hint {
            text: "nobody".into(),
            party: None,
        }),
        unknown: vec![
            UnknownHint::Click("clk_x".into()),
            UnknownHint::Visitor("vis_y".into()),
        ],
        ..input(vec![click(1, 1)])
    };
    let decision = decide(&unknown);
    assert_eq!(
        decision.winner.map(|winner| winner.affiliate_id),
        Some(party(1).affiliate_id)
    );
    let details: Vec<_> = decision
        .candidates
        .iter()
        .filter(|c| c.verdict == Verdict::UnknownCode)
        .map(|c| c.detail.as_str())
        .collect();
    assert_eq!(
        details,
        [
            "there is no coupon 'NOPE'",
            "there is no code 'nobody'",
            "there is no click 'clk_x'",
            "there is no visitor 'vis_y'"
        ]
    );
}

#[test]
fn only_leads_and_sales_bind() {
    for (kind, binds) in [
        (EventKind::Lead, true),
        (EventKind::Sale, true),
        (EventKind::Cancel, false),
        (EventKind::Dispute, false),
    ] {
        assert_eq!(
            decide(&Input {
                kind,
                ..input(vec![click(1, 1)])
            })
            .bind,
            binds
        );
    }
}

#[test]
fn five_minutes_ahead_are_fine() {
    assert!(!is_too_far_ahead(UnixMs(NOW + 300_000), UnixMs(NOW)));
    assert!(is_too_far_ahead(UnixMs(NOW + 300_001), UnixMs(NOW)));
}

#[test]
fn candidates_are_kept_as_json() {
    let decision = decide(&Input {
        coupon: hint(1, "SAVE"),
        ..input(vec![click(3, 1)])
    });
    let json = serde_json::to_string(&decision.candidates).unwrap();
    assert_eq!(
        serde_json::from_str::<Vec<Candidate>>(&json).unwrap(),
        decision.candidates
    );
}
