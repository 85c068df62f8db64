//! Whom an event is credited to, as the API tells it: each verdict once, from what is stored and set to the answer.
//! What wins over what is the domain's; this is that it is asked with what really is.

use domain::status::{ReferralApproval, SelfReferralPolicy};
use serde_json::{Value, json};
use service::identity::setting::{self, SettingPatch};
use service::store::programme::coupon::{self, NewCoupon};
use testkit::{Shop, TestApp, both_engines};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const ROBOT: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

/// A campaign with Maria (`maria`) and Olga (`olga`), each with a mail domain of her own.
struct Programme<'a> {
    shop: Shop<'a>,
    campaign: String,
    maria: Value,
    olga: Value,
    /// Maria's and Olga's partnerships.
    partnerships: [String; 2],
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

impl<'a> Programme<'a> {
    async fn new(test: &'a TestApp) -> Self {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Spring").await;
        let person = async |name: &str| {
            let email = format!("{name}@{name}-letters.test");
            let body = json!({"name": name, "email": email, "status": "approved"});
            shop.made("/affiliates", body).await
        };
        let (maria, olga) = (person("maria").await, person("olga").await);
        let mut partnerships = [String::new(), String::new()];
        for (place, (affiliate, code)) in partnerships
            .iter_mut()
            .zip([(&maria, "maria"), (&olga, "olga")])
        {
            *place = text(&shop.partnership(&campaign, affiliate, code).await["id"]);
        }
        Self {
            campaign: text(&campaign["id"]),
            shop,
            maria,
            olga,
            partnerships,
        }
    }

    /// A click on a link by a visitor who is known or new.
    async fn click(&self, code: &str, visitor: Option<&Value>, agent: &str) -> Value {
        let mut body = json!({"code": code, "user_agent": agent});
        if let Some(visitor) = visitor {
            body["visitor_id"] = visitor.clone();
        }
        self.shop.made("/track/click", body).await
    }

    /// A sale to a customer of this name, with these hints; the whole answer.
    async fn sale(&self, id: &str, customer: &str, hints: &Value) -> Value {
        let mut body = json!({"external_id": id, "customer": {"external_id": customer}, "amount": 4900, "currency": "USD"});
        for (name, hint) in hints.as_object().expect("hints") {
            match name.as_str() {
                "email" => body["customer"]["email"] = hint.clone(),
                name => body[name] = hint.clone(),
            }
        }
        self.shop.made("/track/sale", body).await
    }

    async fn set(&self, patch: SettingPatch) {
        let mut work = self.shop.work().await;
        setting::update(&mut work, patch).await.expect("set");
        work.commit().await.expect("stored");
    }

    async fn patch_campaign(&self, patch: Value) {
        let path = format!("/campaigns/{}", self.campaign);
        self.shop.api().patch(&path, patch).await.expect(200);
    }

