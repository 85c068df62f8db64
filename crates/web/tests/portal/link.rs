//! The affiliate's links: made, led elsewhere, paused, printed, and what each brought.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};
use service::programme::link;
use testkit::{Answer, Client, Shop, TestApp, both_engines};
use tower::ServiceExt as _;

const PORTAL: &str = "/portal/fernhill";

struct Set<'a> {
    shop: Shop<'a>,
    campaign: Value,
    maya: Value,
    tom: Value,
}

/// A business with a rule of 20 % and two affiliates in a campaign of `shop.example.com`.
async fn set(test: &TestApp) -> Set<'_> {
    let shop = test.business("Fernhill").await;
    let campaign = shop.campaign("Agency Pro").await;
    let (maya, tom) = (
        shop.affiliate("Maya Okonkwo").await,
        shop.affiliate("Tom").await,
    );
    shop.partnership(&campaign, &maya, "maya").await;
    shop.partnership(&campaign, &tom, "tom").await;
    shop.made(
        "/rules",
        json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}}),
    )
    .await;
    // The main link is the oldest one; of one millisecond any would be.
    test.clock.advance_ms(1);
    Set {
        shop,
        campaign,
        maya,
        tom,
    }
}

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

async fn text(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

async fn make(
    browser: &mut Client,
    campaign: &Value,
    label: &str,
    page: &str,
    code: &str,
) -> Answer {
    browser
        .get(&format!("{PORTAL}/links/new"))
        .await
        .expect(200);
    let fields = [
        ("campaign", id(campaign)),
        ("label", label),
        ("page", page),
        ("code", code),
    ];
    browser.post(&format!("{PORTAL}/links/new"), &fields).await
}

/// Makes a link and answers with the path of its page.
async fn made(
    browser: &mut Client,
    campaign: &Value,
    label: &str,
    page: &str,
    code: &str,
) -> String {
    let answer = make(browser, campaign, label, page, code).await.expect(303);
    answer.header("location").to_owned()
}

/// Where a visitor's click on an address of ours leads.
async fn follow(test: &TestApp, path: &str) -> Answer {
    let mut request = Request::builder()
        .uri(path)
        .header("host", "localhost:8080")
        .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36")
        .body(Body::empty())
        .unwrap();
    let peer: std::net::SocketAddr = ([203, 0, 113, 77], 40_000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = test.router.clone().oneshot(request).await.unwrap();
    Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: Vec::new(),
    }
}

async fn sale(shop: &Shop<'_>, invoice: &str, code: &str, amount: i64) {
    let customer = format!("user-{invoice}");
    shop.made(
        "/track/sale",
        json!({"external_id": invoice, "customer": {"external_id": customer, "name": "Bob Stone"},
            "amount": amount, "currency": "USD", "code": code}),
    )
    .await;
}

/// The links of an affiliate, as stored.
async fn stored(shop: &Shop<'_>, affiliate: &Value) -> Vec<link::LinkLine> {
    let mut work = shop.work().await;
    link::lines(&mut work, id(affiliate).parse().unwrap())
        .await
        .expect("links")
}

both_engines! {
    async fn later_sales_count_for_the_link_that_brought_the_customer(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        test.clock.advance_ms(1_000);
        let mut browser = shop.portal(&maya).await;
        made(&mut browser, &campaign, "Newsletter", "", "maya-news").await;
        sale(&shop, "inv-1", "maya-news", 4_900).await;
        // The customer is bound and comes back by nothing.
        let again = json!({"external_id": "inv-2", "customer_external_id": "user-inv-1", "amount": 4_900, "currency": "USD"});
        shop.made("/track/sale", again).await;
        let rows = shop.api().get("/stats?group_by=link").await.expect(200).json();
        let lines = stored(&shop, &maya).await;
        for (code, conversions) in [("maya-news", 2), ("maya", 0)] {
            let line = lines.iter().find(|line| line.code == code).expect("a link");
            let link = line.id.to_string();
            let row = rows["data"].as_array().expect("rows").iter().find(|row| row["link_id"] == link.as_str());
            let counted = row.map_or(0, |row| row["conversions"].as_i64().expect("a number"));
            assert_eq!(counted, conversions, "{code}: {rows}");
        }
    }

    async fn a_link_leads_to_a_page_of_the_campaign(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let path = made(&mut browser, &campaign, "Newsletter", "https://shop.example.com/boots?size=42#red", "maya-news").await;
        let answer = follow(&test, "/r/maya-news").await;
        assert_eq!(answer.status, 302);
        let to = answer.header("location");
        assert!(to.starts_with("https://shop.example.com/boots?size=42&via=maya-news&click_id=") && to.ends_with("#red"), "{to}");
        let list = text(&mut browser, &format!("{PORTAL}/links")).await;
        for part in ["Newsletter", "leads to shop.example.com/boots", "Main link", "/r/maya-news", "Agency Pro", "The link is ready to share"] {
            assert!(list.contains(part), "{part}: {list}");
        }

        // Renamed and led back to the start.
        browser.get(&path).await.expect(200);
        browser.post(&format!("{path}/edit"), &[("label", "Summer letter"), ("page", "")]).await.expect(303);
        assert!(text(&mut browser, &path).await.contains("Summer letter"));
        assert!(follow(&test, "/r/maya-news").await.header("location").starts_with("https://shop.example.com/?via=maya-news&"));

        // A page that stops being allowed is not followed any more.
        browser.post(&format!("{path}/edit"), &[("label", "Summer letter"), ("page", "https://shop.example.com/boots")]).await.expect(303);
        assert!(follow(&test, "/r/maya-news").await.header("location").starts_with("https://shop.example.com/boots?"));
        let moved = json!({"destination_url": "https://new.example.com/", "hosts": ["new.example.com"]});
        shop.api().patch(&format!("/campaigns/{}", id(&campaign)), moved).await.expect(200);
        assert!(follow(&test, "/r/maya-news").await.header("location").starts_with("https://new.example.com/?via=maya-news&"));
        assert!(text(&mut browser, &path).await.contains("does not allow links to"));
        // The owner sees it.
        let mut owner = shop.browser().await;
        let record = text(&mut owner, &format!("/admin/affiliates/{}", id(&maya))).await;
        assert!(record.contains("Summer letter") && record.contains("/r/maya-news"), "{record}");
    }

    async fn a_page_elsewhere_is_refused(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let long = format!("https://shop.example.com/{}", "a".repeat(2_000));
        for (page, says) in [
            ("https://evil.example/", "leads to evil.example; links of this campaign may lead to shop.example.com"),
            ("https://shop.example.com.evil.example/", "Leads to shop.example.com.evil.example"),
            ("https://203.0.113.7/", "Leads to 203.0.113.7"),
            ("http://shop.example.com/", "must begin with https://"),
            ("https://shop.example.com@evil.example/", "must not carry a user name"),
            ("https://a:b@shop.example.com/", "must not carry a user name"),
            ("https://shop.example.com:8443/", "must not name a port"),
            ("shop.example.com/boots", "must be a whole web address"),
            ("javascript:alert(1)", "must begin with https://"),
            (long.as_str(), "has more than 2000 characters"),
        ] {
            let answer = make(&mut browser, &campaign, "Newsletter", page, "maya-x").await.expect(422).text();
            assert!(answer.to_lowercase().contains(&says.to_lowercase()), "{page}: {says}: {answer}");
            assert!(answer.contains("value=\"Newsletter\"") && answer.contains("value=\"maya-x\""), "what was typed stays");
        }
        assert_eq!(stored(&shop, &maya).await.len(), 1);
        assert_eq!(follow(&test, "/r/maya-x").await.status, 404, "the code was not taken");

        // Other fields.
        for (label, code, says) in [
            ("", "", "This is required"),
            ("News", "x y", "letters, digits"),
            ("News", "admin", "address of the product"),
            ("News", "tom", "taken"),
            ("News", "maya", "taken"),
        ] {
            let answer = make(&mut browser, &campaign, label, "", code).await.expect(422).text();
            assert!(answer.contains(says), "{code}: {says}: {answer}");
        }
        // Somebody else's campaign, and one of another business, are no choices.
        let rival = test.business("Rival").await;
        let theirs = rival.campaign("Theirs").await;
        let other = shop.campaign("Not mine").await;
        for campaign in [&theirs, &other, &json!({"id": "cmp_01h455vb4pex5vsknk084sn02q"}), &json!({"id": "nonsense"})] {
            let answer = make(&mut browser, campaign, "News", "", "").await.expect(422).text();
            assert!(answer.contains("one of your campaigns") || answer.contains("none of your campaigns"), "{answer}");
        }
        assert_eq!(stored(&shop, &maya).await.len(), 1);
    }

    async fn figures_add_up_to_the_dashboard(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let path = made(&mut browser, &campaign, "Newsletter", "", "maya-news").await;
        for path in ["/r/maya", "/r/maya", "/r/maya-news"] {
            assert_eq!(follow(&test, path).await.status, 302);
        }
        sale(&shop, "inv-1", "maya", 4900).await;
        sale(&shop, "inv-2", "maya-news", 10_000).await;
        // A bonus comes by no link.
        let bonus = json!({"affiliate_id": maya["id"], "amount": 500, "currency": "USD", "note": "Thank you"});
        shop.api().post("/commissions", bonus).await.expect(201);
        let list = text(&mut browser, &format!("{PORTAL}/links")).await;
        for part in ["$9.80", "$20.00", "$5.00", "$34.80", "Without a link"] {
            assert!(list.contains(part), "{part}: {list}");
        }
        let mut work = shop.work().await;
        let figures = link::figures(&mut work, id(&maya).parse().unwrap()).await.expect("figures");
        let clicks: i64 = figures.by_link.values().map(|of| of.clicks).sum();
        assert_eq!((clicks, figures.total.clicks, figures.elsewhere.clicks), (3, 3, 0));
        let conversions: i64 = figures.by_link.values().map(|of| of.conversions).sum();
        assert_eq!((conversions, figures.total.conversions), (2, 2));
        drop(work);
        let page = text(&mut browser, &path).await;
        assert!(page.contains("$20.00") && !page.contains("$9.80"), "{page}");
        let csv = text(&mut browser, &format!("{PORTAL}/links.csv")).await;
        assert!(csv.contains("Agency Pro,Newsletter,http://localhost:8080/r/maya-news,,live,1,0,1,20.00,USD"), "{csv}");
        let dashboard = text(&mut browser, &format!("{PORTAL}/")).await;
        assert!(dashboard.contains(&format!("{PORTAL}/links/")), "the cards lead to the links");
        // A lead tells which link it came by.
        let leads = text(&mut browser, &format!("{PORTAL}/leads")).await;
        assert!(leads.contains("Newsletter (maya-news)"), "{leads}");
        let csv = text(&mut browser, &format!("{PORTAL}/leads.csv")).await;
        assert!(csv.contains("Newsletter (maya-news)"), "{csv}");
    }

    async fn a_further_link_can_be_paused(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let path = made(&mut browser, &campaign, "Newsletter", "", "maya-news").await;
        browser.post(&format!("{path}/active"), &[("active", "false")]).await.expect(303);
        assert_eq!(follow(&test, "/r/maya-news").await.status, 410);
        let page = text(&mut browser, &path).await;
        assert!(page.contains("Link off") && page.contains("There is no code while"), "{page}");
        for file in ["qr.svg", "qr.png"] {
            browser.get(&format!("{path}/{file}")).await.expect(409);
        }
        browser.post(&format!("{path}/active"), &[("active", "true")]).await.expect(303);
        assert_eq!(follow(&test, "/r/maya-news").await.status, 302);
        // The first link stands and falls with the partnership.
        let first = stored(&shop, &maya).await[0].id;
        let first = format!("{PORTAL}/links/{first}");
        browser.post(&format!("{first}/active"), &[("active", "false")]).await.expect(409);
        let refused = browser.post(&format!("{first}/edit"), &[("label", "Mine"), ("page", "https://shop.example.com/boots")]).await.expect(422).text();
        assert!(refused.contains("for this link"), "{refused}");
        browser.post(&format!("{first}/edit"), &[("label", "Everywhere"), ("page", "")]).await.expect(303);
        assert!(text(&mut browser, &first).await.contains("Everywhere"));
        assert_eq!(follow(&test, "/r/maya").await.status, 302);
    }

    async fn an_address_for_one_place_is_built(test: TestApp) {
        let Set { shop, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let first = stored(&shop, &maya).await[0].id;
        let path = format!("{PORTAL}/links/{first}");
        let query = "sub1=news+%26+more&utm_source=mail&target=https%3A%2F%2Fshop.example.com%2Fboots";
        let page = text(&mut browser, &format!("{path}?{query}")).await;
        let built = "/r/maya?sub1=news+%26+more&amp;utm_source=mail&amp;url=https%3A%2F%2Fshop.example.com%2Fboots";
        assert!(page.replace("&#38;", "&amp;").contains(built), "{page}");
        let to = follow(&test, &built.replace("&amp;", "&")).await;
        assert!(to.header("location").starts_with("https://shop.example.com/boots?via=maya&click_id="), "{}", to.header("location"));
        let wrong = text(&mut browser, &format!("{path}?sub1=a&target=https%3A%2F%2Fevil.example%2F")).await;
        assert!(wrong.contains("Leads to evil.example") && !wrong.contains("/r/maya?"), "{wrong}");
        // The code's files carry the address, too, and are named after the link's code.
        let svg = browser.get(&format!("{path}/qr.svg?{query}")).await.expect(200);
        assert_eq!(svg.header("content-type"), "image/svg+xml");
        assert_eq!(svg.header("content-disposition"), "attachment; filename=\"maya.svg\"");
        assert!(svg.text().contains("<svg xmlns="));
        let plain = browser.get(&format!("{path}/qr.svg")).await.expect(200);
        assert_ne!(svg.body, plain.body);
        for (size, pixels) in [("", 1024_u32), ("?size=512", 512), ("?size=2048", 2048), ("?size=999999", 1024)] {
            let png = browser.get(&format!("{path}/qr.png{size}")).await.expect(200);
            assert_eq!(png.header("content-type"), "image/png");
            assert_eq!(png.header("content-disposition"), "attachment; filename=\"maya.png\"");
            assert!(png.body.starts_with(b"\x89PNG\r\n\x1a\n"));
            assert_eq!(png.body[16..20], pixels.to_be_bytes());
        }
    }

    async fn who_is_suspended_reads_only(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let path = made(&mut browser, &campaign, "Newsletter", "", "maya-news").await;
        let account = id(&maya);
        shop.api().post(&format!("/affiliates/{account}/status"), json!({"status": "suspended"})).await.expect(200);
        let list = text(&mut browser, &format!("{PORTAL}/links")).await;
        assert!(list.contains("Newsletter") && list.contains("Affiliate not approved") && !list.contains("New link"), "{list}");
        let page = text(&mut browser, &path).await;
        assert!(!page.contains("Settings of the link") && !page.contains("data-copy"), "{page}");
        browser.get(&format!("{PORTAL}/links/new")).await.expect(403);
        let fields = [("campaign", id(&campaign)), ("label", "More"), ("page", ""), ("code", "")];
        browser.post(&format!("{PORTAL}/links/new"), &fields).await.expect(403);
        browser.post(&format!("{path}/edit"), &[("label", "Other"), ("page", "")]).await.expect(403);
        browser.post(&format!("{path}/active"), &[("active", "false")]).await.expect(403);
        let lines = stored(&shop, &maya).await;
        assert_eq!((lines.len(), lines[1].label.as_str(), lines[1].link_active), (2, "Newsletter", true));

        // From the inside staff reads the same and changes nothing.
        shop.api().post(&format!("/affiliates/{account}/status"), json!({"status": "approved"})).await.expect(200);
        let mut owner = shop.browser().await;
        let inside = format!("/admin/affiliates/{account}/inside");
        let list = text(&mut owner, &format!("{inside}/links")).await;
        assert!(list.contains("Newsletter") && !list.contains("New link"), "{list}");
        let page = text(&mut owner, &path.replace(PORTAL, &inside)).await;
        assert!(page.contains("data-copy") && !page.contains("Settings of the link"), "{page}");
        for act in ["edit", "active"] {
            let answer = owner.post(&format!("{}/{act}", path.replace(PORTAL, &inside)), &[("active", "false")]).await;
            assert!([404, 405].contains(&answer.status.as_u16()), "{}", answer.status);
        }
        // Who has left keeps statements only.
        shop.api().post(&format!("/affiliates/{account}/status"), json!({"status": "terminated"})).await.expect(200);
        browser.get(&format!("{PORTAL}/links")).await.expect(303);
        browser.get(&path).await.expect(303);
    }

    async fn somebody_elses_links_are_missing(test: TestApp) {
        let Set { shop, campaign, maya, tom } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        made(&mut browser, &campaign, "Newsletter", "", "maya-news").await;
        let link = stored(&shop, &maya).await[1].id.to_string();
        let rival = test.business("Rival").await;
        let theirs = rival.affiliate("Rita").await;
        let mut tom = shop.portal(&tom).await;
        let mut rita = rival.portal(&theirs).await;
        for (browser, portal) in [(&mut tom, "/portal/fernhill"), (&mut rita, "/portal/rival")] {
            browser.get(&format!("{portal}/links")).await.expect(200);
            for link in [link.as_str(), "lnk_01h455vb4pex5vsknk084sn02q", "nonsense"] {
                for page in ["", "/qr.svg", "/qr.png"] {
                    browser.get(&format!("{portal}/links/{link}{page}")).await.expect(404);
                }
                browser.get(&format!("{portal}/")).await.expect(200);
                browser.post(&format!("{portal}/links/{link}/edit"), &[("label", "Mine"), ("page", "")]).await.expect(404);
                browser.post(&format!("{portal}/links/{link}/active"), &[("active", "false")]).await.expect(404);
            }
        }
        assert_eq!(stored(&shop, &maya).await[1].label, "Newsletter");
    }

    async fn there_are_so_many_links_and_no_more(test: TestApp) {
        let Set { shop, campaign, maya, .. } = set(&test).await;
        let mut browser = shop.portal(&maya).await;
        let mut work = shop.work().await;
        for number in 2..=link::LINKS_MAX {
            let input = link::LinkIn { label: format!("Place {number}"), ..link::LinkIn::default() };
            link::create(&mut work, id(&maya).parse().unwrap(), id(&campaign).parse().unwrap(), input).await.expect("made");
        }
        work.commit().await.expect("stored");
        let refused = make(&mut browser, &campaign, "One more", "", "").await.expect(422).text();
        assert!(refused.contains("50 links"), "{refused}");
        assert_eq!(stored(&shop, &maya).await.len(), 50);
        // A campaign that is off takes none.
        shop.api().patch(&format!("/campaigns/{}", id(&campaign)), json!({"active": false})).await.expect(200);
        assert!(text(&mut browser, &format!("{PORTAL}/links/new")).await.contains("No campaign to link to"));
        let list = text(&mut browser, &format!("{PORTAL}/links")).await;
        assert!(list.contains("Campaign inactive") && !list.contains("data-copy"), "{list}");
    }
}
