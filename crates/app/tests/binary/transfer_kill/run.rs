//! A run whose payouts are handed over.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::status::ProviderKind;
use fake_provider::Fault;
use serde_json::{Value, json};

use super::stage::{PATIENCE, Stage, set_the_stage, verified};
use crate::process::{end_claims, made};

/// An approved run over everybody who is owed something; its path, what is to be sent of it, and its payouts.
async fn approved_run(stage: &Stage) -> (String, Value, Vec<String>) {
    let (server, mut line) = stage.start();
    let run = made(&mut line, &stage.key, "/payout-runs", &json!({}));
    let run = format!("/payout-runs/{}", run["id"].as_str().unwrap());
    // Whether a payday has come does not matter here.
    let out = stage.seen(&mut line, &format!("{run}/members?included=false"));
    let out = out["data"].as_array().unwrap();
    let whom: Vec<Value> = out
        .iter()
        .map(|member| json!({"affiliate_id": member["affiliate_id"], "currency": "USD"}))
        .collect();
    if !whom.is_empty() {
        stage.act(
            &mut line,
            &format!("{run}/members"),
            &json!({"include": whom}),
        );
    }
    stage.act(&mut line, &format!("{run}/draft"), &json!({}));
    let drafted = stage.once(&mut line, &run, "drafted").await;
    let expected = json!({"expected": drafted["totals"]});
    stage.act(&mut line, &format!("{run}/submit"), &expected);
    let approved = stage.once(&mut line, &run, "approved").await;
    let to_send = approved["to_send"][0].clone();
    let payouts = stage.seen(&mut line, "/payouts?limit=200");
    let payouts = payouts["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|payout| payout["id"].as_str().unwrap().to_owned())
        .collect();
    server.kill();
    (run, to_send, payouts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_run_is_handed_over() {
    let kinds = [ProviderKind::Stripe; 6];
    let (stage, _) = set_the_stage(&kinds).await;
    let (run, to_send, payouts) = approved_run(&stage).await;
    assert_eq!(payouts.len(), kinds.len());

    // Some are handed over, and nothing of it is stored yet.
    let (mut server, mut line) = stage.start_halting("before sending");
    let input = json!({"provider": to_send["provider"], "expected": to_send["totals"]});
    stage.act(&mut line, &format!("{run}/send"), &input);
    tokio::task::block_in_place(|| server.wait_until_halted());
    server.kill();
    for payout in &payouts {
        assert_eq!(stage.transfers(payout).await, 0, "nothing half-done");
    }
    assert_eq!(stage.fake.paid().len(), 0);

    // All are handed over and stored, and the provider is called for one after the other.
    for (point, fault) in [
        ("after the call", Fault::LoseReply),
        ("after the call", Fault::ErrorAfter),
        ("before the result", Fault::CallBackTwice),
    ] {
        end_claims(stage.folder.path()).await;
        for payout in &payouts {
            stage.let_time_pass(payout).await;
        }
        stage.fake.next(fault);
        let (mut server, _) = stage.start_halting(point);
        tokio::task::block_in_place(|| server.wait_until_halted());
        server.kill();
        for payout in &payouts {
            assert_eq!(stage.transfers(payout).await, 1, "{point}");
        }
    }

    end_claims(stage.folder.path()).await;
    let (server, mut line) = stage.start();
    let started = tokio::time::Instant::now();
    loop {
        let now = stage.seen(&mut line, &run);
        if now["state"] == "paid" {
            break;
        }
        assert!(started.elapsed() < PATIENCE, "{now}");
        for payout in &payouts {
            stage.let_time_pass(payout).await;
        }
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let paid = stage.fake.paid();
    assert_eq!(paid.len(), payouts.len(), "{paid:?}");
    let mut references = BTreeSet::new();
    for payout in &payouts {
        let ended = stage.get(&mut line, payout);
        assert_eq!(ended["status"], "paid", "{ended}");
        assert_eq!(stage.transfers(payout).await, 1);
        references.insert(ended["reference"].as_str().unwrap().to_owned());
    }
    let made: BTreeSet<String> = paid.into_iter().map(|one| one.id).collect();
    assert_eq!(references, made, "one transfer a payout");
    server.kill();
    verified(&stage);
}
