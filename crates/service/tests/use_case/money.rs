//! The life of money on both engines: the examples of the money page through the use cases, random
//! histories against the proof, and what the proof finds when the journal was tampered with.

use std::collections::BTreeSet;

use domain::id::{AffiliateId, CommissionId, PayoutId};
use domain::rule::{Reward, Scope as RuleScope, Trigger};
use domain::status::{CommissionStatus, DisputeStatus, PayoutStatus, ReferralStatus, TriggerOn};
use domain::time::UnixMs;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use service::identity::setting::{self, SettingPatch};
use service::programme::commission::{self, FreeAdjustment, Selection};
use service::programme::event::{
    self, CustomerIn, Hints, ItemIn, Recorded, TrackDispute, TrackRefund, TrackSale,
};
use service::programme::payout::{self, PaymentIn, Whom};
use service::programme::rule::{self, RuleIn};
use service::programme::{ledger, referral, statement, verify};
use service::store::db::StoreError;
use service::{ServiceError, Work};
use testkit::{Engine, Shop, TestApp, both_engines};

/// What may name other histories than the usual ones.
const SEED_VARIABLE: &str = "TRIBUTARY_HISTORY_SEED";

/// Opens a work, runs a use case, commits.
macro_rules! done {
    ($shop:expr, |$work:ident| $call:expr) => {{
        let mut $work: Work = $shop.work().await;
        let result = $call.await.expect("the use case");
        $work.commit().await.expect("stored");
        result
    }};
}

/// Opens a work, runs a use case that must fail, leaves nothing.
macro_rules! refused {
    ($shop:expr, |$work:ident| $call:expr) => {{
        let mut $work: Work = $shop.work().await;
        $call.await.expect_err("a refusal")
    }};
}

fn rule(reward: Reward) -> RuleIn {
    RuleIn {
        name: String::new(),
        scope: RuleScope::default(),
        trigger: Trigger {
            on: TriggerOn::Sale,
            event: None,
        },
        conditions: None,
        reward,
        base: None,
        recurrence: None,
        caps: None,
        levels: None,
        hold_days: None,
        auto_approve: None,
        effective_from: None,
    }
}

fn sale(id: &str, customer: &str, code: &str, amount: i64, currency: &str) -> TrackSale {
    TrackSale {
        external_id: id.to_owned(),
        customer: CustomerIn {
            external_id: customer.to_owned(),
            ..CustomerIn::default()
        },
        amount,
        currency: currency.parse().expect("a currency"),
        tax: 0,
        shipping: 0,
        items: Vec::new(),
        event: None,
        hints: Hints {
            code: Some(code.to_owned()),
            ..Hints::default()
        },
        occurred_at: None,
        metadata: None,
    }
}

fn refund(id: &str, sale: &str, amount: Option<i64>) -> TrackRefund {
    TrackRefund {
        external_id: id.to_owned(),
        sale_external_id: sale.to_owned(),
        amount,
        reason: None,
    }
}

/// A business with a rule, a campaign and affiliates `a0`, `a1`… whose links have these codes.
async fn programme<'a>(
    app: &'a TestApp,
    name: &str,
    reward: Reward,
    affiliates: usize,
) -> (Shop<'a>, Vec<AffiliateId>) {
    let shop = app.business(name).await;
    done!(shop, |work| rule::create(&mut work, rule(reward)));
    let campaign = shop.campaign("Spring").await;
    let mut ids = Vec::new();
    for number in 0..affiliates {
        let affiliate = shop.affiliate(&format!("Affiliate {number}")).await;
        shop.partnership(&campaign, &affiliate, &format!("{}-a{number}", shop.slug))
            .await;
        ids.push(
            affiliate["id"]
                .as_str()
                .expect("an id")
                .parse()
                .expect("an id"),
        );
    }
    (shop, ids)
}

/// Balance of an affiliate in USD as (pending, approved, in payout, paid, clawback, owed).
async fn balance(shop: &Shop<'_>, affiliate: AffiliateId) -> (i64, i64, i64, i64, i64, i64) {
    let mut work = shop.work().await;
    let balances = ledger::balances(&mut work, affiliate)
        .await
        .expect("balances");
    let usd = balances
        .into_iter()
        .find(|(currency, _)| currency.code() == "USD")
        .map(|(_, b)| b)
        .unwrap_or_default();
    (
        usd.pending,
        usd.approved,
        usd.in_payout,
        usd.paid,
        usd.clawback,
        usd.owed,
    )
}

async fn prove(shop: &Shop<'_>) {
    let mut work = shop.work().await;
    let report = verify::verify(&mut work).await.expect("a report");
    assert_eq!(report.problems, Vec::<String>::new());
}

async fn approve_all(shop: &Shop<'_>, recorded: &Recorded) -> CommissionId {
    let referral = recorded.referral.as_ref().expect("a referral");
    if referral.status == ReferralStatus::Pending {
        done!(shop, |work| referral::approve(&mut work, referral.id));
    }
    let commission = recorded.commissions[0].id;
    done!(shop, |work| commission::approve(
        &mut work, commission, false, None
    ));
    commission
}

