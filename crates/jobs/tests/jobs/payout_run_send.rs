//! Payout runs that are sent whole by provider, and the page of all transfers.

use std::time::Duration;

use crate::paying::{self, MINUTE_MS, Paying, by_key};
use domain::id::PayoutRunId;
use domain::status::ProviderKind;
use domain::time::UnixMs;
use fake_provider::Fault;
use serde_json::{Value, json};
use service::job::Job;
use service::programme::payout_run::{self, JOB, RunPayload};
use testkit::{Client, TestApp, both_engines};

const RUNS: &str = "/admin/payouts/runs";

/// The next part of the work of a run that waits.
async fn next_part(test: &TestApp) -> Option<(Job, PayoutRunId)> {
    let job = test.claimed(JOB).await.pop()?;
    let RunPayload { run_id } = serde_json::from_str(&job.payload).expect("a payload");
    Some((job, run_id))
}

/// A page below its header: the bell there names people, too.
async fn page(browser: &mut Client, path: &str) -> String {
    let text = browser.get(path).await.expect(200).text();
    let (_, page) = text.split_once("</header>").expect("a header");
    page.to_owned()
}

/// An approved run over everybody who is owed something; the owner's browser and the run's page.
async fn approved(paying: &Paying<'_>, total: &str) -> (Client, String) {
    let mut owner = paying.shop.browser().await;
    owner.get(&format!("{RUNS}/new")).await.expect(200);
    let today = paying.test.app.now();
    let until = jiff_day(today);
    let made = owner
        .post(&format!("{RUNS}/new"), &[("until", until.as_str())])
        .await
        .expect(303);
    let run = made.header("location").to_owned();
    // Whether a payday has come does not matter here.
    let out = page(&mut owner, &format!("{run}?out=1")).await;
    let ids: Vec<String> = out
        .split("name=\"id\" value=\"")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .collect();
    if !ids.is_empty() {
        let mut form = vec![("act", "in")];
        form.extend(ids.iter().map(|id| ("id", id.as_str())));
        owner
            .post(&format!("{run}/members"), &form)
            .await
            .expect(303);
    }
    owner.post(&format!("{run}/draft"), &[]).await.expect(303);
    paying.test.do_payout_runs().await;
    owner
        .post(&format!("{run}/submit"), &[("expected", total)])
        .await
        .expect(303);
    paying.test.do_payout_runs().await;
    (owner, run)
}

/// A run over everybody who is owed something, drafted by the API; its path there.
async fn drafted(paying: &Paying<'_>) -> String {
    let api = paying.shop.api();
    let run = api.post("/payout-runs", json!({})).await.expect(201).json();
    let path = format!("/payout-runs/{}", run["id"].as_str().expect("an id"));
    let out = api.get(&format!("{path}/members?included=false")).await;
    let out = out.expect(200).json();
    let whom: Vec<Value> = out["data"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|member| {
            json!({"affiliate_id": member["affiliate_id"], "currency": member["currency"]})
        })
        .collect();
    let chosen = api
        .post(&format!("{path}/members"), json!({"include": whom}))
        .await;
    chosen.expect(200);
    api.post(&format!("{path}/draft"), json!({}))
        .await
        .expect(200);
    paying.test.do_payout_runs().await;
    path
}

/// Submits a drafted run by the API; within the limit it is approved then.
async fn submitted(paying: &Paying<'_>, run: &str) {
    let api = paying.shop.api();
    let totals = api.get(run).await.expect(200).json()["totals"].clone();
    api.post(&format!("{run}/submit"), json!({"expected": totals}))
        .await
        .expect(200);
    paying.test.do_payout_runs().await;
}

/// What waits to be sent of a run, as the API says.
async fn to_send(paying: &Paying<'_>, run: &str) -> Value {
    paying.shop.api().get(run).await.expect(200).json()["to_send"].clone()
}

