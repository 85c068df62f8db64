//! The schema itself: the tenant comes first in every key, unique and index; SQLite is strict; what is
//! append-only refuses change.

use crate::common::SYSTEM_TABLES;
use store::db::Engine;
use testkit::{Raw, TestDb, both_engines};

/// Table, index (or key) and its first column.
async fn keys(raw: &Raw) -> Vec<Vec<String>> {
    let sql = match raw {
        Raw::Sqlite(_) => {
            "select t.name, i.name, coalesce(c.name, '(expression)')
             from sqlite_master t join pragma_index_list(t.name) i join pragma_index_info(i.name) c
             where t.type = 'table' and c.seqno = 0"
        }
        Raw::Postgres(_) => {
            "select t.relname::text, i.relname::text, coalesce(a.attname::text, '(expression)')
             from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
             join pg_namespace n on n.oid = t.relnamespace
             left join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
             where n.nspname = 'public'"
        }
    };
    raw.texts(sql).await.expect("the catalogue answers")
}

async fn tables(raw: &Raw) -> Vec<String> {
    let sql = match raw {
        Raw::Sqlite(_) => {
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
        }
        Raw::Postgres(_) => "select tablename::text from pg_tables where schemaname = 'public'",
    };
    let tables = raw.texts(sql).await.expect("the catalogue answers");
    tables
        .into_iter()
        .flatten()
        .filter(|table| table != "_sqlx_migrations")
        .collect()
}

