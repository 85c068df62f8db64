//! Payouts by providers: whatever goes wrong on the way, each is paid exactly once.

use crate::paying::{HANGING, MINUTE_MS, PASSWORD, Paying, by_key, look_at_calls, prove, signed};
use domain::status::{ProviderKind, Scope};
use domain::time::DAY_MS;
use fake_provider::Fault;
use serde_json::json;
use service::programme::{provider, transfer};
use testkit::{TestApp, both_engines, called};

/// What can go wrong, short of a refusal.
const FAULTS: &[Option<Fault>] = &[
    None,
    Some(Fault::DieBefore),
    Some(Fault::DieAfter),
    Some(Fault::DieAfterReply),
    Some(Fault::LoseReply),
    Some(Fault::HangBefore),
    Some(Fault::HangAfter),
    Some(Fault::ErrorBefore),
    Some(Fault::ErrorAfter),
    Some(Fault::ReplyTwice),
    Some(Fault::CallBackTwice),
    Some(Fault::CallBackEarly),
];

/// The keys of what is due, in the order in which it is taken.
async fn due(paying: &Paying<'_>) -> Vec<String> {
    let mut work = paying.shop.work().await;
    let due = transfer::due(&mut work).await.expect("a list");
    due.into_iter().map(|key| key.to_string()).collect()
}

/// A payout that was sent; its key.
async fn sent(paying: &Paying<'_>, payout: &str) -> String {
    let sent = paying.post(&format!("/payouts/{payout}/send")).await;
    sent["transfer"]["id"].as_str().expect("a key").to_owned()
}

async fn every_fault_ends_the_same(test: &TestApp, kind: ProviderKind) {
    let paying = Paying::new(test, kind).await;
    let mut payouts = Vec::new();
    for (number, fault) in FAULTS.iter().enumerate() {
        let payout = paying.owed().await;
        paying.fake.revive().await.expect("it listens again");
        if let Some(fault) = fault {
            paying.fake.next(*fault);
        }
        let sent = paying.post(&format!("/payouts/{payout}/send")).await;
        assert_eq!(
            (&sent["status"], &sent["transfer"]["state"]),
            (&json!("sending"), &json!("sending"))
        );
        assert_eq!(
            paying.fake.paid().len(),
            number,
            "nobody pays before the sending is stored"
        );
        let hangs = matches!(fault, Some(Fault::HangBefore | Fault::HangAfter));
        test.app.trial().wait_for_calls(hangs.then_some(HANGING));
        paying.work().await;
        test.app.trial().wait_for_calls(None);
        let between = paying.get(&payout).await["status"]
            .as_str()
            .expect("a status")
            .to_owned();
        let unclear = matches!(
            fault,
            Some(
                Fault::DieBefore
                    | Fault::DieAfter
                    | Fault::LoseReply
                    | Fault::HangBefore
                    | Fault::HangAfter
                    | Fault::ErrorBefore
                    | Fault::ErrorAfter
            )
        );
        if unclear {
            assert_eq!(
                between, "unknown",
                "{fault:?}: never failed, never paid by guess"
            );
            for act in ["cancel", "mark-paid", "send", "reopen"] {
                paying
                    .shop
                    .api()
                    .post(&format!("/payouts/{payout}/{act}"), json!({}))
                    .await
                    .expect(409);
            }
        }
        let ended = paying.until_ended(&payout).await;
        assert_eq!(
            (&ended["status"], &ended["transfer"]["state"]),
            (&json!("paid"), &json!("paid")),
            "{fault:?}: {ended}"
        );
        let paid = paying.fake.paid();
        assert_eq!(paid.len(), number + 1, "{fault:?}: {paid:?}");
        assert_eq!(ended["reference"], ended["transfer"]["provider_reference"]);
        assert_eq!(
            ended["reference"],
            json!(paid.last().expect("one").id),
            "{fault:?}"
        );
        payouts.push(payout);
    }
    assert_eq!(by_key(&paying.fake.paid()).len(), FAULTS.len());
    let right = paying
        .fake
        .paid()
        .iter()
        .all(|made| matches!(made.amount.as_str(), "9.80" | "980" | "9.8"));
    assert!(right, "{:?}", paying.fake.paid());
    paying.is_proved().await;
    assert_eq!(
        paying.troubles().await,
        Vec::<String>::new(),
        "all was found by itself"
    );
}