/// Has an affiliate change where payouts go to, who is asked about it for three days.
async fn changes_account(paying: &Paying<'_>, number: u32) {
    let mut work = paying.shop.work().await;
    service::programme::payout_method::set_hold_days(&mut work, 3)
        .await
        .expect("held");
    work.commit().await.expect("stored");
    // Later than the method before it: the newest one counts.
    paying.test.clock.advance_ms(MINUTE_MS);
    let mut portal = paying.portal_of(number);
    let change = format!("/portal/{}/account/payout-method/change", paying.shop.slug);
    portal.get(&change).await.expect(200);
    let form = [
        ("kind", "stripe"),
        ("account", "acct_1Nv0FGQ9RKHg9999"),
        ("legal_name", "Okonkwo Media Ltd"),
    ];
    let stored = portal.post(&change, &form).await.expect(303);
    assert!(
        stored
            .header("location")
            .ends_with("/account/payout-method"),
        "{}",
        stored.header("location")
    );
}

/// The day of an instant, `2026-11-21`, in UTC.
fn jiff_day(at: UnixMs) -> String {
    at.rfc3339().split('T').next().expect("a day").to_owned()
}

async fn send(owner: &mut Client, run: &str, kind: &str, again: bool, expected: &str) -> String {
    paying::prove(owner).await;
    owner.get(run).await.expect(200);
    let mut form = vec![("provider", kind), ("expected", expected)];
    if again {
        form.push(("again", "true"));
    }
    owner.post(&format!("{run}/send"), &form).await.expect(303);
    page(owner, run).await
}

/// Works on until nothing is on its way any more.
async fn settle(paying: &Paying<'_>) {
    for _ in 0..6 {
        paying.work().await;
        paying::look_at_calls(&paying.test.app).await;
        paying.test.clock.advance_ms(MINUTE_MS);
    }
}

