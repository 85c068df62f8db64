//! The command line as scripts use it.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use store::change_note;
use store::db::{DatabaseUrl, Db};

use crate::process::{self, Line, Server, made, tributary};

/// Longer than what is waited for takes.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

fn init(folder: &Path, name: &str, email: &str) -> Output {
    process::init(tributary(folder), name, email)
}

fn error_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn init_prints_what_scripts_need() {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), "Acme Tools", "owner@acme.example");
    assert_eq!(output.status.code(), Some(0), "{}", error_of(&output));
    let made: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut fields: Vec<&String> = made.as_object().unwrap().keys().collect();
    fields.sort();
    assert_eq!(
        fields,
        ["admin_url", "api_key", "business_id", "portal_url", "slug"]
    );
    assert!(made["business_id"].as_str().unwrap().starts_with("biz_"));
    assert_eq!(made["slug"], "acme-tools");
    assert_eq!(made["admin_url"], "http://localhost:8080/admin");
    assert_eq!(
        made["portal_url"],
        "http://localhost:8080/portal/acme-tools"
    );

    let verified = tributary(folder.path()).arg("verify").output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{}", error_of(&verified));
    assert!(String::from_utf8_lossy(&verified.stdout).contains("Acme Tools"));

    let second = init(folder.path(), "Acme Tools", "other@acme.example");
    let second: Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_ne!(second["slug"], made["slug"]);
}

#[test]
fn exit_codes_tell_what_happened() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| tributary(folder.path()).args(args).output().unwrap();
    assert_eq!(run(&["migrate"]).status.code(), Some(0));
    assert_eq!(run(&["--help"]).status.code(), Some(0));
    for command in [
        "serve",
        "demo",
        "init",
        "add-staff",
        "migrate",
        "verify",
        "verify-statement",
        "reset-two-step",
        "openapi",
    ] {
        let help = run(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{command}");
        assert!(!help.stdout.is_empty(), "{command}");
    }
    assert_eq!(run(&["juggle"]).status.code(), Some(2));
    assert_eq!(
        run(&["serve", "--no-jobs", "--jobs-only"]).status.code(),
        Some(2)
    );

    let refused = init(folder.path(), "Acme", "nonsense");
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        error_of(&refused).contains("e-mail"),
        "{}",
        error_of(&refused)
    );

    let wrong = tributary(folder.path())
        .arg("migrate")
        .env("TRIBUTARY_BASE_URL", "http://shop.example")
        .output()
        .unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        error_of(&wrong).contains("TRIBUTARY_BASE_URL"),
        "{}",
        error_of(&wrong)
    );

    // In builds for tests a file can move the clock; one that is not there is an error.
    if cfg!(debug_assertions) {
        let timeless = tributary(folder.path())
            .arg("verify")
            .env("TRIBUTARY_TEST_CLOCK", folder.path().join("no-clock"))
            .output()
            .unwrap();
        assert_eq!(timeless.status.code(), Some(2));
        assert!(
            error_of(&timeless).contains("TRIBUTARY_TEST_CLOCK"),
            "{}",
            error_of(&timeless)
        );
    }

    let unreachable = tributary(folder.path())
        .arg("migrate")
        .env(
            "TRIBUTARY_DATABASE_URL",
            "postgres://nobody@127.0.0.1:1/none",
        )
        .output()
        .unwrap();
    assert_eq!(unreachable.status.code(), Some(1));
}

#[test]
fn the_document_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let output = tributary(folder.path()).arg("openapi").output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    assert!(document["paths"]["/affiliates"]["post"].is_object());
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nothing is opened for it"
    );
}

#[test]
fn a_server_answers_and_ends_when_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tributary(folder.path());
    command.stderr(Stdio::piped());
    let server = Server::run(command);
    assert!(answer(server.address).starts_with("HTTP/1.1 200"));
    server.ends_by_itself();
}

fn answer(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// On a file there may be others only where each does a part of the work.
#[test]
fn what_changes_is_noted_where_other_processes_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let founded = process::found(tributary(folder.path()));
    let key = founded["api_key"].as_str().unwrap();
    for (flag, email) in [
        (None, "maya@x.example"),
        (Some("--no-jobs"), "tom@x.example"),
    ] {
        let server = Server::serve(tributary(folder.path()), flag);
        let mut line = Line::open(server.address).unwrap();
        let affiliate = json!({"name": "Affiliate", "email": email});
        made(&mut line, key, "/affiliates", &affiliate);
        drop(line);
        let begun = Instant::now();
        while flag.is_some() && !testkit::block_on(is_noted(folder.path())) {
            assert!(
                begun.elapsed() < PATIENCE,
                "nothing was noted with {flag:?}"
            );
            thread::sleep(PAUSE);
        }
        assert_eq!(server.stop(), Some(0));
        let noted = testkit::block_on(is_noted(folder.path()));
        assert_eq!(noted, flag.is_some(), "{flag:?}");
    }
}

/// Whether a process has noted something.
async fn is_noted(folder: &Path) -> bool {
    let file = DatabaseUrl::Sqlite(folder.join("tributary.db"));
    let db = Db::connect(&file).await.unwrap();
    let heads = change_note::heads(&mut db.system_read().await.unwrap()).await;
    db.close().await;
    !heads.unwrap().is_empty()
}
