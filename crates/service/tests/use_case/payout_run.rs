//! A payout run over many: every commission in one payout, after a worker that died in the middle, and in
//! good time.

use domain::id::PayoutRunId;
use domain::time::Day;
use service::job;
use service::programme::payout_run::{self, JOB, RunIn, RunPayload};
use testkit::{Engine, Raw, Shop, TestApp};
use tokio::time::Instant;

/// Affiliates and commissions of each; set `TRIBUTARY_RUN_SIZE=10000` for the size that is promised.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are configured by their environment"
)]
fn size() -> usize {
    std::env::var("TRIBUTARY_RUN_SIZE")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(600)
}

const EACH: usize = 10;

/// Fills in affiliates with approved commissions, past the use cases: the journal has no word of them, so that the
/// proof is not asked.
async fn fill(test: &TestApp, shop: &Shop<'_>, affiliates: usize) {
    let raw = test.db.raw().await;
    let business = shop.id.as_i64();
    let (id, numbers, many) = match raw {
        Raw::Sqlite(_) => (
            "unhex(printf('%012x7000%016x', KIND, NUMBER))",
            "with recursive n(n) as (select 1 union all select n + 1 from n where n < COUNT)",
            "from n",
        ),
        Raw::Postgres(_) => (
            "cast(lpad(to_hex(KIND), 12, '0') || '7000' || lpad(to_hex(NUMBER), 16, '0') as uuid)",
            "",
            "from generate_series(1, COUNT) as n(n)",
        ),
    };
    let id = |kind: &str, number: &str| id.replace("KIND", kind).replace("NUMBER", number);
    let count = |text: &str, count: usize| text.replace("COUNT", &count.to_string());
    let statements = [
        format!(
            "insert into affiliate (business_id, id, name, email, email_folded, search_folded, status, payout_method, created_at_ms)
             {} select {business}, {}, 'A', 'a' || n || '@example.com', 'a' || n || '@example.com', 'a', 'approved', 'wise', 1 {}",
            count(numbers, affiliates), id("1", "n"), count(many, affiliates)
        ),
        format!(
            "insert into payout_method (business_id, id, affiliate_id, kind, sealed, masked, fingerprint, holds_until_ms, created_at_ms)
             select business_id, id, id, 'wise', {}, 'm', 'f', 0, 1 from affiliate where business_id = {business}",
            if matches!(raw, Raw::Sqlite(_)) { "x'00'" } else { "'\\x00'::bytea" }
        ),
        format!(
            "insert into commission (business_id, id, affiliate_id, level, currency, base_amount, amount, status, auto_approve, explanation, created_at_ms, day, updated_at_ms)
             {} select {business}, {}, {}, 0, 'USD', 1000, 100 + n % 7, 'approved', {}, '{{}}', 1, 1, 1 {}",
            count(numbers, affiliates * EACH), id("2", "n"), id("1", &format!("(n % {affiliates} + 1)")),
            if matches!(raw, Raw::Sqlite(_)) { "0" } else { "false" }, count(many, affiliates * EACH)
        ),
        format!(
            "insert into commission_step (business_id, commission_id, line, at_ms, kind, status, amount, actor_name, note)
             select business_id, id, 1, 1, 'approved', 'approved', amount, 'A', '' from commission where business_id = {business}"
        ),
    ];
    for statement in statements {
        raw.execute(&statement)
            .await
            .unwrap_or_else(|error| panic!("{error}: {statement}"));
    }
}

async fn one_part(test: &TestApp, run: PayoutRunId) -> bool {
    let jobs = test.claimed(JOB).await;
    let Some(job) = jobs.first() else {
        return false;
    };
    let payload: RunPayload = serde_json::from_str(&job.payload).expect("a payload");
    assert_eq!(payload.run_id, run);
    payout_run::work_on(&test.app, job, run)
        .await
        .expect("a part");
    true
}

async fn many(engine: Engine) {
    let test = TestApp::new(engine).await;
    let shop = test.business("Many").await;
    let affiliates = size();
    fill(&test, &shop, affiliates).await;
    let began = Instant::now();
    let mut work = shop.work().await;
    let input = RunIn {
        until: Day(20_000),
        group: None,
        method: None,
        currency: None,
    };
    let run = payout_run::begin(&mut work, input).await.expect("a run");
    payout_run::draft(&mut work, run).await.expect("drafting");
    work.commit().await.expect("stored");
    let looked = began.elapsed();

    // One part is done; the worker of the next one dies with its part half done, and its job comes back
    // when the lease ends.
    assert!(one_part(&test, run).await);
    let jobs = test.claimed(JOB).await;
    let job = jobs.first().expect("the next part");
    let half = payout_run::work_on(&test.app, job, run);
    let cut = tokio::time::timeout(std::time::Duration::from_millis(20), half).await;
    assert!(cut.is_err(), "it was cut off in the middle");
    test.clock.advance_ms(job::LEASE_MS + 1);
    while one_part(&test, run).await {}
    let drafted = began.elapsed();
    println!(
        "{engine:?}: {affiliates} affiliates, {} commissions: looked at in {looked:?}, drafted in {drafted:?}",
        affiliates * EACH
    );

    let mut work = shop.work().await;
    let run = payout_run::get(&mut work, run).await.expect("the run");
    assert_eq!(run.state.as_str(), "drafted");
    let totals = payout_run::payout_totals(&mut work, run.id)
        .await
        .expect("totals");
    drop(work);
    let expected: usize = (1..=affiliates * EACH).map(|n| 100 + n % 7).sum();
    assert_eq!(totals.len(), 1);
    assert_eq!(
        (totals[0].count, totals[0].amount),
        (affiliates as i64, expected as i64)
    );
    let raw = test.db.raw().await;
    for (sql, expected) in [
        ("select cast(count(*) as text) from payout_line".to_owned(), affiliates * EACH),
        ("select cast(count(distinct commission_id) as text) from payout_line".to_owned(), affiliates * EACH),
        ("select cast(count(*) as text) from commission where status = 'in_payout'".to_owned(), affiliates * EACH),
        ("select cast(count(*) as text) from commission_step where kind = 'drafted'".to_owned(), affiliates * EACH),
        ("select cast(cast(sum(amount) as bigint) as text) from payout_line".to_owned(), expected),
        ("select cast(count(*) as text) from payout p where p.amount = (select sum(l.amount) from payout_line l where l.payout_id = p.id)".to_owned(), affiliates),
    ] {
        assert_eq!(raw.texts(&sql).await.expect("rows")[0][0], expected.to_string(), "{sql}");
    }
}

#[tokio::test]
async fn a_run_over_many_on_sqlite() {
    many(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_run_over_many_on_postgres() {
    many(Engine::Postgres).await;
}
