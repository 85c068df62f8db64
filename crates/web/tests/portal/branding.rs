//! How a portal looks: what is chosen shows on every page at once, and only what can be read is taken.

use domain::status::Scope;
use service::messaging::mail;
use service::portal::invitation;
use service::store::list::Window;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const PAGE: &str = "/admin/branding";
/// A PNG of 400 by 100 pixels, as far as its first bytes tell.
const WIDE: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x90\0\0\0\x64\x08\x06\0\0\0 and what is drawn";
const SQUARE: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'><path d='M0 0h9v9z' style='fill:red'/></svg>";

/// Everything a person could choose.
const ALL: &[(&str, &str)] = &[
    ("portal_name", "Fern & Friends"),
    ("show_name", "true"),
    ("colour", "#4B2A8C"),
    ("support_email", "hello@fernhill.example"),
    ("footer", "Fernhill Studio Ltd, Leeds"),
    ("terms_url", "https://fernhill.example/terms"),
    ("privacy_url", "https://fernhill.example/privacy"),
];

/// `ALL` with one field changed.
fn with(field: &'static str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut fields: Vec<_> = ALL
        .iter()
        .copied()
        .filter(|(name, _)| *name != field)
        .collect();
    fields.push((field, value));
    fields
}

async fn staff(shop: &Shop<'_>) -> Client {
    let mut staff = shop.browser().await;
    staff.get(PAGE).await.expect(200);
    staff
}

/// The addresses of a page's brand files.
fn files(page: &Answer) -> Vec<String> {
    let text = page.text();
    let mut found: Vec<String> = text
        .split('"')
        .filter(|text| text.starts_with("/brand/"))
        .map(str::to_owned)
        .collect();
    found.dedup();
    found
}

