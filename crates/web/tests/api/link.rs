//! Links of partnerships and assets of campaigns over the API.

use axum::http::Method;
use domain::status::{AssetKind, Scope};
use serde_json::{Value, json};
use service::programme::asset::{self, AssetIn};
use testkit::{Answer, Shop, TestApp, both_engines};

/// A partnership of Maya in a live campaign.
async fn partnership(shop: &Shop<'_>, code: &str) -> Value {
    let maya = shop.affiliate("Maya").await;
    let campaign = shop.campaign("Spring").await;
    shop.partnership(&campaign, &maya, code).await
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

async fn delete(shop: &Shop<'_>, path: &str) -> Answer {
    shop.api()
        .raw(Method::DELETE, path, "application/json", "")
        .await
}

both_engines! {
    async fn links_are_made_changed_and_taken_off(test: TestApp) {
        let shop = test.business("Northwind").await;
        let partnership = partnership(&shop, "maya").await;
        let links = format!("/partnerships/{}/links", text(&partnership["id"]));
        let listed = shop.api().get(&links).await.expect(200).json();
        assert_eq!(listed["data"].as_array().map(Vec::len), Some(1));
        let first = &listed["data"][0];
        assert_eq!((&first["code"], &first["first"], &first["active"], &first["page"]), (&json!("maya"), &json!(true), &json!(true), &Value::Null));
        assert_eq!(first["id"], partnership["link"]["id"]);

        test.clock.advance_ms(1000);
        let input = json!({"label": "Newsletter", "page": "https://shop.example.com/summer", "code": "maya-news"});
        let key = shop.api().with("idempotency-key", "news");
        let made = key.post(&links, input.clone()).await.expect(201).json();
        assert_eq!(key.post(&links, input).await.expect(201).json(), made, "once");
        assert_eq!((text(&made["label"]), text(&made["page"]), text(&made["state"])), ("Newsletter", "https://shop.example.com/summer", "live"));
        assert!(text(&made["url"]).ends_with("/r/maya-news"));
        let id = text(&made["id"]);
        let mut visitor = test.browser();
        let went = visitor.get("/r/maya-news").await.expect(302);
        assert!(went.header("location").starts_with("https://shop.example.com/summer?"), "{}", went.header("location"));

        // Page by page, newest first.
        let page = shop.api().get(&format!("{links}?limit=1")).await.expect(200).json();
        assert_eq!(page["data"][0]["id"], made["id"]);
        let rest = shop.api().get(&format!("{links}?limit=1&after={}", text(&page["next"]))).await.expect(200).json();
        assert_eq!((&rest["data"][0]["code"], &rest["next"]), (&json!("maya"), &Value::Null));

        let path = format!("/links/{id}");
        let changed = shop.api().patch(&path, json!({"page": ""})).await.expect(200).json();
        assert_eq!((&changed["page"], &changed["label"]), (&Value::Null, &json!("Newsletter")));
        delete(&shop, &path).await.expect(204);
        delete(&shop, &path).await.expect(204);
        let off = shop.api().get(&path).await.expect(200).json();
        assert_eq!((&off["paused"], &off["active"], &off["state"]), (&json!(true), &json!(false), &json!("link_inactive")));
        test.clock.advance_ms(2000);
        visitor.get("/r/maya-news").await.expect(410);
        shop.api().patch(&path, json!({"paused": false, "label": "Letters"})).await.expect(200);
        test.clock.advance_ms(2000);
        visitor.get("/r/maya-news").await.expect(302);
        let first = format!("/links/{}", text(&first["id"]));
        delete(&shop, &first).await.expect(409);
        assert_eq!(shop.api().patch(&first, json!({"page": "https://shop.example.com/x"})).await.expect(422).wrong_fields(), ["page"]);
    }

    async fn bad_links_are_refused(test: TestApp) {
        let shop = test.business("Northwind").await;
        let rival = test.business("Southwind").await;
        let own = partnership(&shop, "maya").await;
        let theirs = partnership(&rival, "their-maya").await;
        let links = format!("/partnerships/{}/links", text(&own["id"]));
        for (input, field) in [
            (json!({"label": ""}), "label"),
            (json!({"label": "x".repeat(81)}), "label"),
            (json!({"label": "News", "page": "https://elsewhere.example.org/"}), "page"),
            (json!({"label": "News", "page": "http://shop.example.com/"}), "page"),
            (json!({"label": "News", "code": "m"}), "code"),
            (json!({"label": "News", "code": "their-maya"}), "code"),
            (json!({"label": "News", "colour": "blue"}), "colour"),
            (json!({"label": 7}), "label"),
        ] {
            let answer = shop.api().post(&links, input.clone()).await.expect(422);
            assert_eq!(answer.wrong_fields(), [field], "{input}");
        }
        assert_eq!(shop.api().get(&links).await.json()["data"].as_array().map(Vec::len), Some(1), "nothing is half-stored");
        assert_eq!(shop.api().get(&format!("{links}?colour=blue")).await.expect(422).wrong_fields(), ["colour"]);

        // Another business's ids are as good as none.
        let foreign = text(&theirs["link"]["id"]);
        shop.api().get(&format!("/links/{foreign}")).await.expect(404);
        shop.api().patch(&format!("/links/{foreign}"), json!({"label": "Mine"})).await.expect(404);
        delete(&shop, &format!("/links/{foreign}")).await.expect(404);
        let elsewhere = format!("/partnerships/{}/links", text(&theirs["id"]));
        shop.api().get(&elsewhere).await.expect(404);
        shop.api().post(&elsewhere, json!({"label": "Mine"})).await.expect(404);

        // What a key may.
        let link = format!("/links/{}", text(&own["link"]["id"]));
        let reader = shop.api_with(&[Scope::Read]).await;
        reader.get(&links).await.expect(200);
        reader.get(&link).await.expect(200);
        reader.post(&links, json!({"label": "News"})).await.expect(403);
        reader.patch(&link, json!({"label": "News"})).await.expect(403);
        let manager = shop.api_with(&[Scope::Manage]).await;
        // Later than the link that came with the campaign.
        test.clock.advance_ms(1);
        let made = manager.post(&links, json!({"label": "News"})).await.expect(201).json();
        manager.patch(&format!("/links/{}", text(&made["id"])), json!({"paused": true})).await.expect(200);
        manager.get(&links).await.expect(403);
        shop.api_with(&[Scope::Track]).await.get(&link).await.expect(403);

        // A campaign that is not live takes no further links.
        let campaign = format!("/campaigns/{}", text(&own["campaign_id"]));
        shop.api().patch(&campaign, json!({"active": false})).await.expect(200);
        assert_eq!(shop.api().post(&links, json!({"label": "Late"})).await.expect(422).wrong_fields(), ["campaign"]);
    }

    async fn assets_are_listed(test: TestApp) {
        let shop = test.business("Northwind").await;
        let rival = test.business("Southwind").await;
        let campaign = shop.campaign("Spring").await;
        let id = text(&campaign["id"]);
        let mut work = shop.work().await;
        let copy = AssetIn {
            title: "For a letter".to_owned(),
            note: "Until June".to_owned(),
            body: "Look here: {link}".to_owned(),
            ..AssetIn::default()
        };
        let made = asset::create(&mut work, id.parse().expect("an id"), AssetKind::Copy, copy).await.expect("an asset");
        work.commit().await.expect("stored");
        let path = format!("/campaigns/{id}/assets");
        let listed = shop.api().get(&path).await.expect(200).json();
        let only = &listed["data"][0];
        assert_eq!((text(&only["kind"]), text(&only["title"]), text(&only["text"]), &only["active"]), ("copy", "For a letter", "Look here: {link}", &json!(true)));
        assert_eq!((&only["file"], &listed["next"]), (&Value::Null, &Value::Null));
        assert_eq!(text(&only["id"]), made.id.to_string());
        assert_eq!(shop.api().get(&format!("{path}?active=false")).await.expect(200).json()["data"], json!([]));
        assert_eq!(shop.api().get(&format!("{path}?colour=blue")).await.expect(422).wrong_fields(), ["colour"]);
        rival.api().get(&path).await.expect(404);
        shop.api_with(&[Scope::Manage]).await.get(&path).await.expect(403);
    }
}
