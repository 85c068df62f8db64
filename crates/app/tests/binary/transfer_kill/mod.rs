//! `kill -9` at each step of sending a payout, while the provider fails in each of its ways: every payout is
//! paid exactly once, and all end the same. Likewise while the payouts of a run are handed over.

#![expect(
    clippy::disallowed_methods,
    reason = "nothing else runs on these threads"
)]

mod connect;
mod run;
mod stage;

use std::time::Duration;

use domain::status::ProviderKind;
use fake_provider::Fault;
use serde_json::json;
use stage::{PATIENCE, Stage, set_with_payouts, verified};

const FAULTS: &[Fault] = &[
    Fault::DieBefore,
    Fault::DieAfter,
    Fault::DieAfterReply,
    Fault::LoseReply,
    Fault::HangAfter,
    Fault::ErrorAfter,
    Fault::CallBackTwice,
    Fault::CallBackEarly,
];

/// Where the process is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Kill {
    /// Everything is written, nothing committed.
    BeforeSending,
    /// Just after the answer to whoever sent it.
    AfterSending,
    /// The provider's answer is there, or will never be.
    AfterTheCall,
    /// What the answer means is written and not committed.
    BeforeTheResult,
}

impl Kill {
    /// How far the providers are shifted against the faults: each fault meets another provider at each point.
    const fn shift(self) -> usize {
        match self {
            Self::BeforeSending => 0,
            Self::AfterSending => 1,
            Self::AfterTheCall => 2,
            Self::BeforeTheResult => 3,
        }
    }
}

const fn kind_of(number: usize) -> ProviderKind {
    match number % 3 {
        0 => ProviderKind::PayPal,
        1 => ProviderKind::Stripe,
        _ => ProviderKind::Wise,
    }
}

/// A stage with a pending payout for each fault.
async fn set_for_faults(kill: Kill) -> Stage {
    let kinds: Vec<ProviderKind> = (0..FAULTS.len())
        .map(|number| kind_of(number + kill.shift()))
        .collect();
    set_with_payouts(&kinds).await
}

/// Starts again after the process was killed: the payout ends as paid, by the one transfer
/// that the provider has for it beside those of the `earlier` payouts.
async fn ends_paid_once(stage: &Stage, payout: &str, earlier: usize, what: &str) {
    stage.fake.revive().await.unwrap();
    stage.let_time_pass(payout).await;
    let (server, mut line) = stage.start();
    let started = tokio::time::Instant::now();
    let ended = loop {
        let now = stage.get(&mut line, payout);
        if !matches!(now["status"].as_str(), Some("sending" | "unknown")) {
            break now;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: {now}");
        tokio::time::sleep(Duration::from_millis(700)).await;
        stage.fake.revive().await.unwrap();
        stage.let_time_pass(payout).await;
    };
    server.kill();
    assert_eq!(
        (&ended["status"], &ended["transfer"]["state"]),
        (&json!("paid"), &json!("paid")),
        "{what}: {ended}"
    );
    let paid = stage.fake.paid();
    assert_eq!(paid.len(), earlier + 1, "{what}: {paid:?}");
    assert_eq!(ended["reference"], json!(paid.last().unwrap().id), "{what}");
}

/// Sends each payout while the provider fails in its way, is killed at the point, and starts again.
async fn killed_at(kill: Kill) {
    let stage = set_for_faults(kill).await;
    for (number, (fault, payout)) in FAULTS.iter().zip(&stage.payouts).enumerate() {
        let kind = kind_of(number + kill.shift());
        let what = format!("{fault:?} and killed {kill:?} ({kind})");
        stage.fake.next(*fault);
        match kill {
            Kill::BeforeSending => {
                let (mut server, mut line) = stage.start_halting("before sending");
                tokio::task::block_in_place(|| {
                    std::thread::scope(|scope| {
                        let lost = scope.spawn(|| stage.send(&mut line, payout));
                        server.wait_until_halted();
                        server.kill();
                        assert!(
                            lost.join().unwrap().is_err(),
                            "{what}: nobody was told that it is sent"
                        );
                    });
                });
                let (server, mut line) = stage.start();
                assert_eq!(stage.get(&mut line, payout)["status"], "pending", "{what}");
                assert_eq!(stage.fake.paid().len(), number, "{what}");
                assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
                server.kill();
            }
            Kill::AfterSending => {
                let (server, mut line) = stage.start();
                assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
                server.kill();
            }
            Kill::AfterTheCall | Kill::BeforeTheResult => {
                let point = if kill == Kill::AfterTheCall {
                    "after the call"
                } else {
                    "before the result"
                };
                let (mut server, mut line) = stage.start_halting(point);
                assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
                tokio::task::block_in_place(|| server.wait_until_halted());
                server.kill();
            }
        }
        ends_paid_once(&stage, payout, number, &what).await;
    }
    verified(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_sending_is_stored() {
    killed_at(Kill::BeforeSending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_sending_is_stored() {
    killed_at(Kill::AfterSending).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_call() {
    killed_at(Kill::AfterTheCall).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn before_the_result_is_stored() {
    killed_at(Kill::BeforeTheResult).await;
}

/// Killed while the call is on its way and the provider is silent: it may have paid already, or not yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_provider_is_silent() {
    let cases: Vec<(ProviderKind, Fault)> = ProviderKind::ALL
        .iter()
        .flat_map(|kind| [(*kind, Fault::HangBefore), (*kind, Fault::HangAfter)])
        .collect();
    let kinds: Vec<ProviderKind> = cases.iter().map(|(kind, _)| *kind).collect();
    let stage = set_with_payouts(&kinds).await;
    for (number, ((kind, fault), payout)) in cases.iter().zip(&stage.payouts).enumerate() {
        let what = format!("{fault:?} and killed meanwhile ({kind})");
        stage.fake.next(*fault);
        let asked = stage.fake.asked_to_pay();
        let (server, mut line) = stage.start();
        assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
        let there = number + usize::from(*fault == Fault::HangAfter);
        let started = tokio::time::Instant::now();
        while stage.fake.asked_to_pay() == asked || stage.fake.paid().len() < there {
            assert!(started.elapsed() < PATIENCE, "{what}: nobody asks");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.kill();
        assert_eq!(stage.fake.paid().len(), there, "{what}");
        ends_paid_once(&stage, payout, number, &what).await;
    }
    verified(&stage);
}

/// Killed when a call by the provider is kept and not answered yet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_call_back_is_kept() {
    let cases: Vec<(ProviderKind, Fault)> = ProviderKind::ALL
        .iter()
        .flat_map(|kind| [(*kind, Fault::CallBackTwice), (*kind, Fault::CallBackEarly)])
        .collect();
    let kinds: Vec<ProviderKind> = cases.iter().map(|(kind, _)| *kind).collect();
    let stage = set_with_payouts(&kinds).await;
    for (number, ((kind, fault), payout)) in cases.iter().zip(&stage.payouts).enumerate() {
        let what = format!("{fault:?} and killed before it was answered ({kind})");
        stage.fake.next(*fault);
        let (mut server, mut line) = stage.start_halting("after a call back");
        assert_eq!(stage.send(&mut line, payout).unwrap(), 200);
        tokio::task::block_in_place(|| server.wait_until_halted());
        server.kill();
        assert_eq!(stage.fake.paid().len(), number + 1, "{what}");
        ends_paid_once(&stage, payout, number, &what).await;
    }
    verified(&stage);
}