    /// Fails unless this affiliate is credited, or nobody, and the candidates were judged so, in their order.
    #[track_caller]
    fn expect(answer: &Value, winner: Option<&Value>, judged: &[(&str, &str)]) {
        let attribution = &answer["attribution"];
        let credited = &attribution["winner"]["affiliate_id"];
        let wanted = winner.map_or(&Value::Null, |affiliate| &affiliate["id"]);
        assert_eq!(credited, wanted, "{attribution}");
        let candidates = attribution["candidates"].as_array().expect("candidates");
        let told: Vec<(&str, &str)> = candidates
            .iter()
            .map(|one| {
                let word = |name: &str| one[name].as_str().expect("a word");
                (word("via"), word("verdict"))
            })
            .collect();
        assert_eq!(told, judged, "{attribution}");
        assert!(
            candidates.iter().all(|one| one["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())),
            "{attribution}"
        );
        assert_eq!(answer["referral"].is_null(), winner.is_none(), "{answer}");
    }
}

both_engines! {
    async fn clicks_are_weighed_by_model_and_window(test: TestApp) {
        let programme = Programme::new(&test).await;
        let Programme { maria, olga, .. } = &programme;
        let first = programme.click("maria", None, BROWSER).await;
        test.clock.advance_ms(HOUR_MS);
        let last = programme.click("olga", Some(&first["visitor_id"]), BROWSER).await;
        test.clock.advance_ms(60_000);
        let hint = json!({"click_id": last["click_id"]});
        let sale = programme.sale("inv-1", "user-1", &hint).await;
        Programme::expect(&sale, Some(olga), &[("click", "won"), ("click", "later_click_won")]);
        assert_eq!(sale["attribution"]["winner"]["click_id"], last["click_id"]);

        // The model is the campaign's, as it is now; a click's window is what it was at the click.
        programme.patch_campaign(json!({"attribution": "first_click", "cookie_days": 1})).await;
        let sale = programme.sale("inv-2", "user-2", &hint).await;
        Programme::expect(&sale, Some(maria), &[("click", "first_click_won"), ("click", "won")]);
        assert_eq!(sale["attribution"]["winner"]["click_id"], first["click_id"]);

        // Thirty days after the first click to the millisecond.
        test.clock.advance_ms(30 * DAY_MS - HOUR_MS - 60_000);
        let sale = programme.sale("inv-3", "user-3", &hint).await;
        Programme::expect(&sale, Some(olga), &[("click", "won"), ("click", "expired")]);
        let mut before = hint.clone();
        before["occurred_at"] = json!("2026-12-21T11:59:59.999Z");
        let sale = programme.sale("inv-4", "user-4", &before).await;
        Programme::expect(&sale, Some(maria), &[("click", "first_click_won"), ("click", "won")]);
        let mut earlier = hint;
        earlier["occurred_at"] = json!("2026-11-21T11:59:59.999Z");
        let sale = programme.sale("inv-5", "user-5", &earlier).await;
        Programme::expect(&sale, None, &[("click", "expired"), ("click", "expired")]);

        let robot = programme.click("maria", None, ROBOT).await;
        let sale = programme.sale("inv-6", "user-6", &json!({"click_id": robot["click_id"]})).await;
        Programme::expect(&sale, None, &[("click", "bot_click")]);
    }

    async fn what_is_not_live_loses_and_a_binding_stays(test: TestApp) {
        let programme = Programme::new(&test).await;
        let Programme { shop, maria, olga, partnerships, .. } = &programme;
        let click = programme.click("maria", None, BROWSER).await;
        let (code, other) = (json!({"code": "maria"}), json!({"code": "olga"}));
        Programme::expect(&programme.sale("inv-1", "bound", &code).await, Some(maria), &[("code", "won")]);
        let sale = programme.sale("inv-2", "bound", &other).await;
        Programme::expect(&sale, Some(maria), &[("binding", "won"), ("code", "customer_bound")]);

        let status = format!("/affiliates/{}/status", text(&maria["id"]));
        shop.api().post(&status, json!({"status": "suspended"})).await.expect(200);
        let sale = programme.sale("inv-3", "free", &json!({"code": "maria", "click_id": click["click_id"]})).await;
        Programme::expect(&sale, None, &[("code", "affiliate_not_approved"), ("click", "affiliate_not_approved")]);
        // While the one a customer belongs to earns nothing, nobody does.
        let sale = programme.sale("inv-4", "bound", &other).await;
        Programme::expect(&sale, None, &[("binding", "affiliate_not_approved"), ("code", "customer_bound")]);
        shop.api().post(&status, json!({"status": "approved"})).await.expect(200);
        let sale = programme.sale("inv-5", "bound", &json!({})).await;
        Programme::expect(&sale, Some(maria), &[("binding", "won")]);

        let partnership = format!("/partnerships/{}", partnerships[0]);
        shop.api().patch(&partnership, json!({"active": false})).await.expect(200);
        let sale = programme.sale("inv-6", "another", &code).await;
        Programme::expect(&sale, None, &[("code", "partnership_inactive")]);
        shop.api().patch(&partnership, json!({"active": true})).await.expect(200);

        // Switched off, bindings are not looked at, and the one there is stays.
        programme.set(SettingPatch { bind_customers: Some(false), ..SettingPatch::default() }).await;
        Programme::expect(&programme.sale("inv-7", "bound", &other).await, Some(olga), &[("code", "won")]);
        programme.set(SettingPatch { bind_customers: Some(true), ..SettingPatch::default() }).await;
        let sale = programme.sale("inv-8", "bound", &other).await;
        Programme::expect(&sale, Some(maria), &[("binding", "won"), ("code", "customer_bound")]);
    }

    async fn coupons_and_codes_go_before_clicks(test: TestApp) {
        let programme = Programme::new(&test).await;
        let Programme { shop, maria, olga, partnerships, .. } = &programme;
        let mut work = shop.work().await;
        let new = NewCoupon {
            id: work.new_id(),
            code: "Spring-10".to_owned(),
            partnership_id: partnerships[1].parse().expect("an id"),
            created_at_ms: work.now,
        };
        assert!(coupon::insert(&mut work.tx, new).await.expect("stored"));
        work.commit().await.expect("stored");
        let click = programme.click("olga", None, BROWSER).await;
        test.clock.advance_ms(60_000);
        let hints = json!({"code": "maria", "coupon": "spring-10", "click_id": click["click_id"]});
        let sale = programme.sale("inv-1", "user-1", &hints).await;
        Programme::expect(&sale, Some(olga), &[("coupon", "won"), ("code", "coupon_won"), ("click", "coupon_won")]);

        programme.set(SettingPatch { coupons_beat_links: Some(false), ..SettingPatch::default() }).await;
        let sale = programme.sale("inv-2", "user-2", &hints).await;
        Programme::expect(&sale, Some(maria), &[("code", "won"), ("coupon", "coupon_won"), ("click", "coupon_won")]);
        // Without a code the coupon still goes before the clicks.
        let maria_clicked = programme.click("maria", None, BROWSER).await;
        let hints = json!({"coupon": "SPRING-10", "click_id": maria_clicked["click_id"]});
        let sale = programme.sale("inv-3", "user-3", &hints).await;
        Programme::expect(&sale, Some(olga), &[("coupon", "won"), ("click", "coupon_won")]);
    }

    async fn who_buys_from_themselves_waits_loses_or_is_let(test: TestApp) {
        let programme = Programme::new(&test).await;
        let Programme { maria, olga, .. } = &programme;
        let automatic = SettingPatch { referral_approval: Some(ReferralApproval::Automatic), ..SettingPatch::default() };
        programme.set(automatic).await;
        let click = programme.click("olga", None, BROWSER).await;
        test.clock.advance_ms(60_000);
        let hints = |email: &str| json!({"code": "maria", "click_id": click["click_id"], "email": email});
        let sale = programme.sale("inv-1", "stranger", &hints("bob@customers.test")).await;
        assert_eq!((&sale["referral"]["status"], &sale["referral"]["hold_reason"]), (&json!("approved"), &Value::Null));

        // Her own address with a tag, and another one of her domain: held, though referrals approve themselves.
        for (number, email) in ["Maria+shop@maria-letters.test", "desk@maria-letters.test"].into_iter().enumerate() {
            let sale = programme.sale(&format!("held-{number}"), email, &hints(email)).await;
            Programme::expect(&sale, Some(maria), &[("code", "won"), ("click", "coupon_won")]);
            assert_eq!(sale["referral"]["status"], "pending", "{email}");
            assert!(sale["referral"]["hold_reason"].is_string(), "{email}");
        }
        for (policy, winner, judged) in [
            (SelfReferralPolicy::Reject, olga, [("code", "self_referral"), ("click", "won")]),
            (SelfReferralPolicy::Allow, maria, [("code", "won"), ("click", "coupon_won")]),
        ] {
            programme.set(SettingPatch { self_referral: Some(policy), ..SettingPatch::default() }).await;
            let id = format!("inv of {policy}");
            let sale = programme.sale(&id, &id, &hints("desk@maria-letters.test")).await;
            Programme::expect(&sale, Some(winner), &judged);
            assert_eq!(sale["referral"]["status"], "approved", "{policy}");
        }
    }
}
