//! Affiliates and groups: the use cases behind API and pages, and bad input to both.

use domain::id::AffiliateId;
use domain::status::{AffiliateStatus, Scope};
use serde_json::{Value, json};
use service::programme::affiliate::{
    self, AffiliateIn, AffiliatePatch, Filter, InGroup, Selection,
};
use service::store::list::Window;
use testkit::{Shop, TestApp, both_engines};

fn id(made: &Value) -> String {
    made["id"].as_str().expect("an id").to_owned()
}

async fn history(shop: &Shop<'_>, subject: &str) -> Vec<String> {
    let mut work = shop.work().await;
    let filter = service::identity::audit::AuditFilter {
        subject_id: subject.to_owned(),
        ..Default::default()
    };
    let entries = service::identity::audit::list(&mut work, &filter, Window::after(None, 50))
        .await
        .expect("the log");
    entries
        .into_iter()
        .rev()
        .map(|entry| entry.action)
        .collect()
}

both_engines! {
    async fn an_affiliate_is_made_changed_and_read(test: TestApp) {
        let shop = test.business("Northwind").await;
        let group = shop.made("/groups", json!({"name": "VIP"})).await;
        let above = shop.affiliate("Maya Okonkwo").await;
        let made = shop.made("/affiliates", json!({
            "name": "  Tomás Herrera ", "email": "Tomas@CRMConfiesta.mx", "group_id": group["id"], "parent_id": above["id"],
            "status": "pending", "company": "CRM Confiesta", "website": "crmconfiesta.mx", "country": "mx",
            "traffic_source": "newsletter", "deal_type": "revenue_share", "tags": ["VIP", " vip", "São Paulo"], "note": "met in Lisbon"
        })).await;
        assert_eq!(made["name"], "Tomás Herrera");
        assert_eq!(made["email"], "Tomas@CRMConfiesta.mx");
        assert_eq!(made["website"], "https://crmconfiesta.mx/");
        assert_eq!(made["country"], "MX");
        assert_eq!(made["tags"], json!(["vip", "sao paulo"]));
        assert_eq!((&made["status"], &made["approved_at"]), (&json!("pending"), &Value::Null));
        assert_eq!(made["created_at"], "2026-11-21T12:00:00.000Z");

        test.clock.advance_ms(1000);
        let path = format!("/affiliates/{}", id(&made));
        let patched = shop.api().patch(&path, json!({"company": null, "group_id": null, "name": "Tomás H."})).await.expect(200).json();
        assert_eq!((&patched["company"], &patched["group_id"], &patched["name"]), (&Value::Null, &Value::Null, &json!("Tomás H.")));
        assert_eq!(patched["parent_id"], above["id"], "what is absent stays");
        assert_eq!(shop.api().get(&path).await.expect(200).json(), patched);
        assert_eq!(history(&shop, &id(&made)).await, ["affiliate.create", "affiliate.update"]);

        let same = shop.api().patch(&path, json!({"name": "Tomás H."})).await.expect(200).json();
        assert_eq!(same, patched);
        assert_eq!(history(&shop, &id(&made)).await.len(), 2, "no change, no entry");
    }

    async fn statuses_are_audited_and_the_first_approval_is_dated(test: TestApp) {
        let shop = test.business("Northwind").await;
        let made = shop.made("/affiliates", json!({"name": "Ada", "email": "ada@example.com", "status": "pending"})).await;
        let path = format!("/affiliates/{}/status", id(&made));
        test.clock.advance_ms(60_000);
        let approved = shop.api().post(&path, json!({"status": "approved"})).await.expect(200).json();
        assert_eq!(approved["approved_at"], "2026-11-21T12:01:00.000Z");
        test.clock.advance_ms(60_000);
        shop.api().post(&path, json!({"status": "suspended"})).await.expect(200);
        test.clock.advance_ms(60_000);
        let again = shop.api().post(&path, json!({"status": "approved"})).await.expect(200).json();
        assert_eq!(again["approved_at"], "2026-11-21T12:01:00.000Z");
        shop.api().post(&path, json!({"status": "approved"})).await.expect(200);
        assert_eq!(history(&shop, &id(&made)).await, ["affiliate.create", "affiliate.approve", "affiliate.suspend", "affiliate.approve"]);

        let answer = shop.api().post(&path, json!({"status": "happy"})).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["status"]);

        let mut work = shop.work().await;
        let mails = service::messaging::mail::count(&mut work, &Default::default()).await.expect("the outbox");
        assert_eq!(mails, 1, "one mail, for the approval of who was waiting");
    }

    async fn the_default_status_is_a_setting(test: TestApp) {
        let shop = test.business("Northwind").await;
        let first = shop.made("/affiliates", json!({"name": "Ada", "email": "ada@example.com"})).await;
        assert_eq!(first["status"], "approved");
        let mut work = shop.work().await;
        let patch = service::identity::setting::SettingPatch { default_affiliate_status: Some(AffiliateStatus::Pending), ..Default::default() };
        service::identity::setting::update(&mut work, patch).await.expect("the settings");
        work.commit().await.expect("stored");
        let second = shop.made("/affiliates", json!({"name": "Bo", "email": "bo@example.com"})).await;
        assert_eq!(second["status"], "pending");
    }

    async fn bad_input_names_its_field(test: TestApp) {
        let shop = test.business("Northwind").await;
        let other = test.business("Contoso").await;
        let foreign_group = other.made("/groups", json!({"name": "VIP"})).await;
        let foreign = other.affiliate("Bo").await;
        shop.affiliate("Ada").await;
        let api = shop.api();
        let long = "x".repeat(121);
        for (body, field) in [
            (json!({"name": "", "email": "a@example.com"}), "name"),
            (json!({"name": long, "email": "a@example.com"}), "name"),
            (json!({"name": "A\nB", "email": "a@example.com"}), "name"),
            (json!({"name": "A\u{0}", "email": "a@example.com"}), "name"),
            (json!({"name": "A\u{7}", "email": "a@example.com"}), "name"),
            (json!({"name": "A", "email": "nobody"}), "email"),
            (json!({"name": "A", "email": "ADA@affiliates.example.com"}), "email"),
            (json!({"name": "A", "email": "a@example.com", "colour": 1}), "colour"),
            (json!({"name": "A", "email": "a@example.com", "status": "happy"}), "status"),
            (json!({"name": "A", "email": "a@example.com", "group_id": foreign_group["id"]}), "group_id"),
            (json!({"name": "A", "email": "a@example.com", "group_id": "grp_nonsense"}), "group_id"),
            (json!({"name": "A", "email": "a@example.com", "parent_id": foreign["id"]}), "parent_id"),
            (json!({"name": "A", "email": "a@example.com", "country": "Germany"}), "country"),
            (json!({"name": "A", "email": "a@example.com", "website": "javascript://x"}), "website"),
            (json!({"name": "A", "email": "a@example.com", "tags": ["a,b"]}), "tags"),
            (json!({"name": "A", "email": "a@example.com", "deal_type": "barter"}), "deal_type"),
            (json!({"name": "A", "email": "a@example.com", "note": "x".repeat(5001)}), "note"),
        ] {
            let answer = api.post("/affiliates", body.clone()).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{body}");
        }
        let answer = api.post("/affiliates", json!({"name": "", "email": "x", "country": "?"})).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["name", "email", "country"], "all at once");
        assert_eq!(api.get("/affiliates").await.expect(200).json()["data"].as_array().map(Vec::len), Some(1));

        let mine = id(&shop.affiliate("Cy").await);
        let answer = api.patch(&format!("/affiliates/{mine}"), json!({"email": "ada@affiliates.example.com"})).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["email"]);
        let foreign = id(&foreign);
        api.get(&format!("/affiliates/{foreign}")).await.expect(404);
        api.patch(&format!("/affiliates/{foreign}"), json!({"name": "Mine"})).await.expect(404);
        api.post(&format!("/affiliates/{foreign}/status"), json!({"status": "approved"})).await.expect(404);
        let foreign_group = id(&foreign_group);
        api.get(&format!("/groups/{foreign_group}")).await.expect(404);
        api.patch(&format!("/groups/{foreign_group}"), json!({"name": "Mine"})).await.expect(404);
    }

    async fn scopes_are_kept(test: TestApp) {
        let shop = test.business("Northwind").await;
        let made = id(&shop.affiliate("Ada").await);
        let reader = shop.api_with(&[Scope::Read]).await;
        reader.get(&format!("/affiliates/{made}")).await.expect(200);
        reader.post("/affiliates", json!({"name": "A", "email": "a@example.com"})).await.expect(403);
        reader.patch(&format!("/affiliates/{made}"), json!({"name": "A"})).await.expect(403);
        reader.post("/groups", json!({"name": "A"})).await.expect(403);
        let tracker = shop.api_with(&[Scope::Track]).await;
        tracker.get("/affiliates").await.expect(403);
        tracker.get("/groups").await.expect(403);
    }

    async fn parents_never_make_a_circle(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut line = Vec::new();
        for name in ["A", "B", "C", "D", "E", "F", "G", "H", "I"] {
            let email = format!("{name}@example.com");
            let parent = line.last().cloned();
            line.push(id(&shop.made("/affiliates", json!({"name": name, "email": email, "parent_id": parent})).await));
        }
        for below in [0, 1, 4, 8] {
            let answer = shop.api().patch(&format!("/affiliates/{}", line[0]), json!({"parent_id": line[below]})).await.expect(422);
            assert_eq!(answer.wrong_fields(), ["parent_id"], "{below}");
        }
        shop.api().patch(&format!("/affiliates/{}", line[8]), json!({"parent_id": line[0]})).await.expect(200);
    }

    async fn lists_are_filtered_and_paged(test: TestApp) {
        let shop = test.business("Northwind").await;
        let group = shop.made("/groups", json!({"name": "VIP"})).await;
        for (name, email, extra) in [
            ("Zoë 50%", "zoe@example.com", json!({"group_id": group["id"], "tags": ["top"]})),
            ("Åsa", "asa@example.com", json!({"company": "Lindqvist Média"})),
            ("Bo", "bo@example.com", json!({"status": "pending", "tags": ["top list"]})),
        ] {
            let mut body = json!({"name": name, "email": email, "status": "approved"});
            body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            shop.made("/affiliates", body).await;
            test.clock.advance_ms(1000);
        }
        for (query, names) in [
            ("", vec!["Bo", "Åsa", "Zoë 50%"]),
            ("?status=pending", vec!["Bo"]),
            ("?group_id=none", vec!["Bo", "Åsa"]),
            ("?tag=TOP", vec!["Zoë 50%"]),
            ("?email=ASA%40example.com", vec!["Åsa"]),
            ("?q=lindqvist+media", vec!["Åsa"]),
            ("?q=50%25", vec!["Zoë 50%"]),
            ("?q=_", vec![]),
            ("?q=example.com&status=approved", vec!["Åsa", "Zoë 50%"]),
        ] {
            let listed = shop.api().get(&format!("/affiliates{query}")).await.expect(200).json();
            let found: Vec<&str> = listed["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
            assert_eq!(found, names, "{query}");
        }
        let in_group = shop.api().get(&format!("/affiliates?group_id={}", id(&group))).await.expect(200).json();
        assert_eq!(in_group["data"].as_array().map(Vec::len), Some(1));
        let first = shop.api().get("/affiliates?limit=2").await.expect(200).json();
        let rest = shop.api().get(&format!("/affiliates?limit=2&after={}", first["next"].as_str().unwrap())).await.expect(200).json();
        assert_eq!((rest["data"][0]["name"].as_str(), rest["next"].as_str()), (Some("Zoë 50%"), None));
    }

    async fn bulk_acts_report_what_they_did(test: TestApp) {
        let shop = test.business("Northwind").await;
        let other = test.business("Contoso").await;
        let foreign: AffiliateId = id(&other.affiliate("Bo").await).parse().unwrap();
        let foreign_group = id(&other.made("/groups", json!({"name": "VIP"})).await).parse().unwrap();
        let mut work = shop.work().await;
        let mut ids = Vec::new();
        for (name, status) in [("A", AffiliateStatus::Pending), ("B", AffiliateStatus::Pending), ("C", AffiliateStatus::Approved)] {
            let input = AffiliateIn { name: name.to_owned(), email: format!("{name}@example.com"), status: Some(status), ..Default::default() };
            ids.push(affiliate::create(&mut work, input).await.unwrap().id);
        }
        let mut chosen = ids.clone();
        chosen.push(foreign);
        chosen.push(ids[0]);
        let report = affiliate::set_status_many(&mut work, Selection::Ids(chosen), AffiliateStatus::Approved).await.unwrap();
        assert_eq!((report.changed, report.unchanged), (2, 1));
        assert_eq!(report.failed, [(foreign, "not found".to_owned())]);
        work.commit().await.unwrap();

        let group = id(&shop.made("/groups", json!({"name": "VIP"})).await).parse().unwrap();
        let mut work = shop.work().await;
        let all = Selection::Matching(Filter { search: Some("example.com".into()), ..Filter::default() });
        let report = affiliate::assign_group(&mut work, all, Some(group)).await.unwrap();
        assert_eq!(report.changed, 3);
        let members = affiliate::count(&mut work, &Filter { group: InGroup::Of(group), ..Filter::default() }).await.unwrap();
        assert_eq!(members, 3);
        let report = affiliate::assign_group(&mut work, Selection::Ids(vec![ids[0]]), None).await.unwrap();
        assert_eq!(report.changed, 1);
        let outside = affiliate::list(&mut work, &Filter { group: InGroup::Not(group), ..Filter::default() }, Window::all(affiliate::ORDERS[0].1)).await.unwrap();
        assert_eq!(outside.iter().map(|row| row.id).collect::<Vec<_>>(), [ids[0]]);
        assert!(affiliate::assign_group(&mut work, Selection::Ids(ids), Some(foreign_group)).await.is_err());
    }

    async fn affiliates_are_grouped_by_country_traffic_source_and_performance(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Launch").await;
        for (name, country, source, sales) in [("Ada", "DE", "Newsletter", 1), ("Bo", "DE", "Video", 3), ("Cy", "SE", "Newsletter", 2), ("Di", "", "", 0)] {
            let mut body = json!({"name": name, "email": format!("{name}@example.com"), "status": "approved"});
            if !country.is_empty() {
                body["country"] = country.into();
                body["traffic_source"] = source.into();
            }
            test.clock.advance_ms(1000);
            let made = shop.made("/affiliates", body).await;
            let code = name.to_lowercase();
            shop.partnership(&campaign, &made, &code).await;
            for number in 0..sales {
                let sale = json!({"external_id": format!("{name}-{number}"), "customer_external_id": format!("of-{name}"), "amount": 1000, "currency": "USD", "code": code});
                shop.made("/track/sale", sale).await;
            }
        }
        let listed = async |query: &str| {
            let found = shop.api().get(&format!("/affiliates?{query}")).await.expect(200).json();
            let rows = found["data"].as_array().expect("rows").clone();
            rows.iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(listed("country=DE").await, ["Bo", "Ada"]);
        assert_eq!(listed("country=de&traffic_source=Newsletter").await, ["Ada"]);
        assert_eq!(listed("traffic_source=Newsletter").await, ["Cy", "Ada"]);
        assert_eq!(listed("traffic_source=News").await, Vec::<String>::new());

        let mut staff = shop.browser().await;
        let page = staff.get("/admin/affiliates?country=DE&source=Video").await.expect(200).text();
        assert!(page.contains("Germany (2)") && page.contains("Newsletter (2)") && page.contains("Video (1)"), "{page}");
        assert!(page.contains(">Bo</a>") && !page.contains(">Ada</a>") && !page.contains(">Cy</a>"), "{page}");
        let csv = staff.get("/admin/affiliates.csv?source=Newsletter").await.expect(200).text();
        assert!(csv.lines().count() == 3 && !csv.contains(",Bo,"), "{csv}");
        // Who sells most stands first, and all of the list go into a group.
        let best = staff.get("/admin/affiliates?source=Newsletter&sort=-conversions").await.expect(200).text();
        assert!(best.find(">Cy</a>") < best.find(">Ada</a>") && !best.contains(">Bo</a>"), "{best}");
        let group = id(&shop.made("/groups", json!({"name": "Letters"})).await);
        let fields = [("act", "group"), ("group", group.as_str()), ("all", "true"), ("query", "source=Newsletter&sort=-conversions")];
        staff.post("/admin/affiliates/bulk", &fields).await.expect(303);
        assert_eq!(listed(&format!("group_id={group}")).await, ["Cy", "Ada"]);
    }

    async fn figures_come_by_currency_and_sort_the_list(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Launch").await;
        let mut names = Vec::new();
        for (name, sales) in [("Ada", vec![("USD", 1000), ("EUR", 99_000)]), ("Bo", vec![("USD", 5000)]), ("Cy", vec![])] {
            let made = shop.affiliate(name).await;
            let code = name.to_lowercase();
            shop.partnership(&campaign, &made, &code).await;
            for (number, (currency, amount)) in sales.into_iter().enumerate() {
                let sale = json!({"external_id": format!("{name}-{number}"), "customer_external_id": format!("of-{name}"), "amount": amount, "currency": currency, "code": code});
                shop.made("/track/sale", sale).await;
            }
            names.push(made);
        }
        shop.made("/track/refund", json!({"external_id": "r1", "sale_external_id": "Bo-0", "amount": 2000})).await;
        let ids: Vec<AffiliateId> = names.iter().map(|made| id(made).parse().unwrap()).collect();
        let mut work = shop.work().await;
        let figures = affiliate::figures(&mut work, &ids).await.unwrap();
        let ada = &figures[&ids[0]];
        assert_eq!(ada.conversions, 2);
        assert_eq!(ada.money.iter().map(|money| (money.currency.code(), money.revenue)).collect::<Vec<_>>(), [("EUR", 99_000), ("USD", 1000)]);
        assert_eq!(figures[&ids[1]].money[0].revenue, 3000);
        assert!(!figures.contains_key(&ids[2]));
        let window = |order| Window { order, limit: 10, offset: 0, after: None };
        let by_revenue = affiliate::list_ranked(&mut work, &Filter::default(), window("coalesce(sold.revenue, 0) desc, a.id")).await.unwrap();
        assert_eq!(by_revenue.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["Bo", "Ada", "Cy"], "in dollars");
        drop(work);

        let page = shop.browser().await.get("/admin/affiliates").await.expect(200).text();
        let place = |name: &str| page.find(&format!(">{name}</a>")).unwrap_or_else(|| panic!("{name} is missing"));
        assert!(place("Bo") < place("Ada") && place("Ada") < place("Cy"));
        assert!(page.contains("€990.00") && page.contains("$30.00"));
    }

    async fn groups_have_minimums_by_currency(test: TestApp) {
        let shop = test.business("Northwind").await;
        let api = shop.api();
        let made = shop.made("/groups", json!({
            "name": "VIP", "payout_frequency": "monthly",
            "minimum_payout": [{"amount": 5000, "currency": "USD"}, {"amount": 0, "currency": "EUR"}]
        })).await;
        assert_eq!(made["minimum_payout"], json!([{"amount": 0, "currency": "EUR"}, {"amount": 5000, "currency": "USD"}]));
        let path = format!("/groups/{}", id(&made));
        let patched = api.patch(&path, json!({"name": "Very important", "payout_frequency": null})).await.expect(200).json();
        assert_eq!((&patched["minimum_payout"], &patched["payout_frequency"]), (&made["minimum_payout"], &Value::Null));
        let patched = api.patch(&path, json!({"minimum_payout": [{"amount": 100, "currency": "USD"}]})).await.expect(200).json();
        assert_eq!(patched["minimum_payout"], json!([{"amount": 100, "currency": "USD"}]));
        assert_eq!(api.get("/groups").await.expect(200).json()["data"], json!([patched]));

        shop.made("/groups", json!({"name": "Standard"})).await;
        for (body, field) in [
            (json!({"name": " "}), "name"),
            (json!({"name": "STANDARD"}), "name"),
            (json!({"name": "A", "minimum_payout": [{"amount": -1, "currency": "USD"}]}), "minimum_payout[0].amount"),
            (json!({"name": "A", "minimum_payout": [{"amount": 1, "currency": "XXX"}]}), "minimum_payout[0].currency"),
            (json!({"name": "A", "minimum_payout": [{"amount": 1, "currency": "USD"}, {"amount": 2, "currency": "USD"}]}), "minimum_payout[1].currency"),
            (json!({"name": "A", "minimum_payout": [{"amount": 1, "currency": "USD", "x": 1}]}), "minimum_payout[0].x"),
            (json!({"name": "A", "payout_frequency": "never"}), "payout_frequency"),
            (json!({"name": "A", "colour": "red"}), "colour"),
        ] {
            let answer = api.post("/groups", body.clone()).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{body}");
        }
        let answer = api.patch(&path, json!({"name": "standard"})).await.expect(422);
        assert_eq!(answer.wrong_fields(), ["name"]);
    }

    async fn staff_adds_and_edits_affiliates(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        let empty = browser.get("/admin/affiliates").await.expect(200).text();
        assert!(empty.contains("No affiliates yet"));
        browser.get("/admin/affiliates/new").await.expect(200);
        let refused = browser.post("/admin/affiliates/new", &[("name", "<b>Ada</b>"), ("email", "nobody")]).await.expect(422).text();
        assert!(refused.contains("This is not an e-mail address") && refused.contains("value=\"&#60;b&#62;Ada&#60;/b&#62;\""), "{refused}");
        let campaign = id(&shop.campaign("Launch").await);
        let made = browser
            .post("/admin/affiliates/new", &[("name", "Ada"), ("email", "ada@example.com"), ("status", "approved"), ("campaign", &campaign), ("tags", "VIP, new")])
            .await
            .expect(303);
        let record = made.header("location").to_owned();
        let page = browser.get(&record).await.expect(200).text();
        for part in ["Ada was added and invited.", "/r/", "Launch", "Live", ">vip<", "Invitation link"] {
            assert!(page.contains(part), "{part} is missing");
        }
        let duplicate = browser.post("/admin/affiliates/new", &[("name", "Ada 2"), ("email", "ADA@example.com")]).await.expect(422).text();
        assert!(duplicate.contains("Another affiliate has this address"));
        let edited = browser.post(&format!("{record}/edit"), &[("name", "Ada L."), ("email", "ada@example.com"), ("parent", "nobody@example.com")]).await.expect(422).text();
        assert!(edited.contains("There is no affiliate with this address."));
        browser.post(&format!("{record}/edit"), &[("name", "Ada L."), ("email", "ada@example.com"), ("note", "likes tea")]).await.expect(303);
        let page = browser.get(&record).await.expect(200).text();
        assert!(page.contains("likes tea") && page.contains("Ada L. was saved."));

        browser.post(&format!("{record}/status"), &[("status", "suspended")]).await.expect(303);
        let page = browser.get(&record).await.expect(200).text();
        assert!(page.contains("is suspended. Links are off.") && page.contains("Undo"), "an act that can be undone offers it");
        browser.post(&format!("{record}/status"), &[("status", "approved"), ("back", "https://evil.example/")]).await.expect(303);
        browser.post(&format!("{record}/status"), &[("status", "happy")]).await.expect(400);
        browser.post(&format!("{record}/status"), &[("status", "approved"), ("colour", "blue")]).await.expect(422);
        browser.post("/admin/affiliates/new", &[("name", "A\0"), ("email", "x@example.com")]).await.expect(422);
        browser.forget_token();
        browser.post(&format!("{record}/status"), &[("status", "suspended")]).await.expect(403);
    }

    async fn pages_of_another_business_are_missing(test: TestApp) {
        let shop = test.business("Northwind").await;
        let other = test.business("Contoso").await;
        let affiliate = id(&other.affiliate("Bo").await);
        let group = id(&other.made("/groups", json!({"name": "VIP"})).await);
        let mut browser = shop.browser().await;
        for path in [format!("/admin/affiliates/{affiliate}"), format!("/admin/affiliates/{affiliate}/edit"), format!("/admin/groups/{group}"),
            format!("/admin/groups/{group}/edit"), "/admin/affiliates/aff_x".to_owned(), "/admin/groups/grp_x".to_owned()] {
            browser.get(&path).await.expect(404);
        }
        browser.get("/admin/affiliates/new").await.expect(200);
        for (path, fields) in [
            (format!("/admin/affiliates/{affiliate}/edit"), vec![("name", "Mine"), ("email", "mine@example.com")]),
            (format!("/admin/affiliates/{affiliate}/status"), vec![("status", "suspended")]),
            (format!("/admin/affiliates/{affiliate}/invite"), vec![]),
            (format!("/admin/affiliates/{affiliate}/campaigns"), vec![("campaign", "cmp_01h455vb4pex5vsknk084sn02q")]),
            (format!("/admin/groups/{group}/edit"), vec![("name", "Mine")]),
            (format!("/admin/groups/{group}/delete"), vec![]),
            (format!("/admin/groups/{group}/members"), vec![("id", affiliate.as_str())]),
        ] {
            browser.post(&path, &fields).await.expect(404);
        }
        let answer = browser.post("/admin/affiliates/bulk", &[("act", "suspend"), ("id", &affiliate)]).await.expect(303);
        assert_eq!(answer.header("location"), "/admin/affiliates");
        assert_eq!(other.api().get(&format!("/affiliates/{affiliate}")).await.expect(200).json()["status"], "approved");
    }

    async fn staff_acts_on_many_and_exports(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut ids = Vec::new();
        for (name, email) in [("=SUM(A1)", "a@example.com"), ("Bo", "b@example.com"), ("Cy", "c@example.com")] {
            ids.push(id(&shop.made("/affiliates", json!({"name": name, "email": email, "status": "pending"})).await));
        }
        let group = id(&shop.made("/groups", json!({"name": "VIP"})).await);
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/affiliates?status=pending&sort=name").await.expect(200).text();
        assert!(page.contains("3 of 3") || page.contains("1–3 of 3"));
        let answer = browser
            .post("/admin/affiliates/bulk", &[("act", "approve"), ("id", &ids[0]), ("id", &ids[1]), ("query", "status=pending&sort=name")])
            .await
            .expect(303);
        assert_eq!(answer.header("location"), "/admin/affiliates?status=pending&sort=name");
        let page = browser.get("/admin/affiliates").await.expect(200).text();
        assert!(page.contains("2 affiliates approved.") && page.contains("1 affiliate waits for your decision"));
        browser.post("/admin/affiliates/bulk", &[("act", "group"), ("group", &group), ("all", "true"), ("query", "status=approved")]).await.expect(303);
        let page = browser.get(&format!("/admin/groups/{group}")).await.expect(200).text();
        assert!(page.contains(">Bo</a>") && !page.contains(">Cy</a>"));
        let page = browser.get(&format!("/admin/groups/{group}?add=c%40example")).await.expect(200).text();
        assert!(page.contains("no group") && page.contains(&ids[2]));
        browser.post(&format!("/admin/groups/{group}/members"), &[("id", &ids[2])]).await.expect(303);
        for fields in [vec![("act", "approve")], vec![("act", "group"), ("id", &ids[0]), ("group", "grp_x")]] {
            browser.post("/admin/affiliates/bulk", &fields).await.expect(303);
            let page = browser.get("/admin/affiliates").await.expect(200).text();
            assert!(page.contains("role=\"alert\""), "{fields:?}");
        }
        browser.post("/admin/affiliates/bulk", &[("act", "explode"), ("id", &ids[0])]).await.expect(400);
        assert_eq!(browser.get("/admin/affiliates?q=nobody-at-all").await.expect(200).text().matches("No matches").count(), 1);

        let sheet = browser.get("/admin/affiliates.csv?sort=name&status=approved").await.expect(200);
        assert_eq!(sheet.header("content-disposition"), "attachment; filename=\"affiliates-2026-11-21.csv\"");
        let text = sheet.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("Id,Name,E-mail,Status,Group,"));
        assert!(lines[1].contains(",'=SUM(A1),a@example.com,approved,VIP,"), "{}", lines[1]);
        assert!(lines[1].ends_with(",0,0,0.00,0.00,USD"));
        assert_eq!(lines.len(), 3, "the filter counts");
        browser.get("/admin/groups.csv").await.expect(200);
    }

    async fn staff_keeps_groups(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        assert!(browser.get("/admin/groups").await.expect(200).text().contains("No groups yet"));
        browser.get("/admin/groups/new").await.expect(200);
        let refused = browser
            .post("/admin/groups/new", &[("name", ""), ("minimum_amount", "12.345"), ("minimum_currency", "USD"), ("minimum_amount", "5"), ("minimum_currency", "EUR")])
            .await
            .expect(422)
            .text();
        assert!(refused.contains("This is required") && refused.to_lowercase().contains("too many decimals") && refused.contains("value=\"12.345\""));
        let made = browser
            .post("/admin/groups/new", &[("name", "VIP"), ("minimum_amount", ""), ("minimum_currency", "USD"), ("minimum_amount", "50"), ("minimum_currency", "USD"),
                ("minimum_amount", "40.5"), ("minimum_currency", "EUR"), ("payout_frequency", "weekly")])
            .await
            .expect(303);
        let record = made.header("location").to_owned();
        let page = browser.get(&record).await.expect(200).text();
        assert!(page.contains("€40.50, $50.00") && page.contains("Weekly") && page.contains("No members yet"));
        let twice = browser
            .post(&format!("{record}/edit"), &[("name", "VIP"), ("minimum_amount", "1"), ("minimum_currency", "USD"), ("minimum_amount", "2"), ("minimum_currency", "USD")])
            .await
            .expect(422)
            .text();
        assert!(twice.contains("has a minimum already") && twice.contains("id=\"currency-1-error\""));
        browser.post(&format!("{record}/edit"), &[("name", "VIP 30"), ("minimum_amount", "25"), ("minimum_currency", "USD")]).await.expect(303);
        assert!(browser.get("/admin/groups").await.expect(200).text().contains("$25.00"));

        let ada = id(&shop.affiliate("Ada").await);
        browser.post(&format!("{record}/members"), &[("id", &ada)]).await.expect(303);
        browser.post(&format!("{record}/delete"), &[]).await.expect(303);
        assert!(browser.get(&record).await.expect(200).text().contains("still has members"));
        browser.post("/admin/affiliates/bulk", &[("act", "group"), ("group", "none"), ("id", &ada), ("back", &record)]).await.expect(303);
        browser.post(&format!("{record}/delete"), &[]).await.expect(303);
        browser.get(&record).await.expect(404);
    }

    async fn two_programs_cannot_take_one_address(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (one, two) = (shop.api(), shop.api());
        let body = || json!({"name": "Ada", "email": "ada@example.com"});
        let (first, second) = tokio::join!(one.post("/affiliates", body()), two.post("/affiliates", body()));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
    }

    async fn a_patch_of_nothing_is_nothing(test: TestApp) {
        let shop = test.business("Northwind").await;
        let ada = id(&shop.affiliate("Ada").await).parse().unwrap();
        let mut work = shop.work().await;
        let before = affiliate::get(&mut work, ada).await.unwrap();
        let after = affiliate::patch(&mut work, ada, AffiliatePatch::default()).await.unwrap();
        assert_eq!(before, after);
    }
}
