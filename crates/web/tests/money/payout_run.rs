//! Payout runs, payout days and payouts on request, over HTTP.

use serde_json::{Value, json};
use service::domain::money::Currency;
use service::domain::status::PayoutRunState;
use service::domain::time::UnixMs;
use service::job;
use service::programme::payout_run::{self, JOB, RunPayload};
use service::programme::verify;
use service::store::programme::payout_limit::{self, Sole, Whose};
use testkit::{Client, Shop, TestApp, both_engines};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
const PASSWORD: &str = "correct horse battery staple";
const RUNS: &str = "/admin/payouts/runs";
const RULES: &[(&str, &str)] = &[
    ("payout_frequency", "weekly"),
    ("payout_method", "bank_transfer"),
    ("payout_hold_days", "0"),
    ("weekday", "6"),
    ("month_day", "1"),
    ("currency", "USD"),
    ("amount", "10.00"),
];

/// A shop that pays a fifth, every Saturday from $10.00 on; the clock stands on Saturday, 21 November 2026.
async fn programme<'a>(test: &'a TestApp) -> (Shop<'a>, Client, Value) {
    let shop = test.business("Fernhill").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}});
    shop.made("/rules", rule).await;
    let campaign = shop.campaign("Autumn").await;
    let mut owner = shop.browser().await;
    owner.get("/admin/settings/payouts").await.expect(200);
    owner
        .post("/admin/settings/payouts", RULES)
        .await
        .expect(303);
    (shop, owner, campaign)
}

/// An affiliate with a payout method, to whom a sale of this amount is credited and approved.
async fn affiliate(
    shop: &Shop<'_>,
    campaign: &Value,
    name: &str,
    amount: i64,
    method: &str,
) -> (Value, Client) {
    let affiliate = shop.affiliate(name).await;
    let code = name.to_lowercase();
    shop.partnership(campaign, &affiliate, &code).await;
    let mut browser = shop.portal(&affiliate).await;
    if !method.is_empty() {
        let page = format!("/portal/{}/account/payout-method/change", shop.slug);
        browser.get(&page).await.expect(200);
        let email = format!("{code}@money.example.com");
        let form = [
            ("kind", method),
            ("email", email.as_str()),
            ("legal_name", name),
        ];
        browser.post(&page, &form).await.expect(303);
    }
    earn(shop, &code, &format!("inv-{code}"), amount).await;
    (affiliate, browser)
}

