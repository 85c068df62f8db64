//! Campaigns, partnerships and links: the API's inputs, what makes a link live, and the pages.

use domain::id::AffiliateId;
use domain::link::LinkState;
use serde_json::{Value, json};
use service::programme::link;
use service::store::programme::coupon;
use testkit::{Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

async fn state_of(test: &TestApp, code: &str) -> Option<LinkState> {
    let (_, target) = link::resolve(&test.app, code).await.unwrap()?;
    Some(target.link_state(test.app.now()))
}

async fn set_status(shop: &Shop<'_>, affiliate: &Value, status: &str) {
    shop.api()
        .post(
            &format!("/affiliates/{}/status", id(affiliate)),
            json!({"status": status}),
        )
        .await
        .expect(200);
}

both_engines! {
    async fn a_campaign_is_made_read_changed_and_listed(test: TestApp) {
        let shop = test.business("Northwind").await;
        let made = shop.made("/campaigns", json!({
            "name": " Spring  launch ", "destination_url": "https://Shop.example.com", "hosts": ["Blog.Example.com", "blog.example.com"],
            "starts_at": "2026-11-01T00:00:00Z",
        })).await;
        assert_eq!(made["active"], true);
        assert_eq!(made["hosts"], json!(["blog.example.com"]));
        assert_eq!(made["attribution"], "last_click");
        assert_eq!(made["link_parameter"], "via");
        assert!((1..=365).contains(&made["cookie_days"].as_i64().unwrap()));
        let path = format!("/campaigns/{}", id(&made));
        assert_eq!(shop.api().get(&path).await.expect(200).json(), made);

        let changed = shop.api().patch(&path, json!({"cookie_days": 365, "attribution": "first_click", "starts_at": null, "hosts": []})).await.expect(200).json();
        assert_eq!((changed["cookie_days"].as_i64(), &changed["attribution"], &changed["starts_at"]), (Some(365), &json!("first_click"), &Value::Null));
        assert_eq!(changed["hosts"], json!([]));
        assert_eq!(changed["name"], made["name"]);

        shop.campaign("Autumn").await;
        let names = |listed: Value| -> Vec<String> { listed["data"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect() };
        assert_eq!(names(shop.api().get("/campaigns?q=AUT").await.expect(200).json()), ["Autumn"]);
        let first = shop.api().get("/campaigns?limit=1").await.expect(200).json();
        let next = first["next"].as_str().expect("another page").to_owned();
        let second = shop.api().get(&format!("/campaigns?limit=1&after={next}")).await.expect(200).json();
        assert_eq!((names(first), second["next"].clone()), (vec!["Autumn".to_owned()], Value::Null));
        shop.api().patch(&path, json!({"active": false})).await.expect(200);
        assert_eq!(names(shop.api().get("/campaigns?active=true").await.expect(200).json()), ["Autumn"]);
    }

    async fn bad_campaigns_are_refused_by_field(test: TestApp) {
        let shop = test.business("Northwind").await;
        shop.campaign("Spring").await;
        let base = json!({"name": "Other", "destination_url": "https://shop.example.com/"});
        for (field, change) in [
            ("name", json!({"name": ""})),
            ("name", json!({"name": " SPRING "})),
            ("name", json!({"name": "x".repeat(101)})),
            ("destination_url", json!({"destination_url": "ftp://shop.example.com"})),
            ("destination_url", json!({"destination_url": "javascript:alert(1)"})),
            ("destination_url", json!({"destination_url": "https://"})),
            ("destination_url", json!({"destination_url": "/start"})),
            ("hosts[1]", json!({"hosts": ["a.example", "https://b.example"]})),
            ("hosts[0]", json!({"hosts": ["a.example:8080"]})),
            ("hosts[0]", json!({"hosts": ["*.example.com"]})),
            ("hosts", json!({"hosts": vec!["a.example"; 51]})),
            ("cookie_days", json!({"cookie_days": 0})),
            ("cookie_days", json!({"cookie_days": 366})),
            ("attribution", json!({"attribution": "linear"})),
            ("link_parameter", json!({"link_parameter": "a b"})),
            ("link_parameter", json!({"link_parameter": "click_id"})),
            ("ends_at", json!({"starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z"})),
            ("starts_at", json!({"starts_at": "tomorrow"})),
            ("colour", json!({"colour": "red"})),
        ] {
            let mut body = base.clone();
            for (key, value) in change.as_object().unwrap() {
                body[key] = value.clone();
            }
            let answer = shop.api().post("/campaigns", body.clone()).await.expect(422);
            assert!(answer.wrong_fields().iter().any(|wrong| wrong == field), "{body}: {:?}", answer.wrong_fields());
        }
        let campaigns = shop.api().get("/campaigns").await.expect(200).json();
        assert_eq!(campaigns["data"].as_array().unwrap().len(), 1, "nothing was half-stored");
    }

    async fn an_affiliate_is_added_once_with_a_link(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Spring").await;
        let maria = shop.affiliate("Maria Lopez").await;
        let path = format!("/campaigns/{}/partnerships", id(&campaign));
        let made = shop.made(&path, json!({"affiliate_id": maria["id"]})).await;
        let code = made["link"]["code"].as_str().unwrap();
        assert!(code.starts_with("maria-lopez-"), "{code}");
        assert_eq!(made["link"]["url"], format!("http://localhost:8080/r/{code}"));
        assert_eq!((&made["active"], &made["link"]["active"], &made["invited"], &made["warning"]), (&json!(true), &json!(true), &json!(true), &Value::Null));
        assert_eq!(state_of(&test, code).await, Some(LinkState::Live));
        shop.api().post(&path, json!({"affiliate_id": maria["id"]})).await.expect(409);

        let joe = shop.affiliate("Joe").await;
        for (field, body) in [
            ("code", json!({"affiliate_id": joe["id"], "code": code})),
            ("code", json!({"affiliate_id": joe["id"], "code": "a/b"})),
            ("code", json!({"affiliate_id": joe["id"], "code": "admin"})),
            ("code", json!({"affiliate_id": joe["id"], "code": "x".repeat(65)})),
            ("affiliate_id", json!({"affiliate_id": "aff_00000000000000000000000000"})),
            ("affiliate_id", json!({"affiliate_id": "joe"})),
            ("affiliate_id", json!({"code": "joe"})),
        ] {
            assert_eq!(shop.api().post(&path, body.clone()).await.expect(422).wrong_fields(), [field], "{body}");
        }
        shop.api().post(&path, json!({"affiliate_id": joe["id"], "code": "Joe"})).await.expect(201);
        assert_eq!(state_of(&test, "Joe").await, Some(LinkState::Live));
        assert_eq!(state_of(&test, "joe").await, None, "codes are looked up exactly");
        let listed = shop.api().get(&path).await.expect(200).json();
        assert_eq!(listed["data"].as_array().unwrap().len(), 2);
        let of_maria = shop.api().get(&format!("/partnerships?affiliate_id={}", id(&maria))).await.expect(200).json();
        assert_eq!(of_maria["data"][0]["id"], made["id"]);
    }

    async fn a_link_is_live_when_everything_is(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Spring").await;
        let maria = shop.affiliate("Maria").await;
        let partnership = shop.partnership(&campaign, &maria, "maria").await;
        let (campaign_path, path) = (format!("/campaigns/{}", id(&campaign)), format!("/partnerships/{}", id(&partnership)));

        shop.api().patch(&campaign_path, json!({"active": false})).await.expect(200);
        assert_eq!(state_of(&test, "maria").await, Some(LinkState::CampaignInactive));
        let shown = shop.api().get(&path).await.expect(200).json();
        assert_eq!((&shown["active"], &shown["link"]["active"], &shown["link"]["state"]), (&json!(true), &json!(false), &json!("campaign_inactive")));
        shop.api().patch(&campaign_path, json!({"active": true, "ends_at": "2026-11-21T12:00:00Z"})).await.expect(200);
        assert_eq!(state_of(&test, "maria").await, Some(LinkState::CampaignEnded));
        shop.api().patch(&campaign_path, json!({"ends_at": null, "starts_at": "2026-11-21T12:00:00.001Z"})).await.expect(200);
        assert_eq!(state_of(&test, "maria").await, Some(LinkState::CampaignNotStarted));
        test.clock.advance_ms(1);
        assert_eq!(state_of(&test, "maria").await, Some(LinkState::Live));

        set_status(&shop, &maria, "suspended").await;
        assert_eq!(state_of(&test, "maria").await, Some(LinkState::AffiliateNotApproved));
        set_status(&shop, &maria, "approved").await;
        shop.api().patch(&path, json!({"active": false})).await.expect(200);
        assert_eq!(state_of(&test, "maria").await, Some(LinkState::PartnershipInactive));
        let shown = shop.api().patch(&path, json!({"active": true})).await.expect(200).json();
        assert_eq!((&shown["active"], &shown["link"]["active"]), (&json!(true), &json!(true)));
    }

    async fn a_changed_code_leaves_the_old_one_working_and_reserved(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Spring").await;
        let (maria, joe) = (shop.affiliate("Maria").await, shop.affiliate("Joe").await);
        let partnership = shop.partnership(&campaign, &maria, "maria").await;
        let path = format!("/partnerships/{}", id(&partnership));
        let changed = shop.api().patch(&path, json!({"code": "lopez"})).await.expect(200).json();
        assert_eq!(changed["link"]["code"], "lopez");
        let (old, new) = (link::resolve(&test.app, "maria").await.unwrap().unwrap(), link::resolve(&test.app, "lopez").await.unwrap().unwrap());
        assert_eq!(old, new);
        assert_eq!(old.1.code, "lopez");
        let body = json!({"affiliate_id": joe["id"], "code": "maria"});
        let add = format!("/campaigns/{}/partnerships", id(&campaign));
        assert_eq!(shop.api().post(&add, body).await.expect(422).wrong_fields(), ["code"]);
        shop.api().patch(&path, json!({"code": "maria"})).await.expect(200);
        assert_eq!(shop.api().patch(&path, json!({"code": ""})).await.expect(422).wrong_fields(), ["code"]);
        assert_eq!(shop.api().patch(&path, json!({"label": "x"})).await.expect(422).wrong_fields(), ["label"]);
    }

    async fn an_inactive_campaign_warns_and_invites_nobody(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.made("/campaigns", json!({"name": "Off", "active": false, "destination_url": "https://shop.example.com/"})).await;
        let maria = shop.affiliate("Maria").await;
        let made = shop.partnership(&campaign, &maria, "maria").await;
        assert_eq!((&made["invited"], &made["link"]["active"]), (&json!(false), &json!(false)));
        assert!(made["warning"].as_str().unwrap().contains("inactive"));
        set_status(&shop, &maria, "terminated").await;
        let other = shop.campaign("On").await;
        let add = format!("/campaigns/{}/partnerships", id(&other));
        assert_eq!(shop.api().post(&add, json!({"affiliate_id": maria["id"]})).await.expect(422).wrong_fields(), ["affiliate_id"]);
    }

    async fn an_open_invitation_warns_of_a_campaign_that_is_off(test: TestApp) {
        let shop = test.business("Northwind").await;
        let off = json!({"name": "Off", "active": false, "destination_url": "https://shop.example.com/"});
        let off = shop.made("/campaigns", off).await;
        let (on, maria, joe) = (shop.campaign("On").await, shop.affiliate("Maria").await, shop.affiliate("Joe").await);
        shop.partnership(&off, &maria, "maria").await;
        shop.partnership(&on, &joe, "joe").await;
        let mut owner = shop.browser().await;
        // Maria is invited by hand, Joe was by the campaign.
        let record = format!("/admin/affiliates/{}", id(&maria));
        owner.get(&record).await.expect(200);
        owner.post(&format!("{record}/invite"), &[]).await.expect(303);
        let mut warned = async |affiliate: &Value| {
            let page = owner.get(&format!("/admin/affiliates/{}", id(affiliate))).await.expect(200).text();
            assert!(page.contains("Invitation link"), "{page}");
            page.contains("The campaign is inactive: its tracked link")
        };
        assert!(warned(&maria).await);
        assert!(!warned(&joe).await);
        for (campaign, active) in [(&off, true), (&on, false)] {
            shop.api().patch(&format!("/campaigns/{}", id(campaign)), json!({"active": active})).await.expect(200);
        }
        assert!(!warned(&maria).await);
        assert!(warned(&joe).await);
    }

    async fn nothing_of_another_business_is_seen(test: TestApp) {
        let (shop, other) = (test.business("Northwind").await, test.business("Southwind").await);
        let campaign = shop.campaign("Spring").await;
        let maria = shop.affiliate("Maria").await;
        let partnership = shop.partnership(&campaign, &maria, "maria").await;
        let (campaign_path, path) = (format!("/campaigns/{}", id(&campaign)), format!("/partnerships/{}", id(&partnership)));
        other.api().get(&campaign_path).await.expect(404);
        other.api().patch(&campaign_path, json!({"name": "Mine"})).await.expect(404);
        other.api().get(&format!("{campaign_path}/partnerships")).await.expect(404);
        other.api().get(&path).await.expect(404);
        other.api().patch(&path, json!({"active": false})).await.expect(404);
        let own = other.campaign("Spring").await;
        let joe = other.affiliate("Joe").await;
        other.api().post(&format!("{campaign_path}/partnerships"), json!({"affiliate_id": joe["id"]})).await.expect(404);
        let add = format!("/campaigns/{}/partnerships", id(&own));
        assert_eq!(other.api().post(&add, json!({"affiliate_id": maria["id"]})).await.expect(422).wrong_fields(), ["affiliate_id"]);
        assert_eq!(other.api().post(&add, json!({"affiliate_id": joe["id"], "code": "maria"})).await.expect(422).wrong_fields(), ["code"], "codes are unique over all businesses");
        let mut work = other.work().await;
        assert!(link::find_target(&mut work, "maria").await.unwrap().is_none());
        drop(work);
        let mut browser = other.browser().await;
        for page in [format!("/admin{campaign_path}"), format!("/admin{campaign_path}/edit"), format!("/admin{path}/code"), "/admin/campaigns/x".to_owned()] {
            browser.get(&page).await.expect(404);
        }
    }

    async fn coupons_are_found_however_they_are_typed(test: TestApp) {
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Spring").await;
        let maria = shop.affiliate("Maria").await;
        let partnership = shop.partnership(&campaign, &maria, "maria").await;
        let mut work = shop.work().await;
        let new = coupon::NewCoupon { id: work.new_id(), code: "Spring-10".into(), partnership_id: id(&partnership).parse().unwrap(), created_at_ms: work.now };
        assert!(coupon::insert(&mut work.tx, new.clone()).await.unwrap());
        let again = coupon::NewCoupon { id: work.new_id(), code: "SPRING-10".into(), ..new };
        assert!(!coupon::insert(&mut work.tx, again).await.unwrap());
        let found = coupon::find_by_code(&mut work.tx, " spring-10 ").await.unwrap().unwrap();
        assert_eq!(found.affiliate_id, id(&maria).parse::<AffiliateId>().unwrap());
        assert!(coupon::find_by_code(&mut work.tx, "summer").await.unwrap().is_none());
    }

    async fn the_pages_make_change_and_switch_off_a_campaign(test: TestApp) {
        let shop = test.business("Northwind").await;
        let mut browser = shop.browser().await;
        assert!(browser.visit("/admin/campaigns").await.expect(200).text().contains("No campaigns yet"));
        assert!(browser.visit("/admin/campaigns/new").await.expect(200).text().contains("Promotional guidelines"));
        let mut fields = vec![
            ("name", "Spring launch"), ("destination_url", "https://shop.example.com/start"), ("hosts", "blog.example.com\r\nhttps://x"), ("cookie_days", "30"),
            ("attribution", "last_click"), ("starts_on", "2026-11-01"), ("ends_on", "2026-11-30"), ("link_parameter", "via"), ("description", "Be <kind>."), ("active", "true"),
        ];
        let refused = browser.post("/admin/campaigns/new", &fields).await.expect(422).text();
        assert!(refused.contains("is not a host name") && refused.contains("Spring launch"), "what was typed is kept");
        fields[2].1 = "blog.example.com";
        let path = browser.post("/admin/campaigns/new", &fields).await.expect(303).header("location").to_owned();
        let page = browser.visit(&path).await.expect(200).text();
        assert!(page.contains("1 Nov 2026 to 30 Nov 2026") && page.contains("Be &#60;kind&#62;.") && page.contains("Everybody is in"), "{page}");
        let stored = shop.api().get("/campaigns").await.json()["data"][0].clone();
        assert_eq!(stored["ends_at"], "2026-12-01T00:00:00.000Z", "the last day is included");

        let maria = shop.affiliate("Maria Lopez").await;
        assert!(browser.visit(&path).await.text().contains("Add and invite"));
        browser.visit(&format!("{path}?find=nobody")).await.expect(200);
        let add = format!("{path}/affiliates");
        assert!(browser.post(&add, &[("code", "")]).await.expect(422).text().contains("Choose at least one affiliate"));
        assert!(browser.post(&add, &[("affiliate_id", id(&maria)), ("code", "a b")]).await.expect(422).text().contains("checked"));
        browser.post(&add, &[("affiliate_id", id(&maria)), ("code", "maria")]).await.expect(303);
        let page = browser.visit(&path).await.expect(200).text();
        assert!(page.contains("http://localhost:8080/r/maria") && page.contains("/invitation/") && page.contains("Live"), "{page}");
        assert!(browser.visit("/admin/campaigns").await.text().contains("Spring launch"));
        assert!(browser.get("/admin/campaigns.csv").await.expect(200).text().contains("Spring launch,Active,https://shop.example.com/start"));

        let partnership = shop.api().get("/partnerships").await.json()["data"][0].clone();
        let code = format!("/admin/partnerships/{}/code", id(&partnership));
        browser.visit(&code).await.expect(200);
        assert!(browser.post(&code, &[("code", "!")]).await.expect(422).text().contains("letters, digits"));
        browser.post(&code, &[("code", "lopez")]).await.expect(303);
        browser.post(&format!("/admin/partnerships/{}/active", id(&partnership)), &[("active", "false")]).await.expect(303);
        assert_eq!(state_of(&test, "lopez").await, Some(LinkState::PartnershipInactive));
        browser.post(&format!("/admin/partnerships/{}/active", id(&partnership)), &[("active", "true")]).await.expect(303);

        browser.post(&format!("{path}/active"), &[("active", "false")]).await.expect(303);
        assert_eq!(state_of(&test, "lopez").await, Some(LinkState::CampaignInactive));
        let page = browser.visit(&path).await.expect(200).text();
        assert!(page.contains("The campaign is inactive") && page.contains("Off: campaign is inactive"));
        browser.visit(&format!("{path}/edit")).await.expect(200);
        fields[0].1 = "Spring sale";
        fields.retain(|field| field.0 != "hosts");
        browser.post(&format!("{path}/edit"), &fields).await.expect(303);
        assert_eq!(shop.api().get("/campaigns").await.json()["data"][0]["name"], "Spring sale");
        assert!(browser.visit("/admin/audit").await.text().contains("Spring"));
        browser.forget_token();
        browser.post(&format!("{path}/active"), &[("active", "true")]).await.expect(403);
    }
}
