//! `tributary verify-statement` as an auditor uses it: with the files and nothing else.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;
use testkit::{Engine, TestApp};

/// The whole business's statements of two days, and an affiliate's of the first.
fn write(folder: &Path) -> String {
    testkit::block_on(async {
        let test = TestApp::new(Engine::Sqlite).await;
        let shop = test.business("Fernhill").await;
        let rule = json!({"trigger": {"on": "sale"}, "reward": {"percent_ppm": 100_000}});
        shop.made("/rules", rule).await;
        let campaign = shop.campaign("Spring").await;
        let maya = shop.affiliate("Maya").await;
        shop.partnership(&campaign, &maya, "fernhill-maya").await;
        for day in 0..2 {
            let sale = json!({"external_id": format!("inv-{day}"), "customer": {"external_id": "bob"},
                "amount": 49_00, "currency": "USD", "code": "fernhill-maya"});
            shop.made("/track/sale", sale).await;
            test.clock.advance_ms(86_400_000);
        }
        let mut staff = shop.browser().await;
        let id = maya["id"].as_str().unwrap();
        for (name, query) in [
            ("first", "from=2026-11-01&to=2026-11-21".to_owned()),
            ("second", "from=2026-11-22&to=2026-11-22".to_owned()),
            ("third", "from=2026-11-23&to=2026-11-23".to_owned()),
            (
                "maya",
                format!("from=2026-11-01&to=2026-11-21&affiliate={id}"),
            ),
        ] {
            let path = format!("/admin/ledger/statement.jsonl?{query}");
            let text = staff.get(&path).await.expect(200).text();
            fs::write(folder.join(name), text).unwrap();
        }
        let page = staff.get("/admin/ledger/statements").await.expect(200);
        let page = page.text();
        let (_, key) = page.split_once("--key ").unwrap();
        key.chars().take(64).collect()
    })
}

fn verify(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tributary"))
        .current_dir(folder)
        .arg("verify-statement")
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn it_proves_files_and_names_the_place_that_does_not_hold() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let key = write(folder);
    let code = |args: &[&str]| verify(folder, args).status.code();
    let error = |args: &[&str]| {
        let output = verify(folder, args);
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let told = verify(folder, &["first", "second", "third", "--key", &key]);
    let text = String::from_utf8_lossy(&told.stdout).into_owned();
    assert_eq!(
        told.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    assert!(
        text.contains("Fernhill, the whole journal") && text.contains("pending at the end: $9.80"),
        "{text}"
    );
    assert_eq!(code(&["maya", "--against", "first"]), Some(0));
    assert!(!folder.join("data").exists(), "nothing is opened for it");

    assert!(error(&["first", "third"]).contains("does not begin when the first ends"));
    assert!(error(&["maya", "--against", "second"]).contains("does not cover"));
    assert!(error(&["first", "--key", &"0".repeat(64)]).contains("not the one given"));
    assert!(error(&["nothing"]).contains("cannot be read"));
    let first = fs::read_to_string(folder.join("first")).unwrap();
    fs::write(
        folder.join("bent"),
        first.replace("\"amount\":490", "\"amount\":491"),
    )
    .unwrap();
    let bent = error(&["bent"]);
    assert!(bent.contains("line 2: entry 1 was changed"), "{bent}");

    assert_eq!(code(&[]), Some(2));
    assert_eq!(code(&["first", "--key", "short"]), Some(2));
    assert_eq!(code(&["--help"]), Some(0));
}
