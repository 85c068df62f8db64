//! `tributary verify` as an operator runs it: it proves a database file, and of one that was tampered with it
//! names the place and ends with 1.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::path::Path;
use std::process::Output;

use crate::process::{Line, Server, init, linked, made, tributary};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::Raw;

/// Entries of the journal that [`busy`] makes: three earnings, three approvals, a refund, a payout.
const ENTRIES: i64 = 8;
/// What lets everything be changed that the database itself protects.
const UNPROTECTED: &str = "pragma foreign_keys = off;
    drop trigger journal_entry_no_update; drop trigger journal_entry_no_delete;
    drop trigger journal_posting_no_update; drop trigger journal_posting_no_delete;";
/// Two entries in each other's place.
const SWAPPED: &str = "update journal_entry set seq = -3 where seq = 3; update journal_posting set seq = -3 where seq = 3;
    update journal_entry set seq = 3 where seq = 4; update journal_posting set seq = 3 where seq = 4;
    update journal_entry set seq = 4 where seq = -3; update journal_posting set seq = 4 where seq = -3;";

/// What is done to the file, by which statements, and what the proof says; `LINK` is the id of the link.
const CASES: &[(&str, &str, &[&str])] = &[
    (
        "an amount, on both sides so that it still adds up",
        "update journal_posting set amount = amount + sign(amount) where seq = 5",
        &["journal: entry 5 was changed"],
    ),
    (
        "one letter of a word, to another word",
        "update journal_entry set currency = 'BSD' where seq = 2",
        &["journal: entry 2 was changed"],
    ),
    (
        "one letter of a word, to what is no word",
        "update journal_entry set kind = 'earm' where seq = 2",
        &["journal entry 2 cannot be read: the column kind"],
    ),
    (
        "a byte of a hash",
        "update journal_entry
         set hash = cast(case when substr(hash, 1, 1) = x'00' then x'01' else x'00' end || substr(hash, 2) as blob)
         where seq = 3",
        &["journal: entry 3 was changed"],
    ),
    (
        "a byte less of a hash",
        "update journal_entry set hash = substr(hash, 2) where seq = 3",
        &["journal entry 3 cannot be read: the column hash"],
    ),
    (
        "a posting that is gone",
        "delete from journal_posting where seq = 7 and line = 1",
        &["journal entry 7 adds up to", "journal: entry 7 was changed"],
    ),
    (
        "an entry that is gone",
        "delete from journal_posting where seq = 4; delete from journal_entry where seq = 4",
        &["journal: entry 5 follows where 4 should"],
    ),
    (
        "the end cut off",
        "delete from journal_posting where seq = 8; delete from journal_entry where seq = 8",
        &["the journal ends at entry 7, its head says 8"],
    ),
    (
        "another order",
        SWAPPED,
        &["journal: entry 3 does not follow from the entry before it"],
    ),
    (
        "a roll-up that is no recount",
        "update click_day set clicks = clicks + 1",
        &[
            "roll-up of link LINK on ",
            "differs from a recount by 1 clicks, 0 unique, 0 uncounted",
        ],
    ),
    (
        "a click that is gone",
        "delete from click where id = (select min(id) from click)",
        &[
            "roll-up of link LINK on ",
            "differs from a recount by 1 clicks",
        ],
    ),
];

/// Founds a business; its key.
fn key_of(folder: &Path, name: &str) -> String {
    let email = format!("owner@{}.example", name.to_lowercase());
    let output = init(tributary(folder), name, &email);
    let business: Value = serde_json::from_slice(&output.stdout).unwrap();
    business["api_key"].as_str().unwrap().to_owned()
}

fn approve_all(line: &mut Line, key: &str, noun: &str) {
    let path = format!("/api/v1/{noun}/approve");
    let all = json!({"filter": {}}).to_string();
    let (status, _, body) = line.call("POST", &path, key, &all).unwrap();
    assert_eq!(status, 200, "{path}: {body}");
}

/// An affiliate with clicks, three sales, a refund and a payout, made through the server; the link's id.
fn busy(folder: &Path, key: &str) -> String {
    let server = Server::start(folder);
    let mut line = Line::open(server.address).unwrap();
    let partnership = linked(&mut line, key);
    let rule = json!({"reward": {"percent_ppm": 200_000}});
    made(&mut line, key, "/rules", &rule);
    for _ in 0..3 {
        let (status, head, _) = line.call("GET", "/r/maria", "", "").unwrap();
        assert_eq!(status, 302, "{head}");
    }
    for number in 0..3 {
        let sale = json!({"external_id": format!("inv-{number}"), "customer_external_id": format!("user-{number}"),
            "amount": 4_900, "currency": "USD", "code": "maria"});
        made(&mut line, key, "/track/sale", &sale);
    }
    approve_all(&mut line, key, "referrals");
    approve_all(&mut line, key, "commissions");
    let refund = json!({"external_id": "refund-0", "sale_external_id": "inv-0"});
    made(&mut line, key, "/track/refund", &refund);
    let payout = json!({"affiliate_id": partnership["affiliate_id"]});
    made(&mut line, key, "/payouts", &payout);
    server.kill();
    partnership["link"]["id"].as_str().unwrap().to_owned()
}

/// A copy of the database in a folder of its own, after these statements.
fn tampered(folder: &Path, statements: &str) -> TempDir {
    let copy = testkit::quick_folder();
    let file = copy.path().join("tributary.db");
    testkit::block_on(async {
        let whole = Raw::file(&folder.join("tributary.db"));
        let copied = format!("vacuum into '{}'", file.display());
        whole.execute(&copied).await.unwrap();
        let raw = Raw::file(&file);
        raw.execute(statements).await.unwrap();
    });
    copy
}

fn verify(folder: &Path) -> Output {
    tributary(folder).arg("verify").output().unwrap()
}

/// Standard output and standard error.
fn told(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn it_proves_a_file_and_names_the_place_that_was_tampered_with() {
    let folder = testkit::quick_folder();
    let key = key_of(folder.path(), "Acme");
    key_of(folder.path(), "Besk");
    let link = busy(folder.path(), &key);

    // A copy that nobody has changed holds, as the file itself does.
    let untouched = tampered(folder.path(), "");
    for good in [folder.path(), untouched.path()] {
        let output = verify(good);
        let (out, err) = told(&output);
        assert_eq!(output.status.code(), Some(0), "{err}");
        let line = out.lines().find(|line| line.starts_with("Acme (biz_"));
        let holds = format!(": {ENTRIES} journal entries, ledger and roll-ups hold");
        assert!(line.is_some_and(|line| line.ends_with(&holds)), "{out}");
    }

    for (what, statements, places) in CASES {
        let copy = tampered(folder.path(), &format!("{UNPROTECTED} {statements}"));
        let output = verify(copy.path());
        let (out, err) = told(&output);
        assert_eq!(output.status.code(), Some(1), "{what}: {out}{err}");
        assert!(
            err.contains("Acme (biz_") && err.contains("): does not hold\n"),
            "{what}: {err}"
        );
        for place in *places {
            assert!(err.contains(&place.replace("LINK", &link)), "{what}: {err}");
        }
        // The other business is proven all the same.
        assert!(
            out.starts_with("Besk (biz_") && !out.contains("Acme"),
            "{what}: {out}"
        );
        assert!(
            err.contains("1 of 2 businesses do not hold"),
            "{what}: {err}"
        );
    }
}
