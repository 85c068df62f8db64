//! One click in the mail program stops mails of a kind; nothing else does, and nobody else can.

use service::messaging::mail::{self, Filter};
use service::messaging::preference;
use testkit::{Shop, TestApp, both_engines};

const BASE: &str = "http://localhost:8080";
const MAYA: &str = "maya@affiliates.example.com";

/// The path in the headers of a mail of a kind to an address.
async fn path(shop: &Shop<'_>, kind: &str, to: &str) -> Option<String> {
    let mut work = shop.work().await;
    let address = preference::address(&mut work, kind, to)
        .await
        .expect("read")?;
    Some(address.strip_prefix(BASE).expect("our own").to_owned())
}

/// How many mails of a kind were written.
async fn written(shop: &Shop<'_>, kind: &str) -> i64 {
    let mut work = shop.work().await;
    let filter = Filter {
        kind: Some(kind.to_owned()),
        ..Filter::default()
    };
    mail::count(&mut work, &filter).await.expect("mails")
}

both_engines! {
    async fn one_click_stops_a_kind_of_mail(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        let maya = shop.affiliate("Maya").await;
        assert_eq!(path(&shop, "payout_paid", MAYA).await, None, "nobody without an account can say no");
        let mut device = shop.portal(&maya).await;
        for always in ["login_code", "password_changed", "invitation", "affiliate_approved", "nonsense"] {
            assert_eq!(path(&shop, always, MAYA).await, None, "{always}");
        }
        assert_eq!(path(&rival, "payout_paid", MAYA).await, None);
        let stop = path(&shop, "added_to_campaign", MAYA).await.expect("an address");
        let first = shop.campaign("Spring").await;
        shop.partnership(&first, &maya, "maya-spring").await;
        assert_eq!(written(&shop, "added_to_campaign").await, 1);

        // Looking changes nothing, however often a scanner looks.
        let mut stranger = test.browser();
        for _ in 0..2 {
            let page = stranger.get(&stop).await.expect(200).text();
            assert!(page.contains(MAYA) && page.contains("You are part of another campaign"), "{page}");
        }
        let second = shop.campaign("Summer").await;
        shop.partnership(&second, &maya, "maya-summer").await;
        assert_eq!(written(&shop, "added_to_campaign").await, 2);

        // A mail program posts what it likes; twice does no harm.
        for _ in 0..2 {
            let page = stranger.post(&stop, &[("List-Unsubscribe", "One-Click")]).await.expect(200).text();
            assert!(page.contains("You get no more of these"), "{page}");
        }
        let third = shop.campaign("Autumn").await;
        shop.partnership(&third, &maya, "maya-autumn").await;
        assert_eq!(written(&shop, "added_to_campaign").await, 2, "no more of these");
        let page = device.get("/portal/fernhill/account/notifications").await.expect(200).text();
        assert!(page.contains("value=\"payout_paid\" class=\"checkbox checkbox-sm checkbox-primary mt-0.5\" checked"), "the other kind still comes: {page}");
        assert!(!page.contains("value=\"added_to_campaign\" class=\"checkbox checkbox-sm checkbox-primary mt-0.5\" checked"), "{page}");
    }

    async fn an_address_that_was_not_written_here_is_missing(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        shop.portal(&shop.affiliate("Maya").await).await;
        let stop = path(&shop, "payout_paid", MAYA).await.expect("an address");
        let (front, token) = stop.rsplit_once('/').unwrap();
        let mut stranger = test.browser();
        let other = stop.replace("/fernhill/", &format!("/{}/", rival.slug));
        let (payload, tag) = token.split_once('.').unwrap();
        let turned = format!("{front}/{payload}.{}", tag.chars().rev().collect::<String>());
        for wrong in [other, turned, format!("{front}/x"), format!("{front}/{payload}")] {
            stranger.get(&wrong).await.expect(404);
            stranger.post(&wrong, &[]).await.expect(404);
        }
        stranger.get(&stop).await.expect(200);
    }
}