both_engines! {
    async fn what_is_chosen_shows_on_every_page_of_the_portal(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let maya = shop.affiliate("Maya").await;
        let campaign = shop.campaign("Spring").await;
        shop.partnership(&campaign, &maya, "maya").await;
        let mut maya = shop.portal(&maya).await;
        let mut guest = test.browser();
        let before = guest.get("/portal/fernhill/log-in").await.expect(200);
        assert!(before.text().contains("Portal by Tributary"));
        assert_eq!(files(&before), Vec::<String>::new());

        let mut staff = staff(&shop).await;
        let answer = staff
            .upload(PAGE, ALL, &[("logo", "logo.png", WIDE), ("favicon", "f.svg", SQUARE)])
            .await
            .expect(303);
        assert_eq!(answer.header("location"), PAGE);
        assert!(staff.get(PAGE).await.expect(200).text().contains("Fern &amp;") || staff.get(PAGE).await.text().contains("Fern &#38;"));

        let pages = [
            maya.get("/portal/fernhill/").await.expect(200),
            guest.get("/portal/fernhill/log-in").await.expect(200),
            guest.get("/portal/fernhill/forgot").await.expect(200),
            guest.get("/portal/fernhill/nowhere").await.expect(404),
            maya.get("/portal/fernhill/payouts/none").await.expect(404),
        ];
        for page in &pages {
            let text = page.text();
            assert!(text.contains("Friends") && text.contains("Fernhill Studio Ltd, Leeds"), "{text}");
            assert!(text.contains("https://fernhill.example/terms") && text.contains("https://fernhill.example/privacy"), "{text}");
            assert!(!text.contains("Tributary"), "a white label says nothing of what makes it: {text}");
            assert!(text.contains("width=\"128\" height=\"32\""), "the logo has its room: {text}");
            let files = files(page);
            assert_eq!(files.len(), 3, "{files:?}");
            assert!(files.iter().all(|file| file.starts_with(&format!("/brand/{}_", shop.id.code()))), "{files:?}");
        }
        assert!(pages[0].text().contains("mailto:hello@fernhill.example"));

        // The files themselves.
        for file in files(&pages[0]) {
            let answer = guest.get(&file).await.expect(200);
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            if file.ends_with(".css") {
                assert_eq!(answer.header("content-type"), "text/css; charset=utf-8");
                assert!(answer.text().contains("--color-primary:light-dark(#4b2a8c,"), "{}", answer.text());
                assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
            } else {
                assert!(answer.header("content-security-policy").contains("default-src 'none'"));
                assert!(answer.header("content-security-policy").contains("sandbox"));
                assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
            }
        }

        // The page behind a link that is over belongs to the business, too.
        let id = campaign["id"].as_str().unwrap();
        shop.api().patch(&format!("/campaigns/{id}"), serde_json::json!({"active": false})).await.expect(200);
        test.clock.advance_ms(2_000);
        let gone = guest.get("/r/maya").await.expect(410);
        assert_eq!(files(&gone).len(), 3);
        assert!(!gone.text().contains("Tributary"));

        // Everything away again, and the house's own look is back.
        let plain = [("portal_name", ""), ("colour", ""), ("remove_logo", "true"), ("remove_favicon", "true"), ("credit", "true")];
        staff.upload(PAGE, &plain, &[]).await.expect(303);
        let after = guest.get("/portal/fernhill/log-in").await.expect(200);
        assert_eq!(files(&after), Vec::<String>::new());
        assert!(after.text().contains("Fernhill · Portal by Tributary"), "{}", after.text());
    }

    async fn affiliates_read_the_portals_name_alone(test: TestApp) {
        let shop = test.business("Acme Holdings").await;
        let base = "/portal/acme-holdings";
        let mut staff = staff(&shop).await;
        staff.upload(PAGE, ALL, &[]).await.expect(303);
        let campaign = shop.campaign("Spring").await;
        let affiliate = shop.affiliate("Maya").await;
        shop.partnership(&campaign, &affiliate, "maya").await;
        let ida = shop.affiliate("Ida").await;
        staff.get("/admin/applications/form").await.expect(200);
        staff.post("/admin/applications/form", &[("open", "true"), ("rule", "off")]).await.expect(303);
        let mut work = shop.work().await;
        let id = ida["id"].as_str().and_then(|id| id.parse().ok()).expect("an id");
        let view = invitation::invite(&mut work, id).await.expect("invited");
        work.commit().await.expect("stored");
        let link = view.link.expect("a link");
        let invited = link.trim_start_matches("http://localhost:8080").to_owned();
        let mut maya = shop.portal(&affiliate).await;
        let mut guest = test.browser();
        let is_named = |path: &str, text: &str| {
            assert!(text.contains("Friends"), "{path}: {text}");
            assert!(!text.contains("Acme Holdings") && !text.contains("Tributary") && !text.contains("tributary verify"), "{path}: {text}");
        };
        for path in ["log-in", "sign-up", "forgot", "apply", "apply/sent"] {
            let page = guest.get(&format!("{base}/{path}")).await.expect(200);
            is_named(path, &page.text());
        }
        is_named("invitation", &guest.get(&invited).await.expect(200).text());
        for path in [
            "", "home", "links", "links/new", "leads", "commissions", "payouts", "statement", "messages", "notifications",
            "account", "account/security", "account/two-step", "account/notifications", "account/prove",
        ] {
            let page = maya.get(&format!("{base}/{path}")).await.expect(200);
            is_named(path, &page.text());
        }
        let mut work = shop.work().await;
        invitation::revoke(&mut work, view.id).await.expect("revoked");
        work.commit().await.expect("stored");
        is_named("revoked", &guest.get(&invited).await.text());
        // A link that is over, for its campaign or for the affiliate.
        let campaign = format!("/campaigns/{}", campaign["id"].as_str().expect("an id"));
        shop.api().patch(&campaign, serde_json::json!({"active": false})).await.expect(200);
        test.clock.advance_ms(2_000);
        let gone = guest.get("/r/maya").await.expect(410).text();
        is_named("gone", &gone);
        assert!(gone.contains("Fern &#38; Friends does not use it at the moment"), "{gone}");
        // Mails, too.
        let mut work = shop.work().await;
        let lines = mail::list(&mut work, &mail::Filter::default(), Window::all("id desc")).await.expect("mails");
        let mut written = 0;
        for line in lines.iter().filter(|line| line.kind == "invitation") {
            let mail = mail::get(&mut work, line.id).await.expect("a mail");
            is_named("mail", &format!("{} {}", mail.subject, mail.body_text));
            written += 1;
        }
        assert!(written >= 2, "{lines:?}");
    }

    async fn what_cannot_be_read_or_shown_is_refused_and_kept_in_the_form(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut staff = staff(&shop).await;
        let light = staff.upload(PAGE, &with("colour", "#ffd400"), &[]).await.expect(422).text();
        assert!(light.contains("too light to read") && light.contains("value=\"#ffd400\""), "{light}");
        let offered = light.split("name=\"offer\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();

        let large = vec![b'x'; 300 * 1024];
        let script = b"<svg viewBox='0 0 9 9'><script>alert(1)</script></svg>";
        let wrong: [(&str, &[u8], &str); 5] = [
            ("logo", b"GIF89a", "is not a PNG, JPEG, WebP or SVG picture"),
            ("logo", script, "has scripts or foreign parts"),
            ("logo", &large, "is larger than 256 KiB"),
            ("logo", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0b\xb8\0\0\0\x64", "is 3000 × 100 pixels"),
            ("favicon", WIDE, "must be as wide as it is high"),
        ];
        for (field, content, message) in wrong {
            let text = staff.upload(PAGE, ALL, &[(field, "x.png", content)]).await.expect(422).text();
            assert!(text.contains(message), "{message}: {text}");
            assert!(text.contains("Fernhill Studio Ltd, Leeds"), "what was typed is kept");
        }
        for (field, value) in [("terms_url", "http://fernhill.example"), ("privacy_url", "javascript:alert(1)"), ("colour", "red"), ("support_email", "nobody")] {
            let text = staff.upload(PAGE, &with(field, value), &[]).await.expect(422).text();
            assert!(text.contains(&format!("id=\"{field}-error\"")), "{field}: {text}");
        }
        let guest = test.browser().get("/portal/fernhill/log-in").await.expect(200);
        assert_eq!(files(&guest), Vec::<String>::new(), "nothing of it is stored");
        assert!(guest.text().contains("Fernhill"));

        // The shade that was offered is one press away.
        let mut taken = with("colour", "#ffd400");
        taken.push(("offer", &offered));
        staff.upload(PAGE, &taken, &[]).await.expect(303);
        assert!(staff.get(PAGE).await.text().contains(&format!("value=\"{offered}\"")));
    }

    async fn the_preview_stores_nothing(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut staff = staff(&shop).await;
        let logo: &[(&str, &str, &[u8])] = &[("logo", "logo.png", WIDE)];
        let part = staff.upload("/admin/branding/preview", ALL, logo).await.expect(200).text();
        assert!(part.contains("data:image/png;base64,iVBOR") && part.contains("Friends"), "{part}");
        let css = part.split("<link rel=\"stylesheet\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let css = staff.get(css).await.expect(200).text();
        assert!(css.starts_with(".brand-preview{") && css.contains("#4b2a8c"), "{css}");
        // The same without a script: the whole page, by a button of the form.
        let page = staff.upload(PAGE, &with("act", "preview"), logo).await.expect(200).text();
        assert!(page.contains("data:image/png;base64,iVBOR") && page.contains("Choose your files again"), "{page}");
        let light = staff.upload("/admin/branding/preview", &with("colour", "#ffd400"), &[]).await.expect(200).text();
        assert!(light.contains("nearest shade that works"), "{light}");

        let guest = test.browser().get("/portal/fernhill/log-in").await.expect(200);
        assert_eq!(files(&guest), Vec::<String>::new());
        test.browser().get("/admin/branding/preview.css?colour=%234b2a8c").await.expect(303);
        staff.get("/admin/branding/preview.css?colour=red").await.expect(404);
    }

    async fn only_staff_of_the_business_change_it(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let other = test.business("Harbor").await;
        let mut staff = staff(&shop).await;
        staff.upload(PAGE, ALL, &[("logo", "logo.png", WIDE)]).await.expect(303);
        let mut guest = test.browser();
        let files = files(&guest.get("/portal/fernhill/log-in").await);
        assert_eq!(guest.get("/portal/harbor/log-in").await.expect(200).text().matches("/brand/").count(), 0);
        // A file is found under the name of its own business and of nobody else.
        for file in &files {
            guest.get(file).await.expect(200);
            let foreign = file.replace(&shop.id.code(), &other.id.code());
            guest.get(&foreign).await.expect(404);
            guest.get(&file.replace(".css", ".svg").replace(".png", ".css")).await.expect(404);
        }
        for name in ["x", "x_y.css", "_.", "%00", "..%2f..%2fetc"] {
            let status = guest.get(&format!("/brand/{name}")).await.status;
            assert!(status == 404 || status == 400, "{name}: {status}");
        }
        guest.get(PAGE).await.expect(303);
        guest.upload(PAGE, ALL, &[]).await.expect(303);
        let stranger = [("csrf", "made up"), ("portal_name", "x"), ("colour", "")];
        staff.upload(PAGE, &stranger, &[]).await.expect(403);
        let mut work = shop.work().await;
        work.actor.require(Scope::Manage).unwrap();
        let business = service::identity::business::get(&mut work).await.unwrap();
        let brand = service::portal::brand::of(&mut work, &business).await.unwrap();
        assert_eq!(brand.name, "Fern & Friends");
        assert!(brand.mail_logo("https://a.example").unwrap().starts_with("https://a.example/brand/"));
    }
}
