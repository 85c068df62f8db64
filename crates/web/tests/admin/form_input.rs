//! Bad input to every form of the admin and the portal: each is refused with a page that names the field, and
//! nothing at all is stored. The routes are read from the sources, so that a new form is tried by itself.

use crate::pages::{Route, furnish, routes};
use testkit::{Answer, Client, TestApp, both_engines};

/// Larger than any form may be, files included.
const MUCH: usize = 10 * 1024 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";
/// A field that no form has.
const FIELD: &str = "peculiar";

/// What no amount of a bonus, correction, refund or dispute is: words, nothing, beyond what is stored, beyond what
/// is meant, parts of a cent.
const AMOUNTS: &[&str] = &[
    "ten",
    "0",
    "99999999999999999999",
    "92233720368547758.07",
    "1.001",
];

/// The address with anything in its places: a form is read before what it is about is looked for.
fn filled(path: &str, slug: &str) -> String {
    let words = path.split('/').map(|word| match word {
        "{slug}" => slug,
        "{kind}" => "invitation",
        "{provider}" => "paypal",
        "{act}" => "resend",
        word if word.starts_with('{') => "nothing",
        word => word,
    });
    words.collect::<Vec<_>>().join("/")
}

/// Whether a form of this route is read at all without more than a log-in.
fn is_read(path: &str) -> bool {
    // The token in the address says all: mail programs send a body of their own (RFC 8058).
    let unread = path.ends_with("/unsubscribe/{token}");
    // Only who has passed the first step gets there; `two_step` and `lost_phone` do.
    let behind = path.contains("/second-step");
    !unread && !behind
}

/// What is wrong with an answer, if anything: it must be this status, and name this field if there is one.
fn judged(what: &str, answer: &Answer, status: u16, field: &str) -> Option<String> {
    let fine = answer.status.as_u16() == status && answer.text().contains(field);
    (!fine).then(|| {
        let start: String = answer.text().chars().take(200).collect();
        let to = answer.header("location");
        format!(
            "{what}: {status} wanted, got {} {to} {start:?}",
            answer.status
        )
    })
}

/// Sends bad forms of every kind; what was answered wrongly.
async fn try_form(browser: &mut Client, path: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let much = format!("{FIELD}={}", "a".repeat(MUCH)).into_bytes();
    let answer = browser.post_raw(path, FORM, much).await;
    // The preview of the branding says beside the picture that it is too large.
    let (status, said) = if path == "/admin/branding/preview" {
        (200, "larger than")
    } else {
        (413, "")
    };
    wrong.extend(judged("10 MB", &answer, status, said));
    for (what, body) in [
        ("broken UTF-8", b"peculiar=caf\xff".to_vec()),
        ("broken UTF-8, encoded", b"peculiar=caf%FF".to_vec()),
    ] {
        let answer = browser.post_raw(path, FORM, body).await;
        wrong.extend(judged(what, &answer, 400, FIELD));
    }
    for (what, body) in [
        ("U+0000", b"peculiar=a%00b".to_vec()),
        ("U+0000 in a name", b"pecul%00iar=a".to_vec()),
    ] {
        let answer = browser.post_raw(path, FORM, body).await;
        wrong.extend(judged(what, &answer, 422, FIELD));
    }
    let answer = browser
        .post_raw(path, "text/plain", b"peculiar=a".to_vec())
        .await;
    wrong.extend(judged("no form", &answer, 415, ""));
    let answer = browser.post(path, &[(FIELD, "blue")]).await;
    wrong.extend(judged("an unknown field", &answer, 422, FIELD));
    wrong
}

/// An address, a form that is right, one of its fields, and what that must not be.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);

