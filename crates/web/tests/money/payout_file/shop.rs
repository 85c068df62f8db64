//! A shop that pays its affiliates, and what it owes them.

use serde_json::{Value, json};
use service::messaging::mail;
use service::programme::verify;
use service::store::list::Window;
use testkit::{Api, Client, Shop, TestApp};

pub const MINUTE_MS: i64 = 60_000;

pub const WISE: &[(&str, &str)] = &[
    ("kind", "wise"),
    ("email", "bo@money.example"),
    ("legal_name", "Bo"),
];

pub const PAYPAL: &[(&str, &str)] = &[
    ("kind", "paypal"),
    ("email", "chi@money.example"),
    ("legal_name", "Chi"),
];

/// A shop that pays a fifth and does not wait after a change of the payout method.
pub async fn programme<'a>(test: &'a TestApp) -> (Shop<'a>, Client, Value) {
    let shop = test.business("Fernhill").await;
    let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 200_000}});
    shop.made("/rules", rule).await;
    let campaign = shop.campaign("Autumn").await;
    let mut owner = shop.browser().await;
    owner.get("/admin/settings/payouts").await.expect(200);
    let form = [
        ("payout_frequency", "monthly"),
        ("payout_method", "wise"),
        ("payout_hold_days", "0"),
    ];
    owner
        .post("/admin/settings/payouts", &form)
        .await
        .expect(303);
    (shop, owner, campaign)
}

/// An affiliate with a payout method and a drafted payout; the payout's JSON and the affiliate's browser.
pub async fn drafted(
    shop: &Shop<'_>,
    campaign: &Value,
    name: &str,
    (amount, currency): (i64, &str),
    method: &[(&str, &str)],
) -> (Value, Client) {
    let affiliate = shop.affiliate(name).await;
    let code = name.to_lowercase();
    shop.partnership(campaign, &affiliate, &code).await;
    let mut browser = shop.portal(&affiliate).await;
    if !method.is_empty() {
        let page = format!("/portal/{}/account/payout-method/change", shop.slug);
        browser.get(&page).await.expect(200);
        browser.post(&page, method).await.expect(303);
    }
    earn(shop, &code, "1", amount, currency).await;
    let body = json!({"affiliate_id": affiliate["id"]});
    let made = shop.made("/payouts", body).await;
    (made["data"][0].clone(), browser)
}

pub async fn earn(shop: &Shop<'_>, code: &str, number: &str, amount: i64, currency: &str) {
    let sale = json!({"external_id": format!("inv-{code}-{number}"), "customer": {"external_id": format!("customer of {code}"), "email": format!("{code}@kestrel.example")},
        "amount": amount, "currency": currency, "code": code});
    let sale = shop.made("/track/sale", sale).await;
    if sale["referral"]["status"] == "pending" {
        let path = format!(
            "/referrals/{}/approve",
            sale["referral"]["id"].as_str().expect("an id")
        );
        shop.api().post(&path, json!({})).await.expect(200);
    }
    let path = format!(
        "/commissions/{}/approve",
        sale["commissions"][0]["id"].as_str().expect("an id")
    );
    shop.api().post(&path, json!({})).await.expect(200);
}

pub fn bank(holder: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("kind", "bank_transfer"),
        ("holder", holder),
        ("iban", "NL91 ABNA 0417 1643 00"),
        ("bic", ""),
        ("legal_name", "Okonkwo Média Ltd"),
        ("vat_id", "NL123456789B01"),
    ]
}

pub async fn page(browser: &mut Client, path: &str) -> String {
    browser.get(path).await.expect(200).text()
}

/// A path of the API about a payout.
pub fn path_of(payout: &Value, after: &str) -> String {
    format!("/payouts/{}{after}", payout["id"].as_str().expect("an id"))
}

/// A payout as it is now.
pub async fn status(shop: &Shop<'_>, payout: &Value) -> Value {
    let path = path_of(payout, "");
    shop.api().get(&path).await.expect(200).json()
}

/// What the affiliate of a payout has, in its first currency.
pub async fn balance(api: &Api, payout: &Value) -> Value {
    let affiliate = payout["affiliate_id"].as_str().expect("an id");
    let path = format!("/affiliates/{affiliate}/balance");
    api.get(&path).await.expect(200).json()["data"][0].clone()
}

/// The texts of the mails that tell of money that came back.
pub async fn returned_mails(shop: &Shop<'_>) -> Vec<String> {
    let mut work = shop.work().await;
    let filter = mail::Filter {
        kind: Some("payout_returned".to_owned()),
        ..mail::Filter::default()
    };
    let lines = mail::list(&mut work, &filter, Window::all("id")).await;
    let mut texts = Vec::new();
    for line in lines.expect("mails") {
        let mail = mail::get(&mut work, line.id).await.expect("a mail");
        texts.push(mail.body_text);
    }
    texts
}

pub async fn proven(shop: &Shop<'_>) {
    let report = verify::verify(&mut shop.work().await)
        .await
        .expect("a report");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}
