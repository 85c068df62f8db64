//! Pay for clicks on both engines: whole days, once each, under the rule of the day's start.

use domain::id::{AffiliateId, CommissionId, RuleId};
use domain::rule::{Caps, Condition, Fixed, Level, LevelOf, Reward, Scope as RuleScope, Trigger};
use domain::status::{CommissionStatus, TriggerOn};
use domain::time::{DAY_MS, Day, UnixMs};
use serde_json::{Value, json};
use service::programme::back_test::{self, Plan};
use service::programme::commission;
use service::programme::payout::{self, PaymentIn, Whom};
use service::programme::rule::{self, RuleIn, RulePatch};
use service::programme::stats::{self, GroupBy};
use service::programme::{click_pay, ledger, verify};
use service::store::list::Window;
use service::store::programme::commission::{Commission, Filter, OLDEST};
use service::{ServiceError, Work};
use testkit::{Shop, TestApp, both_engines};

const HOUR_MS: i64 = 3_600_000;

/// Opens a work, runs a use case, commits.
macro_rules! done {
    ($shop:expr, |$work:ident| $call:expr) => {{
        let mut $work: Work = $shop.work().await;
        let result = $call.await.expect("the use case");
        $work.commit().await.expect("stored");
        result
    }};
}

fn cents(amount: i64) -> Reward {
    Reward::Fixed(Fixed {
        amount,
        currency: "USD".parse().expect("a currency"),
    })
}

fn per_click(amount: i64) -> RuleIn {
    RuleIn {
        name: String::new(),
        scope: RuleScope::default(),
        trigger: Trigger {
            on: TriggerOn::Click,
            event: None,
        },
        conditions: None,
        reward: cents(amount),
        base: None,
        recurrence: None,
        caps: None,
        levels: None,
        hold_days: None,
        auto_approve: None,
        effective_from: None,
    }
}

