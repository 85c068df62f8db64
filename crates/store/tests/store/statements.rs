//! Every `.sql` file: prepared on both migrated engines, and read for its tenant.

use crate::common::{self, SYSTEM_TABLES, Statement, statements};
use testkit::{Engine, TestDb, both_engines};

both_engines! {
    async fn every_statement_is_understood(test: TestDb) {
        let raw = test.raw().await;
        let mut wrong = Vec::new();
        for statement in statements() {
            for sql in statement.variants(test.db.engine()) {
                if let Err(error) = raw.prepare(&sql).await {
                    wrong.push(format!("{}: {error}\n{sql}", statement.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{} statements are refused:\n\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// Tables that grow with every click and sale.
const GROWING: &[&str] = &[
    "attribution_candidate",
    "click",
    "click_commission",
    "click_pay",
    "commission",
    "commission_step",
    "contact",
    "contact_visitor",
    "event",
    "event_input",
    "event_item",
    "journal_entry",
    "journal_posting",
    "payout_line",
    "referral",
    "unpaid_line",
];

/// What may read a business as a whole: lists whose filters are all optional, reports, and proofs.
const WHOLE: &[&str] = &[
    "crm/contact/count.sql",
    "crm/contact/list.sql",
    "crm/contact/overview.sql",
    "crm/contact/status_counts.sql",
    "crm/lead/",
    "identity/overview/progress.sql",
    "programme/affiliate/ranked.sql",
    "programme/campaign/commissions.sql",
    "programme/campaign/overview.sql",
    "programme/commission/list.sql",
    "programme/commission/status_totals.sql",
    "programme/commission/totals.sql",
    "programme/event/list.sql",
    "programme/ledger/count.sql",
    "programme/ledger/forecast.sql",
    "programme/ledger/last_before.sql",
    "programme/ledger/liability.sql",
    "programme/ledger/list.sql",
    "programme/ledger/owed.sql",
    "programme/ledger/owed_changes.sql",
    "programme/ledger/owed_totals.sql",
    "programme/ledger/sums.sql",
    "programme/ledger/sums_until.sql",
    "programme/payout/eligible.sql",
    "programme/payout_run_member/candidates.sql",
    "programme/proof/",
    "programme/referral/count.sql",
    "programme/referral/list.sql",
    "programme/referral/status_counts.sql",
    "programme/stats/",
];

#[tokio::test]
async fn no_statement_reads_a_growing_table_as_a_whole() {
    let test = TestDb::new(Engine::Sqlite).await;
    let raw = test.raw().await;
    let mut wrong = Vec::new();
    for statement in statements() {
        if WHOLE.iter().any(|name| statement.name.starts_with(name)) {
            continue;
        }
        for sql in statement.variants(Engine::Sqlite) {
            for step in raw.plan(&sql).await.unwrap() {
                let words: Vec<&str> = step.split_whitespace().collect();
                let [act, name, ..] = words[..] else { continue };
                let whole = act == "SCAN" || step.ends_with("(business_id=?)");
                if whole && GROWING.contains(&common::table_of(&sql, name).as_str()) {
                    wrong.push(format!("{}: {step}", statement.name));
                }
            }
        }
    }
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "these grow slower with every sale:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_statement_names_its_tenant() {
    let wrong: Vec<String> = statements()
        .iter()
        .flat_map(|statement| {
            common::tenant_gaps(&statement.sql)
                .into_iter()
                .map(move |gap| format!("{}: {gap}", statement.name))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "a table of a business is read or changed without `business_id = $1`:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn rows_of_a_business_are_inserted_through_its_transaction() {
    let tables = common::tables_filled_by_the_system();
    assert!(!tables.is_empty(), "the calls were not found");
    for table in tables {
        assert!(
            SYSTEM_TABLES.contains(&table.as_str()),
            "{table} has a tenant: its rows come by `Tx::insert_many`"
        );
    }
}

#[test]
fn parameters_are_numbered_without_gaps() {
    for Statement { name, sql, .. } in statements() {
        let mut numbers: Vec<u32> = sql
            .split('$')
            .skip(1)
            .filter_map(|rest| {
                rest.split(|c: char| !c.is_ascii_digit())
                    .next()?
                    .parse()
                    .ok()
            })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let expected: Vec<u32> = (1..=u32::try_from(numbers.len()).unwrap()).collect();
        assert_eq!(numbers, expected, "{name}");
    }
}

#[test]
fn statements_are_portable() {
    let banned = [
        "now()",
        "random()",
        "current_timestamp",
        "ilike",
        "::",
        "for update",
        "julianday",
        "strftime",
        "date_trunc",
        "json_",
        "collate",
        "as uuid)",
    ];
    for Statement { name, sql, .. } in statements() {
        let text = common::without_comments(&sql).to_lowercase();
        for word in banned {
            assert!(
                !text.contains(word),
                "{name} uses `{word}`, which the engines do not share (docs/STORAGE.md)"
            );
        }
    }
}

#[test]
fn the_reader_of_tenants_sees_what_it_should() {
    for sql in [
        "select id from affiliate where business_id = $1 and id = $2",
        "select a.id from affiliate a join partnership as p on p.business_id = $1 and p.affiliate_id = a.id where a.business_id = $1",
        "insert into affiliate (business_id, id) values ($1, $2)",
        "insert into click_day (business_id, day) select $1, day from click where business_id = $1 on conflict (business_id, day) do update set day = 1",
        "with due as (select id from commission where business_id = $1) update commission set note = '' where business_id = $1 and id in (select id from due)",
        "select id from business where slug = $1",
        "delete from idempotency where business_id = $1",
        "select (select count(*) from event e where e.business_id = $1) as value",
    ] {
        assert_eq!(common::tenant_gaps(sql), Vec::<String>::new(), "{sql}");
    }
    for (sql, gap) in [
        ("select id from affiliate where id = $1", "affiliate"),
        (
            "select a.id from affiliate a join partnership p on p.affiliate_id = a.id where a.business_id = $1",
            "partnership p",
        ),
        (
            "select a.id from affiliate a, link l where a.business_id = $1",
            "link l",
        ),
        ("update affiliate set note = '' where id = $2", "affiliate"),
        (
            "insert into affiliate (id, business_id) values ($1, $2)",
            "affiliate",
        ),
        (
            "select id from affiliate where business_id = $1 and exists (select 1 from link where link.id = $2)",
            "link",
        ),
    ] {
        let gaps = common::tenant_gaps(sql);
        assert!(
            gaps.iter().any(|found| found.contains(gap)),
            "{sql}: {gaps:?}"
        );
    }
}