const TWENTY_PERCENT: Reward = Reward::PercentPpm(200_000);

both_engines! {
    async fn a_paid_sale_that_is_refunded_is_taken_off_the_next_payout(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Northwind", TWENTY_PERCENT, 1).await;
        let affiliate = affiliates[0];
        let first = done!(shop, |work| event::sale(&mut work, "api", sale("INV-1", "cus-1", "northwind-a0", 49_00, "USD")));
        assert_eq!(first.commissions[0].amount, 9_80);
        assert_eq!(balance(&shop, affiliate).await, (9_80, 0, 0, 0, 0, 0));
        let early = refused!(shop, |work| commission::approve(&mut work, first.commissions[0].id, false, None));
        assert!(matches!(early, ServiceError::Conflict(_)), "the referral is not approved yet");
        approve_all(&shop, &first).await;
        assert_eq!(balance(&shop, affiliate).await, (0, 9_80, 0, 0, 0, 9_80));
        let made = done!(shop, |work| payout::create(&mut work, Whom::Affiliate(affiliate)));
        assert_eq!(balance(&shop, affiliate).await, (0, 0, 9_80, 0, 0, 9_80));
        assert!(done!(shop, |work| payout::create(&mut work, Whom::Affiliate(affiliate))).is_empty(), "nothing is left to pay");
        let payment = PaymentIn { reference: Some("WIRE-7".to_owned()), ..PaymentIn::default() };
        let paid = done!(shop, |work| payout::mark_paid(&mut work, made[0], payment.clone()));
        assert_eq!((paid.amount, paid.status, paid.reference.as_deref()), (9_80, PayoutStatus::Paid, Some("WIRE-7")));
        refused!(shop, |work| payout::mark_paid(&mut work, made[0], payment.clone()));
        refused!(shop, |work| payout::cancel(&mut work, made[0]));

        let back = done!(shop, |work| event::refund(&mut work, "api", refund("RF-1", "INV-1", None)));
        assert_eq!(back.reversals.iter().map(|r| r.2).collect::<Vec<_>>(), [9_80]);
        assert_eq!(balance(&shop, affiliate).await, (0, 0, 0, 9_80, -9_80, -9_80));
        let mut work = shop.work().await;
        let reversed = commission::get(&mut work, first.commissions[0].id).await.expect("it is there");
        assert_eq!((reversed.status, reversed.reversed), (CommissionStatus::Paid, 9_80), "paid stays paid");
        drop(work);

        let second = done!(shop, |work| event::sale(&mut work, "api", sale("INV-2", "cus-1", "northwind-a0", 75_00, "USD")));
        approve_all(&shop, &second).await;
        assert_eq!(balance(&shop, affiliate).await, (0, 15_00, 0, 9_80, -9_80, 5_20));
        let made = done!(shop, |work| payout::create(&mut work, Whom::AllEligible));
        let next = done!(shop, |work| payout::approve(&mut work, made[0]));
        assert_eq!((next.commissions_total, next.carried_forward, next.amount), (15_00, -9_80, 5_20));
        done!(shop, |work| payout::mark_paid(&mut work, made[0], PaymentIn::default()));
        assert_eq!(balance(&shop, affiliate).await, (0, 0, 0, 15_00, 0, 0));
        prove(&shop).await;
    }

    async fn refunds_in_parts_end_at_zero(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Parts", Reward::PercentPpm(300_000), 1).await;
        let recorded = done!(shop, |work| event::sale(&mut work, "api", sale("INV-1", "cus-1", "parts-a0", 100_00, "USD")));
        approve_all(&shop, &recorded).await;
        let mut taken = Vec::new();
        for (id, amount) in [("RF-1", 33_33), ("RF-2", 33_33), ("RF-3", 33_34)] {
            let back = done!(shop, |work| event::refund(&mut work, "api", refund(id, "INV-1", Some(amount))));
            taken.push(back.reversals[0].2);
            let again = done!(shop, |work| event::refund(&mut work, "api", refund(id, "INV-1", Some(amount))));
            assert!(again.duplicate && again.reversals == back.reversals);
        }
        assert_eq!(taken, [10_00, 10_00, 10_00]);
        assert_eq!(balance(&shop, affiliates[0]).await, (0, 0, 0, 0, 0, 0));
        let more = refused!(shop, |work| event::refund(&mut work, "api", refund("RF-4", "INV-1", Some(1))));
        assert!(matches!(more, ServiceError::Invalid(fields) if fields[0].field == "amount"));
        let missing = refused!(shop, |work| event::refund(&mut work, "api", refund("RF-5", "INV-9", None)));
        assert!(matches!(missing, ServiceError::NotFound("sale")));
        prove(&shop).await;
    }

    async fn amounts_follow_the_currency(app: TestApp) {
        let (shop, _) = programme(&app, "World", Reward::PercentPpm(75_000), 1).await;
        let dinar = done!(shop, |work| event::sale(&mut work, "api", sale("1", "c", "world-a0", 10_001, "KWD")));
        assert_eq!(dinar.commissions[0].amount, 750);
        let cents = done!(shop, |work| event::sale(&mut work, "api", sale("2", "c", "world-a0", 2, "USD")));
        assert!(cents.commissions.is_empty(), "a line of zero is not stored, its event is");
        let tax = TrackSale { tax: 8_17, ..sale("3", "c", "world-a0", 49_00, "USD") };
        assert_eq!(done!(shop, |work| event::sale(&mut work, "api", tax)).commissions[0].amount, 3_06, "7.5 % of 40.83");
        let items = vec![ItemIn { product_id: "p".to_owned(), amount: 5, quantity: None }];
        let wrong = refused!(shop, |work| event::sale(&mut work, "api", TrackSale { items, ..sale("4", "c", "world-a0", 6, "USD") }));
        assert!(matches!(wrong, ServiceError::Invalid(fields) if fields[0].field == "items"));
        prove(&shop).await;
    }

    async fn the_same_sale_is_recorded_once(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Once", TWENTY_PERCENT, 1).await;
        let first = done!(shop, |work| event::sale(&mut work, "api", sale("INV-1", "cus-1", "once-a0", 49_00, "USD")));
        let again = done!(shop, |work| event::sale(&mut work, "api", sale("INV-1", "cus-1", "once-a0", 49_00, "USD")));
        assert!(again.duplicate && again.event.id == first.event.id && again.commissions.len() == 1);
        for other in [sale("INV-1", "cus-1", "once-a0", 50_00, "USD"), sale("INV-1", "cus-1", "once-a0", 49_00, "EUR"), sale("INV-1", "cus-2", "once-a0", 49_00, "USD")] {
            assert!(matches!(refused!(shop, |work| event::sale(&mut work, "api", other)), ServiceError::Conflict(_)));
        }
        let elsewhere = done!(shop, |work| event::sale(&mut work, "stripe", sale("INV-1", "cus-1", "once-a0", 49_00, "USD")));
        assert!(elsewhere.event.seen_twice && elsewhere.commissions.is_empty(), "another source reports the same invoice");
        assert_eq!(balance(&shop, affiliates[0]).await.0, 9_80);
    }

    async fn a_sale_counts_once_however_the_source_of_truth_is_changed(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Truth", TWENTY_PERCENT, 1).await;
        // Which source is the truth when the browser reports a sale, and when the program does; which of them count.
        let orders = [
            ("", "api", [true, false]),
            ("api", "", [false, true]),
            ("browser", "api", [true, false]),
            ("api", "browser", [false, false]),
            ("", "browser", [true, false]),
            ("", "", [true, false]),
        ];
        let mut due = 0;
        for (number, (before, after, counted)) in orders.into_iter().enumerate() {
            let id = format!("INV-{number}");
            for (truth, source, counts) in [(before, "browser", counted[0]), (after, "api", counted[1])] {
                let patch = SettingPatch { truth_source: Some(truth.to_owned()), ..SettingPatch::default() };
                done!(shop, |work| setting::update(&mut work, patch.clone()));
                let told = done!(shop, |work| event::sale(&mut work, source, sale(&id, "cus-1", "truth-a0", 10_00, "USD")));
                assert_eq!((told.event.seen_twice, told.commissions.len()), (!counts, usize::from(counts)), "{before:?} then {after:?}: {source}");
                due += if counts { 2_00 } else { 0 };
            }
            assert_eq!(balance(&shop, affiliates[0]).await.0, due, "{before:?} then {after:?}");
        }
        // One that only counted as seen twice does not stand in the way of a third source.
        let patch = SettingPatch { truth_source: Some("stripe".to_owned()), ..SettingPatch::default() };
        done!(shop, |work| setting::update(&mut work, patch.clone()));
        let third = done!(shop, |work| event::sale(&mut work, "stripe", sale("INV-3", "cus-1", "truth-a0", 10_00, "USD")));
        assert!(!third.event.seen_twice && third.commissions.len() == 1);
        prove(&shop).await;
    }

    async fn a_rejected_referral_earns_nothing_more(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Checks", TWENTY_PERCENT, 1).await;
        let first = done!(shop, |work| event::sale(&mut work, "api", sale("1", "cus-1", "checks-a0", 10_00, "USD")));
        let id = first.referral.as_ref().expect("a referral").id;
        assert!(matches!(refused!(shop, |work| referral::reject(&mut work, id, " ")), ServiceError::Invalid(_)));
        done!(shop, |work| referral::reject(&mut work, id, "Stolen card"));
        assert_eq!(balance(&shop, affiliates[0]).await, (0, 0, 0, 0, 0, 0));
        let second = done!(shop, |work| event::sale(&mut work, "api", sale("2", "cus-1", "checks-a0", 10_00, "USD")));
        assert!(second.commissions.is_empty());
        prove(&shop).await;
    }

    async fn an_approval_can_be_undone_until_it_is_drafted(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Undo", TWENTY_PERCENT, 1).await;
        let recorded = done!(shop, |work| event::sale(&mut work, "api", sale("1", "c", "undo-a0", 10_00, "USD")));
        let id = approve_all(&shop, &recorded).await;
        done!(shop, |work| commission::undo(&mut work, id));
        done!(shop, |work| commission::reject(&mut work, id, "Wrong customer"));
        done!(shop, |work| event::refund(&mut work, "api", refund("R", "1", Some(5_00))));
        let undone = done!(shop, |work| commission::undo(&mut work, id));
        assert_eq!((undone.status, undone.reversed), (CommissionStatus::Pending, 1_00), "what was refunded meanwhile is taken off");
        let adjusted = done!(shop, |work| commission::adjust(&mut work, id, 50, "Goodwill"));
        assert_eq!((adjusted.amount, adjusted.adjusted), (2_00, 50), "the amount is never overwritten");
        assert!(matches!(refused!(shop, |work| commission::adjust(&mut work, id, -10_00, "Too much")), ServiceError::Invalid(_)));
        done!(shop, |work| commission::approve(&mut work, id, false, None));
        done!(shop, |work| payout::create(&mut work, Whom::Affiliate(affiliates[0])));
        assert!(matches!(refused!(shop, |work| commission::undo(&mut work, id)), ServiceError::Conflict(_)));
        assert_eq!(balance(&shop, affiliates[0]).await, (0, 0, 1_50, 0, 0, 1_50));
        prove(&shop).await;
    }

    async fn a_dispute_won_while_a_commission_was_rejected_counts_once_it_is_not(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Won", TWENTY_PERCENT, 1).await;
        let recorded = done!(shop, |work| event::sale(&mut work, "api", sale("1", "c", "won-a0", 100_00, "USD")));
        let id = recorded.commissions[0].id;
        let report = |dispute: &str, amount: i64, status| TrackDispute {
            external_id: dispute.to_owned(),
            sale_external_id: "1".to_owned(),
            amount: Some(amount),
            status,
            reason: None,
            occurred_at: None,
        };
        // The only one is won: all of it is there again.
        done!(shop, |work| event::dispute(&mut work, "api", report("D1", 50_00, DisputeStatus::Opened)));
        done!(shop, |work| commission::reject(&mut work, id, "Wrong customer"));
        done!(shop, |work| event::dispute(&mut work, "api", report("D1", 50_00, DisputeStatus::Won)));
        assert_eq!(balance(&shop, affiliates[0]).await, (0, 0, 0, 0, 0, 0));
        let undone = done!(shop, |work| commission::undo(&mut work, id));
        assert_eq!((undone.status, undone.reversed), (CommissionStatus::Pending, 0));
        assert_eq!(balance(&shop, affiliates[0]).await, (20_00, 0, 0, 0, 0, 0));
        let steps = done!(shop, |work| commission::steps(&mut work, id));
        let last = steps.last().expect("a step");
        assert_eq!((last.kind.as_str(), last.amount, last.note.as_str()), ("restored", 10_00, "The dispute was won"));
        // One of two: what the other takes stays gone.
        done!(shop, |work| event::dispute(&mut work, "api", report("D2", 30_00, DisputeStatus::Opened)));
        done!(shop, |work| event::dispute(&mut work, "api", report("D3", 20_00, DisputeStatus::Opened)));
        done!(shop, |work| commission::reject(&mut work, id, "Wrong customer"));
        done!(shop, |work| event::dispute(&mut work, "api", report("D2", 30_00, DisputeStatus::Won)));
        let undone = done!(shop, |work| commission::undo(&mut work, id));
        assert_eq!((undone.status, undone.reversed), (CommissionStatus::Pending, 4_00));
        assert_eq!(balance(&shop, affiliates[0]).await, (16_00, 0, 0, 0, 0, 0));
        prove(&shop).await;
    }

    async fn a_refund_shrinks_a_draft_and_empties_it(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Draft", TWENTY_PERCENT, 1).await;
        let one = done!(shop, |work| event::sale(&mut work, "api", sale("1", "c", "draft-a0", 10_00, "USD")));
        let two = done!(shop, |work| event::sale(&mut work, "api", sale("2", "c", "draft-a0", 20_00, "USD")));
        approve_all(&shop, &one).await;
        let two = two.commissions[0].id;
        done!(shop, |work| commission::approve(&mut work, two, false, None));
        let made = done!(shop, |work| payout::create(&mut work, Whom::Affiliate(affiliates[0])));
        done!(shop, |work| event::refund(&mut work, "api", refund("R1", "1", None)));
        let mut work = shop.work().await;
        let shrunk = payout::get(&mut work, made[0]).await.expect("it is there");
        assert_eq!((shrunk.status, shrunk.amount), (PayoutStatus::Draft, 4_00));
        drop(work);
        done!(shop, |work| event::refund(&mut work, "api", refund("R2", "2", None)));
        let mut work = shop.work().await;
        assert_eq!(payout::get(&mut work, made[0]).await.expect("it is there").status, PayoutStatus::Cancelled);
        drop(work);
        assert_eq!(balance(&shop, affiliates[0]).await, (0, 0, 0, 0, 0, 0));
        prove(&shop).await;
    }

    async fn a_refund_that_empties_a_draft_takes_every_line_of_the_sale(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Lines", TWENTY_PERCENT, 1).await;
        let product = RuleScope { product_id: Some("pro".to_owned()), ..RuleScope::default() };
        done!(shop, |work| rule::create(&mut work, RuleIn { scope: product, ..rule(TWENTY_PERCENT) }));
        let item = |product_id: &str, amount| ItemIn { product_id: product_id.to_owned(), amount, quantity: None };
        let two = TrackSale { items: vec![item("pro", 50_00), item("basic", 50_00)], ..sale("1", "c", "lines-a0", 100_00, "USD") };
        let recorded = done!(shop, |work| event::sale(&mut work, "api", two));
        assert_eq!(recorded.commissions.iter().map(|c| c.amount).collect::<Vec<_>>(), [10_00, 10_00]);
        approve_all(&shop, &recorded).await;
        let second = recorded.commissions[1].id;
        done!(shop, |work| commission::approve(&mut work, second, false, None));
        let less = FreeAdjustment { affiliate_id: affiliates[0], amount: -12_00, currency: "USD".parse().expect("USD"), note: "Correction".to_owned() };
        done!(shop, |work| commission::adjust_freely(&mut work, less.clone()));
        assert_eq!(done!(shop, |work| payout::create(&mut work, Whom::Affiliate(affiliates[0]))).len(), 1);
        done!(shop, |work| event::refund(&mut work, "api", refund("R", "1", None)));
        assert_eq!(balance(&shop, affiliates[0]).await, (0, -12_00, 0, 0, 0, -12_00), "the correction is left");
        prove(&shop).await;
    }

    async fn holds_mature_by_themselves(app: TestApp) {
        let shop = app.business("Hold").await;
        done!(shop, |work| rule::create(&mut work, RuleIn { hold_days: Some(30), auto_approve: Some(true), ..rule(TWENTY_PERCENT) }));
        let (campaign, affiliate) = (shop.campaign("Spring").await, shop.affiliate("Ann").await);
        shop.partnership(&campaign, &affiliate, "hold-ann").await;
        let recorded = done!(shop, |work| event::sale(&mut work, "api", sale("1", "c", "hold-ann", 10_00, "USD")));
        let (id, referral_id) = (recorded.commissions[0].id, recorded.referral.expect("a referral").id);
        done!(shop, |work| referral::approve(&mut work, referral_id));
        assert!(matches!(refused!(shop, |work| commission::approve(&mut work, id, false, None)), ServiceError::Conflict(_)));
        assert!(matches!(refused!(shop, |work| commission::approve(&mut work, id, true, None)), ServiceError::Invalid(_)), "a release needs a note");
        app.clock.advance_ms(30 * 86_400_000 - 1);
        assert_eq!(done!(shop, |work| commission::mature(&mut work)), 0);
        app.clock.advance_ms(1);
        assert_eq!(done!(shop, |work| commission::mature(&mut work)), 1);
        let mut work = shop.work().await;
        assert_eq!(commission::get(&mut work, id).await.expect("it is there").status, CommissionStatus::Approved);
    }

    async fn payouts_made_at_once_never_share_a_commission(app: TestApp) {
        let (shop, affiliates) = programme(&app, "Race", TWENTY_PERCENT, 1).await;
        for number in 0..12 {
            let recorded = done!(shop, |work| event::sale(&mut work, "api", sale(&format!("{number}"), "c", "race-a0", 10_00, "USD")));
            if number == 0 {
                approve_all(&shop, &recorded).await;
            }
        }
        let pending = Selection::Filter(Box::default());
        assert_eq!(done!(shop, |work| commission::approve_many(&mut work, &pending)).done.len(), 11);
        let tries = (0..16).map(|_| {
            let (app, actor, affiliate) = (app.app.clone(), shop.system(), affiliates[0]);
            async move {
                let mut work = match app.begin(&actor).await {
                    // A slow machine has let it wait too long for the database.
                    Err(ServiceError::Store(StoreError::Unavailable(_))) => return Vec::new(),
                    begun => begun.expect("a work"),
                };
                let made = payout::create(&mut work, Whom::Affiliate(affiliate)).await.expect("an answer");
                work.commit().await.expect("stored");
                made
            }
        });
        let made: Vec<PayoutId> = futures_util::future::join_all(tries).await.into_iter().flatten().collect();
        assert_eq!(made.len(), 1, "sixteen tries make one payout");
        assert_eq!(balance(&shop, affiliates[0]).await.2, 24_00);
        prove(&shop).await;
    }

    async fn the_proof_finds_what_was_tampered_with(app: TestApp) {
        let (shop, _) = programme(&app, "Proof", TWENTY_PERCENT, 1).await;
        for number in 0..3 {
            done!(shop, |work| event::sale(&mut work, "api", sale(&format!("{number}"), "c", "proof-a0", 10_00, "USD")));
        }
        prove(&shop).await;
        let engine = app.db.db.engine();
        for statement in ["update journal_posting set amount = amount + 1 where seq = 2 and line = 0", "delete from journal_posting where seq = 2", "update journal_entry set at_ms = at_ms + 1 where seq = 2"] {
            app.db.raw().await.execute(statement).await.expect_err("the database refuses to change the journal");
        }
        let allow = |table: &str| match engine {
            Engine::Sqlite => format!("drop trigger {table}_no_update"),
            Engine::Postgres => format!("alter table {table} disable trigger all"),
        };
        app.db.raw().await.execute(&allow("journal_posting")).await.expect("allowed");
        app.db.raw().await.execute(&allow("journal_entry")).await.expect("allowed");
        let problems = async || {
            let mut work = shop.work().await;
            verify::verify(&mut work).await.expect("a report").problems
        };
        app.db.raw().await.execute("update journal_entry set at_ms = at_ms + 1 where seq = 2").await.expect("changed");
        assert!(problems().await.iter().any(|p| p.contains("entry 2 was changed")), "{:?}", problems().await);
        app.db.raw().await.execute("update journal_entry set at_ms = at_ms - 1 where seq = 2").await.expect("changed back");
        prove(&shop).await;
        app.db.raw().await.execute("update journal_posting set amount = amount + 1 where seq = 3").await.expect("changed");
        let found = problems().await;
        assert!(found.iter().any(|p| p.contains("entry 3 adds up to 2")), "{found:?}");
        assert!(found.iter().any(|p| p.contains("entry 3 was changed")), "{found:?}");

        // A break stops payouts until the books hold again.
        let pay = async || {
            let mut work = shop.work().await;
            payout::create(&mut work, Whom::AllEligible).await
        };
        assert!(pay().await.is_ok(), "nobody has looked yet");
        assert!(!verify::prove(&app.app, shop.id).await.expect("a report").problems.is_empty());
        assert!(matches!(pay().await, Err(ServiceError::Conflict(text)) if text.contains("do not add up")));
        app.db.raw().await.execute("update journal_posting set amount = amount - 1 where seq = 3").await.expect("changed back");
        assert!(verify::prove(&app.app, shop.id).await.expect("a report").problems.is_empty());
        assert!(pay().await.is_ok());

        // Two commissions that are settled already, wrong by the same: their sum tells nothing.
        for (by, order) in [("+ 1", "asc"), ("- 1", "desc")] {
            let sql = format!("update commission set adjusted = adjusted {by} where id = (select id from commission order by id {order} limit 1)");
            app.db.raw().await.execute(&sql).await.expect("changed");
        }
        let report = verify::prove_books(&app.app, shop.id).await.expect("a report");
        assert!(report.books_broken, "{report:?}");
        let found: Vec<_> = report.problems.iter().filter(|p| p.starts_with("commission ")).collect();
        assert_eq!(found.len(), 2, "{report:?}");
        assert!(found[0].ends_with("says that 201 is left of it, the journal has 200"), "{report:?}");
        assert!(pay().await.is_err());
    }
}