fn id_of(value: &Value) -> AffiliateId {
    value["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}

/// A business with a campaign and an affiliate whose link has the business's short name as its code.
async fn programme<'a>(app: &'a TestApp, name: &str) -> (Shop<'a>, AffiliateId, Value) {
    let shop = app.business(name).await;
    let campaign = shop.campaign("Spring").await;
    let affiliate = shop.affiliate("Maria").await;
    shop.partnership(&campaign, &affiliate, &shop.slug).await;
    (shop, id_of(&affiliate), campaign)
}

/// A click through a code, by a new visitor or a known one; the visitor.
async fn click(shop: &Shop<'_>, code: &str, visitor: Option<&str>) -> String {
    let mut body = json!({"code": code});
    if let Some(visitor) = visitor {
        body["visitor_id"] = json!(visitor);
    }
    let click = shop.made("/track/click", body).await;
    click["visitor_id"].as_str().expect("a visitor").to_owned()
}

async fn clicks(shop: &Shop<'_>, code: &str, number: usize) {
    for _ in 0..number {
        click(shop, code, None).await;
    }
}

/// Settles until nothing is left; how many links of days.
async fn settle(shop: &Shop<'_>) -> usize {
    let mut all = 0;
    loop {
        let mut work = shop.work().await;
        let due = click_pay::due_day(&mut work).await.expect("a look");
        drop(work);
        let Some(day) = due else { return all };
        let settled = done!(shop, |work| click_pay::settle(&mut work, day));
        if settled == 0 {
            return all;
        }
        all += settled;
    }
}

async fn commissions(shop: &Shop<'_>) -> Vec<Commission> {
    let mut work = shop.work().await;
    commission::list(&mut work, &Filter::default(), Window::all(OLDEST))
        .await
        .expect("a list")
}

/// Day and amount of each commission by its day, and of a day the oldest first: those that one run makes have no order.
async fn earned(shop: &Shop<'_>) -> Vec<(String, i64)> {
    let mut commissions = commissions(shop).await;
    commissions.sort_by_key(|commission| commission.day);
    commissions
        .into_iter()
        .map(|commission| (commission.day.to_string(), commission.amount))
        .collect()
}

fn expected(days: &[(&str, i64)]) -> Vec<(String, i64)> {
    days.iter()
        .map(|(day, amount)| ((*day).to_owned(), *amount))
        .collect()
}

async fn prove(shop: &Shop<'_>) {
    let mut work = shop.work().await;
    let report = verify::verify(&mut work).await.expect("a report");
    assert_eq!(report.problems, Vec::<String>::new());
}

fn at(text: &str) -> UnixMs {
    UnixMs::parse(text).expect("a time")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// Moves a business to another time zone.
async fn moved(test: &TestApp, shop: &Shop<'_>, zone: &str) {
    let sql = format!(
        "update business set timezone = '{zone}' where slug = '{}'",
        shop.slug
    );
    test.db.raw().await.execute(&sql).await.expect("moved");
}

/// Sets the clock to so many hours after a day has begun in a zone.
fn stand(test: &TestApp, text: &str, hours: i64, zone: &str) {
    let zone = domain::time::zone(zone).expect("a zone");
    test.clock
        .set(day(text).start(&zone).plus_ms(hours * HOUR_MS));
}

/// What the proof finds wrong.
async fn problems(shop: &Shop<'_>) -> String {
    let mut work = shop.work().await;
    let report = verify::verify(&mut work).await.expect("a report");
    assert!(report.books_broken || report.problems.is_empty());
    report.problems.join("\n")
}

both_engines! {
    async fn first_clicks_of_a_day_are_paid_once_it_is_over(test: TestApp) {
        let (shop, affiliate, _) = programme(&test, "Northwind").await;
        let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
        assert_eq!(made.rule.effective_from, at("2026-11-22T00:00:00Z"), "the next start of a day");
        let ana = click(&shop, "northwind", None).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!(settle(&shop).await, 0, "no rule was in force when that day began");

        click(&shop, "northwind", Some(&ana)).await;
        click(&shop, "northwind", Some(&ana)).await;
        click(&shop, "northwind", None).await;
        test.clock.set(at("2026-11-23T00:09:59Z"));
        assert_eq!(settle(&shop).await, 0, "a day is settled ten minutes after its end");
        let day = day("2026-11-22");
        assert_eq!(done!(shop, |work| click_pay::settle(&mut work, day)), 0, "whoever asks");
        test.clock.set(at("2026-11-23T00:10:00Z"));
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(settle(&shop).await, 0, "once");

        let all = commissions(&shop).await;
        let [paid] = all.as_slice() else { panic!("one commission: {all:?}") };
        assert_eq!((paid.affiliate_id, paid.amount, paid.day), (affiliate, 10, day));
        assert_eq!((paid.event_id, paid.referral_id, paid.contact_id), (None, None, None));
        assert_eq!((paid.rule_id, paid.rule_version, paid.status), (Some(made.rule.id), Some(1), CommissionStatus::Pending));
        assert!(paid.explanation.contains("2 clicks \u{d7} a fixed 0.05 USD = 0.10 USD"), "{}", paid.explanation);
        let mut work = shop.work().await;
        let seen = click_pay::of_commission(&mut work, paid.id).await.expect("read").expect("clicks");
        assert_eq!((seen.clicks, seen.day, seen.link_code.as_str(), seen.number), (2, paid.day, "northwind", 1));
        drop(work);
        prove(&shop).await;
    }

    async fn late_clicks_are_paid_by_the_next_run(test: TestApp) {
        let (shop, _, _) = programme(&test, "Late").await;
        done!(shop, |work| rule::create(&mut work, per_click(5)));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "late", 2).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!(settle(&shop).await, 1);
        // Another process stores them after the day was settled.
        test.clock.advance_ms(-DAY_MS);
        clicks(&shop, "late", 3).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 10), ("2026-11-22", 15)]));
        prove(&shop).await;

        // Beyond the days that are looked at.
        test.clock.advance_ms(-DAY_MS);
        clicks(&shop, "late", 1).await;
        test.clock.advance_ms(DAY_MS * (click_pay::DAYS_BACK + 1));
        assert_eq!(settle(&shop).await, 0);
    }

    async fn a_version_is_for_whole_days(test: TestApp) {
        let (shop, _, _) = programme(&test, "Versions").await;
        let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "versions", 2).await;
        let id: RuleId = made.rule.id;
        let dearer = RulePatch { reward: Some(cents(7)), ..RulePatch::default() };
        let second = done!(shop, |work| rule::change(&mut work, id, dearer.clone()));
        assert_eq!((second.rule.version, second.rule.effective_from), (2, at("2026-11-23T00:00:00Z")));
        for wrong in ["2026-11-22T12:00:00Z", "2026-11-22T00:00:00Z", "2026-11-24T12:00:00Z"] {
            let mut work = shop.work().await;
            let early = RulePatch { reward: Some(cents(9)), effective_from: Some(at(wrong)), ..RulePatch::default() };
            let refused = rule::change(&mut work, id, early).await.expect_err("a refusal");
            assert!(matches!(&refused, ServiceError::Invalid(fields) if fields[0].field == "effective_from" && fields[0].message.contains("00:00 of a coming day")), "{refused:?}");
        }
        clicks(&shop, "versions", 1).await;
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "versions", 2).await;
        let off = RulePatch { active: Some(false), ..RulePatch::default() };
        let third = done!(shop, |work| rule::change(&mut work, id, off));
        assert_eq!((third.active, third.rule.effective_from), (false, at("2026-11-24T00:00:00Z")));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "versions", 4).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!(settle(&shop).await, 2);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 15), ("2026-11-23", 14)]));
        prove(&shop).await;
    }

    async fn a_business_that_moves_keeps_the_days_of_its_rules(test: TestApp) {
        for (name, code, zone) in [("East", "east", "Europe/Berlin"), ("West", "west", "America/New_York")] {
            test.clock.set(at("2026-11-21T12:00:00Z"));
            let (shop, _, _) = programme(&test, name).await;
            let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
            assert_eq!(made.rule.effective_from, at("2026-11-22T00:00:00Z"));
            clicks(&shop, code, 1).await;
            test.clock.set(at("2026-11-22T12:00:00Z"));
            clicks(&shop, code, 2).await;
            let off = RulePatch { active: Some(false), ..RulePatch::default() };
            let second = done!(shop, |work| rule::change(&mut work, made.rule.id, off));
            assert_eq!(second.rule.effective_from, at("2026-11-23T00:00:00Z"));
            test.clock.set(at("2026-11-23T12:00:00Z"));
            clicks(&shop, code, 4).await;
            let moved = format!("update business set timezone = '{zone}' where name = '{name}'");
            test.db.raw().await.execute(&moved).await.expect("moved");
            test.clock.set(at("2026-11-24T12:00:00Z"));
            assert_eq!(settle(&shop).await, 1, "{zone}");
            assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 10)]), "{zone}");
            prove(&shop).await;
        }
    }

    async fn a_business_that_moves_by_a_day_keeps_the_days_of_its_rules(test: TestApp) {
        const KIRITIMATI: &str = "Pacific/Kiritimati";
        const PAGO_PAGO: &str = "Pacific/Pago_Pago";
        for (number, (from, to)) in [
            (KIRITIMATI, PAGO_PAGO), (PAGO_PAGO, KIRITIMATI), (KIRITIMATI, "Pacific/Honolulu"), ("Pacific/Honolulu", KIRITIMATI),
            ("Pacific/Auckland", "America/Los_Angeles"), ("America/Los_Angeles", "Pacific/Auckland"), (KIRITIMATI, "UTC"), ("UTC", PAGO_PAGO),
        ].into_iter().enumerate() {
            stand(&test, "2026-11-21", 12, from);
            let name = format!("move{number}");
            let (shop, _, _) = programme(&test, &name).await;
            moved(&test, &shop, from).await;
            let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
            assert_eq!(made.effective_day, Some(day("2026-11-22")), "{from}");
            clicks(&shop, &shop.slug, 1).await;
            stand(&test, "2026-11-22", 12, from);
            clicks(&shop, &shop.slug, 2).await;
            let dearer = RulePatch { reward: Some(cents(7)), ..RulePatch::default() };
            done!(shop, |work| rule::change(&mut work, made.rule.id, dearer));
            stand(&test, "2026-11-23", 12, from);
            clicks(&shop, &shop.slug, 4).await;
            let off = RulePatch { active: Some(false), ..RulePatch::default() };
            done!(shop, |work| rule::change(&mut work, made.rule.id, off));
            stand(&test, "2026-11-24", 12, from);
            clicks(&shop, &shop.slug, 8).await;
            moved(&test, &shop, to).await;
            let at_once = settle(&shop).await;
            test.clock.set(at("2026-11-28T12:00:00Z"));
            assert_eq!(at_once + settle(&shop).await, 2, "{from} to {to}");
            assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 10), ("2026-11-23", 28)]), "{from} to {to}");
            prove(&shop).await;
        }
    }

    async fn a_day_that_comes_again_takes_late_clicks(test: TestApp) {
        let east = "Pacific/Kiritimati";
        let west = "Pacific/Pago_Pago";
        stand(&test, "2026-11-21", 12, east);
        let (shop, _, _) = programme(&test, "Again").await;
        moved(&test, &shop, east).await;
        done!(shop, |work| rule::create(&mut work, per_click(5)));
        stand(&test, "2026-11-22", 12, east);
        let ana = click(&shop, "again", None).await;
        clicks(&shop, "again", 1).await;
        test.clock.set(at("2026-11-22T10:15:00Z"));
        assert_eq!(settle(&shop).await, 1);

        // In the west it is the evening of the 21st, and the 22nd is still to come.
        moved(&test, &shop, west).await;
        clicks(&shop, "again", 1).await;
        stand(&test, "2026-11-22", 12, west);
        click(&shop, "again", Some(&ana)).await;
        clicks(&shop, "again", 3).await;
        assert_eq!(settle(&shop).await, 0, "the day is not over here");
        stand(&test, "2026-11-23", 1, west);
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 10), ("2026-11-22", 15)]));

        // Back in the east it is the 24th.
        moved(&test, &shop, east).await;
        clicks(&shop, "again", 1).await;
        assert_eq!(settle(&shop).await, 0);
        stand(&test, "2026-11-25", 1, east);
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 10), ("2026-11-22", 15), ("2026-11-24", 5)]));
        prove(&shop).await;
    }

    async fn a_version_leaves_clicks_of_days_ahead(test: TestApp) {
        let west = "Pacific/Pago_Pago";
        stand(&test, "2026-11-21", 12, "Pacific/Kiritimati");
        let (shop, _, _) = programme(&test, "Ahead").await;
        moved(&test, &shop, "Pacific/Kiritimati").await;
        let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
        stand(&test, "2026-11-23", 12, "Pacific/Kiritimati");
        clicks(&shop, "ahead", 2).await;
        moved(&test, &shop, west).await;
        // It is the 22nd here, and clicks of the 23rd were made already.
        let dearer = RulePatch { reward: Some(cents(7)), ..RulePatch::default() };
        let mut work = shop.work().await;
        let early = RulePatch { effective_from: Some(at("2026-11-23T11:00:00Z")), ..dearer.clone() };
        let refused = rule::change(&mut work, made.rule.id, early).await.expect_err("a refusal");
        assert!(matches!(&refused, ServiceError::Invalid(fields) if fields[0].message.contains("next: 2026-11-24T00:00:00-11:00")), "{refused:?}");
        drop(work);
        let second = done!(shop, |work| rule::change(&mut work, made.rule.id, dearer));
        assert_eq!((second.effective_day, second.rule.effective_from), (Some(day("2026-11-24")), at("2026-11-24T11:00:00Z")));
        stand(&test, "2026-11-23", 12, west);
        clicks(&shop, "ahead", 1).await;
        stand(&test, "2026-11-24", 12, west);
        clicks(&shop, "ahead", 3).await;
        stand(&test, "2026-11-25", 12, west);
        assert_eq!(settle(&shop).await, 2);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-23", 15), ("2026-11-24", 21)]));
        prove(&shop).await;
    }

    async fn each_click_is_paid_once_wherever_the_business_goes(test: TestApp) {
        let zones = ["Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago", "Asia/Kolkata", "America/New_York", "Pacific/Chatham", "Pacific/Honolulu"];
        let (shop, _, _) = programme(&test, "Wanders").await;
        let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
        let mut versions = vec![(made.effective_day.expect("a day"), 5)];
        let (mut paid, mut counted) = (0, 0);
        let mut zone = zones[1];
        for step in 0..70_usize {
            test.clock.advance_ms(7 * HOUR_MS);
            if step % 3 == 1 {
                zone = zones[(step * step + step / 5) % zones.len()];
                moved(&test, &shop, zone).await;
            }
            if step % 9 == 5 {
                let price = i64::try_from(step).expect("small") + 6;
                let patch = RulePatch { reward: Some(cents(price)), ..RulePatch::default() };
                let version = done!(shop, |work| rule::change(&mut work, made.rule.id, patch));
                versions.push((version.effective_day.expect("a day"), price));
            }
            clicks(&shop, "wanders", 1).await;
            // What is known now says what the click brings, whatever comes later.
            let today = test.app.now().day_in(&domain::time::zone(zone).expect("a zone"));
            if let Some((_, price)) = versions.iter().rev().find(|(first, _)| *first <= today) {
                (paid, counted) = (paid + price, counted + 1);
            }
            if step % 4 == 2 {
                settle(&shop).await;
            }
        }
        test.clock.advance_ms(3 * DAY_MS);
        settle(&shop).await;
        assert!(counted > 60, "{counted} clicks");
        let settled = test.db.raw().await.texts("select cast(sum(clicks) as text) from click_pay").await.expect("a sum");
        assert_eq!(settled, [[counted.to_string()]]);
        assert_eq!(earned(&shop).await.iter().map(|(_, amount)| amount).sum::<i64>(), paid);
        prove(&shop).await;
    }

    async fn a_rule_for_clicks_is_not_replayed(test: TestApp) {
        let shop = test.business("Replay").await;
        let made = done!(shop, |work| rule::create(&mut work, per_click(5)));
        let plan = Plan { from: day("2026-11-01"), to: day("2026-11-30"), campaign: None, draft: Some(made.rule), model: None };
        let refused = plan.check().expect_err("a refusal");
        assert!(matches!(&refused, ServiceError::Invalid(fields) if fields.len() == 1 && fields[0].field == "trigger.on"), "{refused:?}");
        let refused = back_test::run(&test.app, &shop.system(), &plan, &()).await.expect_err("a refusal");
        assert!(matches!(refused, ServiceError::Invalid(_)), "{refused:?}");
    }

    async fn the_month_is_capped_across_days(test: TestApp) {
        let (shop, _, _) = programme(&test, "Capped").await;
        let caps = Caps { per_affiliate_month: Some(30), ..Caps::default() };
        done!(shop, |work| rule::create(&mut work, RuleIn { caps: Some(caps), ..per_click(10) }));
        for day in ["2026-11-29", "2026-11-30", "2026-12-01"] {
            test.clock.set(at(&format!("{day}T12:00:00Z")));
            clicks(&shop, "capped", 2).await;
        }
        test.clock.set(at("2026-12-02T12:00:00Z"));
        assert_eq!(settle(&shop).await, 3);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-29", 20), ("2026-11-30", 10), ("2026-12-01", 20)]));
        // What is used up pays nothing, and is not looked at again.
        test.clock.set(at("2026-11-30T12:00:00Z"));
        clicks(&shop, "capped", 1).await;
        test.clock.set(at("2026-12-02T12:00:00Z"));
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(settle(&shop).await, 0);
        assert_eq!(earned(&shop).await.len(), 3);
        prove(&shop).await;
    }

    async fn the_parent_gets_a_share_and_conditions_look_at_the_affiliate(test: TestApp) {
        let (shop, _, campaign) = programme(&test, "Levels").await;
        let parent = shop.affiliate("Olga").await;
        let child = shop.made("/affiliates", json!({"name": "Ivan", "email": "ivan@affiliates.example.com", "status": "approved", "parent_id": parent["id"], "tags": ["vip"]})).await;
        shop.partnership(&campaign, &child, "levels-ivan").await;
        let conditions: Condition = serde_json::from_str(r#"{"field": "affiliate_tag", "op": "is", "value": "vip"}"#).expect("a condition");
        let levels = vec![Level { ppm: 100_000, of: LevelOf::Below }];
        done!(shop, |work| rule::create(&mut work, RuleIn { conditions: Some(conditions), levels: Some(levels), ..per_click(10) }));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "levels", 2).await;
        clicks(&shop, "levels-ivan", 5).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!(settle(&shop).await, 2);
        let mut lines: Vec<(AffiliateId, i64, i64)> = commissions(&shop).await.into_iter().map(|c| (c.affiliate_id, c.level, c.amount)).collect();
        lines.sort_by_key(|line| line.1);
        assert_eq!(lines, [(id_of(&child), 0, 50), (id_of(&parent), 1, 5)]);

        // The figures are the same however they are grouped.
        let mut work = shop.work().await;
        for group_by in [GroupBy::All, GroupBy::Day, GroupBy::Affiliate, GroupBy::Campaign, GroupBy::Link] {
            let rows = stats::by(&mut work, group_by, &stats::Filter::default()).await.expect("figures");
            let pending: i64 = rows.values().flat_map(|figures| &figures.money).map(|money| money.commission_pending).sum();
            assert_eq!(pending, 55, "{group_by:?}");
        }
        drop(work);
        prove(&shop).await;
    }

    async fn clicks_wait_for_no_referral_and_are_paid_out(test: TestApp) {
        let (shop, affiliate, _) = programme(&test, "Paid").await;
        done!(shop, |work| rule::create(&mut work, RuleIn { hold_days: Some(2), auto_approve: Some(true), ..per_click(100) }));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "paid", 3).await;
        test.clock.advance_ms(DAY_MS);
        settle(&shop).await;
        let held = commissions(&shop).await.remove(0);
        assert_eq!((held.status, held.hold_until_ms), (CommissionStatus::Pending, Some(at("2026-11-25T00:00:00Z"))));
        assert_eq!(done!(shop, |work| commission::mature(&mut work)), 0);
        test.clock.set(at("2026-11-25T00:00:00Z"));
        assert_eq!(done!(shop, |work| commission::mature(&mut work)), 1);
        assert_eq!(commissions(&shop).await[0].status, CommissionStatus::Approved);

        let id: CommissionId = held.id;
        let undone = done!(shop, |work| commission::undo(&mut work, id));
        assert_eq!((undone.status, undone.auto_approve), (CommissionStatus::Pending, false));
        let rejected = done!(shop, |work| commission::reject(&mut work, id, "Bought traffic"));
        assert_eq!(rejected.status, CommissionStatus::Rejected);
        done!(shop, |work| commission::undo(&mut work, id));
        let mut work = shop.work().await;
        let below = commission::adjust(&mut work, id, -301, "Too much").await.expect_err("a refusal");
        assert!(matches!(below, ServiceError::Invalid(_)), "{below:?}");
        drop(work);
        done!(shop, |work| commission::approve(&mut work, id, false, None));
        let made = done!(shop, |work| payout::create(&mut work, Whom::Affiliate(affiliate)));
        let paid = done!(shop, |work| payout::mark_paid(&mut work, made[0], PaymentIn::default()));
        assert_eq!(paid.amount, 300);
        assert_eq!(commissions(&shop).await[0].status, CommissionStatus::Paid);
        prove(&shop).await;
    }

    async fn a_rule_without_a_hold_approves_at_once(test: TestApp) {
        let (shop, affiliate, _) = programme(&test, "Quick").await;
        done!(shop, |work| rule::create(&mut work, RuleIn { auto_approve: Some(true), ..per_click(100) }));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "quick", 1).await;
        test.clock.advance_ms(DAY_MS);
        settle(&shop).await;
        assert_eq!(commissions(&shop).await[0].status, CommissionStatus::Approved);
        let mut work = shop.work().await;
        let balances = ledger::balances(&mut work, affiliate).await.expect("balances");
        assert_eq!(balances.iter().map(|(_, balance)| balance.approved).sum::<i64>(), 100);
    }

    async fn two_at_a_time_settle_everything_once(test: TestApp) {
        let (shop, _, _) = programme(&test, "Race").await;
        done!(shop, |work| rule::create(&mut work, per_click(5)));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "race", 4).await;
        test.clock.advance_ms(DAY_MS);
        let (one, other) = tokio::join!(settle(&shop), settle(&shop));
        assert_eq!(one + other, 1);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-22", 20)]));
        prove(&shop).await;
    }

    async fn who_is_not_approved_waits(test: TestApp) {
        let (shop, affiliate, _) = programme(&test, "Waits").await;
        done!(shop, |work| rule::create(&mut work, per_click(5)));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "waits", 2).await;
        test.clock.advance_ms(DAY_MS);
        let raw = test.db.raw().await;
        raw.execute("update affiliate set status = 'suspended'").await.expect("changed");
        assert_eq!(settle(&shop).await, 0);
        raw.execute("update affiliate set status = 'approved'").await.expect("changed back");
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(commissions(&shop).await[0].affiliate_id, affiliate);
    }

    async fn businesses_do_not_see_each_others_clicks(test: TestApp) {
        let (paying, _, _) = programme(&test, "Paying").await;
        let (other, _, _) = programme(&test, "Other").await;
        done!(paying, |work| rule::create(&mut work, per_click(5)));
        test.clock.advance_ms(DAY_MS);
        clicks(&paying, "paying", 1).await;
        clicks(&other, "other", 2).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!((settle(&other).await, settle(&paying).await), (0, 1));
        assert_eq!(earned(&paying).await, expected(&[("2026-11-22", 5)]));
        assert!(commissions(&other).await.is_empty());
        let foreign = commissions(&paying).await[0].id;
        let mut work = other.work().await;
        assert!(click_pay::of_commission(&mut work, foreign).await.expect("read").is_none());
    }

    async fn the_proof_finds_what_clicks_do_not_pay(test: TestApp) {
        let (shop, _, campaign) = programme(&test, "Tampered").await;
        let parent = shop.affiliate("Olga").await;
        let child = shop.made("/affiliates", json!({"name": "Ivan", "email": "ivan@affiliates.example.com", "status": "approved", "parent_id": parent["id"]})).await;
        shop.partnership(&campaign, &child, "tampered-ivan").await;
        let levels = vec![Level { ppm: 100_000, of: LevelOf::Below }];
        let made = done!(shop, |work| rule::create(&mut work, RuleIn { levels: Some(levels), ..per_click(50) }));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "tampered", 2).await;
        clicks(&shop, "tampered-ivan", 2).await;
        test.clock.advance_ms(DAY_MS);
        assert_eq!(settle(&shop).await, 2);
        prove(&shop).await;

        let link_of = |code: &str| format!("(select l.id from link l where l.code = '{code}')");
        let own = "level = 0 and affiliate_id = (select a.id from affiliate a where a.name = 'Maria')";
        let of_own = format!("commission_id in (select c.id from commission c where c.{own})");
        let (maria, ivan) = (link_of("tampered"), link_of("tampered-ivan"));
        let reward = |amount: i64| format!(r#"update rule set reward = '{{"fixed":{{"amount":{amount},"currency":"USD"}}}}'"#);
        let version = format!("version 1 of rule {}", made.rule.id);
        for (tamper, mend, told) in [
            (format!("update commission set amount = amount + 1 where {own}"), format!("update commission set amount = amount - 1 where {own}"), "pays 1.00 USD, it is of 1.01 USD"),
            ("update commission set amount = 11 where level = 1".to_owned(), "update commission set amount = 10 where level = 1".to_owned(), "pays 0.10 USD, it is of 0.11 USD"),
            (format!("update commission set currency = 'EUR' where {own}"), format!("update commission set currency = 'USD' where {own}"), "pays 1.00 USD, it is of 1.00 EUR"),
            (format!("update click_pay set clicks = 1 where link_id = {maria}"), format!("update click_pay set clicks = 2 where link_id = {maria}"), "pays 0.50 USD, it is of 1.00 USD"),
            (format!("update click_pay set clicks = 3 where link_id = {maria}"), format!("update click_pay set clicks = 2 where link_id = {maria}"), "pays 1.50 USD, it is of 1.00 USD"),
            (format!("update click_commission set link_id = {ivan} where {of_own}"), format!("update click_commission set link_id = {maria} where {of_own}"), "is not for whose link"),
            (format!("update commission set level = 2 where {own}"), "update commission set level = 0 where level = 2".to_owned(), "pays nothing for clicks at level 2"),
            (reward(51), reward(50), "pays 1.02 USD, it is of 1.00 USD"),
            ("update commission set rule_version = 2".to_owned(), "update commission set rule_version = 1".to_owned(), "its version of a rule is not there"),
        ] {
            let raw = test.db.raw().await;
            raw.execute(&tamper).await.expect("tampered");
            let found = problems(&shop).await;
            let line = found.lines().find(|line| line.contains(told));
            assert!(line.is_some_and(|line| line.starts_with("commission com_") && line.contains("2026-11-22")), "{tamper}: {found}");
            assert!(!told.contains("it is of") || found.contains(&version), "{tamper}: {found}");
            raw.execute(&mend).await.expect("mended");
            prove(&shop).await;
        }
    }

    async fn the_proof_knows_what_a_cap_had_left(test: TestApp) {
        let (shop, _, _) = programme(&test, "Room").await;
        let caps = Caps { per_affiliate_month: Some(250), ..Caps::default() };
        done!(shop, |work| rule::create(&mut work, RuleIn { caps: Some(caps), ..per_click(100) }));
        for day in ["2026-11-28", "2026-11-29", "2026-12-01"] {
            test.clock.set(at(&format!("{day}T12:00:00Z")));
            clicks(&shop, "room", 2).await;
        }
        test.clock.set(at("2026-12-02T12:00:00Z"));
        settle(&shop).await;
        assert_eq!(earned(&shop).await, expected(&[("2026-11-28", 200), ("2026-11-29", 50), ("2026-12-01", 200)]));
        // An adjustment makes room for a late click of the month.
        let first = commissions(&shop).await.into_iter().find(|line| line.day == day("2026-11-28")).expect("a commission").id;
        done!(shop, |work| commission::adjust(&mut work, first, -60, "Too much"));
        test.clock.set(at("2026-11-29T13:00:00Z"));
        clicks(&shop, "room", 1).await;
        test.clock.set(at("2026-12-02T13:00:00Z"));
        assert_eq!(settle(&shop).await, 1);
        assert_eq!(earned(&shop).await, expected(&[("2026-11-28", 200), ("2026-11-29", 50), ("2026-11-29", 60), ("2026-12-01", 200)]));
        // What becomes of it later changes nothing of what there was.
        done!(shop, |work| commission::reject(&mut work, first, "Bought traffic"));
        prove(&shop).await;

        let raw = test.db.raw().await;
        raw.execute("update commission set amount = 61 where amount = 60").await.expect("tampered");
        let found = problems(&shop).await;
        assert!(found.contains("pays 0.60 USD, it is of 0.61 USD") && !found.contains("it is of 0.50 USD"), "{found}");
        raw.execute("update commission set amount = 60 where amount = 61").await.expect("mended");
        raw.execute("update rule set caps = '{}'").await.expect("tampered");
        let found = problems(&shop).await;
        assert!(found.contains("pays 2.00 USD, it is of 0.50 USD") && found.contains("pays 1.00 USD, it is of 0.60 USD"), "{found}");
    }

    async fn the_proof_finds_clicks_that_nobody_made(test: TestApp) {
        let (shop, _, _) = programme(&test, "Proof").await;
        done!(shop, |work| rule::create(&mut work, per_click(5)));
        test.clock.advance_ms(DAY_MS);
        clicks(&shop, "proof", 2).await;
        test.clock.advance_ms(DAY_MS);
        settle(&shop).await;
        prove(&shop).await;
        test.db.raw().await.execute("update click_pay set clicks = clicks + 1").await.expect("changed");
        let mut work = shop.work().await;
        let report = verify::verify(&mut work).await.expect("a report");
        assert!(report.books_broken && report.problems[0].contains("3 clicks are settled, 2 were counted"), "{:?}", report.problems);
    }
}
