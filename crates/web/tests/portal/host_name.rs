//! A portal at a host name of the business's own: what is served there, what is not, and where mails lead.

use service::messaging::notice;
use testkit::{Client, Shop, TestApp, both_engines, called};

const PAGE: &str = "/admin/branding/address";
const NAME: &str = "portal.fernhill.example";
/// With the port of the installation.
const HOST: &str = "portal.fernhill.example:8080";

async fn staff(shop: &Shop<'_>) -> Client {
    let mut staff = shop.browser().await;
    staff.get(PAGE).await.expect(200);
    staff
}

/// Adds a name that leads to the installation and has the portal answer there.
async fn own_host(test: &TestApp, staff: &mut Client) {
    staff.post(PAGE, &[("name", NAME)]).await.expect(303);
    test.names.lead(NAME, &["192.0.2.10"]);
    staff
        .post(&format!("{PAGE}/{NAME}/check"), &[])
        .await
        .expect(303);
}

async fn address(shop: &Shop<'_>) -> String {
    notice::portal_address(&mut shop.work().await, &shop.slug)
        .await
        .expect("an address")
}

both_engines! {
    async fn only_a_checked_name_is_served(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut staff = staff(&shop).await;
        let mut guest = test.browser().at(HOST);
        guest.get("/").await.expect(421);

        staff.post(PAGE, &[("name", " https://Portal.Fernhill.example/ ")]).await.expect(303);
        assert!(staff.get(PAGE).await.text().contains("Not checked"));
        guest.get("/log-in").await.expect(421);

        // Without a record, and with one that leads elsewhere, nothing changes, and the reason is told.
        let check = format!("{PAGE}/{NAME}/check");
        staff.post(&check, &[]).await.expect(303);
        let record = format!("type CNAME, name {NAME}, value localhost");
        let told = staff.get(PAGE).await.text();
        assert!(told.contains("leads nowhere yet") && told.contains(&record), "{told}");
        test.names.lead(NAME, &["203.0.113.9"]);
        staff.post(&check, &[]).await.expect(303);
        let told = staff.get(PAGE).await.text();
        assert!(told.contains("leads to 203.0.113.9, not here") && told.contains(&record), "{told}");
        guest.get("/log-in").await.expect(421);

        test.names.lead(NAME, &["203.0.113.9", "192.0.2.10"]);
        staff.post(&check, &[]).await.expect(303);
        assert!(staff.get(PAGE).await.text().contains("the portal answers at it"));
        let page = guest.get("/log-in").await.expect(200).text();
        assert!(page.contains("Log in to Fernhill") && !page.contains("/portal/fernhill"), "{page}");
        // Another port is another installation's.
        test.browser().at(NAME).get("/log-in").await.expect(421);

        staff.post(&format!("{PAGE}/{NAME}/remove"), &[]).await.expect(303);
        guest.get("/log-in").await.expect(421);
    }

    async fn the_portal_is_at_the_root_and_the_rest_is_not_there(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let other = test.business("Harbor").await;
        let maya = shop.affiliate("Maya").await;
        let campaign = shop.campaign("Spring").await;
        shop.partnership(&campaign, &maya, "maya").await;
        let foreign = other.affiliate("Otto").await;
        let foreign_campaign = other.campaign("Autumn").await;
        other.partnership(&foreign_campaign, &foreign, "otto").await;
        let mut at_path = shop.portal(&maya).await;
        let mut staff = staff(&shop).await;
        own_host(&test, &mut staff).await;

        let mut guest = test.browser().at(HOST);
        let answer = guest.get("/leads?page=2").await.expect(303);
        assert_eq!(answer.header("location"), "/log-in?next=%2Fleads%3Fpage%3D2");
        guest.get("/authentication").await.expect(200);
        let log_in = [("email", "maya@affiliates.example.com"), ("password", shop.owner_password), ("next", "/leads")];
        let answer = guest.post("/authentication", &log_in).await.expect(303);
        assert_eq!(answer.header("location"), "/leads");
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().map(|c| c.to_str().unwrap().to_owned()).collect();
        assert!(cookies.iter().any(|c| c.starts_with("portal_fernhill=") && c.contains("Path=/;")), "{cookies:?}");
        let page = guest.get("/").await.expect(200).text();
        assert!(page.contains("Maya") && page.contains("href=\"/leads\"") && page.contains("src=\"/live\""), "{page}");
        assert!(!page.contains("\"/portal/"), "no link leads to the path: {page}");
        for path in ["/leads", "/commissions", "/payouts"] {
            guest.get(path).await.expect(200);
        }

        // A session belongs to its host, both ways.
        let mut taken = test.browser().at(HOST);
        taken.set_cookie("portal_fernhill", &at_path.cookie("portal_fernhill").unwrap());
        taken.get("/leads").await.expect(303);
        let mut taken = test.browser();
        taken.set_cookie("portal_fernhill", &guest.cookie("portal_fernhill").unwrap());
        taken.get("/portal/fernhill/leads").await.expect(303);
        at_path.get("/portal/fernhill/leads").await.expect(200);

        // Links of the business and files work; those of others, the admin and the API are not there.
        assert!(guest.get("/r/maya").await.expect(302).header("location").starts_with("https://shop.example.com/"));
        guest.get("/r/otto").await.expect(404);
        guest.get("/healthz").await.expect(200);
        for path in ["/admin", "/admin/log-in", "/api/v1/affiliates", "/portal/harbor/log-in", "/portal", "/nowhere", "//evil.example"] {
            let page = guest.get(path).await.expect(404).text();
            assert!(page.contains("Fernhill"), "{path}: {page}");
        }
        // What was linked with the path before still works.
        let page = guest.get("/portal/fernhill/leads").await.expect(200).text();
        assert!(page.contains("name=\"next\" value=\"/leads\""), "{page}");
        let theme = guest.post("/theme", &[("mode", "dark"), ("next", "/leads")]).await.expect(303);
        assert_eq!(theme.header("location"), "/leads");
        let answer = guest.post("/log-out", &[]).await.expect(303);
        assert_eq!(answer.header("location"), "/log-in");
        guest.get("/").await.expect(303);
    }

    async fn a_form_comes_from_this_very_host(test: TestApp) {
        let shop = test.business("Fernhill").await;
        shop.portal(&shop.affiliate("Maya").await).await;
        own_host(&test, &mut staff(&shop).await).await;
        let log_in = "email=maya%40affiliates.example.com&password=correct+horse+battery+staple";
        // A browser that does not say how the page's site and this one are related says where the page was from.
        for (header, from, status) in [
            ("origin", "https://evil.example", 403),
            ("origin", "http://localhost:8080", 403),
            ("origin", "http://portal.fernhill.example", 403),
            ("origin", "null", 403),
            ("sec-fetch-site", "cross-site", 403),
            ("sec-fetch-site", "same-site", 403),
            ("origin", "http://portal.fernhill.example:8080", 303),
        ] {
            let headers = [
                ("host", HOST.to_owned()),
                ("content-type", "application/x-www-form-urlencoded".to_owned()),
                (header, from.to_owned()),
            ];
            let answer = called(&test.router, "/log-in", &headers, log_in).await.expect(status);
            assert_eq!(answer.headers.contains_key("set-cookie"), status == 303, "{header}: {from}");
        }
    }

    async fn mails_and_the_path_lead_to_the_main_address(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let mut staff = staff(&shop).await;
        let main = "/admin/branding/address/main";
        staff.post(PAGE, &[("name", NAME)]).await.expect(303);
        staff.post(main, &[("name", NAME)]).await.expect(303);
        assert_eq!(address(&shop).await, "http://localhost:8080/portal/fernhill/", "not before it is checked");
        test.names.lead(NAME, &["192.0.2.10"]);
        staff.post(&format!("{PAGE}/{NAME}/check"), &[]).await.expect(303);
        assert_eq!(address(&shop).await, "http://localhost:8080/portal/fernhill/", "not before it is chosen");
        staff.post(main, &[("name", NAME)]).await.expect(303);
        assert_eq!(address(&shop).await, format!("http://{HOST}/"));

        let mut guest = test.browser();
        let answer = guest.get("/portal/fernhill/log-in?next=%2F").await.expect(307);
        assert_eq!(answer.header("location"), format!("http://{HOST}/log-in?next=%2F"));
        let id = maya["id"].as_str().unwrap();
        staff.post(&format!("/admin/affiliates/{id}/invite"), &[]).await.expect(303);
        let page = staff.get(&format!("/admin/affiliates/{id}")).await.expect(200).text();
        let link = page.split('"').find(|text| text.contains("/invitation/")).expect("a link").to_owned();
        let path = link.strip_prefix(&format!("http://{HOST}")).expect("the main address").to_owned();
        let mut maya = test.browser().at(HOST);
        maya.get(&path).await.expect(200);
        let answer = maya.post(&path, &[("name", "Maya"), ("password", "a garden gate in may")]).await.expect(303);
        assert_eq!(answer.header("location"), "/");
        let asked = maya.get("/").await.expect(303);
        assert_eq!(asked.header("location"), "/account?next=%2F");
        maya.get(asked.header("location")).await.expect(200);
        let answer = maya.post("/account", &[("name", "Maya"), ("next", "/")]).await.expect(303);
        assert_eq!(answer.header("location"), "/");
        maya.get("/").await.expect(200);

        staff.post(main, &[("name", "")]).await.expect(303);
        guest.get("/portal/fernhill/log-in").await.expect(200);
        assert_eq!(address(&shop).await, "http://localhost:8080/portal/fernhill/");
    }

    async fn a_name_is_one_businesss_alone(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let other = test.business("Harbor").await;
        let (mut fern, mut harbor) = (staff(&shop).await, staff(&other).await);
        for wrong in ["", "portal", "localhost", "127.0.0.1", "a b.example", "portal.example/path", "*.example.com", "http://[::1]"] {
            let text = fern.post(PAGE, &[("name", wrong)]).await.expect(422).text();
            assert!(text.contains("id=\"name-error\""), "{wrong}: {text}");
        }
        own_host(&test, &mut fern).await;
        fern.post(PAGE, &[("name", NAME)]).await.expect(422);
        assert!(harbor.post(PAGE, &[("name", NAME)]).await.expect(422).text().contains("another business"));
        for act in ["check", "use", "remove"] {
            harbor.post(&format!("{PAGE}/{NAME}/{act}"), &[]).await.expect(404);
        }
        harbor.post("/admin/branding/address/main", &[("name", NAME)]).await.expect(404);
        test.browser().at(HOST).get("/log-in").await.expect(200);

        // Wanting a name does not keep it from others for ever.
        let wanted = "go.fernhill.example";
        harbor.post(PAGE, &[("name", wanted)]).await.expect(303);
        fern.post(PAGE, &[("name", wanted)]).await.expect(422);
        test.clock.advance_ms(8 * 24 * 3600 * 1000);
        let mut fern = staff(&shop).await;
        fern.post(PAGE, &[("name", wanted)]).await.expect(303);
        fern.post(&format!("{PAGE}/{wanted}/use"), &[]).await.expect(303);
        test.browser().at("go.fernhill.example:8080").get("/log-in").await.expect(200);
        let mut stranger = test.browser();
        stranger.get(PAGE).await.expect(303);
        stranger.post(PAGE, &[("name", "x.example.com")]).await.expect(303);
    }
}