both_engines! {
    async fn every_form_is_judged_by_its_fields(test: TestApp) {
        let shop = test.business("Northwind").await;
        furnish(&shop).await;
        let ben = shop.affiliate("Ben").await;
        let mut portal = shop.portal(&ben).await;
        let mut owner = shop.browser().await;
        // Who is an affiliate already is led away from the form of those who are not.
        let mut nobody = test.browser();
        // A page with a form gives the token.
        portal.get(&format!("/portal/{}/", shop.slug)).await.expect(200);
        owner.get("/admin").await.expect(200);
        let raw = test.db.raw().await;
        let before = raw.contents().await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for Route { path, method } in routes() {
            if method != "POST" || !is_read(&path) {
                continue;
            }
            let browser = match path.as_str() {
                "/portal/{slug}/apply" => &mut nobody,
                path if path.starts_with("/portal") => &mut portal,
                _ => &mut owner,
            };
            let problems = try_form(browser, &filled(&path, &shop.slug)).await;
            wrong.extend(problems.into_iter().map(|problem| format!("{path}, {problem}")));
            tried += 1;
        }
        assert!(wrong.is_empty(), "{} answers of {tried} forms:\n{}", wrong.len(), wrong.join("\n"));
        assert!(tried > 120, "{tried} forms");
        assert_eq!(before, raw.contents().await, "nothing is stored");
    }

    async fn amounts_are_judged_by_their_fields(test: TestApp) {
        let (ours, theirs) = (test.business("Northwind").await, test.business("Southwind").await);
        let own = furnish(&ours).await;
        let linus = theirs.affiliate("Linus").await;
        let linus = linus["id"].as_str().expect("an id");
        let mut owner = ours.browser().await;
        owner.get("/admin").await.expect(200);
        let raw = test.db.raw().await;
        let before = raw.contents().await;
        let adjust = format!("/admin/commissions/{}/adjust", own["commissions"]);
        let sale = format!("/admin/events/{}", own["events"]);
        let (refunds, disputes) = (format!("{sale}/refunds"), format!("{sale}/disputes"));
        let rate = [("base", "EUR"), ("currency", "USD"), ("rate", "1.1"), ("day", "2026-11-20")];
        let bonus = [("affiliate", own["affiliates"].as_str()), ("amount", "25"), ("currency", "EUR"), ("note", "Bonus")];
        let nobody = "aff_01h455vb4pex5vsknk084sn02q";
        let cases: [Case<'_>; 14] = [
            ("/admin/ledger/rates", &rate, "base", &["XQZ", ""]),
            ("/admin/ledger/rates", &rate, "currency", &["XQZ", "", "EUR"]),
            ("/admin/ledger/rates", &rate, "rate", &["x", "-1", "0", "1e5", "99999999999"]),
            ("/admin/ledger/rates", &rate, "day", &["x", "2026-02-30", "2027-01-01", "1969-12-31"]),
            ("/admin/commissions/new", &bonus, "affiliate", &["", "aff_x", nobody, linus]),
            ("/admin/commissions/new", &bonus, "amount", AMOUNTS),
            ("/admin/commissions/new", &bonus, "currency", &["XQZ", ""]),
            ("/admin/commissions/new", &bonus, "note", &[""]),
            (&adjust, &[("amount", "1"), ("note", "Agreed")], "amount", AMOUNTS),
            (&adjust, &[("amount", "1"), ("note", "Agreed")], "note", &[""]),
            (&refunds, &[("amount", "1"), ("reason", "Returned")], "amount", AMOUNTS),
            (&refunds, &[("amount", "1"), ("reason", "Returned")], "reason", &[""]),
            (&disputes, &[("disputed", "1"), ("ground", "Not received")], "disputed", AMOUNTS),
            (&disputes, &[("disputed", "1"), ("ground", "Not received")], "ground", &[""]),
        ];
        let mut wrong = Vec::new();
        for (path, right, field, values) in cases {
            for value in values {
                let fields: Vec<_> = right.iter().map(|(name, usual)| (*name, if *name == field { *value } else { *usual })).collect();
                let answer = owner.post(path, &fields).await;
                let what = format!("{path}, {field} {value:?}");
                wrong.extend(judged(&what, &answer, 422, &format!("id=\"{field}-error\"")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(before, raw.contents().await, "nothing is stored");
    }
}