/// A step of a random history.
#[derive(Debug, Clone)]
enum Step {
    Sale {
        affiliate: usize,
        amount: i64,
        tax: i64,
    },
    Refund {
        sale: usize,
        amount: i64,
    },
    Dispute {
        sale: usize,
        which: usize,
        status: DisputeStatus,
        amount: Option<i64>,
    },
    Approve(usize),
    Reject(usize),
    Undo(usize),
    Adjust(usize, i64),
    Bonus {
        affiliate: usize,
        amount: i64,
    },
    Payouts,
    PayoutOf(usize),
    ApprovePayout(usize),
    Pay(usize),
    Cancel(usize),
    MarkPaid(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0usize..3, 0i64..50_000, 0i64..2_000).prop_map(|(affiliate, amount, tax)| Step::Sale { affiliate, amount, tax }),
        4 => (any::<usize>(), 1i64..30_000).prop_map(|(sale, amount)| Step::Refund { sale, amount }),
        4 => (any::<usize>(), 0usize..2, 0usize..3, prop::option::of(1i64..30_000))
            .prop_map(|(sale, which, status, amount)| Step::Dispute { sale, which, status: DisputeStatus::ALL[status], amount }),
        6 => any::<usize>().prop_map(Step::Approve),
        1 => any::<usize>().prop_map(Step::Reject),
        1 => any::<usize>().prop_map(Step::Undo),
        1 => (any::<usize>(), -3_000i64..3_000).prop_map(|(at, by)| Step::Adjust(at, by)),
        1 => (0usize..3, -4_000i64..4_000).prop_map(|(affiliate, amount)| Step::Bonus { affiliate, amount }),
        2 => Just(Step::Payouts),
        1 => (0usize..3).prop_map(Step::PayoutOf),
        2 => any::<usize>().prop_map(Step::ApprovePayout),
        2 => any::<usize>().prop_map(Step::Pay),
        2 => any::<usize>().prop_map(Step::Cancel),
        1 => any::<usize>().prop_map(Step::MarkPaid),
    ]
}

