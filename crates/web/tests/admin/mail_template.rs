//! What mails say: a business's own text in place of ours, its preview, its test, and what is refused.

use domain::id::AffiliateId;
use service::identity::audit::{self, AuditFilter};
use service::messaging::mail::{self, Mail, MailKind};
use service::portal::invitation;
use service::store::list::Window;
use testkit::{Answer, Client, Shop, TestApp, both_engines};

const PATH: &str = "/admin/settings/mail/invitation";

/// The one invitation to an address.
async fn to(shop: &Shop<'_>, address: &str) -> Mail {
    let mut work = shop.work().await;
    let filter = mail::Filter {
        kind: Some(MailKind::Invitation.as_str().to_owned()),
        search: Some(address.to_owned()),
        ..mail::Filter::default()
    };
    let lines = mail::list(&mut work, &filter, Window::all("id desc"))
        .await
        .expect("mails");
    assert_eq!(lines.len(), 1, "{address}");
    mail::get(&mut work, lines[0].id).await.expect("a mail")
}

/// Invites an affiliate with an awkward name; the mail.
async fn invited(shop: &Shop<'_>, name: &str) -> Mail {
    let affiliate = shop.affiliate(name).await;
    let id: AffiliateId = affiliate["id"].as_str().unwrap().parse().unwrap();
    let mut work = shop.work().await;
    invitation::invite(&mut work, id).await.expect("invited");
    work.commit().await.expect("stored");
    to(shop, affiliate["email"].as_str().unwrap()).await
}

async fn send(
    browser: &mut Client,
    path: &str,
    subject: &str,
    heading: &str,
    body: &str,
) -> Answer {
    browser
        .post(
            path,
            &[("subject", subject), ("heading", heading), ("body", body)],
        )
        .await
}

/// A PNG of 400 by 100 pixels, as far as its first bytes tell.
const LOGO: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x90\0\0\0\x64\x08\x06\0\0\0 and what is drawn";

const OWN: &str = "Hi {{name}} <i>!</i>\r\n\r\nAbout {{campaign}}.\r\n\r\n[Come in]({{link}})\r\n\r\n~ Until {{last_day}}.";

