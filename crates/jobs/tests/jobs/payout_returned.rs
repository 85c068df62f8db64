//! Money that comes back after it was paid: it is owed again, paid again once, and nothing that was booked is touched.

use crate::paying::{MINUTE_MS, Paying, by_key, look_at_calls};
use domain::status::ProviderKind;
use domain::time::DAY_MS;
use fake_provider::Fault;
use serde_json::{Value, json};
use testkit::{TestApp, both_engines};

/// The only balance of an affiliate.
async fn balance(paying: &Paying<'_>, affiliate: &str) -> Value {
    let path = format!("/affiliates/{affiliate}/balance");
    paying.shop.api().get(&path).await.expect(200).json()["data"][0].clone()
}

/// `earned, approved, in_payout, paid, reversed, clawback, owed`.
fn figures(balance: &Value) -> [i64; 7] {
    [
        "earned",
        "approved",
        "in_payout",
        "paid",
        "reversed",
        "clawback",
        "owed",
    ]
    .map(|name| balance[name].as_i64().expect("a figure"))
}

async fn entries(paying: &Paying<'_>) -> Vec<Value> {
    let answer = paying.shop.api().get("/ledger?limit=200").await;
    let answer = answer.expect(200).json();
    answer["data"].as_array().expect("rows").clone()
}

/// A payout that was sent and paid; its id and the provider's own.
async fn paid(paying: &Paying<'_>, affiliate: &str) -> (String, String) {
    let payout = paying.payout_of(affiliate).await;
    paying.post(&format!("/payouts/{payout}/send")).await;
    let ended = paying.until_ended(&payout).await;
    assert_eq!(ended["status"], "paid", "{ended}");
    let reference = ended["reference"].as_str().expect("a reference");
    (payout, reference.to_owned())
}

/// Has the provider tell of a transfer once more, and looks at what it tells.
async fn told(paying: &Paying<'_>, key: &str) {
    paying.fake.ring_about(key).await;
    look_at_calls(&paying.test.app).await;
    // The first answer after a pause may come too late; then the call is looked at again.
    let waiting = "select coalesce(last_error, '') from job where kind = 'callback.process'";
    for _ in 0..5 {
        let raw = paying.test.db.raw().await;
        let left = raw.texts(waiting).await.expect("jobs");
        if left.is_empty() {
            return;
        }
        paying.test.clock.advance_ms(MINUTE_MS);
        look_at_calls(&paying.test.app).await;
    }
}

/// Decides by a person's word what became of a payout that is with the provider.
async fn decided(paying: &Paying<'_>, payout: &str, outcome: &str) {
    let mut owner = paying.shop.browser().await;
    let decide = format!("/admin/payouts/{payout}/decide");
    owner.get(&decide).await.expect(200);
    let note = "Looked at the provider's own list";
    let form = [("outcome", outcome), ("note", note)];
    owner.post(&decide, &form).await.expect(303);
}

/// A payout of Stripe that was given up while nothing was heard of it; its id. The provider has paid it, and says nothing.
async fn given_up(paying: &Paying<'_>, affiliate: &str) -> String {
    let payout = paying.payout_of(affiliate).await;
    paying.fake.next(Fault::DieAfter);
    paying.post(&format!("/payouts/{payout}/send")).await;
    paying.work().await;
    decided(paying, &payout, "failed").await;
    paying.fake.revive().await.expect("it listens again");
    assert_eq!(paying.get(&payout).await["status"], "failed");
    payout
}