/// Everything a history has made so far.
#[derive(Default)]
struct Made {
    sales: Vec<String>,
    commissions: Vec<CommissionId>,
    payouts: Vec<PayoutId>,
    disputes: BTreeSet<String>,
}

/// What is left of each commission, with what won disputes gave again beside it, is the share of its sale
/// that is left.
async fn shares_are_right(shop: &Shop<'_>, made: &Made) {
    let mut work = shop.work().await;
    for id in &made.commissions {
        let commission = commission::get(&mut work, *id).await.expect("one");
        if commission.status == CommissionStatus::Rejected || commission.adjusted != 0 {
            continue;
        }
        // A bonus has none.
        let Some(event) = commission.event_id else {
            continue;
        };
        let sale = event::get(&mut work, event).await.expect("a sale");
        let credits = service::store::programme::commission::credits_of(&mut work.tx, *id)
            .await
            .expect("credits");
        if credits.iter().any(|credit| credit.adjusted != 0) {
            continue;
        }
        let given: i64 = credits.iter().map(|c| c.amount - c.reversed).sum();
        let target =
            domain::commission::reversed_target(commission.amount, sale.refunded, sale.amount)
                .expect("a share");
        assert_eq!(
            commission.amount - commission.reversed + given,
            commission.amount - target,
            "{commission:#?} {credits:#?}"
        );
    }
}