both_engines! {
    async fn the_tenant_comes_first(test: TestDb) {
        let raw = test.raw().await;
        let keys = keys(&raw).await;
        for table in tables(&raw).await.iter().filter(|table| !SYSTEM_TABLES.contains(&table.as_str())) {
            let own: Vec<&Vec<String>> = keys.iter().filter(|key| &key[0] == table).collect();
            // A key of the business alone is SQLite's rowid-free key and has no index of its own there.
            let only_business =
                ["setting", "journal_head", "payout_hold", "brand", "application_form", "team_setting"].contains(&table.as_str());
            assert!(only_business || !own.is_empty(), "{table} has no key");
            for key in own {
                assert_eq!(key[2], "business_id", "{} of {table} must begin with business_id", key[1]);
            }
        }
    }

    async fn every_tenant_table_belongs_to_a_business(test: TestDb) {
        let raw = test.raw().await;
        let sql = match raw {
            Raw::Sqlite(_) => "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table' and c.pk = 1",
            Raw::Postgres(_) => {
                "select t.relname::text, a.attname::text from pg_index x join pg_class t on t.oid = x.indrelid
                 join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0] where x.indisprimary"
            }
        };
        let first = raw.texts(sql).await.expect("the catalogue answers");
        for table in tables(&raw).await.iter().filter(|table| !SYSTEM_TABLES.contains(&table.as_str())) {
            assert!(first.contains(&vec![table.clone(), "business_id".to_owned()]), "the primary key of {table} must begin with business_id");
        }
    }

    async fn foreign_keys_stay_in_the_business(test: TestDb) {
        let raw = test.raw().await;
        let sql = match raw {
            Raw::Sqlite(_) => {
                "select t.name, f.\"from\", f.\"table\" from sqlite_master t join pragma_foreign_key_list(t.name) f
                 where t.type = 'table' and f.seq = 0"
            }
            Raw::Postgres(_) => {
                "select t.relname::text, a.attname::text, r.relname::text from pg_constraint c join pg_class t on t.oid = c.conrelid
                 join pg_class r on r.oid = c.confrelid join pg_namespace n on n.oid = t.relnamespace
                 join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]
                 where c.contype = 'f' and n.nspname = 'public'"
            }
        };
        let keys = raw.texts(sql).await.expect("the catalogue answers");
        let own: Vec<_> = keys.iter().filter(|key| !SYSTEM_TABLES.contains(&key[0].as_str())).collect();
        assert!(own.len() > 30, "{} foreign keys", own.len());
        for key in own {
            assert_eq!(key[1], "business_id", "a foreign key of {} to {} must begin with business_id", key[0], key[2]);
            // Of the tables without a tenant only the business itself is led to.
            assert!(key[2] == "business" || !SYSTEM_TABLES.contains(&key[2].as_str()), "{} leads to {}", key[0], key[2]);
        }
    }

    async fn nothing_that_is_led_to_is_forgotten(test: TestDb) {
        let raw = test.raw().await;
        let (sql, allowed): (&str, &[&str]) = match raw {
            Raw::Sqlite(_) => (
                "select t.name, f.\"table\", upper(f.on_delete) from sqlite_master t join pragma_foreign_key_list(t.name) f
                 where t.type = 'table' and f.seq = 0",
                &["NO ACTION", "RESTRICT", "CASCADE"],
            ),
            Raw::Postgres(_) => (
                "select t.relname::text, r.relname::text, c.confdeltype::text from pg_constraint c join pg_class t on t.oid = c.conrelid
                 join pg_class r on r.oid = c.confrelid join pg_namespace n on n.oid = t.relnamespace where c.contype = 'f' and n.nspname = 'public'",
                &["a", "r", "c"],
            ),
        };
        let keys = raw.texts(sql).await.expect("the catalogue answers");
        assert!(keys.len() > 30, "{} foreign keys", keys.len());
        for key in keys {
            assert!(allowed.contains(&key[2].as_str()), "{} would forget its {} ({})", key[0], key[1], key[2]);
            assert_ne!(key[0], "click", "the hot table checks nothing");
        }
    }

    async fn columns_are_of_the_types_that_both_engines_have(test: TestDb) {
        let raw = test.raw().await;
        let (sql, allowed): (&str, &[&str]) = match raw {
            Raw::Sqlite(_) => (
                "select t.name, c.name, lower(c.type) from sqlite_master t join pragma_table_info(t.name) c
                 where t.type = 'table' and t.name not like 'sqlite_%'",
                &["integer", "text", "blob"],
            ),
            Raw::Postgres(_) => (
                "select table_name::text, column_name::text, data_type::text from information_schema.columns where table_schema = 'public'",
                &["bigint", "text", "boolean", "uuid", "bytea"],
            ),
        };
        let mut columns = raw.texts(sql).await.expect("the catalogue answers");
        columns.retain(|column| column[0] != "_sqlx_migrations");
        assert!(columns.len() > 300, "{} columns", columns.len());
        columns.retain(|column| !allowed.contains(&column[2].as_str()));
        assert!(columns.is_empty(), "docs/STORAGE.md names the types: {columns:?}");
    }

    async fn what_happened_cannot_be_changed(test: TestDb) {
        let raw = test.raw().await;
        let id = match test.db.engine() {
            Engine::Sqlite => "x'018f0000000070008000000000000001'",
            Engine::Postgres => "'018f0000-0000-7000-8000-000000000001'",
        };
        let (bytes, no) = match test.db.engine() {
            Engine::Sqlite => ("x'00'", "0"),
            Engine::Postgres => ("'\\x00'", "false"),
        };
        for sql in [
            format!("insert into business (id, slug, name, currency, timezone, demo, created_at_ms) values (1, 's', 'S', 'USD', 'UTC', {no}, 0)"),
            format!("insert into affiliate (business_id, id, name, email, email_folded, search_folded, status, created_at_ms) values (1, {id}, 'A', 'a@b.c', 'a@b.c', 'a', 'approved', 0)"),
            format!("insert into journal_entry (business_id, seq, id, at_ms, affiliate_id, currency, kind, previous_hash, hash) values (1, 1, {id}, 0, {id}, 'USD', 'earn', {bytes}, {bytes})"),
            format!("insert into journal_posting (business_id, seq, line, affiliate_id, currency, kind, account, amount) values (1, 1, 1, {id}, 'USD', 'earn', 'pending', 1)"),
            format!("insert into month_close (business_id, month, until_ms, seq, hash, closed_at_ms, actor_name) values (1, 1, 0, 1, {bytes}, 0, 'O')"),
            format!("insert into audit_entry (business_id, id, at_ms, actor_kind, actor_name, action, subject, detail) values (1, {id}, 0, 'system', 'S', 'made', 'x', '')"),
        ] {
            raw.execute(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        for sql in [
            "update journal_entry set at_ms = 1",
            "delete from journal_entry",
            "update journal_posting set amount = 2",
            "delete from journal_posting",
            "update audit_entry set detail = 'other'",
            "delete from audit_entry",
            "update month_close set seq = 2",
            "delete from month_close",
        ] {
            let error = raw.execute(sql).await.expect_err(sql).to_string();
            assert!(error.contains("append-only"), "{sql}: {error}");
        }
        if test.db.engine() == Engine::Postgres {
            for table in ["journal_entry", "journal_posting", "audit_entry", "month_close"] {
                let sql = format!("truncate {table} cascade");
                assert!(raw.execute(&sql).await.is_err(), "{sql}");
            }
        }
    }

    async fn migrating_again_changes_nothing(test: TestDb) {
        test.db.migrate().await.expect("once more");
        let raw = test.raw().await;
        let before = tables(&raw).await;
        test.db.migrate().await.expect("and again");
        assert_eq!(tables(&raw).await, before);
        assert!(before.len() > 30);
    }

    async fn an_empty_database_takes_the_whole_schema(test: TestDb) {
        let engine = test.db.engine();
        let empty = TestDb::empty(engine).await;
        empty.db.migrate().await.expect("the migrations run");
        let (mut made, mut known) = (tables(&empty.raw().await).await, tables(&test.raw().await).await);
        made.sort();
        known.sort();
        assert_eq!(made, known);
    }
}

#[test]
fn sqlite_tables_are_strict() {
    testkit::block_on(async {
        let test = TestDb::new(Engine::Sqlite).await;
        let sql = "select name from pragma_table_list where schema = 'main' and type = 'table' and strict = 0 and name not like 'sqlite_%'";
        let loose: Vec<String> = test
            .raw()
            .await
            .texts(sql)
            .await
            .unwrap()
            .into_iter()
            .flatten()
            .filter(|table| table != "_sqlx_migrations")
            .collect();
        assert_eq!(
            loose,
            Vec::<String>::new(),
            "tables that take a text for a number"
        );
    });
}

#[test]
fn both_engines_have_the_same_columns() {
    testkit::block_on(async {
        let mut columns = Vec::new();
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let raw = TestDb::new(engine).await;
            let raw = (raw.raw().await, raw);
            let sql = match engine {
                Engine::Sqlite => {
                    "select t.name, c.name, case c.\"notnull\" when 1 then 'not null' else 'null' end from sqlite_master t join pragma_table_info(t.name) c
                     where t.type = 'table' and t.name not like 'sqlite_%'"
                }
                Engine::Postgres => {
                    "select table_name::text, column_name::text, case is_nullable when 'NO' then 'not null' else 'null' end from information_schema.columns
                     where table_schema = 'public'"
                }
            };
            let mut rows = raw.0.texts(sql).await.unwrap();
            rows.retain(|row| row[0] != "_sqlx_migrations");
            rows.sort();
            columns.push(rows);
        }
        assert_eq!(columns[0], columns[1]);
    });
}