/// A payout that was given up and sent again, and of which the provider paid both; its id and the keys.
async fn paid_twice(paying: &Paying<'_>, affiliate: &str) -> (String, String, String) {
    let payout = given_up(paying, affiliate).await;
    paying.test.clock.advance_ms(1_000);
    paying.post(&format!("/payouts/{payout}/reopen")).await;
    paying.post(&format!("/payouts/{payout}/send")).await;
    assert_eq!(paying.until_ended(&payout).await["status"], "paid");
    let keys: Vec<String> = by_key(&paying.fake.paid()).into_iter().collect();
    let second = paying.get(&payout).await["transfer"]["id"].clone();
    let (second, first): (Vec<String>, Vec<String>) =
        keys.into_iter().partition(|key| second == json!(key));
    let [first, second] = [first, second].map(|mut keys| keys.remove(0));
    told(paying, &first).await;
    assert_eq!(paying.get(&payout).await["status"], "paid");
    let troubles = paying.troubles().await;
    assert!(
        troubles.len() == 1 && troubles[0].contains("may have been paid twice"),
        "{troubles:?}"
    );
    (payout, first, second)
}

async fn comes_back(test: &TestApp, kind: ProviderKind) {
    let paying = Paying::new(test, kind).await;
    let affiliate = paying.earned(kind.as_str()).await;
    let (payout, key) = paid(&paying, &affiliate).await;
    let before = entries(&paying).await;
    assert_eq!(
        figures(&balance(&paying, &affiliate).await),
        [980, 0, 0, 980, 0, 0, 0]
    );

    // The provider tells of it twice, and once more what it had told before.
    paying.fake.give_back(&key);
    told(&paying, &key).await;
    told(&paying, &key).await;
    let now = paying.get(&payout).await;
    assert_eq!(
        (&now["status"], &now["transfer"]["state"]),
        (&json!("returned"), &json!("returned")),
        "{now}"
    );
    assert_eq!(
        figures(&balance(&paying, &affiliate).await),
        [980, 980, 0, 0, 0, 0, 980]
    );
    let after = entries(&paying).await;
    assert_eq!(after.len(), before.len() + 1, "one entry undoes it");
    assert_eq!(after[0]["kind"], "return_payout");
    assert_eq!(after[1..], before[..], "nothing that was booked is touched");
    paying.is_proved().await;
    let troubles = paying.troubles().await;
    assert_eq!(troubles.len(), 1, "{troubles:?}");
    assert!(troubles[0].contains("The money came back"), "{troubles:?}");

    // Everybody sees what has happened.
    let mut owner = paying.shop.browser().await;
    let page = owner.get(&format!("/admin/payouts/{payout}")).await;
    let page = page.expect(200).text();
    assert!(
        page.contains("The money of this payout came back") && page.contains("Returned"),
        "{page}"
    );
    let invoice = owner.get(&format!("/admin/payouts/{payout}/invoice")).await;
    assert!(
        invoice
            .expect(200)
            .text()
            .contains("does not count any more")
    );
    let audit = owner.get("/admin/audit").await.expect(200).text();
    assert!(audit.contains("Payout returned"), "{audit}");
    let mut portal = paying.portal_of(1);
    let base = format!("/portal/{}", paying.shop.slug);
    let page = portal.get(&format!("{base}/payouts/{payout}")).await;
    let page = page.expect(200).text();
    assert!(
        page.contains("The money came back") && page.contains("Was paid"),
        "{page}"
    );
    let bell = portal.get(&format!("{base}/notifications")).await;
    assert!(bell.expect(200).text().contains("It is owed to you again"));
    let refused = |act: &str| format!("/payouts/{payout}/{act}");
    for act in ["cancel", "mark-paid", "send", "reopen", "approve"] {
        let call = paying.shop.api().post(&refused(act), json!({})).await;
        call.expect(409);
    }

    // It is paid again, once.
    let (again, _) = paid(&paying, &affiliate).await;
    let page = paying
        .shop
        .api()
        .post("/payouts", json!({"affiliate_id": affiliate}))
        .await;
    assert_eq!(
        page.expect(201).json()["data"],
        json!([]),
        "nothing is left"
    );
    let lines = paying.get(&again).await["commission_ids"].clone();
    assert_eq!(lines, now["commission_ids"]);
    assert_eq!(by_key(&paying.fake.paid()).len(), 2);
    assert_eq!(
        figures(&balance(&paying, &affiliate).await),
        [980, 0, 0, 980, 0, 0, 0]
    );

    // That comes back too, and the provider's call is lost: it is asked by itself, and paid a third time.
    let key = paying.get(&again).await["reference"].clone();
    paying.fake.give_back(key.as_str().expect("a reference"));
    paying.work().await;
    assert_eq!(paying.get(&again).await["status"], "paid", "not asked yet");
    let asked = paying.fake.asked_to_pay();
    test.clock.advance_ms(DAY_MS + 1);
    paying.work().await;
    assert_eq!(paying.get(&again).await["status"], "returned");
    assert_eq!(paying.fake.asked_to_pay(), asked, "watching never pays");
    paid(&paying, &affiliate).await;
    for days in [2, 5, 30, 60] {
        test.clock.advance_ms(days * DAY_MS);
        paying.work().await;
        paying.work().await;
    }
    assert_eq!(
        paying.statuses().await,
        [("paid".to_owned(), 1), ("returned".to_owned(), 2)]
    );
    assert_eq!(by_key(&paying.fake.paid()).len(), 3);
    paying.is_proved().await;
}