fn pick<T: Clone>(from: &[T], at: usize) -> Option<T> {
    (!from.is_empty()).then(|| from[at % from.len()].clone())
}

async fn play(
    work: &mut Work,
    slug: &str,
    affiliates: &[AffiliateId],
    made: &mut Made,
    number: usize,
    step: &Step,
) -> Result<(), ServiceError> {
    match step {
        Step::Sale {
            affiliate,
            amount,
            tax,
        } => {
            let id = format!("S{number}");
            let code = format!("{slug}-a{affiliate}");
            let input = TrackSale {
                tax: *tax.min(amount),
                ..sale(&id, &format!("cus-{affiliate}"), &code, *amount, "USD")
            };
            let recorded = event::sale(work, "api", input).await?;
            made.sales.push(id);
            made.commissions
                .extend(recorded.commissions.iter().map(|c| c.id));
            let referral = recorded
                .referral
                .ok_or_else(|| ServiceError::Internal("no referral".to_owned()))?;
            if referral.status == ReferralStatus::Pending {
                referral::approve(work, referral.id).await?;
            }
        }
        Step::Refund { sale, amount } => {
            let Some(sale) = pick(&made.sales, *sale) else {
                return Ok(());
            };
            event::refund(
                work,
                "api",
                refund(&format!("R{number}"), &sale, Some(*amount)),
            )
            .await?;
        }
        Step::Dispute {
            sale,
            which,
            status,
            amount,
        } => {
            let Some(sale) = pick(&made.sales, *sale) else {
                return Ok(());
            };
            let input = TrackDispute {
                external_id: format!("D{sale}-{which}"),
                sale_external_id: sale,
                amount: *amount,
                status: *status,
                reason: None,
                occurred_at: None,
            };
            let id = input.external_id.clone();
            // Once it is known, its amount is too.
            let again = TrackDispute {
                amount: None,
                ..input.clone()
            };
            let known = made.disputes.contains(&id);
            event::dispute(work, "api", if known { again } else { input }).await?;
            made.disputes.insert(id);
        }
        Step::Approve(at) => {
            let Some(id) = pick(&made.commissions, *at) else {
                return Ok(());
            };
            commission::approve(work, id, false, None).await?;
        }
        Step::Reject(at) => {
            let Some(id) = pick(&made.commissions, *at) else {
                return Ok(());
            };
            commission::reject(work, id, "no").await?;
        }
        Step::Undo(at) => {
            let Some(id) = pick(&made.commissions, *at) else {
                return Ok(());
            };
            commission::undo(work, id).await?;
        }
        Step::Adjust(at, by) => {
            let Some(id) = pick(&made.commissions, *at) else {
                return Ok(());
            };
            commission::adjust(work, id, *by, "adjusted").await?;
        }
        Step::Bonus { affiliate, amount } => {
            let input = FreeAdjustment {
                affiliate_id: affiliates[*affiliate],
                amount: *amount,
                currency: "USD".parse().expect("USD"),
                note: "bonus".to_owned(),
            };
            made.commissions
                .push(commission::adjust_freely(work, input).await?.id);
        }
        Step::Payouts => made
            .payouts
            .extend(payout::create(work, Whom::AllEligible).await?),
        Step::PayoutOf(affiliate) => made
            .payouts
            .extend(payout::create(work, Whom::Affiliate(affiliates[*affiliate])).await?),
        Step::ApprovePayout(at) => {
            let Some(id) = pick(&made.payouts, *at) else {
                return Ok(());
            };
            payout::approve(work, id).await?;
        }
        Step::Pay(at) => {
            let Some(id) = pick(&made.payouts, *at) else {
                return Ok(());
            };
            payout::mark_paid(work, id, PaymentIn::default()).await?;
        }
        Step::Cancel(at) => {
            let Some(id) = pick(&made.payouts, *at) else {
                return Ok(());
            };
            payout::cancel(work, id).await?;
        }
        Step::MarkPaid(at) => {
            let Some(id) = pick(&made.commissions, *at) else {
                return Ok(());
            };
            made.payouts.push(
                payout::pay_commission(work, id, PaymentIn::default())
                    .await?
                    .id,
            );
        }
    }
    Ok(())
}