both_engines! {
    async fn paypal_pays_each_once(test: TestApp) {
        every_fault_ends_the_same(&test, ProviderKind::PayPal).await;
    }

    async fn stripe_pays_each_once(test: TestApp) {
        every_fault_ends_the_same(&test, ProviderKind::Stripe).await;
    }

    async fn wise_pays_each_once(test: TestApp) {
        every_fault_ends_the_same(&test, ProviderKind::Wise).await;
    }

    async fn a_refused_payout_can_be_tried_again_or_cancelled(test: TestApp) {
        for kind in ProviderKind::ALL {
            let test = TestApp::new(test.db.db.engine()).await;
            let paying = Paying::new(&test, *kind).await;
            let payout = paying.owed().await;
            paying.fake.next(Fault::Refuse);
            paying.post(&format!("/payouts/{payout}/send")).await;
            let ended = paying.until_ended(&payout).await;
            assert_eq!(ended["status"], "failed", "{kind}: {ended}");
            assert_eq!(paying.fake.paid(), []);
            assert_eq!(paying.troubles().await.len(), 1);
            paying.is_proved().await;
            paying.shop.api().post(&format!("/payouts/{payout}/mark-paid"), json!({})).await.expect(409);

            // Again, under another key.
            let first = ended["transfer"]["id"].clone();
            test.clock.advance_ms(1_000);
            assert_eq!(paying.post(&format!("/payouts/{payout}/reopen")).await["status"], "pending");
            let sent = paying.post(&format!("/payouts/{payout}/send")).await;
            assert_ne!(sent["transfer"]["id"], first);
            assert_eq!(paying.until_ended(&payout).await["status"], "paid");
            assert_eq!(paying.fake.paid().len(), 1);

            // Another one is cancelled, and its commission is approved again.
            let payout = paying.owed().await;
            paying.fake.next(Fault::Refuse);
            paying.post(&format!("/payouts/{payout}/send")).await;
            let ended = paying.until_ended(&payout).await;
            assert_eq!(ended["status"], "failed");
            assert_eq!(paying.post(&format!("/payouts/{payout}/cancel")).await["status"], "cancelled");
            let path = format!("/affiliates/{}/balance", ended["affiliate_id"].as_str().expect("an id"));
            let balance = paying.shop.api().get(&path).await.expect(200).json()["data"][0].clone();
            assert_eq!((&balance["approved"], &balance["in_payout"], &balance["paid"]), (&json!(980), &json!(0), &json!(0)));
            paying.is_proved().await;
        }
    }

    async fn many_at_once_send_it_once(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        let path = format!("/payouts/{payout}/send");
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..16 {
            let (api, path) = (paying.shop.api(), path.clone());
            calls.spawn(async move { api.post(&path, json!({})).await.status.as_u16() });
        }
        let mut answers: Vec<u16> = calls.join_all().await;
        answers.sort_unstable();
        assert_eq!((answers[0], answers[1]), (200, 409), "{answers:?}");
        // Several workers at a time, too.
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let app = test.app.clone();
            workers.spawn(async move { jobs::transfer::run(&app).await.expect("a pass") });
        }
        workers.join_all().await;
        assert_eq!(paying.fake.asked_to_pay(), 1);
        assert_eq!(paying.until_ended(&payout).await["status"], "paid");
        assert_eq!(paying.fake.paid().len(), 1);
    }

    async fn a_provider_that_is_away_is_no_failure_and_the_owner_is_told(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        paying.fake.next(Fault::DieAfter);
        paying.post(&format!("/payouts/{payout}/send")).await;
        for _ in 0..6 {
            paying.work().await;
            assert_eq!(paying.get(&payout).await["status"], "unknown");
            test.clock.advance_ms(30 * MINUTE_MS);
        }
        let told = paying.troubles().await;
        assert_eq!(told.len(), 1, "once: {told:?}");
        let mut owner = paying.shop.browser().await;
        let page = owner.get(&format!("/admin/payouts/{payout}")).await.expect(200).text();
        assert!(page.contains("It is not known whether this was paid") && page.contains("Do not pay it another way"), "{page}");
        assert!(!page.contains("money-1@") && !page.contains("secret-key"), "{page}");

        // A person may know better, with a proof and a note.
        let decide = format!("/admin/payouts/{payout}/decide");
        let form = |note| [("outcome", "paid"), ("reference", "tr_by_hand"), ("note", note)];
        test.clock.advance_ms(15 * MINUTE_MS);
        let to = owner.post(&decide, &form("Seen in the dashboard of Stripe")).await.expect(303).header("location").to_owned();
        assert!(to.starts_with("/admin/prove"), "{to}");
        owner.get("/admin/prove").await.expect(200);
        owner.post("/admin/prove", &[("password", PASSWORD), ("next", &decide)]).await.expect(303);
        owner.get(&decide).await.expect(200);
        owner.post(&decide, &form("yes")).await.expect(422);
        owner.post(&decide, &[("note", "Seen in the dashboard of Stripe")]).await.expect(422);
        owner.post(&decide, &form("Seen in the dashboard of Stripe")).await.expect(303);
        let now = paying.get(&payout).await;
        assert_eq!((&now["status"], &now["reference"]), (&json!("paid"), &json!("tr_by_hand")));
        let audit = owner.get("/admin/audit").await.expect(200).text();
        assert!(audit.contains("Seen in the dashboard of Stripe"), "{audit}");
        paying.is_proved().await;
    }

    async fn money_that_moved_after_it_was_given_up_comes_to_light(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        paying.fake.next(Fault::DieAfter);
        paying.post(&format!("/payouts/{payout}/send")).await;
        paying.work().await;
        let mut owner = paying.shop.browser().await;
        let decide = format!("/admin/payouts/{payout}/decide");
        owner.get(&decide).await.expect(200);
        let form = [("outcome", "failed"), ("note", "Nothing to be seen in the dashboard")];
        owner.post(&decide, &form).await.expect(303);
        assert_eq!(paying.get(&payout).await["status"], "failed");
        // The provider comes back and calls: it had paid.
        paying.fake.revive().await.expect("alive");
        let body = json!({"id": "evt_late", "type": "transfer.created", "data": {"object": {"id": paying.fake.paid()[0].id, "transfer_group": paying.fake.paid()[0].key}}}).to_string();
        let mut work = paying.shop.work().await;
        let endpoint = provider::list(&mut work).await.expect("a list").remove(0).endpoint;
        drop(work);
        let at = test.app.now().0 / 1000;
        let path = format!("/hooks/stripe/{endpoint}");
        for (secret, time, status) in [("whsec_other", at, 401), ("whsec_of_the_test", at - 301, 401), ("whsec_of_the_test", at + 301, 401), ("whsec_of_the_test", at, 200), ("whsec_of_the_test", at, 200)] {
            let header = ("stripe-signature", signed(secret, time, &body));
            called(&test.router, &path, &[header], body.clone()).await.expect(status);
        }
        called(&test.router, &format!("/hooks/stripe/{}1", &endpoint[..endpoint.len() - 1]), &[], body.clone()).await.expect(404);
        called(&test.router, "/hooks/stripe/nothing", &[], body.clone()).await.expect(404);
        called(&test.router, &format!("/hooks/paypal/{endpoint}"), &[], body).await.expect(404);
        for size in [64 * 1024 + 1, 1024 * 1024 + 1] {
            let refused = called(&test.router, &path, &[], "x".repeat(size)).await.expect(413);
            assert_eq!(refused.wrong_fields(), ["body"]);
        }
        look_at_calls(&test.app).await;
        let now = paying.get(&payout).await;
        assert_eq!(now["status"], "paid", "{now}");
        assert_eq!(paying.troubles().await.len(), 1);
        paying.is_proved().await;
    }

    async fn what_was_sent_just_now_goes_before_what_is_watched(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        let watched = sent(&paying, &payout).await;
        assert_eq!(paying.until_ended(&payout).await["status"], "paid");
        assert_eq!(due(&paying).await, Vec::<String>::new());
        test.clock.advance_ms(2 * DAY_MS);
        let payout = paying.owed().await;
        let fresh = sent(&paying, &payout).await;
        assert_eq!(due(&paying).await, [fresh, watched]);
    }

    async fn what_was_paid_before_anything_was_watched_is_not_all_due_at_once(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let payout = paying.owed().await;
        sent(&paying, &payout).await;
        assert_eq!(paying.until_ended(&payout).await["status"], "paid");
        test.clock.advance_ms(61 * DAY_MS);
        let payout = paying.owed().await;
        let young = sent(&paying, &payout).await;
        assert_eq!(paying.until_ended(&payout).await["status"], "paid");
        let raw = test.db.raw().await;
        raw.execute("update transfer set next_at_ms = updated_at_ms + 4000").await.expect("as it was");
        test.clock.advance_ms(10 * MINUTE_MS);
        assert_eq!(due(&paying).await.len(), 2);
        let step = include_str!("../../../store/migrations/0033_transfer_watch.sql");
        raw.execute(step).await.expect("brought up to date");
        assert_eq!(due(&paying).await, Vec::<String>::new());
        test.clock.advance_ms(7 * DAY_MS);
        assert_eq!(due(&paying).await, [young]);
        paying.work().await;
        assert_eq!(due(&paying).await, Vec::<String>::new());
    }

    async fn connections_are_the_owners_and_tell_nothing(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::PayPal).await;
        let mut owner = paying.shop.browser().await;
        let page = "/admin/settings/providers";
        let text = owner.get(page).await.expect(200).text();
        assert!(text.contains("Connected") && text.contains("•••• ider") && !text.contains("secret-key"), "{text}");
        owner.post(&format!("{page}/paypal/test"), &[]).await.expect(303);
        assert!(owner.get(page).await.expect(200).text().contains("PayPal answers and knows"));
        let base = paying.fake.base_url();
        let form = |base_url, secret| [("base_url", base_url), ("client_id", "client-id"), ("secret", secret)];
        let edit = format!("{page}/paypal");
        let text = owner.get(&edit).await.expect(200).text();
        assert!(text.contains("client-id") && !text.contains("secret-key"), "{text}");
        for (wrong, secret) in [
            ("http://api.paypal.com", ""),
            ("https://10.0.0.1", ""),
            ("https://169.254.169.254", ""),
            ("https://[::ffff:10.0.0.1]", ""),
            ("https://user:password@api.paypal.com", ""),
            ("https://api.paypal.com/v1", ""),
            ("", ""),
            (base.as_str(), "short"),
        ] {
            let answer = owner.post(&edit, &form(wrong, secret)).await.expect(422).text();
            assert!(answer.contains("-error\""), "{wrong}: {answer}");
        }
        // A wrong secret is told in words, and a name that leads inside is not called.
        owner.post(&edit, &form(&base, "wrong-secret-wrong")).await.expect(303);
        owner.post(&format!("{page}/paypal/test"), &[]).await.expect(303);
        let text = owner.get(page).await.expect(200).text();
        assert!(text.contains("could not be used"), "{text}");
        test.names.lead("inside.example", &["10.0.0.5"]);
        owner.post(&edit, &form("https://inside.example", "")).await.expect(303);
        owner.post(&format!("{page}/paypal/test"), &[]).await.expect(303);
        let text = owner.get(page).await.expect(200).text();
        assert!(text.contains("leads into a private network"), "{text}");
        // A blank secret keeps the one there is; one that was proven long ago asks for the password.
        test.clock.advance_ms(15 * MINUTE_MS);
        let to = owner.post(&edit, &form(&base, "")).await.expect(303).header("location").to_owned();
        assert!(to.starts_with("/admin/prove"), "{to}");
        // Without the scope nothing is sent; without a connection neither.
        let payout = paying.owed().await;
        let send = format!("/payouts/{payout}/send");
        paying.shop.api_with(&[Scope::Read, Scope::Manage]).await.post(&send, json!({})).await.expect(403);
        let mut work = paying.shop.work().await;
        provider::disconnect(&mut work, ProviderKind::PayPal).await.expect("off");
        work.commit().await.expect("stored");
        let refused = paying.shop.api().post(&send, json!({})).await.expect(409).text();
        assert!(refused.contains("no connection to PayPal"), "{refused}");
        prove(&mut owner).await;
        let stranger = test.business("Southwind").await;
        let other = stranger.api();
        other.post(&send, json!({})).await.expect(404);
    }
}