both_engines! {
    async fn a_run_is_sent_whole_by_each_provider(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::PayPal).await;
        paying.connect(ProviderKind::Stripe).await;
        for method in ["paypal", "paypal", "paypal", "stripe", "stripe", "wise", "other"] {
            paying.earned(method).await;
        }
        let (mut owner, run) = approved(&paying, "USD 6860").await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("Send by PayPal") && text.contains("3 payouts to send, $29.40"), "{text}");
        assert!(text.contains("2 payouts to send, $19.60") && !text.contains("Send by Wise"), "{text}");
        assert!(text.contains("There is no connection to Wise") && text.contains("This affiliate is paid another way"), "{text}");

        // Another total than was seen, another run, another provider, nobody's provider: nothing happens.
        assert!(send(&mut owner, &run, "paypal", false, "USD 2939").await.contains("The total has changed"));
        assert!(send(&mut owner, &run, "wise", false, "USD 980").await.contains("There is no connection to Wise"));
        assert!(send(&mut owner, &run, "bitcoin", false, "USD 980").await.contains("There is no such provider"));
        let stranger = test.business("Southwind").await;
        let mut other = stranger.browser().await;
        other.get(RUNS).await.expect(200);
        other.post(&format!("{run}/send"), &[("provider", "paypal"), ("expected", "USD 2940")]).await.expect(404);
        assert!(next_part(&test).await.is_none());

        // Pressed twice, it is sent once; nobody is asked before everything is stored.
        let text = send(&mut owner, &run, "paypal", false, "USD 2940").await;
        assert!(text.contains("Handing payouts to PayPal"), "{text}");
        assert!(send(&mut owner, &run, "paypal", false, "USD 2940").await.contains("being sent already"));
        test.do_payout_runs().await;
        assert_eq!(paying.fake.asked_to_pay(), 0);
        let text = page(&mut owner, &run).await;
        assert!(text.contains("3 on the way, $29.40") && text.contains("0 of 3"), "{text}");
        assert!(send(&mut owner, &run, "paypal", false, "USD 2940").await.contains("No payout of this run waits to be sent by PayPal"));

        // One is refused, and tried again under a new key.
        paying.fake.next(Fault::Refuse);
        settle(&paying).await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("2 paid, $19.60 · 1 failed, $9.80") && text.contains("3 of 3"), "{text}");
        assert!(text.contains("Not sent, failed or not known") && text.contains("Receiver is invalid") && text.contains("Try the failed again"), "{text}");
        let text = send(&mut owner, &run, "paypal", true, "USD 980").await;
        assert!(text.contains("Handing payouts to PayPal"), "{text}");
        test.do_payout_runs().await;
        settle(&paying).await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("3 paid, $29.40") && !text.contains("Try the failed again") && !text.contains("Receiver is invalid"), "{text}");
        assert_eq!(by_key(&paying.fake.paid()).len(), 3);

        // Who has changed where the money goes is left, with the reason, while the other is sent.
        let mut work = paying.shop.work().await;
        service::programme::payout_method::set_hold_days(&mut work, 3).await.expect("held");
        work.commit().await.expect("stored");
        let mut portal = paying.portal_of(4);
        let change = format!("/portal/{}/account/payout-method/change", paying.shop.slug);
        portal.get(&change).await.expect(200);
        portal.post(&change, &[("kind", "stripe"), ("account", "acct_1Nv0FGQ9RKHg9999"), ("legal_name", "Okonkwo Media Ltd")]).await.expect(303);
        send(&mut owner, &run, "stripe", false, "USD 1960").await;
        test.do_payout_runs().await;
        settle(&paying).await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("1 paid, $9.80") && text.contains("1 payout to send, $9.80"), "{text}");
        assert!(text.contains("Not sent, failed or not known") && text.contains("changed"), "{text}");

        // The rest is paid by hand; then the run has ended.
        test.clock.advance_ms(4 * 24 * 60 * MINUTE_MS);
        let mut owner = paying.shop.browser().await;
        owner.get(&format!("{run}/pay")).await.expect(200);
        owner.post(&format!("{run}/pay"), &[("totals", "USD 2940"), ("reference", "By hand")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(paying.statuses().await, [("paid".to_owned(), 7)]);
        assert_eq!(by_key(&paying.fake.paid()).len(), 4);
        let audit = owner.get("/admin/audit").await.expect(200).text();
        assert!(audit.contains("again by PayPal, USD 980"), "{audit}");
        paying.is_proved().await;
    }

    async fn a_run_that_breaks_off_while_it_is_handed_over_sends_each_once(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        for _ in 0..12 {
            paying.earned("stripe").await;
        }
        let (mut owner, run) = approved(&paying, "USD 11760").await;
        send(&mut owner, &run, "stripe", false, "USD 11760").await;
        let (job, id) = next_part(&test).await.expect("work");
        // The process dies at many places: what it had begun is gone with it, and the work is done again.
        for micros in [200, 1_000, 3_000, 6_000, 10_000, 15_000] {
            let part = payout_run::work_on(&test.app, &job, id);
            if tokio::time::timeout(Duration::from_micros(micros), part).await.is_ok_and(|done| done.is_ok()) {
                break;
            }
            paying.work().await;
        }
        // Done twice at the same time, too.
        let (one, two) = tokio::join!(
            payout_run::work_on(&test.app, &job, id),
            payout_run::work_on(&test.app, &job, id)
        );
        // Who comes second finds nothing left, or that the job is done.
        drop((one, two));
        test.do_payout_runs().await;
        settle(&paying).await;
        assert_eq!(paying.statuses().await, [("paid".to_owned(), 12)]);
        assert_eq!(by_key(&paying.fake.paid()).len(), 12);
        assert_eq!(paying.fake.asked_to_pay(), 12);
        test.do_payout_runs().await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("12 paid, $117.60") && text.contains("12 of 12") && !text.contains("Send by"), "{text}");
        paying.is_proved().await;
    }

    async fn a_mixed_run_is_sent_by_the_api(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::PayPal).await;
        paying.connect(ProviderKind::Stripe).await;
        for method in ["paypal", "stripe", "other", "paypal"] {
            paying.earned(method).await;
        }
        let run = drafted(&paying).await;
        assert_eq!(to_send(&paying, &run).await, json!([]), "it is not approved yet");
        submitted(&paying, &run).await;
        let part = |provider: &str, again: bool, amount: i64| {
            json!({"provider": provider, "again": again, "totals": [{"amount": amount, "currency": "USD"}]})
        };
        let send = async |part: &Value, status: u16| {
            let body = json!({"provider": part["provider"], "again": part["again"], "expected": part["totals"]});
            paying.shop.api().post(&format!("{run}/send"), body).await.expect(status);
            test.do_payout_runs().await;
            settle(&paying).await;
        };
        let told = to_send(&paying, &run).await;
        assert_eq!(told, json!([part("paypal", false, 1960), part("stripe", false, 980)]));
        send(&part("paypal", false, 2940), 409).await;
        paying.fake.next(Fault::Refuse);
        send(&told[0], 200).await;
        let told = to_send(&paying, &run).await;
        assert_eq!(told, json!([part("paypal", true, 980), part("stripe", false, 980)]));
        send(&told[0], 200).await;
        send(&told[1], 200).await;
        assert_eq!(to_send(&paying, &run).await, json!([]));
        assert_eq!(paying.statuses().await, [("paid".to_owned(), 3), ("pending".to_owned(), 1)]);
        assert_eq!(by_key(&paying.fake.paid()).len(), 3);
        paying.is_proved().await;
    }

    async fn details_that_do_not_open_stop_nobody_else(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        for _ in 0..2 {
            paying.earned("stripe").await;
        }
        let (mut owner, run) = approved(&paying, "USD 1960").await;
        let sql = "update payout_method set sealed = (select other.sealed from payout_method other order by other.id desc limit 1)
                   where id = (select one.id from payout_method one order by one.id limit 1)";
        test.db.raw().await.execute(sql).await.expect("sealed for another");
        send(&mut owner, &run, "stripe", false, "USD 1960").await;
        test.do_payout_runs().await;
        settle(&paying).await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("1 paid, $9.80") && text.contains("Where this affiliate is paid cannot be read"), "{text}");
        assert_eq!(paying.statuses().await, [("paid".to_owned(), 1), ("pending".to_owned(), 1)]);
        let all = paying.shop.api().get("/payouts").await.expect(200).json();
        let left = all["data"].as_array().expect("rows").iter().find(|payout| payout["status"] == "pending").expect("one");
        let id = left["id"].as_str().expect("an id");
        let text = page(&mut owner, &format!("/admin/payouts/{id}")).await;
        assert!(text.contains("Where this affiliate is paid cannot be read"), "{text}");
        paying.is_proved().await;
    }

    async fn why_one_failed_is_what_its_provider_said_last(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        paying.earned("stripe").await;
        let (mut owner, run) = approved(&paying, "USD 980").await;
        changes_account(&paying, 1).await;
        send(&mut owner, &run, "stripe", false, "USD 980").await;
        test.do_payout_runs().await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("has changed where payouts go to"), "{text}");
        test.clock.advance_ms(4 * 24 * 60 * MINUTE_MS);
        let all = paying.shop.api().get("/payouts").await.expect(200).json();
        let id = all["data"][0]["id"].as_str().expect("an id");
        paying.fake.next(Fault::Refuse);
        paying.post(&format!("/payouts/{id}/send")).await;
        settle(&paying).await;
        let mut owner = paying.shop.browser().await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("Insufficient funds") && !text.contains("has changed where payouts go to"), "{text}");
    }

    async fn a_draft_that_refunds_empty_ends_its_run(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        for _ in 0..2 {
            paying.earned("stripe").await;
        }
        let run = drafted(&paying).await;
        // One cannot be approved and stays a draft; the other is paid.
        changes_account(&paying, 2).await;
        submitted(&paying, &run).await;
        let api = paying.shop.api();
        let all = api.get("/payouts").await.expect(200).json();
        let pending = all["data"].as_array().expect("rows").iter().find(|payout| payout["status"] == "pending").expect("one");
        paying.post(&format!("/payouts/{}/mark-paid", pending["id"].as_str().expect("an id"))).await;
        test.do_payout_runs().await;
        assert_eq!(paying.statuses().await, [("draft".to_owned(), 1), ("paid".to_owned(), 1)]);
        assert_eq!(api.get(&run).await.expect(200).json()["state"], "approved");
        let body = json!({"external_id": "ref-2", "sale_external_id": "inv-2"});
        paying.shop.made("/track/refund", body).await;
        test.do_payout_runs().await;
        assert_eq!(paying.statuses().await, [("cancelled".to_owned(), 1), ("paid".to_owned(), 1)]);
        assert_eq!(api.get(&run).await.expect(200).json()["state"], "paid");
        paying.is_proved().await;
    }

    async fn all_transfers_are_on_a_page_unknown_ones_first(test: TestApp) {
        let paying = Paying::new(&test, ProviderKind::Stripe).await;
        let mut owner = paying.shop.browser().await;
        assert!(page(&mut owner, "/admin/transfers").await.contains("No transfers yet"));
        let lost = paying.owed().await;
        paying.fake.next(Fault::ErrorAfter);
        paying.post(&format!("/payouts/{lost}/send")).await;
        paying.work().await;
        let paid = paying.owed().await;
        paying.post(&format!("/payouts/{paid}/send")).await;
        paying.work().await;
        let refused = paying.owed().await;
        paying.fake.next(Fault::Refuse);
        paying.post(&format!("/payouts/{refused}/send")).await;
        paying.work().await;

        let text = page(&mut owner, "/admin/transfers").await;
        let places: Vec<usize> = [&lost, &refused, &paid].iter().map(|id| text.find(&format!("/admin/payouts/{id}")).expect("a row")).collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(text.contains("Of some it is not known whether they were paid") && text.contains("Insufficient funds") && text.contains("Look up now"), "{text}");
        assert!(page(&mut owner, "/admin/payouts").await.contains("/admin/transfers?state=unknown"));
        let only = page(&mut owner, "/admin/transfers?state=paid&provider=stripe").await;
        assert!(only.contains(&paid) && !only.contains(&lost), "{only}");
        assert!(page(&mut owner, "/admin/transfers?provider=wise").await.contains("/admin/transfers"));
        assert!(!page(&mut owner, "/admin/transfers?provider=wise").await.contains(&paid));
        let found = page(&mut owner, "/admin/transfers?q=Maya+2&sort=-amount&size=25").await;
        assert!(found.contains(&paid) && !found.contains(&lost), "{found}");
        let key = paying.get(&lost).await["transfer"]["id"].as_str().expect("a key").to_owned();
        let found = page(&mut owner, &format!("/admin/transfers?q={key}")).await;
        assert!(found.contains(&lost) && !found.contains(&paid), "{found}");
        let csv = owner.get("/admin/transfers.csv?state=unknown").await.expect(200).text();
        assert!(csv.contains(&key) && csv.lines().count() == 2, "{csv}");

        // Asked at once: the provider had paid.
        owner.get("/admin/transfers").await.expect(200);
        owner.post(&format!("/admin/transfers/{key}/look"), &[]).await.expect(303);
        paying.work().await;
        assert_eq!(paying.get(&lost).await["status"], "paid");
        owner.post(&format!("/admin/transfers/{key}/look"), &[]).await.expect(303);
        let text = page(&mut owner, "/admin/transfers").await;
        assert!(text.contains("This transfer has ended") && !text.contains("Of some it is not known"), "{text}");
        let stranger = test.business("Southwind").await;
        let mut other = stranger.browser().await;
        assert!(page(&mut other, "/admin/transfers").await.contains("No transfers yet"));
        other.post(&format!("/admin/transfers/{key}/look"), &[]).await.expect(404);
        other.post("/admin/transfers/nothing/look", &[]).await.expect(404);
    }
}