/// Statements of the first and second half of a history of so many seconds meet in the middle, add up
/// line by line, and end at the balance.
async fn statements_add_up(shop: &Shop<'_>, affiliate: AffiliateId, now: UnixMs, seconds: i64) {
    let usd = "USD".parse().expect("USD");
    let middle = now.plus_ms(-seconds * 500);
    let mut work = shop.work().await;
    let mut before = 0;
    for period in [(UnixMs(0), middle), (middle, now.plus_ms(1))] {
        let found = statement::of(&mut work, affiliate, usd, period, 1_000)
            .await
            .expect("a statement");
        assert_eq!(found.opening, before);
        let mut running = found.opening;
        for line in &found.lines {
            assert_ne!(line.entry.amount, 0, "{line:?}");
            running += line.entry.amount;
            assert_eq!(line.balance, running);
        }
        assert_eq!(running, found.closing, "{found:#?}");
        let moved = found.earned + found.taken_back + found.paid;
        assert_eq!(found.opening + moved, found.closing, "{found:#?}");
        assert!(found.paid <= 0 && !found.more);
        assert_eq!(found.pending + found.owed, found.closing);
        before = found.closing;
    }
    drop(work);
    let (pending, _, _, _, _, owed) = balance(shop, affiliate).await;
    assert_eq!(pending + owed, before);
}

