//! Promotional assets: what the owner uploads, what is refused, who may see it, and how files go out.

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use domain::status::AssetKind;
use serde_json::{Value, json};
use service::programme::asset::{self, AssetIn, FileIn};
use testkit::{Answer, Client, Shop, TestApp, both_engines};
use tower::ServiceExt as _;

const PORTAL: &str = "/portal/fernhill";
/// The head of a picture of 728 × 90 is all that is looked at.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\xd8\0\0\0\x5a\x08\x02\0\0\0rest of it";

struct Set<'a> {
    shop: Shop<'a>,
    campaign: Value,
    maya: Value,
}

async fn set(test: &TestApp) -> Set<'_> {
    let shop = test.business("Fernhill").await;
    let campaign = shop.campaign("Agency Pro").await;
    let maya = shop.affiliate("Maya Okonkwo").await;
    shop.partnership(&campaign, &maya, "maya").await;
    Set {
        shop,
        campaign,
        maya,
    }
}

fn id(value: &Value) -> &str {
    value["id"].as_str().expect("an id")
}

async fn text(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

fn file(name: &str, bytes: &[u8]) -> Option<FileIn> {
    Some(FileIn {
        name: name.to_owned(),
        bytes: bytes.to_vec(),
        is_whole: true,
    })
}

/// Makes an asset as the owner's page does; its id.
async fn made(shop: &Shop<'_>, campaign: &Value, kind: AssetKind, input: AssetIn) -> String {
    let mut work = shop.work().await;
    let asset = asset::create(&mut work, id(campaign).parse().unwrap(), kind, input)
        .await
        .expect("made");
    work.commit().await.expect("stored");
    asset.id.to_string()
}

fn titled(title: &str, body: &str, alt: &str, file: Option<FileIn>) -> AssetIn {
    AssetIn {
        title: title.to_owned(),
        note: String::new(),
        body: body.to_owned(),
        alt: alt.to_owned(),
        file,
    }
}

/// Anybody's request for a file of ours.
async fn anybody(test: &TestApp, path: &str, known: &str) -> Answer {
    let mut request = Request::builder()
        .uri(path)
        .header("host", "localhost:8080")
        .header("sec-fetch-site", "cross-site")
        .header("if-none-match", known)
        .body(Body::empty())
        .unwrap();
    let peer: std::net::SocketAddr = ([203, 0, 113, 77], 40_000).into();
    request.extensions_mut().insert(ConnectInfo(peer));
    let response = test.router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap()
        .to_vec();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

both_engines! {
    async fn copy_has_the_affiliates_link_in_it(test: TestApp) {
        let Set { shop, campaign, maya } = set(&test).await;
        let mut owner = shop.browser().await;
        let path = format!("/admin/campaigns/{}/assets", id(&campaign));
        assert!(text(&mut owner, &path).await.contains("No assets yet"));
        owner.get(&format!("{path}/new?kind=copy")).await.expect(200);
        for (title, body, says) in [
            ("", "Try {link}", "This is required"),
            ("Mail", "", "This is required"),
            ("Mail", "Try it", "needs {link} where"),
        ] {
            let fields = [("kind", "copy"), ("title", title), ("body", body)];
            let answer = owner.post(&format!("{path}/new"), &fields).await.expect(422).text();
            assert!(answer.contains(says), "{says}: {answer}");
        }
        owner.post(&format!("{path}/new"), &[("kind", "copy"), ("title", "Mail"), ("body", "Try it:\n{link} <b>now</b>")]).await.expect(303);
        let list = text(&mut owner, &path).await;
        assert!(list.contains("Mail") && list.contains("&#60;b&#62;"), "{list}");
        let mut browser = shop.portal(&maya).await;
        let page = text(&mut browser, &format!("{PORTAL}/assets")).await;
        assert!(page.contains("Try it:\nhttp://localhost:8080/r/maya &#60;b&#62;now"), "{page}");
        assert!(!page.contains("{link}"), "{page}");
        assert!(text(&mut browser, &format!("{PORTAL}/")).await.contains("/assets\""), "the menu leads there");
    }

    async fn what_a_file_is_is_told_by_its_bytes(test: TestApp) {
        let Set { shop, campaign, .. } = set(&test).await;
        let campaign: domain::id::CampaignId = id(&campaign).parse().unwrap();
        let mut work = shop.work().await;
        let mut wrong = async |kind, input| match asset::create(&mut work, campaign, kind, input).await {
            Err(service::ServiceError::Invalid(fields)) => fields.into_iter().map(|field| format!("{}: {}", field.field, field.message)).collect::<Vec<_>>().join("; "),
            other => format!("{other:?}"),
        };
        let (banner, plain) = (AssetKind::Banner, AssetKind::File);
        let html = b"<html><script>alert(1)</script>";
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>";
        let large = vec![b'a'; domain::asset::BYTES_MAX + 1];
        let wide = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x20\0\0\0\0\x5a\x08\x02\0\0\0";
        for (kind, input, says) in [
            (banner, titled("A", "", "", file("a.png", PNG)), "alt: is required"),
            (banner, titled("A", "", "a", None), "file: is required"),
            (banner, titled("A", "", "a", file("a.png", b"")), "file: is empty"),
            (banner, titled("A", "", "a", file("a.png", html)), "file: is no PNG"),
            (banner, titled("A", "", "a", file("a.svg", svg)), "file: is no PNG"),
            (banner, titled("A", "", "a", file("a.png", b"%PDF-1.7")), "file: is no PNG"),
            (banner, titled("A", "", "a", file("a.png", wide)), "file: is more than 4000 pixels"),
            (plain, titled("A", "", "", file("a.pdf", html)), "file: is of a kind that is not taken"),
            (plain, titled("A", "", "", file("a.svg", svg)), "file: is of a kind that is not taken"),
            (plain, titled("A", "", "", file("a.exe", b"MZ\x90\0")), "file: is of a kind that is not taken"),
            (plain, titled("A", "", "", file("a.txt", &large)), "file: is larger than 5 MiB"),
            (plain, titled("", "", "", None), "title: is required; file: is required"),
        ] {
            let told = wrong(kind, input).await;
            assert!(told.contains(says), "{says}: {told}");
        }
        drop(work);
        let mut work = shop.work().await;
        assert_eq!(asset::list(&mut work, campaign).await.expect("a list"), []);
        let taken = asset::create(&mut work, campaign, plain, titled("List", "", "", file("../Price list.exe", b"%PDF-1.7 ..."))).await.expect("made");
        assert_eq!((taken.file_name.as_deref(), taken.media_type.as_deref(), taken.byte_count), (Some("Price-list.pdf"), Some("application/pdf"), Some(12)));
    }

    async fn a_form_brings_a_file(test: TestApp) {
        let Set { shop, campaign, .. } = set(&test).await;
        let mut owner = shop.browser().await;
        let path = format!("/admin/campaigns/{}/assets", id(&campaign));
        owner.get(&format!("{path}/new?kind=banner")).await.expect(200);
        let fields = [("kind", "banner"), ("title", "Wide"), ("alt", "Plan it")];
        owner.upload(&format!("{path}/new"), &fields, &[("file", "wide.png", PNG)]).await.expect(303);
        let list = text(&mut owner, &path).await;
        assert!(list.contains("PNG · 728 × 90 · 39 bytes"), "{list}");
        // Too large is told by the field, and what was typed stays.
        let large = vec![0; domain::asset::BYTES_MAX + 1];
        let fields = [("kind", "banner"), ("title", "Larger"), ("alt", "Plan it")];
        let refused = owner.upload(&format!("{path}/new"), &fields, &[("file", "large.png", &large)]).await.expect(422).text();
        assert!(refused.contains("larger than 5 MiB") && refused.contains("value=\"Larger\""), "{refused}");
        let huge = vec![0; 2 * domain::asset::BYTES_MAX + 1];
        owner.upload(&format!("{path}/new"), &fields, &[("file", "huge.png", &huge)]).await.expect(413);
        assert_eq!(text(&mut owner, &path).await.matches("<li id=\"row-").count(), 1);
    }

    async fn banners_are_for_every_page_and_files_are_not(test: TestApp) {
        let Set { shop, campaign, maya } = set(&test).await;
        let banner = made(&shop, &campaign, AssetKind::Banner, titled("Wide", "", "\"Plan\" it", file("wide.png", PNG))).await;
        let list = made(&shop, &campaign, AssetKind::File, titled("Prices", "", "", file("Preise & mehr.csv", b"Plan,Price\n"))).await;
        let public = format!("/assets/banners/{}/{banner}", shop.id);
        let picture = anybody(&test, &public, "").await.expect(200);
        assert_eq!(picture.body, PNG);
        for (name, value) in [
            ("content-type", "image/png"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "public, max-age=3600"),
            ("content-security-policy", "default-src 'none'; sandbox; frame-ancestors 'none'"),
        ] {
            assert_eq!(picture.header(name), value, "{name}");
        }
        let tag = picture.header("etag").to_owned();
        let same = anybody(&test, &public, &tag).await.expect(304);
        assert!(same.body.is_empty() && same.header("etag") == tag);
        let rival = test.business("Rival").await;
        for path in [
            format!("/assets/banners/{}/{list}", shop.id),
            format!("/assets/banners/{}/{banner}", rival.id),
            format!("/assets/banners/{}/ast_01h455vb4pex5vsknk084sn02q", shop.id),
            format!("/assets/banners/biz_0000000000000/{banner}"),
            "/assets/banners/nonsense/nonsense".to_owned(),
        ] {
            assert_eq!(anybody(&test, &path, "").await.status, 404, "{path}");
        }

        let mut browser = shop.portal(&maya).await;
        let page = text(&mut browser, &format!("{PORTAL}/assets")).await;
        for part in [
            format!("src=\"{public}\""),
            "href=&#38;quot;".replace("&#38;quot;", "&#34;http://localhost:8080/r/maya&#34;"),
            "alt=&#34;&#38;quot;Plan&#38;quot; it&#34;".to_owned(),
            "width=&#34;728&#34; height=&#34;90&#34;".to_owned(),
            "CSV · 11 bytes".to_owned(),
        ] {
            assert!(page.contains(&part), "{part}: {page}");
        }
        let got = browser.get(&format!("{PORTAL}/assets/{list}/file")).await.expect(200);
        assert_eq!(got.body, b"Plan,Price\n");
        for (name, value) in [
            ("content-type", "text/plain; charset=utf-8"),
            ("content-disposition", "attachment; filename=\"Preise---mehr.csv\""),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(got.header(name), value, "{name}");
        }
        let mut owner = shop.browser().await;
        owner.get(&format!("/admin/campaigns/{}/assets/{list}/file", id(&campaign))).await.expect(200);
        let other = shop.campaign("Other").await;
        owner.get(&format!("/admin/campaigns/{}/assets/{list}/file", id(&other))).await.expect(404);

        // Archived: gone for everybody but the owner.
        for asset in [&banner, &list] {
            owner.get(&format!("/admin/campaigns/{}/assets", id(&campaign))).await.expect(200);
            owner.post(&format!("/admin/campaigns/{}/assets/{asset}/active", id(&campaign)), &[("active", "false")]).await.expect(303);
        }
        assert_eq!(anybody(&test, &public, "").await.status, 404);
        browser.get(&format!("{PORTAL}/assets/{list}/file")).await.expect(404);
        assert!(text(&mut browser, &format!("{PORTAL}/assets")).await.contains("No assets yet"));
    }

    async fn only_who_takes_part_sees_them(test: TestApp) {
        let Set { shop, campaign, maya } = set(&test).await;
        let list = made(&shop, &campaign, AssetKind::File, titled("Prices", "", "", file("prices.csv", b"Plan,Price\n"))).await;
        let mut browser = shop.portal(&maya).await;
        let tom = shop.affiliate("Tom").await;
        let mut tom = shop.portal(&tom).await;
        let rival = test.business("Rival").await;
        let theirs = rival.affiliate("Rita").await;
        let mut rita = rival.portal(&theirs).await;
        browser.get(&format!("{PORTAL}/assets/{list}/file")).await.expect(200);
        for (browser, portal) in [(&mut tom, PORTAL), (&mut rita, "/portal/rival")] {
            assert!(text(browser, &format!("{portal}/assets")).await.contains("No assets yet"));
            for id in [list.as_str(), "ast_01h455vb4pex5vsknk084sn02q", "nonsense"] {
                browser.get(&format!("{portal}/assets/{id}/file")).await.expect(404);
            }
        }
        // Staff sees the affiliate's view.
        let mut owner = shop.browser().await;
        let inside = format!("/admin/affiliates/{}/inside", id(&maya));
        assert!(text(&mut owner, &format!("{inside}/assets")).await.contains("Prices"));
        owner.get(&format!("{inside}/assets/{list}/file")).await.expect(200);

        // Suspended: readable, but with no link to copy.
        let status = async |status: &str| {
            shop.api().post(&format!("/affiliates/{}/status", id(&maya)), json!({"status": status})).await.expect(200);
        };
        status("suspended").await;
        let page = text(&mut browser, &format!("{PORTAL}/assets")).await;
        assert!(page.contains("Prices") && page.contains("nothing to copy") && !page.contains("data-copy"), "{page}");
        status("approved").await;
        // Paused in the campaign, or the campaign off: nothing.
        let partnership = shop.api().get("/partnerships").await.expect(200).json()["data"][0]["id"].as_str().unwrap().to_owned();
        for (path, off, on) in [
            (format!("/partnerships/{partnership}"), json!({"active": false}), json!({"active": true})),
            (format!("/campaigns/{}", id(&campaign)), json!({"active": false}), json!({"active": true})),
        ] {
            shop.api().patch(&path, off).await.expect(200);
            browser.get(&format!("{PORTAL}/assets/{list}/file")).await.expect(404);
            assert!(text(&mut browser, &format!("{PORTAL}/assets")).await.contains("No assets yet"));
            shop.api().patch(&path, on).await.expect(200);
            browser.get(&format!("{PORTAL}/assets/{list}/file")).await.expect(200);
        }
        status("terminated").await;
        browser.get(&format!("{PORTAL}/assets")).await.expect(303);
        browser.get(&format!("{PORTAL}/assets/{list}/file")).await.expect(303);
    }

    async fn assets_are_edited_and_put_in_order(test: TestApp) {
        let Set { shop, campaign, .. } = set(&test).await;
        let mut ids = Vec::new();
        for title in ["One", "Two", "Three"] {
            ids.push(made(&shop, &campaign, AssetKind::Copy, titled(title, "{link}", "", None)).await);
        }
        let mut owner = shop.browser().await;
        let path = format!("/admin/campaigns/{}/assets", id(&campaign));
        let order = async || {
            let mut work = shop.work().await;
            let all = asset::list(&mut work, id(&campaign).parse().unwrap()).await.expect("a list");
            all.into_iter().map(|asset| asset.title).collect::<Vec<_>>()
        };
        owner.get(&path).await.expect(200);
        let last = &ids[2];
        owner.post(&format!("{path}/{last}/move"), &[("up", "true")]).await.expect(303);
        assert_eq!(order().await, ["One", "Three", "Two"]);
        for _ in 0..3 {
            owner.post(&format!("{path}/{last}/move"), &[("up", "true")]).await.expect(303);
        }
        assert_eq!(order().await, ["Three", "One", "Two"]);
        owner.post(&format!("{path}/{last}/move"), &[("up", "false")]).await.expect(303);
        assert_eq!(order().await, ["One", "Three", "Two"]);
        let first = &ids[0];
        assert!(text(&mut owner, &format!("{path}/{first}/edit")).await.contains("value=\"One\""));
        owner.post(&format!("{path}/{first}/edit"), &[("title", "First"), ("body", "See {link}")]).await.expect(303);
        assert!(text(&mut owner, &path).await.contains("See {link}"));
        owner.post(&format!("{path}/{first}/edit"), &[("title", "First"), ("body", "See")]).await.expect(422);
        assert_eq!(order().await, ["First", "Three", "Two"]);
        // A hundred are enough.
        let mut work = shop.work().await;
        let campaign = id(&campaign).parse().unwrap();
        for number in 4..=asset::ASSETS_MAX {
            asset::create(&mut work, campaign, AssetKind::Copy, titled(&format!("No {number}"), "{link}", "", None)).await.expect("made");
        }
        let refused = asset::create(&mut work, campaign, AssetKind::Copy, titled("More", "{link}", "", None)).await;
        assert!(matches!(refused, Err(service::ServiceError::Conflict(_))), "{refused:?}");
    }
}