both_engines! {
    async fn a_business_writes_its_own_text_and_goes_back_to_ours(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let rival = test.business("Rival").await;
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/settings/mail").await.expect(200).text();
        for kind in MailKind::ALL {
            assert!(page.contains(&format!("/admin/settings/mail/{}\"", kind.as_str())), "{kind:?}");
        }
        assert!(!page.contains("Your text"));
        browser.get(PATH).await.expect(200);
        let saved = send(&mut browser, PATH, "{{business}} wants you", "Hi {{name}}", OWN).await.expect(303);
        assert_eq!(saved.header("location"), PATH);

        let mail = invited(&shop, "Ada & Bo").await;
        assert_eq!(mail.subject, "Fernhill wants you");
        assert!(mail.body_text.starts_with("Hi Ada & Bo\n\nHi Ada & Bo <i>!</i>\n\nCome in:\nhttp://localhost:8080/portal/fernhill/invitation/"), "{}", mail.body_text);
        assert!(!mail.body_text.contains("About"), "nothing led to it, so the paragraph is left out");
        assert!(mail.body_html.contains("Hi Ada &amp; Bo &lt;i&gt;!&lt;/i&gt;"), "{}", mail.body_html);
        assert!(mail.body_text.ends_with("-- \nFernhill\nYou get this because Fernhill entered this address for its affiliate program.\n"));
        let other = invited(&rival, "Cy").await;
        assert_eq!(other.subject, "Rival invites you to its affiliate portal", "the rival's mails are its own");

        let page = browser.get(PATH).await.expect(200).text();
        assert!(page.contains("Hi {{name}} &#60;i&#62;!&#60;/i&#62;") && page.contains("Your text"), "{page}");
        browser.post(&format!("{PATH}/reset"), &[]).await.expect(303);
        assert_eq!(invited(&shop, "Dee").await.subject, "Fernhill invites you to its affiliate portal");

        let mut work = shop.work().await;
        let filter = AuditFilter { subject: "mail_template".to_owned(), ..AuditFilter::default() };
        let entries = audit::list(&mut work, &filter, Window::after(None, 10)).await.expect("the log");
        let acts: Vec<_> = entries.iter().map(|entry| (entry.action.as_str(), entry.actor_kind.as_str())).collect();
        assert_eq!(acts, [("mail_template.reset", "staff"), ("mail_template.changed", "staff")]);
    }

    async fn a_wrong_text_is_refused_by_field_and_kept_as_typed(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.browser().await;
        browser.get(PATH).await.expect(200);
        let page = send(&mut browser, PATH, "{{link}}", "Hi {{nme}}", "No link <here> {{name}}").await.expect(422).text();
        assert!(page.contains("{{link}} cannot stand in the subject"), "{page}");
        assert!(page.contains("{{nme}} is not a variable of this mail"), "{page}");
        assert!(page.contains("No link &#60;here&#62; {{name}}</textarea>"), "what was typed stays");
        let page = send(&mut browser, PATH, "S", "H", "No link").await.expect(422).text();
        assert!(page.contains("needs {{link}}"), "{page}");
        let page = send(&mut browser, &format!("{PATH}/test"), "S", "H", "{{link}} }}").await.expect(422).text();
        assert!(page.contains("without “{{” before it"), "{page}");
        assert_eq!(invited(&shop, "Ada").await.subject, "Fernhill invites you to its affiliate portal", "nothing was stored");
        // The code must be in the text, and is nobody's business in the subject.
        let code = "/admin/settings/mail/login_code";
        let page = send(&mut browser, code, "{{code}}", "H", "Your {{code}}").await.expect(422).text();
        assert!(page.contains("{{code}} cannot stand in the subject"), "{page}");
        send(&mut browser, code, "S", "H", "Nothing").await.expect(422);
        send(&mut browser, code, "S", "H", "Here: {{code}}").await.expect(303);
    }

    async fn the_preview_shows_what_is_typed_and_a_test_goes_to_who_writes(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.browser().await;
        let page = browser.get(PATH).await.expect(200);
        assert!(page.header("content-security-policy").contains("frame-src 'self'"));
        let preview = browser.get(&format!("{PATH}/preview")).await.expect(200);
        assert!(preview.header("content-security-policy").ends_with("sandbox"));
        assert!(preview.text().contains("Fernhill invites you") && preview.text().contains("Maya Okonkwo"), "{}", preview.text());
        let preview = send(&mut browser, &format!("{PATH}/preview"), "<b>S</b>", "H", OWN).await.expect(200);
        let html = preview.text();
        assert!(html.contains("&#60;b&#62;S&#60;/b&#62;") && html.contains("About Summer sale.") && html.contains("Come in</a>"), "{html}");
        assert!(preview.header("content-security-policy").ends_with("sandbox"));
        let faults = send(&mut browser, &format!("{PATH}/preview"), "S", "", "{{x").await.expect(200).text();
        assert!(faults.contains("Heading:") && faults.contains("Text:"), "{faults}");

        let page = send(&mut browser, &format!("{PATH}/test"), "Hello {{name}}", "H", OWN).await.expect(200).text();
        assert!(page.contains("A test is on its way") && page.contains("data-unsaved"), "{page}");
        let mail = to(&shop, &shop.owner_email).await;
        assert_eq!((mail.to_address.as_str(), mail.subject.as_str()), (shop.owner_email.as_str(), "Test: Hello Maya Okonkwo"));
        assert_eq!(invited(&shop, "Ada").await.subject, "Fernhill invites you to its affiliate portal", "a test saves nothing");

        browser.get("/admin/settings/mail/nothing").await.expect(404);
        browser.get(PATH).await.expect(200);
        browser.forget_token();
        send(&mut browser, PATH, "S", "H", "{{link}}").await.expect(403);
    }

    async fn a_business_writes_html_beside_the_text(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.browser().await;
        browser.get(PATH).await.expect(200);
        let html = "<h2 style=\"color:#7a0b55;position:fixed\">Hi {{name}}</h2><script>alert(1)</script>\
            <p onclick=\"x()\">Come to {{business}}: <a href=\"{{link}}\">here</a> <a href=\"javascript:x()\">no</a></p>";
        let fields = |html| [("subject", "S"), ("heading", "H"), ("body", "Text {{link}}"), ("html", html)];
        // What must be there must be there as well; braces are looked at.
        for (wrong, says) in [("<p>Hi</p>", "needs {{link}}"), ("<p>{{nme}} {{link}}</p>", "is not a variable"), ("<p>{{link</p>", "after it")] {
            let page = browser.post(PATH, &fields(wrong)).await.expect(422).text();
            assert!(page.contains(says) && page.contains("html-error"), "{wrong}: {page}");
        }
        let preview = browser.post(&format!("{PATH}/preview"), &fields(html)).await.expect(200).text();
        assert!(preview.contains("Hi Maya Okonkwo</h2>") && !preview.contains("alert(1)"), "{preview}");
        browser.post(PATH, &fields(html)).await.expect(303);
        let page = browser.get(PATH).await.expect(200).text();
        assert!(page.contains("taken out of the HTML") && !page.contains("alert(1)") && !page.contains("position"), "{page}");
        let mail = invited(&shop, "Ada <b>").await;
        assert!(mail.body_text.starts_with("H\n\nText http://localhost:8080/portal/fernhill/invitation/"), "{}", mail.body_text);
        let sent = &mail.body_html;
        assert!(sent.contains("Hi Ada &lt;b&gt;</h2>") && sent.contains("href=\"http://localhost:8080/portal/fernhill/invitation/"), "{sent}");
        assert!(sent.contains("color:#7a0b55") || sent.contains("color: #7a0b55"), "{sent}");
        for gone in ["script", "onclick", "position", "<h1", "javascript"] {
            assert!(!sent.contains(gone), "{gone}: {sent}");
        }
        assert!(sent.contains("You get this because"), "the last line stays");
        // Saved without it, the HTML is made from the text again.
        browser.get(PATH).await.expect(200);
        browser.post(PATH, &fields("")).await.expect(303);
        assert!(invited(&shop, "Bo").await.body_html.contains("<h1"));
        browser.get(PATH).await.expect(200);
        browser.post(PATH, &fields(html)).await.expect(303);
        browser.get(PATH).await.expect(200);
        browser.post(&format!("{PATH}/reset"), &[]).await.expect(303);
        assert!(invited(&shop, "Cy").await.body_html.contains("<h1"));
    }

    async fn no_letter_names_what_wrote_it(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut browser = shop.browser().await;
        for kind in MailKind::ALL {
            let path = format!("/admin/settings/mail/{}/preview", kind.as_str());
            let letter = browser.get(&path).await.expect(200).text();
            assert!(letter.contains("Fernhill"), "{kind:?}: {letter}");
            assert!(!letter.to_lowercase().contains("tributary"), "{kind:?}: {letter}");
        }
    }

    async fn letters_wear_the_brand(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let plain = invited(&shop, "Ada").await.body_html;
        assert!(plain.contains("background:#14532d") && !plain.contains("<img"), "{plain}");
        let mut browser = shop.browser().await;
        let page = browser.get("/admin/branding").await.expect(200).text();
        assert!(page.contains("name=\"colour\""), "{page}");
        browser
            .upload("/admin/branding", &[("portal_name", ""), ("colour", "#7a0b55"), ("show_name", "true")], &[("logo", "logo.png", LOGO)])
            .await
            .expect(303);
        let mail = invited(&shop, "Bo").await;
        let html = &mail.body_html;
        assert!(html.contains("background:#7a0b55") && html.contains("color:#ffffff"), "{html}");
        let (_, rest) = html.split_once("<img src=\"http://localhost:8080").expect("a logo");
        let path = rest.split('"').next().expect("a path");
        assert!(rest.contains("width=\"160\" height=\"40\"") && html.contains("Fernhill</span>"), "{html}");
        let picture = test.browser().get(path).await.expect(200);
        assert_eq!(picture.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(picture.header("content-type"), "image/png");
        assert!(mail.body_text.contains("-- \nFernhill"), "the text part is always there");
    }
}
