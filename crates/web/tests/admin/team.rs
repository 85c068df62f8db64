//! Affiliates who bring affiliates: the switch, the link, who stands above whom, and what the team earned.

use serde_json::{Value, json};
use testkit::{Answer, Client, Shop, TestApp, both_engines};

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

/// The value of a field of a page.
fn value(page: &str, name: &str) -> String {
    let tag = page
        .split('<')
        .find(|tag| tag.contains(&format!("name=\"{name}\"")))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    let value = tag.split("value=\"").nth(1).expect("a value");
    value.split('"').next().expect("its end").to_owned()
}

/// Opens the form under an address, takes some seconds, and sends it there.
async fn apply(test: &TestApp, path: &str, name: &str) -> Answer {
    let mut browser = test.browser();
    let page = browser.get(path).await.expect(200).text();
    let token = value(&page, "token");
    test.clock.advance_ms(5_000);
    let email = format!("{}@letters.example", name.to_lowercase().replace(' ', "."));
    let fields = [
        ("token", token.as_str()),
        ("fax_number", ""),
        ("name", name),
        ("email", &email),
    ];
    let answer = browser.post(path, &fields).await;
    test.take_applications().await;
    answer
}

async fn by_name(shop: &Shop<'_>, name: &str) -> Value {
    let email = format!("{}@letters.example", name.to_lowercase().replace(' ', "."));
    let found = shop
        .api()
        .get(&format!("/affiliates?email={email}"))
        .await
        .expect(200)
        .json();
    found["data"][0].clone()
}

async fn switch(owner: &mut Client, open: bool, names: &str) {
    owner.get("/admin/settings/affiliates").await.expect(200);
    let mut fields = vec![("names", names)];
    if open {
        fields.push(("open", "true"));
    }
    owner
        .post("/admin/settings/affiliates/team", &fields)
        .await
        .expect(303);
}

both_engines! {
    async fn an_affiliate_brings_others_and_earns_by_them(test: TestApp) {
        let shop = test.business("Northwind").await;
        let (maria, campaign) = (shop.affiliate("Maria Lopez").await, shop.campaign("Spring").await);
        shop.partnership(&campaign, &maria, "maria").await;
        shop.made("/rules", json!({"reward": {"percent_ppm": 200_000}, "levels": [{"ppm": 50_000, "of": "base"}]})).await;
        let mut owner = shop.browser().await;
        owner.get("/admin/applications/form").await.expect(200);
        owner.post("/admin/applications/form", &[("open", "true"), ("rule", "off")]).await.expect(303);
        let mut portal = shop.portal(&maria).await;
        let (links, team) = (format!("/portal/{}/links", shop.slug), format!("/portal/{}/team", shop.slug));
        let path = format!("/portal/{}/apply?by={}", shop.slug, id(&maria));

        // Off: no link, and an address that names somebody is the plain form.
        assert!(!portal.get(&links).await.expect(200).text().contains("apply?by="));
        apply(&test, &path, "Plain Person").await.expect(303);
        assert_eq!(by_name(&shop, "Plain Person").await["parent_id"], Value::Null);

        switch(&mut owner, true, "short").await;
        let page = portal.get(&links).await.expect(200).text();
        assert!(page.contains(&format!("apply?by={}", id(&maria))), "{page}");
        assert!(portal.get(&team).await.expect(200).text().contains("Nobody yet"));
        assert!(test.browser().get(&path).await.expect(200).text().contains("You come by an affiliate"));
        apply(&test, &path, "Newton Price").await.expect(303);
        let newton = by_name(&shop, "Newton Price").await;
        assert_eq!((&newton["parent_id"], &newton["status"]), (&maria["id"], &json!("pending")));

        shop.api().post(&format!("/affiliates/{}/status", id(&newton)), json!({"status": "approved"})).await.expect(200);
        shop.partnership(&campaign, &newton, "newton").await;
        shop.made("/track/sale", json!({"external_id": "s1", "customer_external_id": "u1", "amount": 10_000, "currency": "USD", "code": "newton"})).await;
        let page = portal.get(&team).await.expect(200).text();
        for part in ["Newton P.", "Brought by you", "$5.00"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("Price") && !page.contains("letters.example"), "nothing private");
        switch(&mut owner, true, "initials").await;
        let page = portal.get(&team).await.expect(200).text();
        assert!(page.contains("N. P.") && !page.contains("Newton"), "{page}");
        // Staff sees the same from the inside; the commission says whose event it was.
        let inside = owner.get(&format!("/admin/affiliates/{}/inside/team", id(&maria))).await.expect(200).text();
        assert!(inside.contains("N. P."));
        let commissions = portal.get(&format!("/portal/{}/commissions", shop.slug)).await.expect(200).text();
        assert!(commissions.contains("level 1"), "{commissions}");
    }

    async fn who_may_not_bring_others_does_not(test: TestApp) {
        let (shop, other) = (test.business("Northwind").await, test.business("Southwind").await);
        let (maria, theirs) = (shop.affiliate("Maria").await, other.affiliate("Linus").await);
        let mut owner = shop.browser().await;
        owner.get("/admin/applications/form").await.expect(200);
        owner.post("/admin/applications/form", &[("open", "true"), ("rule", "off")]).await.expect(303);
        switch(&mut owner, true, "full").await;
        shop.api().post(&format!("/affiliates/{}/status", id(&maria)), json!({"status": "suspended"})).await.expect(200);
        for (number, by) in [id(&theirs), id(&maria), "nobody", ""].into_iter().enumerate() {
            let path = format!("/portal/{}/apply?by={by}", shop.slug);
            assert!(!test.browser().get(&path).await.expect(200).text().contains("You come by"));
            let name = format!("Person {number}");
            apply(&test, &path, &name).await.expect(303);
            let made = by_name(&shop, &name).await;
            assert_eq!((&made["status"], &made["parent_id"]), (&json!("pending"), &Value::Null), "{by}");
        }
        owner.post("/admin/settings/affiliates/team", &[("names", "everything")]).await.expect(422);
    }
}
