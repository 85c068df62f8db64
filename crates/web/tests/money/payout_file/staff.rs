//! What staff do with the files.

use serde_json::Value;
use testkit::{Answer, Client, Shop};

use super::shop::{bank, drafted, page};

pub const FILES: &str = "/admin/payouts/files";
pub const ACCOUNT: &str = "/admin/settings/payouts/account";

/// Makes a file; its path.
pub async fn make(owner: &mut Client, format: &str, expected: &str) -> Answer {
    page(owner, &format!("{FILES}/new")).await;
    let currency = &expected[..3];
    let form = [
        ("format", format),
        ("currency", currency),
        ("expected", expected),
    ];
    owner.post(&format!("{FILES}/new"), &form).await.expect(303)
}

pub async fn download(owner: &mut Client, path: &str) -> Answer {
    page(owner, path).await;
    owner
        .post(&format!("{path}/download"), &[])
        .await
        .expect(200)
}

/// Brings a result file; its path.
pub async fn bring(owner: &mut Client, text: &str) -> String {
    page(owner, FILES).await;
    let answer = owner
        .upload(
            "/admin/payouts/results",
            &[],
            &[("file", "answer.csv", text.as_bytes())],
        )
        .await;
    answer.expect(303).header("location").to_owned()
}

/// Takes a result file over.
pub async fn take(owner: &mut Client, result: &str, expected: &str) {
    page(owner, result).await;
    let form = [("expected", expected)];
    owner
        .post(&format!("{result}/apply"), &form)
        .await
        .expect(303);
}

/// Says which account is paid from.
pub async fn account(owner: &mut Client) {
    page(owner, ACCOUNT).await;
    let form = [
        ("name", "Fernhill Ltd"),
        ("iban", "DE89370400440532013000"),
        ("bic", ""),
    ];
    owner.post(ACCOUNT, &form).await.expect(303);
}

/// Makes a SEPA file; its path, and its id as the bank has it.
pub async fn sepa(owner: &mut Client, expected: &str) -> (String, String) {
    let path = make(owner, "sepa", expected).await;
    let path = path.header("location").to_owned();
    let id = path.rsplit('/').next().expect("an id").replace('_', "");
    (path, id)
}

/// The first of these payouts in one SEPA file: €20.00 to Maya, €10.00 to Ada and €5.00 to Cy. With them the path of
/// the file, and its id as the bank has it.
pub async fn in_a_file<const N: usize>(
    shop: &Shop<'_>,
    owner: &mut Client,
    campaign: &Value,
) -> ([Value; N], String, String) {
    let (mut payouts, mut total) = (Vec::new(), 0);
    for (name, sold) in [("Maya", 10_000), ("Ada", 5_000), ("Cy", 2_500)]
        .into_iter()
        .take(N)
    {
        let (payout, _) = drafted(shop, campaign, name, (sold, "EUR"), &bank(name)).await;
        payouts.push(payout);
        total += sold / 5;
    }
    account(owner).await;
    let (path, file) = sepa(owner, &format!("EUR {total}")).await;
    (
        payouts.try_into().expect("as many as asked for"),
        path,
        file,
    )
}

/// Says that a file was never sent.
pub async fn withdraw(owner: &mut Client, path: &str) {
    page(owner, path).await;
    owner
        .post(&format!("{path}/withdraw"), &[])
        .await
        .expect(303);
}

/// Staff notes that the money of a payout came back.
pub async fn came_back(owner: &mut Client, payout: &Value) {
    let id = payout["id"].as_str().expect("an id");
    let form = format!("/admin/payouts/{id}/returned");
    page(owner, &form).await;
    let note = [("note", "Seen on the statement of the bank")];
    // Twice does no harm.
    owner.post(&form, &note).await.expect(303);
    owner.post(&form, &note).await.expect(303);
}