/// A sale that is approved at once.
async fn earn(shop: &Shop<'_>, code: &str, invoice: &str, amount: i64) {
    let sale = json!({"external_id": invoice, "customer": {"external_id": format!("customer of {code}"), "email": format!("{code}@kestrel.example")},
        "amount": amount, "currency": "USD", "code": code});
    let sale = shop.made("/track/sale", sale).await;
    let referral = sale["referral"]["id"].as_str().expect("a referral");
    if sale["referral"]["status"] == "pending" {
        let path = format!("/referrals/{referral}/approve");
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let commission = sale["commissions"][0]["id"].as_str().expect("a commission");
    let path = format!("/commissions/{commission}/approve");
    shop.api().post(&path, json!({})).await.expect(200);
}

/// Begins a run until today; its path.
async fn begin(owner: &mut Client) -> String {
    owner.get(&format!("{RUNS}/new")).await.expect(200);
    let form = [
        ("until", ""),
        ("group", ""),
        ("method", ""),
        ("currency", ""),
    ];
    let refused = owner.post(&format!("{RUNS}/new"), &form).await.expect(422);
    assert!(refused.text().contains("Write the day as"));
    let form = [("until", "2026-11-21")];
    let made = owner.post(&format!("{RUNS}/new"), &form).await.expect(303);
    made.header("location").to_owned()
}

/// A page below its header: the bell there names people, too.
async fn page(browser: &mut Client, path: &str) -> String {
    let text = browser.get(path).await.expect(200).text();
    let (_, page) = text.split_once("</header>").expect("a header");
    page.to_owned()
}

async fn payouts(shop: &Shop<'_>) -> Vec<Value> {
    let answer = shop.api().get("/payouts").await.expect(200).json();
    answer["data"].as_array().expect("rows").clone()
}

/// The statuses of all payouts, with how often each comes.
async fn statuses(shop: &Shop<'_>) -> Vec<(String, usize)> {
    let mut counts = std::collections::BTreeMap::new();
    for payout in payouts(shop).await {
        *counts
            .entry(payout["status"].as_str().expect("a status").to_owned())
            .or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

async fn proven(shop: &Shop<'_>) {
    let report = verify::verify(&mut shop.work().await)
        .await
        .expect("a report");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

both_engines! {
    async fn a_run_from_choosing_to_paid(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "Maya", 20_000, "wise").await;
        affiliate(&shop, &campaign, "Grace", 10_000, "paypal").await;
        affiliate(&shop, &campaign, "Small", 4_900, "paypal").await;
        affiliate(&shop, &campaign, "Nowhere", 10_000, "").await;
        let (gone, _) = affiliate(&shop, &campaign, "Gone", 10_000, "wise").await;
        let path = format!("/affiliates/{}/status", gone["id"].as_str().expect("an id"));
        shop.api().post(&path, json!({"status": "suspended"})).await.expect(200);
        assert!(page(&mut owner, RUNS).await.contains("No payout runs yet"));

        let run = begin(&mut owner).await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("$60.00") && text.contains("2 affiliates") && text.contains("Maya") && !text.contains("Nowhere"), "{text}");
        let out = page(&mut owner, &format!("{run}?out=1")).await;
        for reason in ["$0.20 short of the minimum of $10.00", "No payout method is set", "The affiliate is not approved"] {
            assert!(out.contains(reason), "{reason}: {out}");
        }
        // Put in by hand what may be, not who is suspended; leave one out.
        let box_of = |id: &Value| format!("{}:USD", id["id"].as_str().expect("an id"));
        let small = affiliate_named(&shop, "Small").await;
        owner.post(&format!("{run}/members"), &[("act", "in"), ("id", &box_of(&small)), ("id", &box_of(&gone))]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("$69.80"));
        let grace = affiliate_named(&shop, "Grace").await;
        owner.post(&format!("{run}/members"), &[("act", "out"), ("id", &box_of(&grace))]).await.expect(303);
        let text = page(&mut owner, &run).await;
        assert!(text.contains("$49.80") && !text.contains("Grace"), "{text}");
        assert!(page(&mut owner, &format!("{run}?out=1")).await.contains("Left out by hand"));
        assert_eq!(payouts(&shop).await.len(), 0, "nothing is made before it is asked for");

        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("Drafting payouts"));
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("draft".to_owned(), 2)]);
        let text = page(&mut owner, &run).await;
        assert!(text.contains("Submit exactly $49.80") && text.contains("value=\"USD 4980\""), "{text}");
        // One of its payouts alone is not approved or paid.
        let one = payouts(&shop).await[0]["id"].as_str().expect("an id").to_owned();
        let refused = shop.api().post(&format!("/payouts/{one}/mark-paid"), json!({})).await.expect(409).text();
        assert!(refused.contains("is part of payout run 1"), "{refused}");

        // A refund changes the total: what was seen before is not submitted.
        shop.made("/track/refund", json!({"external_id": "ref-1", "sale_external_id": "inv-maya", "amount": 10_000})).await;
        owner.post(&format!("{run}/submit"), &[("expected", "USD 4980")]).await.expect(303);
        let text = page(&mut owner, &run).await;
        assert!(text.contains("The total has changed") && text.contains("Submit exactly $29.80"), "{text}");
        owner.post(&format!("{run}/submit"), &[("expected", "USD 2980")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("pending".to_owned(), 2)]);
        let form = page(&mut owner, &format!("{run}/pay")).await;
        assert!(form.contains("2 payouts") && form.contains("Mark $29.80 paid"), "{form}");
        let refused = owner.post(&format!("{run}/pay"), &[("totals", "USD 2981"), ("reference", "SEPA 7")]).await.expect(422).text();
        assert!(refused.contains("The total has changed") && refused.contains("SEPA 7"), "{refused}");
        owner.post(&format!("{run}/pay"), &[("totals", "USD 2980"), ("reference", "SEPA 7"), ("method", "wise")]).await.expect(303);
        test.do_payout_runs().await;
        let paid = payouts(&shop).await;
        assert!(paid.iter().all(|p| p["status"] == "paid" && p["reference"] == "SEPA 7" && p["method"] == "wise"), "{paid:?}");
        let text = page(&mut owner, &run).await;
        assert!(text.contains("Paid") && text.contains("SEPA 7"), "{text}");
        owner.post(&format!("{run}/pay"), &[("totals", "USD 2980")]).await.expect(303);
        assert_eq!(test.do_payout_runs().await, 0);
        let audit = page(&mut owner, "/admin/audit?q=run%201").await;
        for act in ["payout run 1: USD 2980", "payout run 1: 1 put in by hand", "run 1: 1 left out by hand"] {
            assert!(audit.contains(act.trim_start_matches("payout ")), "{act}: {audit}");
        }
        proven(&shop).await;
    }

    async fn above_the_limit_another_person_approves(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "Maya", 20_000, "wise").await;
        owner.get("/admin/settings/payouts").await.expect(200);
        let limit = [RULES, &[("limit_currency", "USD"), ("limit_amount", "39.99")]].concat();
        let mut colleague = shop.colleague().await;
        colleague.get("/admin/settings/payouts").await.expect(200);
        colleague.post("/admin/settings/payouts", &limit).await.expect(403);
        owner.post("/admin/settings/payouts", &limit).await.expect(303);

        // Not by a payout of one's own either.
        let maya = affiliate_named(&shop, "Maya").await;
        let single = shop.made("/payouts", json!({"affiliate_id": maya["id"]})).await["data"][0]["id"].as_str().expect("a payout").to_owned();
        for act in ["approve", "mark-paid"] {
            let refused = shop.api().post(&format!("/payouts/{single}/{act}"), json!({})).await.expect(409).text();
            assert!(refused.contains("above the limit for one person"), "{refused}");
        }
        shop.api().post(&format!("/payouts/{single}/cancel"), json!({})).await.expect(200);

        // Made and taken back today; the payday is today: still due.
        let run = begin(&mut owner).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("a second one has to approve it"), "{text}");
        owner.post(&format!("{run}/submit"), &[("expected", "USD 4000")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("cancelled".to_owned(), 1), ("draft".to_owned(), 1)]);
        let text = page(&mut owner, &run).await;
        assert!(text.contains("Waits for approval") && !text.contains("Approve exactly"), "{text}");
        owner.post(&format!("{run}/approve"), &[("expected", "USD 4000")]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("a second person has to approve it"));
        // The second person shows who they are first.
        test.clock.advance_ms(15 * MINUTE_MS);
        assert!(page(&mut colleague, &run).await.contains("Approve exactly $40.00"));
        let asked = colleague.post(&format!("{run}/approve"), &[("expected", "USD 4000")]).await.expect(303);
        assert!(asked.header("location").starts_with("/admin/prove?next="), "{}", asked.header("location"));
        colleague.get(&format!("/admin/prove?next={run}")).await.expect(200);
        colleague.post("/admin/prove", &[("password", PASSWORD), ("next", &run)]).await.expect(303);
        page(&mut colleague, &run).await;
        colleague.post(&format!("{run}/approve"), &[("expected", "USD 3999")]).await.expect(303);
        assert!(page(&mut colleague, &run).await.contains("The total has changed"));
        colleague.post(&format!("{run}/approve"), &[("expected", "USD 4000")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("cancelled".to_owned(), 1), ("pending".to_owned(), 1)]);
        let text = page(&mut colleague, &run).await;
        assert!(text.contains("By Owner 1") && text.contains("By Colleague"), "{text}");
        proven(&shop).await;
    }

    async fn what_one_person_approves_in_a_day_counts_together(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        for (name, amount) in [("Bo", 10_000), ("Maya", 20_000)] {
            affiliate(&shop, &campaign, name, amount, "wise").await;
        }
        owner.get("/admin/settings/payouts").await.expect(200);
        let limit = [RULES, &[("limit_currency", "USD"), ("limit_amount", "50.00")]].concat();
        owner.post("/admin/settings/payouts", &limit).await.expect(303);
        let draft = async |name: &str| {
            let affiliate = affiliate_named(&shop, name).await;
            shop.made("/payouts", json!({"affiliate_id": affiliate["id"]})).await["data"][0]["id"].as_str().expect("a payout").to_owned()
        };
        let status = async |payout: &str| shop.api().get(&format!("/payouts/{payout}")).await.expect(200).json()["status"].clone();
        let single = format!("/admin/payouts/{}", draft("Bo").await);
        page(&mut owner, &single).await;
        owner.post(&format!("{single}/approve"), &[]).await.expect(303);
        assert_eq!(status(single.trim_start_matches("/admin/payouts/")).await, "pending");

        // $40.00 is within the limit, but not on top of the $20.00.
        let run = begin(&mut owner).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;
        let text = page(&mut owner, &run).await;
        assert!(text.contains("Together with $20.00 approved without a second person in the last 24 hours, this is above the limit for one person"), "{text}");
        owner.post(&format!("{run}/submit"), &[("expected", "USD 4000")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("draft".to_owned(), 1), ("pending".to_owned(), 1)]);
        assert!(page(&mut owner, &run).await.contains("Waits for approval"));
        // Nor by cancelling the first: it may have been with the bank.
        page(&mut owner, &single).await;
        owner.post(&format!("{single}/cancel"), &[]).await.expect(303);
        page(&mut owner, &run).await;
        owner.post(&format!("{run}/send-back"), &[]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("Together with $20.00"));
        // Somebody else has approved nothing today, and need not wait.
        let mut colleague = shop.colleague().await;
        assert!(!page(&mut colleague, &run).await.contains("above the limit"));
        colleague.post(&format!("{run}/submit"), &[("expected", "USD 4000")]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("cancelled".to_owned(), 1), ("pending".to_owned(), 1)]);

        // For a key everything counts: it may be in anybody's hands.
        let again = draft("Bo").await;
        for act in ["approve", "mark-paid"] {
            let refused = shop.api().post(&format!("/payouts/{again}/{act}"), json!({})).await.expect(409).text();
            assert!(refused.contains("$60.00 approved without a second person in the last 24 hours"), "{refused}");
        }
        // A day later nothing of it counts, and what a key approves counts for everybody.
        test.clock.advance_ms(DAY_MS);
        shop.api().post(&format!("/payouts/{again}/approve"), json!({})).await.expect(200);
        earn(&shop, "maya", "inv-maya-2", 20_000).await;
        let last = draft("Maya").await;
        let mut owner = shop.browser().await;
        page(&mut owner, &format!("/admin/payouts/{last}")).await;
        owner.post(&format!("/admin/payouts/{last}/approve"), &[]).await.expect(303);
        assert_eq!(status(&last).await, "draft");
        let text = page(&mut owner, &format!("/admin/payouts/{last}")).await;
        assert!(text.contains("Together with $20.00 approved without a second person in the last 24 hours, PO-"), "{text}");
        proven(&shop).await;
    }

    async fn who_approves_the_same_again_takes_nothing_from_the_first(test: TestApp) {
        let (shop, ..) = programme(&test).await;
        let mut work = shop.work().await;
        let now = work.now;
        let (dollar, euro): (Currency, Currency) = ("USD".parse().expect("a currency"), "EUR".parse().expect("a currency"));
        let by = |actor: &str, by_key: bool, currency: Currency, amount: i64| Sole { actor: actor.to_owned(), by_key, currency, amount };
        // Ada and then Bo submit run 1, Ada with another sum again, and a key approves payout 2.
        for (subject, sole) in [
            ("run 1", by("ada", false, dollar, 4_000)),
            ("run 1", by("ada", false, euro, 500)),
            ("run 1", by("bo", false, dollar, 3_000)),
            ("run 1", by("ada", false, dollar, 4_500)),
            ("payout 2", by("key", true, dollar, 700)),
        ] {
            payout_limit::put(&mut work.tx, subject, &[sole], now).await.expect("noted");
        }
        let mut of = async |actor: Option<&str>, everybodys: bool, but_for: &str| {
            let whose = Whose { actor: actor.map(str::to_owned), everybodys };
            let sums = payout_limit::sums(&mut work.tx, now.plus_ms(-DAY_MS), but_for, &whose).await.expect("sums");
            sums.into_iter().map(|sum| (sum.currency, sum.amount)).collect::<Vec<_>>()
        };
        assert_eq!(of(Some("ada"), false, "").await, [(euro, 500), (dollar, 5_200)]);
        assert_eq!(of(Some("bo"), false, "").await, [(dollar, 3_700)]);
        assert_eq!(of(Some("bo"), false, "run 1").await, [(dollar, 700)]);
        assert_eq!(of(None, false, "").await, [(dollar, 700)], "of the program only what keys approved");
        // What two have approved is paid once.
        assert_eq!(of(None, true, "").await, [(euro, 500), (dollar, 5_200)]);
    }

    async fn a_result_file_closes_the_runs_of_its_payouts(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "Maya", 20_000, "wise").await;
        affiliate(&shop, &campaign, "Bo", 10_000, "wise").await;
        let run = begin(&mut owner).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;
        page(&mut owner, &run).await;
        owner.post(&format!("{run}/submit"), &[("expected", "USD 6000")]).await.expect(303);
        test.do_payout_runs().await;
        let id = run.rsplit('/').next().expect("an id").parse().expect("an id");
        let state = async || payout_run::get(&mut shop.work().await, id).await.expect("a run").state;
        assert_eq!(state().await, PayoutRunState::Approved);
        for (row, after) in [("PO-1001", PayoutRunState::Approved), ("PO-1002", PayoutRunState::Paid)] {
            let amount = payouts(&shop).await.iter().find(|payout| format!("PO-{}", payout["number"]) == row).expect("a payout")["amount"].clone();
            page(&mut owner, "/admin/payouts/files").await;
            let text = format!("payout_id,status\n{row},paid\n");
            let answer = owner.upload("/admin/payouts/results", &[], &[("file", "answer.csv", text.as_bytes())]).await;
            let result = answer.expect(303).header("location").to_owned();
            page(&mut owner, &result).await;
            owner.post(&format!("{result}/apply"), &[("expected", &format!("USD {amount}"))]).await.expect(303);
            test.do_payout_runs().await;
            assert_eq!(state().await, after);
        }
        proven(&shop).await;
    }

    async fn where_two_steps_are_asked_for_nobody_pays_without(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "Maya", 20_000, "wise").await;
        owner.get("/admin/settings/payouts").await.expect(200);
        let form = [RULES, &[("two_step", "true")]].concat();
        owner.post("/admin/settings/payouts", &form).await.expect(303);
        let run = begin(&mut owner).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;
        owner.post(&format!("{run}/submit"), &[("expected", "USD 4000")]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("two-step log-in"));
        assert_eq!(statuses(&shop).await, [("draft".to_owned(), 1)]);
        // A run that is taken back leaves its commissions to the next one.
        owner.post(&format!("{run}/cancel"), &[]).await.expect(303);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("cancelled".to_owned(), 1)]);
        let run = begin(&mut owner).await;
        assert!(page(&mut owner, &run).await.contains("$40.00"));
        proven(&shop).await;
    }

    async fn days_cut_off_and_methods_decide_who_is_in(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        affiliate(&shop, &campaign, "Maya", 20_000, "wise").await;
        let run = begin(&mut owner).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;
        // Six days later: approved after the cut-off, and no payday since the last payout.
        test.clock.advance_ms(6 * DAY_MS);
        earn(&shop, "maya", "inv-2", 10_000).await;
        let mut owner = shop.browser().await;
        owner.get(&format!("{RUNS}/new")).await.expect(200);
        let early = owner.post(&format!("{RUNS}/new"), &[("until", "2026-11-26")]).await.expect(303).header("location").to_owned();
        assert!(page(&mut owner, &early).await.contains("0 affiliates"));
        assert!(!page(&mut owner, &format!("{early}?out=1")).await.contains("Maya"), "nothing was approved until then");
        let late = owner.post(&format!("{RUNS}/new"), &[("until", "2026-11-27")]).await.expect(303).header("location").to_owned();
        assert!(page(&mut owner, &format!("{late}?out=1")).await.contains("Not due"));
        owner.post(&format!("{RUNS}/new"), &[("until", "2026-11-28")]).await.expect(422);
        // Saturday: due. In a group that is paid by bank only: not by this method.
        test.clock.advance_ms(DAY_MS);
        let mut owner = shop.browser().await;
        page(&mut owner, &late).await;
        owner.post(&format!("{late}/look"), &[]).await.expect(303);
        assert!(page(&mut owner, &late).await.contains("$20.00"));
        owner.get("/admin/groups/new").await.expect(200);
        let form = [("name", "Bank"), ("weekday", "9"), ("allowed", "bank_transfer")];
        owner.post("/admin/groups/new", &form).await.expect(422);
        let form = [("name", "Bank"), ("weekday", "6"), ("allowed", "bank_transfer")];
        let group = owner.post("/admin/groups/new", &form).await.expect(303).header("location").to_owned();
        let maya = affiliate_named(&shop, "Maya").await;
        owner.post(&format!("{group}/members"), &[("id", maya["id"].as_str().expect("an id"))]).await.expect(303);
        owner.post(&format!("{late}/look"), &[]).await.expect(303);
        assert!(page(&mut owner, &format!("{late}?out=1")).await.contains("not paid by this method"));
        assert!(page(&mut owner, &format!("{group}/edit")).await.contains("value=\"bank_transfer\" class=\"checkbox checkbox-sm checkbox-primary\" checked"));
    }

    async fn a_group_is_paid_on_its_own_days_from_its_own_minimum(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let groups: &[(&str, &[(&str, &str)])] = &[
            ("Wendy", &[]),
            ("Fred", &[("payout_frequency", "biweekly"), ("weekday", "6")]),
            ("Mona", &[("payout_frequency", "monthly"), ("month_day", "21")]),
            ("Faye", &[("payout_frequency", "monthly"), ("month_day", "1")]),
            ("Rita", &[("payout_frequency", "on_request")]),
            ("Bella", &[("minimum_amount", "50.00"), ("minimum_currency", "USD")]),
        ];
        let mut ritas = None;
        for (name, rules) in groups {
            let (found, browser) = affiliate(&shop, &campaign, name, 20_000, "wise").await;
            if *name == "Rita" {
                ritas = Some(browser);
            }
            if rules.is_empty() {
                continue;
            }
            let group = format!("Those like {}", name.to_uppercase());
            let form = [*rules, &[("name", group.as_str())]].concat();
            owner.get("/admin/groups/new").await.expect(200);
            let made = owner.post("/admin/groups/new", &form).await.expect(303).header("location").to_owned();
            owner.post(&format!("{made}/members"), &[("id", found["id"].as_str().expect("an id"))]).await.expect(303);
        }
        let named = |text: &str| groups.iter().map(|(name, _)| *name).filter(|name| text.contains(name)).collect::<Vec<_>>();
        let until = async |owner: &mut Client, day: &str| {
            owner.get(&format!("{RUNS}/new")).await.expect(200);
            owner.post(&format!("{RUNS}/new"), &[("until", day)]).await.expect(303).header("location").to_owned()
        };

        // 21 November 2026 is a Saturday, one of every second week, and the 21st.
        let run = until(&mut owner, "2026-11-21").await;
        assert_eq!(named(&page(&mut owner, &run).await), ["Wendy", "Fred", "Mona"]);
        let out = page(&mut owner, &format!("{run}?out=1")).await;
        assert_eq!(named(&out), ["Faye", "Rita", "Bella"]);
        assert!(out.contains("$10.00 short of the minimum of $50.00") && out.matches("Not due").count() >= 2, "{out}");
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;

        // A week later all have earned again, and one has asked.
        test.clock.advance_ms(7 * DAY_MS);
        for (name, _) in groups {
            earn(&shop, &name.to_lowercase(), &format!("again-{name}"), 20_000).await;
        }
        let mut rita = ritas.expect("a browser");
        page(&mut rita, "/portal/fernhill/payouts").await;
        rita.post("/portal/fernhill/payouts/ask", &[("currency", "USD")]).await.expect(303);
        let mut owner = shop.browser().await;
        let run = until(&mut owner, "2026-11-28").await;
        assert_eq!(named(&page(&mut owner, &run).await), ["Wendy", "Rita", "Bella"]);
        assert_eq!(named(&page(&mut owner, &format!("{run}?out=1")).await), ["Fred", "Mona", "Faye"]);
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;

        // The first of the month, and the Saturday after.
        for (days, day, due, rest) in [
            (3, "2026-12-01", ["Faye"], &["Fred", "Mona"][..]),
            (4, "2026-12-05", ["Fred"], &["Mona"][..]),
        ] {
            test.clock.advance_ms(days * DAY_MS);
            let mut owner = shop.browser().await;
            let run = until(&mut owner, day).await;
            assert_eq!(named(&page(&mut owner, &run).await), due, "{day}");
            assert_eq!(named(&page(&mut owner, &format!("{run}?out=1")).await), rest, "{day}");
            owner.post(&format!("{run}/draft"), &[]).await.expect(303);
            test.do_payout_runs().await;
        }
        proven(&shop).await;
    }

    async fn an_affiliate_asks_to_be_paid(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        let (maya, mut browser) = affiliate(&shop, &campaign, "Maya", 4_900, "wise").await;
        let list = "/portal/fernhill/payouts";
        assert!(!page(&mut browser, list).await.contains("Ask for a payout"), "paid by date");
        owner.get("/admin/settings/payouts").await.expect(200);
        let form: Vec<_> = RULES.iter().map(|pair| if pair.0 == "payout_frequency" { (pair.0, "on_request") } else { *pair }).collect();
        owner.post("/admin/settings/payouts", &form).await.expect(303);
        assert!(page(&mut browser, list).await.contains("A payout can be asked for from $10.00 on"));
        browser.post(&format!("{list}/ask"), &[("currency", "USD")]).await.expect(303);
        assert!(!page(&mut owner, "/admin/payouts").await.contains("Asked to be paid"));
        earn(&shop, "maya", "inv-2", 5_000).await;
        assert!(page(&mut browser, list).await.contains("Ask for $19.80"));
        let run = begin(&mut owner).await;
        assert!(page(&mut owner, &format!("{run}?out=1")).await.contains("Not due"));
        browser.post(&format!("{list}/ask"), &[("currency", "USD")]).await.expect(303);
        browser.post(&format!("{list}/ask"), &[("currency", "USD")]).await.expect(303);
        let text = page(&mut browser, list).await;
        assert!(text.contains("Take back") && text.contains("You have asked for this payout already"), "{text}");
        let text = page(&mut owner, "/admin/payouts").await;
        assert!(text.contains("Asked to be paid") && text.matches("Turn down").count() == 1, "{text}");
        owner.post(&format!("{run}/look"), &[]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("$19.80"));
        // Inside, staff sees it and cannot ask for them.
        let inside = format!("/admin/affiliates/{}/inside/payouts", maya["id"].as_str().expect("an id"));
        owner.get(&inside).await.expect(200);
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        test.do_payout_runs().await;
        assert!(!page(&mut owner, "/admin/payouts").await.contains("Asked to be paid"), "a payout answers it");
        assert!(!page(&mut browser, list).await.contains("Take back"));
    }

    async fn a_run_over_many_goes_on_where_it_was(test: TestApp) {
        let (shop, mut owner, campaign) = programme(&test).await;
        for name in ["Ada", "Bo", "Chi"] {
            affiliate(&shop, &campaign, name, 10_000, "wise").await;
        }
        let run = begin(&mut owner).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        // A worker takes the job and dies; stopped meanwhile, it finds nothing to do.
        let jobs = test.claimed(JOB).await;
        assert_eq!(jobs.len(), 1);
        owner.post(&format!("{run}/stop"), &[]).await.expect(303);
        assert!(page(&mut owner, &run).await.contains("Draft the rest"));
        test.clock.advance_ms(job::LEASE_MS + 1);
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, []);
        // Begun again twice over: two workers share the members.
        let mut owner = shop.browser().await;
        page(&mut owner, &run).await;
        owner.post(&format!("{run}/draft"), &[]).await.expect(303);
        let jobs = test.claimed(JOB).await;
        let job = jobs.first().expect("the run's job");
        let RunPayload { run_id } = serde_json::from_str(&job.payload).expect("a payload");
        let (one, other) = tokio::join!(
            payout_run::work_on(&test.app, job, run_id),
            payout_run::work_on(&test.app, job, run_id),
        );
        assert!(one.is_ok() ^ other.is_ok(), "a job is done by one of them: {one:?} {other:?}");
        test.do_payout_runs().await;
        assert_eq!(statuses(&shop).await, [("draft".to_owned(), 3)]);
        let total: i64 = payouts(&shop).await.iter().map(|p| p["amount"].as_i64().expect("an amount")).sum();
        assert_eq!(total, 6_000);
        proven(&shop).await;
        assert!(test.app.now() > UnixMs(0));
    }
}

async fn affiliate_named(shop: &Shop<'_>, name: &str) -> Value {
    let answer = shop
        .api()
        .get(&format!("/affiliates?q={name}"))
        .await
        .expect(200)
        .json();
    answer["data"][0].clone()
}