/// The seed of the histories: always the same, unless the environment names another.
fn seed() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are configured by their environment"
    )]
    let text = std::env::var(SEED_VARIABLE);
    text.map_or(0, |text| text.parse().expect("a whole number"))
}

/// Random histories: whatever happens, and whatever is refused on the way, the books prove.
fn random_histories(engine: Engine, cases: u32) {
    testkit::block_on(async {
        let app = TestApp::new(engine).await;
        let seed = seed();
        // Shown when the test fails.
        println!("{SEED_VARIABLE}={seed}");
        let mut bytes = [17; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut runner = TestRunner::new_with_rng(
            ProptestConfig::default(),
            TestRng::from_seed(RngAlgorithm::ChaCha, &bytes),
        );
        let strategy = prop::collection::vec(step(), 1..45);
        let mut payouts = 0;
        for case in 0..cases {
            let history = strategy.new_tree(&mut runner).expect("a history").current();
            let (shop, affiliates) = programme(
                &app,
                &format!("History {case}"),
                Reward::PercentPpm(175_000),
                3,
            )
            .await;
            let mut made = Made::default();
            for (number, step) in history.iter().enumerate() {
                app.clock.advance_ms(1_000);
                let mut work = shop.work().await;
                match play(&mut work, &shop.slug, &affiliates, &mut made, number, step).await {
                    Ok(()) => work.commit().await.expect("stored"),
                    Err(ServiceError::Conflict(_) | ServiceError::Invalid(_)) => drop(work),
                    Err(other) => panic!("{step:?} of {history:?}: {other:?}"),
                }
                let mut work = shop.work().await;
                let report = verify::verify(&mut work).await.expect("a report");
                assert!(
                    report.problems.is_empty(),
                    "after {step:?}, step {number} of {history:#?}: {:#?}",
                    report.problems
                );
            }
            payouts += made.payouts.len();
            shares_are_right(&shop, &made).await;
            for affiliate in affiliates {
                let steps = i64::try_from(history.len()).expect("a length");
                statements_add_up(&shop, affiliate, app.app.now(), steps).await;
            }
        }
        assert!(payouts > 0, "the histories reach payouts");
    });
}

#[test]
fn random_histories_prove_on_sqlite() {
    random_histories(Engine::Sqlite, 60);
}

#[test]
fn random_histories_prove_on_postgres() {
    random_histories(Engine::Postgres, 12);
}