both_engines! {
    async fn money_comes_back_from_paypal(test: TestApp) {
        comes_back(&test, ProviderKind::PayPal).await;
    }

    async fn money_comes_back_from_stripe(test: TestApp) {
        comes_back(&test, ProviderKind::Stripe).await;
    }

    async fn money_comes_back_from_wise(test: TestApp) {
        comes_back(&test, ProviderKind::Wise).await;
    }

    async fn what_was_refunded_meanwhile_is_settled_once(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let refund = async |invoice: &str| {
            let body = json!({"external_id": format!("ref-{invoice}"), "sale_external_id": invoice});
            paying.shop.made("/track/refund", body).await;
        };
        // Paid, refunded, and come back: nobody owes anybody anything.
        let first = paying.earned("stripe").await;
        let (_, key) = paid(&paying, &first).await;
        refund("inv-1").await;
        assert_eq!(figures(&balance(&paying, &first).await), [980, 0, 0, 980, 980, -980, -980]);
        paying.fake.give_back(&key);
        told(&paying, &key).await;
        assert_eq!(figures(&balance(&paying, &first).await), [980, 0, 0, 0, 980, 0, 0]);
        paying.is_proved().await;

        // Refunded, carried into the next payout, and then both come back, the later one first.
        let second = paying.earned("stripe").await;
        let (one, one_key) = paid(&paying, &second).await;
        refund("inv-2").await;
        paying.sells("maya-2", "inv-2b").await;
        paying.sells("maya-2", "inv-2c").await;
        let (two, two_key) = paid(&paying, &second).await;
        let carried = paying.get(&two).await;
        assert_eq!((&carried["carried_forward"], &carried["amount"]), (&json!(-980), &json!(980)));
        paying.fake.give_back(&two_key);
        told(&paying, &two_key).await;
        assert_eq!(figures(&balance(&paying, &second).await), [2940, 1960, 0, 980, 980, -980, 980]);
        paying.is_proved().await;
        paying.fake.give_back(&one_key);
        told(&paying, &one_key).await;
        assert_eq!(figures(&balance(&paying, &second).await), [2940, 1960, 0, 0, 980, 0, 1960]);
        let (three, _) = paid(&paying, &second).await;
        assert_eq!(paying.get(&three).await["amount"], 1960);
        assert_eq!(figures(&balance(&paying, &second).await), [2940, 0, 0, 1960, 980, 0, 0]);
        assert_eq!(paying.get(&one).await["status"], "returned");
        paying.is_proved().await;
    }

    async fn what_was_carried_stays_carried_when_the_first_comes_back(test: TestApp) {
        // The refund of the first payout was taken from the second; then the first comes back: what the second
        // took is given again.
        let paying = Paying::new(&test, ProviderKind::Wise).await;
        let affiliate = paying.earned("wise").await;
        let (_, key) = paid(&paying, &affiliate).await;
        let body = json!({"external_id": "ref-1", "sale_external_id": "inv-1"});
        paying.shop.made("/track/refund", body).await;
        paying.sells("maya-1", "inv-1b").await;
        paying.sells("maya-1", "inv-1c").await;
        paid(&paying, &affiliate).await;
        assert_eq!(figures(&balance(&paying, &affiliate).await), [2940, 0, 0, 1960, 980, 0, 0]);
        paying.fake.give_back(&key);
        told(&paying, &key).await;
        assert_eq!(figures(&balance(&paying, &affiliate).await), [2940, 980, 0, 980, 980, 0, 980]);
        paying.is_proved().await;
        paid(&paying, &affiliate).await;
        assert_eq!(figures(&balance(&paying, &affiliate).await), [2940, 0, 0, 1960, 980, 0, 0]);
        paying.is_proved().await;
    }

    async fn what_was_paid_twice_stays_paid_when_one_comes_back(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let affiliate = paying.earned("stripe").await;
        let (payout, first, second) = paid_twice(&paying, &affiliate).await;

        // By a person's word it does not return: the affiliate has the other money.
        let mut owner = paying.shop.browser().await;
        let form = format!("/admin/payouts/{payout}/returned");
        owner.get(&form).await.expect(200);
        owner.post(&form, &[("note", "Seen on the statement of the bank")]).await.expect(303);
        let page = owner.get(&format!("/admin/payouts/{payout}")).await.expect(200).text();
        assert!(page.contains("so the payout stays paid") && page.contains("may have been paid twice"), "{page}");

        paying.fake.give_back(&second);
        told(&paying, &second).await;
        let now = paying.get(&payout).await;
        assert_eq!((&now["status"], &now["transfer"]["state"]), (&json!("paid"), &json!("returned")), "{now}");
        assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 0, 0, 980, 0, 0, 0]);
        let made = paying.shop.api().post("/payouts", json!({"affiliate_id": affiliate})).await;
        assert_eq!(made.expect(201).json()["data"], json!([]), "it is not owed again");
        let troubles = paying.troubles().await;
        assert_eq!(troubles.iter().filter(|text| text.contains("one of the two came back")).count(), 1, "{troubles:?}");
        let page = owner.get(&format!("/admin/payouts/{payout}")).await.expect(200).text();
        assert!(page.contains("Came back: the transfer was reversed") && !page.contains("This may have been paid twice"), "{page}");
        paying.is_proved().await;

        // The other one comes back too: then it is owed again, once.
        paying.fake.give_back(&first);
        told(&paying, &first).await;
        told(&paying, &first).await;
        assert_eq!(paying.get(&payout).await["status"], "returned");
        assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 980, 0, 0, 0, 0, 980]);
        paying.is_proved().await;
    }

    async fn the_one_that_was_given_up_may_come_back_first(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let affiliate = paying.earned("stripe").await;
        let (payout, first, second) = paid_twice(&paying, &affiliate).await;
        paying.fake.give_back(&first);
        told(&paying, &first).await;
        assert_eq!(paying.get(&payout).await["status"], "paid");
        assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 0, 0, 980, 0, 0, 0]);
        let troubles = paying.troubles().await;
        assert!(troubles.iter().any(|text| text.contains("one of the two came back")), "{troubles:?}");
        paying.fake.give_back(&second);
        told(&paying, &second).await;
        assert_eq!(paying.get(&payout).await["status"], "returned");
        assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 980, 0, 0, 0, 0, 980]);
        paying.is_proved().await;
    }

    async fn what_was_paid_after_all_is_watched(test: TestApp) {
        for is_told in [true, false] {
            let test = TestApp::new(test.db.db.engine()).await;
            let paying = Paying::new(&test, ProviderKind::Stripe).await;
            let affiliate = paying.earned("stripe").await;
            let payout = given_up(&paying, &affiliate).await;
            let key = paying.fake.paid()[0].key.clone();
            told(&paying, &key).await;
            let now = paying.get(&payout).await;
            assert_eq!((&now["status"], &now["transfer"]["state"]), (&json!("paid"), &json!("paid")), "{now}");
            assert_eq!(now["transfer"]["provider_reference"], now["reference"]);
            assert!(paying.troubles().await[0].contains("paid after all"));
            // It is reversed; where the call is lost, it is found by itself.
            paying.fake.give_back(&key);
            if is_told {
                told(&paying, &key).await;
            } else {
                test.clock.advance_ms(DAY_MS + 1);
                paying.work().await;
            }
            let now = paying.get(&payout).await;
            assert_eq!((&now["status"], &now["transfer"]["state"]), (&json!("returned"), &json!("returned")), "{now}");
            assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 980, 0, 0, 0, 0, 980]);
            paying.is_proved().await;
        }
    }

    async fn a_refusal_of_what_a_person_decided_is_told_once(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Wise).await;
        let affiliate = paying.earned("wise").await;
        let payout = paying.payout_of(&affiliate).await;
        paying.fake.next(Fault::LoseReply);
        paying.post(&format!("/payouts/{payout}/send")).await;
        paying.work().await;
        assert_eq!(paying.get(&payout).await["status"], "unknown");
        let key = paying.fake.paid()[0].key.clone();
        decided(&paying, &payout, "paid").await;
        paying.fake.refuse(&key);
        told(&paying, &key).await;
        let now = paying.get(&payout).await;
        assert_eq!((&now["status"], &now["transfer"]["state"]), (&json!("paid"), &json!("paid")), "a person has to look");
        assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 0, 0, 980, 0, 0, 0]);
        let mut owner = paying.shop.browser().await;
        let page = owner.get(&format!("/admin/payouts/{payout}")).await.expect(200).text();
        assert!(page.contains("Refused: the transfer is cancelled"), "{page}");
        // It is asked again for weeks, and says the same.
        for days in [1, 3, 7] {
            test.clock.advance_ms(days * DAY_MS + 1);
            paying.work().await;
        }
        let troubles = paying.troubles().await;
        assert_eq!(troubles.len(), 1, "{troubles:?}");
        assert!(troubles[0].contains("The provider says that it was not paid"), "{troubles:?}");
        assert_eq!(paying.get(&payout).await["status"], "paid");
        paying.is_proved().await;
    }

    async fn staff_notes_what_the_bank_says(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let affiliate = paying.earned("other").await;
        let payout = paying.payout_of(&affiliate).await;
        let mut owner = paying.shop.browser().await;
        let form = format!("/admin/payouts/{payout}/returned");
        owner.get("/admin/payouts").await.expect(200);
        owner.get(&form).await.expect(303);
        owner.post(&form, &[("note", "Seen on the statement of the bank")]).await.expect(303);
        assert_eq!(paying.get(&payout).await["status"], "pending", "only what was paid comes back");
        paying.post(&format!("/payouts/{payout}/mark-paid")).await;
        owner.get(&form).await.expect(200);
        let wrong = owner.post(&form, &[("note", "  no ")]).await.expect(422).text();
        assert!(wrong.contains("no ") && wrong.contains("note-error"), "{wrong}");
        let stranger = test.business("Southwind").await;
        let mut other = stranger.browser().await;
        other.get(&form).await.expect(404);
        other.get("/admin/payouts").await.expect(200);
        other.post(&form, &[("note", "Seen on the statement of the bank")]).await.expect(404);
        owner.get(&form).await.expect(200);
        owner.post(&form, &[("note", "Seen on the statement of the bank")]).await.expect(303);
        owner.post(&form, &[("note", "Seen on the statement of the bank")]).await.expect(303);
        assert_eq!(paying.get(&payout).await["status"], "returned");
        assert_eq!(figures(&balance(&paying, &affiliate).await), [980, 980, 0, 0, 0, 0, 980]);
        assert!(owner.get("/admin/audit").await.expect(200).text().contains("Seen on the statement of the bank"));
        paying.is_proved().await;
    }
}
