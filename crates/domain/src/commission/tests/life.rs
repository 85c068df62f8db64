//! Refunds, and what is allowed when.

use super::*;

#[test]
fn refunds_cannot_exceed_the_sale() {
    assert_eq!(refund_amount(100, 40, None), Ok(60));
    assert_eq!(refund_amount(100, 40, Some(60)), Ok(60));
    assert_eq!(
        refund_amount(100, 40, Some(61)),
        Err(RefundError::MoreThanIsLeft { left: 60 })
    );
    assert_eq!(refund_amount(100, 40, Some(-1)), Err(RefundError::Negative));
    assert!(reversed_target(10, 101, 100).is_err());
    assert_eq!(
        reversed_target(10, 0, 0),
        Ok(10),
        "the refund of a free sale takes the fixed sum back"
    );
    assert_eq!(reversed_target(9_80, 0, 49_00), Ok(0));
    // A dispute that was won gives back.
    let figures = Figures {
        amount: 9_80,
        reversed: 9_80,
        ..Figures::default()
    };
    assert_eq!(reversal(&figures, 0, 49_00), Ok(-9_80));
    // An adjustment between two refunds is covered by the second.
    let adjusted = Figures {
        amount: 10_00,
        adjusted: 2_00,
        reversed: 5_00,
        clawed_back: 0,
    };
    assert_eq!(reversal(&adjusted, 100, 100), Ok(7_00));
}

#[test]
fn what_is_allowed_when() {
    use CommissionStatus::{Approved, InPayout, Paid, Pending, Rejected, Reversed};
    let standing = |status, referral| Standing {
        status,
        referral,
        hold_until: UnixMs(100),
        auto_approve: true,
    };
    let approved = Some(ReferralStatus::Approved);
    let now = UnixMs(100);
    for status in CommissionStatus::ALL.iter().copied() {
        let standing = standing(status, approved);
        assert_eq!(
            standing.approve(now, false).is_ok(),
            status == Pending,
            "{status}"
        );
        assert_eq!(standing.may_auto_approve(now), status == Pending);
        assert_eq!(standing.reject().is_ok(), status == Pending);
        assert_eq!(
            standing.undo().is_ok(),
            matches!(status, Approved | Rejected)
        );
        assert_eq!(standing.draft().is_ok(), status == Approved);
        assert_eq!(standing.pay().is_ok(), status == InPayout);
        assert_eq!(
            standing
                .adjust(
                    &Figures {
                        amount: 5,
                        ..Figures::default()
                    },
                    1
                )
                .is_ok(),
            matches!(status, Pending | Approved)
        );
    }
    let pending = standing(Pending, approved);
    assert_eq!(
        pending.approve(UnixMs(99), false),
        Err(Refused::Held { until: UnixMs(100) })
    );
    assert_eq!(pending.approve(UnixMs(99), true), Ok(Approved));
    assert!(!pending.may_auto_approve(UnixMs(99)));
    assert!(
        !Standing {
            auto_approve: false,
            ..pending
        }
        .may_auto_approve(now)
    );
    for referral in [ReferralStatus::Pending, ReferralStatus::Rejected] {
        assert_eq!(
            standing(Pending, Some(referral)).approve(now, true),
            Err(Refused::Referral { referral })
        );
    }
    assert_eq!(
        standing(Rejected, Some(ReferralStatus::Rejected)).undo(),
        Err(Refused::Referral {
            referral: ReferralStatus::Rejected
        })
    );
    assert!(standing(Approved, None).undo().is_err());

    let figures = Figures {
        amount: 10,
        adjusted: 0,
        reversed: 4,
        clawed_back: 0,
    };
    assert_eq!(pending.adjust(&figures, -6), Ok(-6));
    assert_eq!(pending.adjust(&figures, -7), Err(Refused::BelowZero));
    let gone = Figures {
        reversed: 10,
        ..figures
    };
    assert_eq!(
        standing(Pending, approved).after_reversal(&gone, Pending),
        Ok(Reversed)
    );
    assert_eq!(
        standing(InPayout, approved).after_reversal(&gone, Approved),
        Ok(Reversed)
    );
    let clawed = Figures {
        clawed_back: 10,
        ..gone
    };
    assert_eq!(
        standing(InPayout, approved).after_reversal(&clawed, Approved),
        Ok(InPayout)
    );
    assert_eq!(
        standing(Paid, approved).after_reversal(&clawed, Approved),
        Ok(Paid)
    );
    assert_eq!(
        standing(Reversed, approved).after_reversal(&figures, Approved),
        Ok(Approved)
    );
    assert_eq!(standing(InPayout, approved).release(&figures), Ok(Approved));
    assert_eq!(standing(InPayout, approved).release(&gone), Ok(Reversed));
}

proptest! {
    #[test]
    fn refunds_in_random_parts_end_at_zero(
        sale in 1i64..10_000_000,
        ppm in 1i64..=1_000_000,
        adjusted in 0i64..10_000,
        cuts in prop::collection::vec(0u8..=100, 0..12),
    ) {
        let amount = crate::money::percent(sale, ppm).unwrap();
        let mut figures = Figures { amount, adjusted, ..Figures::default() };
        let mut refunded = 0;
        for cut in cuts {
            refunded += (sale - refunded) * i64::from(cut) / 100;
            let delta = reversal(&figures, refunded, sale).unwrap();
            prop_assert!(delta >= 0, "a further refund never gives back");
            figures.reversed += delta;
            prop_assert!(figures.net().unwrap() >= 0);
        }
        let last = refund_amount(sale, refunded, None).unwrap();
        figures.reversed += reversal(&figures, refunded + last, sale).unwrap();
        prop_assert_eq!(figures.net().unwrap(), 0);
    }
}

#[test]
fn what_a_won_dispute_gave_beside_a_commission_is_taken_first() {
    let figures = |amount, reversed| Figures {
        amount,
        reversed,
        ..Figures::default()
    };
    let parts = |credits: &[i64], commission| {
        Ok(Parts {
            credits: credits.to_vec(),
            commission,
        })
    };
    // All of 9.80 was taken after payment, then 3.00 and 2.00 given again by two won disputes.
    let whole = WithCredits {
        commission: figures(9_80, 9_80),
        credits: vec![figures(3_00, 0), figures(2_00, 0)],
    };
    let refunded_for = |reversed: i64| reversed * 5;
    assert_eq!(
        whole.taken(refunded_for(4_80), 49_00),
        parts(&[0, 0], 0),
        "as it stands"
    );
    assert_eq!(
        whole.taken(refunded_for(8_80), 49_00),
        parts(&[3_00, 1_00], 0)
    );
    assert_eq!(whole.taken(49_00, 49_00), parts(&[3_00, 2_00], 0));
    assert_eq!(whole.given(49_00, 49_00), parts(&[0, 0], 0));
    // What is given goes to the credits as far as they were taken, then to the commission.
    let taken = WithCredits {
        commission: figures(9_80, 9_80),
        credits: vec![figures(3_00, 1_00), figures(2_00, 2_00)],
    };
    assert_eq!(
        taken.given(refunded_for(5_80), 49_00),
        parts(&[1_00, 1_00], 0)
    );
    assert_eq!(taken.given(0, 49_00), parts(&[1_00, 2_00], 4_80));
    // The commission came back whole (its payout was cancelled): the rest is taken of itself.
    let released = WithCredits {
        commission: figures(9_80, 0),
        credits: Vec::new(),
    };
    assert_eq!(released.taken(49_00, 49_00), parts(&[], 9_80));
    assert!(whole.taken(49_01, 49_00).is_err());
}
