//! One connection on which clicks, pages and everything else are asked for.

use std::io::ErrorKind;
use std::process::Stdio;

use crate::process::{Line, Server, found, linked, tributary};
use serde_json::Value;

/// A server with a link `maria`, which writes its errors there, and its key.
fn server(folder: &std::path::Path, errors: Stdio) -> (Server, String) {
    let business = found(tributary(folder));
    let key = business["api_key"].as_str().unwrap().to_owned();
    let mut command = tributary(folder);
    command.stderr(errors);
    let server = Server::run(command);
    let mut line = Line::open(server.address).unwrap();
    linked(&mut line, &key);
    // Now the link is in memory.
    assert_eq!(line.call("GET", "/r/maria", &key, "").unwrap().0, 302);
    (server, key)
}

fn request(method: &str, path: &str, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140\r\n{more}\r\n"
    )
}

fn ask(line: &mut Line, method: &str, path: &str, more: &str) -> (u16, String, String) {
    line.send(request(method, path, more).as_bytes()).unwrap();
    line.answer().unwrap()
}

fn clicks(line: &mut Line, key: &str) -> i64 {
    let (status, _, body) = line
        .call("GET", "/api/v1/stats?group_by=link", key, "")
        .unwrap();
    assert_eq!(status, 200, "{body}");
    let body: Value = serde_json::from_str(&body).unwrap();
    body["data"][0]["clicks"].as_i64().unwrap()
}

/// Of these fields each answer has others, or only one of another way has them.
const OWN: [&str; 3] = ["date:", "connection:", "x-request-id:"];

/// The other fields of an answer, without their ids.
fn fields(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = head
        .lines()
        .skip(1)
        .filter(|line| !line.is_empty() && OWN.iter().all(|own| !line.starts_with(own)))
        .map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            let value = value.split("click_id=").next().unwrap();
            let value = match value.split_once("vis_") {
                Some((before, _)) => before,
                None => value,
            };
            format!("{name}: {value}")
        })
        .collect();
    fields.sort();
    fields
}

#[test]
fn a_click_is_answered_alike_on_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let (server, key) = server(folder.path(), Stdio::inherit());
    let mut line = Line::open(server.address).unwrap();
    let before = clicks(&mut Line::open(server.address).unwrap(), &key);

    let (status, short, body) = ask(&mut line, "GET", "/r/maria?sub1=a", "");
    assert_eq!((status, body.as_str()), (302, ""));
    let location = short
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap();
    assert!(
        location.starts_with("https://shop.example/?via=maria&click_id=clk_"),
        "{location}"
    );
    assert!(
        short
            .lines()
            .any(|line| line.starts_with("date: ") && line.ends_with(" GMT")),
        "{short}"
    );
    // The HTTP server's: its connection is to be closed.
    let mut other = Line::open(server.address).unwrap();
    let (status, long, _) = ask(
        &mut other,
        "GET",
        "/r/maria?sub1=a",
        "Connection: close\r\n",
    );
    assert_eq!(status, 302);
    assert_eq!(fields(&short), fields(&long));
    assert!(
        fields(&short)
            .iter()
            .any(|field| field.starts_with("content-security-policy: "))
    );

    // Who has the cookie gets no other.
    let cookie = short
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .unwrap();
    let cookie = format!("Cookie: a=b; {}\r\n", cookie.split(';').next().unwrap());
    let (status, known, _) = ask(&mut line, "GET", "/r/maria", &cookie);
    assert_eq!(status, 302);
    assert!(!known.contains("set-cookie"), "{known}");
    // The head alone: kept and not counted.
    let (_, short, _) = ask(&mut line, "HEAD", "/r/maria", "");
    let mut other = Line::open(server.address).unwrap();
    let (status, long, _) = ask(&mut other, "HEAD", "/r/maria", "Connection: close\r\n");
    assert_eq!(status, 302);
    assert_eq!(fields(&short), fields(&long));
    let after = clicks(&mut Line::open(server.address).unwrap(), &key);
    assert_eq!(after - before, 3);
}

#[test]
fn a_connection_is_for_clicks_and_everything_else() {
    let folder = tempfile::tempdir().unwrap();
    let (server, key) = server(folder.path(), Stdio::inherit());
    let mut line = Line::open(server.address).unwrap();
    let before = clicks(&mut Line::open(server.address).unwrap(), &key);

    assert_eq!(ask(&mut line, "GET", "/r/maria", "").0, 302);
    assert_eq!(ask(&mut line, "GET", "/r/nobody", "").0, 404);
    assert_eq!(ask(&mut line, "GET", "/r/maria", "").0, 302);
    assert_eq!(ask(&mut line, "GET", "/healthz", "").0, 200);
    assert_eq!(ask(&mut line, "GET", "/r/maria", "").0, 302);

    // In two pieces.
    let mut line = Line::open(server.address).unwrap();
    let whole = request("GET", "/r/maria", "");
    let (first, second) = whole.split_at(30);
    line.send(first.as_bytes()).unwrap();
    std::thread::yield_now();
    line.send(second.as_bytes()).unwrap();
    assert_eq!(line.answer().unwrap().0, 302);

    // Two at once, a click and a page.
    let mut line = Line::open(server.address).unwrap();
    let both = format!("{whole}{}", request("GET", "/healthz", ""));
    line.send(both.as_bytes()).unwrap();
    assert_eq!(line.answer().unwrap().0, 302);
    assert_eq!(line.answer().unwrap().0, 200);

    // A body behind a click is not taken for a request.
    let mut line = Line::open(server.address).unwrap();
    let inner = request("GET", "/r/maria", "");
    let length = format!("Content-Length: {}\r\n", inner.len());
    let smuggled = format!("{}{inner}", request("GET", "/r/maria", &length));
    line.send(smuggled.as_bytes()).unwrap();
    assert_eq!(line.answer().unwrap().0, 302);
    assert_eq!(ask(&mut line, "GET", "/healthz", "").0, 200);

    // Another name than the configured one.
    let mut line = Line::open(server.address).unwrap();
    line.send(
        whole
            .replace("localhost:8080", "elsewhere.example")
            .as_bytes(),
    )
    .unwrap();
    assert_eq!(line.answer().unwrap().0, 421);

    let after = clicks(&mut Line::open(server.address).unwrap(), &key);
    assert_eq!(after - before, 6);
}

#[test]
fn a_connection_that_waits_does_not_hold_the_end_up() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _) = server(folder.path(), Stdio::piped());
    let mut silent = Line::open(server.address).unwrap();
    let mut clicked = Line::open(server.address).unwrap();
    assert_eq!(ask(&mut clicked, "GET", "/r/maria", "").0, 302);
    let mut asked = Line::open(server.address).unwrap();
    assert_eq!(ask(&mut asked, "GET", "/healthz", "").0, 200);
    server.ends_by_itself();
    for line in [&mut silent, &mut clicked, &mut asked] {
        assert_eq!(line.answer().unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
