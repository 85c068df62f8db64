//! The schema: one forward-only source for both engines, with tokens for the names that differ.

use std::borrow::Cow;

use rusqlite::{Connection, TransactionBehavior};
use sqlx::AssertSqlSafe;
use sqlx::SqlSafeStr as _;
use sqlx::migrate::{MigrateError, MigrationType};

use super::Result;
use super::engine::Engine;

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number; steps run in this order, once each.
    pub version: i64,
    /// What it is about.
    pub name: &'static str,
    /// The text for both engines, with tokens.
    pub common: &'static str,
    /// What only SQLite needs.
    pub sqlite: &'static str,
    /// What only PostgreSQL needs.
    pub postgres: &'static str,
}

const ALL: &[Migration] = &[
    Migration {
        version: 1,
        name: "foundation",
        common: include_str!("../../migrations/0001_foundation.sql"),
        sqlite: include_str!("../../migrations/0001_foundation.sqlite.sql"),
        postgres: include_str!("../../migrations/0001_foundation.postgres.sql"),
    },
    Migration {
        version: 2,
        name: "login code",
        common: include_str!("../../migrations/0002_login_code.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 3,
        name: "journal break",
        common: include_str!("../../migrations/0003_journal_break.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 4,
        name: "sign-up",
        common: include_str!("../../migrations/0004_sign_up.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 5,
        name: "reach",
        common: include_str!("../../migrations/0005_reach.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 6,
        name: "profile",
        common: include_str!("../../migrations/0006_profile.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 7,
        name: "two-step log-in",
        common: include_str!("../../migrations/0007_two_step.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 8,
        name: "brand",
        common: include_str!("../../migrations/0008_brand.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 9,
        name: "host name",
        common: include_str!("../../migrations/0009_host_name.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 10,
        name: "asset",
        common: include_str!("../../migrations/0010_asset.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 12,
        name: "message",
        common: include_str!("../../migrations/0012_message.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 13,
        name: "application",
        common: include_str!("../../migrations/0013_application.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 14,
        name: "notification",
        common: include_str!("../../migrations/0014_notification.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 15,
        name: "mail template",
        common: include_str!("../../migrations/0015_mail_template.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 16,
        name: "account activity",
        common: include_str!("../../migrations/0016_account_activity.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 17,
        name: "click append",
        common: "",
        sqlite: include_str!("../../migrations/0017_click_append.sqlite.sql"),
        postgres: "select 1;",
    },
    Migration {
        version: 18,
        name: "passkey",
        common: include_str!("../../migrations/0018_passkey.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 19,
        name: "html of mails, staff bell",
        common: include_str!("../../migrations/0019_mail_html_and_bell.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 20,
        name: "language",
        common: include_str!("../../migrations/0020_language.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 21,
        name: "event input",
        common: include_str!("../../migrations/0021_event_input.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 22,
        name: "team",
        common: include_str!("../../migrations/0022_team.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 23,
        name: "payout run",
        common: include_str!("../../migrations/0023_payout_run.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 24,
        name: "payout file",
        common: include_str!("../../migrations/0024_payout_file.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 25,
        name: "payout invoice",
        common: include_str!("../../migrations/0025_payout_invoice.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 26,
        name: "provider",
        common: include_str!("../../migrations/0026_provider.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 27,
        name: "transfer",
        common: include_str!("../../migrations/0027_transfer.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 28,
        name: "dispute",
        common: include_str!("../../migrations/0028_dispute.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 29,
        name: "bulk act",
        common: include_str!("../../migrations/0029_bulk_act.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 30,
        name: "month close",
        common: include_str!("../../migrations/0030_month_close.sql"),
        sqlite: include_str!("../../migrations/0030_month_close.sqlite.sql"),
        postgres: include_str!("../../migrations/0030_month_close.postgres.sql"),
    },
    Migration {
        version: 31,
        name: "staff invitation and language",
        common: include_str!("../../migrations/0031_staff_invitation_and_language.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 32,
        name: "payout run by provider",
        common: include_str!("../../migrations/0032_payout_run_send.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 33,
        name: "watch of paid transfers",
        common: include_str!("../../migrations/0033_transfer_watch.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 34,
        name: "addresses of accounts",
        common: include_str!("../../migrations/0034_address.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 35,
        name: "returned payouts of result files",
        common: include_str!("../../migrations/0035_payout_result_returned.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 36,
        name: "key of the staff bell",
        common: "",
        sqlite: include_str!("../../migrations/0036_staff_bell_key.sqlite.sql"),
        postgres: include_str!("../../migrations/0036_staff_bell_key.postgres.sql"),
    },
    Migration {
        version: 37,
        name: "profile told",
        common: include_str!("../../migrations/0037_profile_told.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 38,
        name: "stuck applications",
        common: include_str!("../../migrations/0038_stuck_application.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 39,
        name: "credit notes and payouts that are told of",
        common: include_str!("../../migrations/0039_payout_credit.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 40,
        name: "what one person approved alone",
        common: include_str!("../../migrations/0040_payout_sole_approval.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 41,
        name: "returns less a fee",
        common: include_str!("../../migrations/0041_payout_return.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 45,
        name: "click pay",
        common: include_str!("../../migrations/0045_click_pay.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 46,
        name: "day of rules for clicks",
        common: include_str!("../../migrations/0046_rule_day.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 47,
        name: "change note",
        common: include_str!("../../migrations/0047_change_note.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 48,
        name: "sparse index",
        common: include_str!("../../migrations/0048_sparse_index.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 49,
        name: "redundant index",
        common: include_str!("../../migrations/0049_redundant_index.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 50,
        name: "rules mark",
        common: include_str!("../../migrations/0050_rules_mark.sql"),
        sqlite: "",
        postgres: "",
    },
];

/// Tokens and what they stand for on SQLite and on PostgreSQL.
const TOKENS: &[(&str, &str, &str)] = &[
    ("{int}", "integer", "bigint"),
    ("{text}", "text", "text"),
    ("{bool}", "integer", "boolean"),
    ("{id}", "blob", "uuid"),
    ("{bytes}", "blob", "bytea"),
    ("{true}", "1", "true"),
    ("{false}", "0", "false"),
    ("{options}", "strict, without rowid", ""),
];

/// All steps in the form the engine's migrator wants.
#[must_use]
pub fn migrations(engine: Engine) -> Vec<sqlx::migrate::Migration> {
    ALL.iter()
        .map(|step| {
            let own = match engine {
                Engine::Sqlite => step.sqlite,
                Engine::Postgres => step.postgres,
            };
            let mut sql = format!("{}\n{own}", step.common);
            for (token, sqlite, postgres) in TOKENS {
                sql = sql.replace(
                    token,
                    if engine == Engine::Sqlite {
                        sqlite
                    } else {
                        postgres
                    },
                );
            }
            let sql = AssertSqlSafe(sql).into_sql_str();
            sqlx::migrate::Migration::new(
                step.version,
                Cow::Borrowed(step.name),
                MigrationType::Simple,
                sql,
                false,
            )
        })
        .collect()
}

/// Which steps a SQLite file has had, in the form of the migrator that PostgreSQL has it from.
const DONE_STEPS: &str = "create table if not exists _sqlx_migrations (
    version bigint primary key,
    description text not null,
    installed_on timestamp not null default current_timestamp,
    success boolean not null,
    checksum blob not null,
    execution_time bigint not null
)";

/// Brings a SQLite file up to date, each step in a transaction of its own.
///
/// # Errors
/// When a step fails, was changed since it ran, or is not known here.
pub(super) fn run_on_sqlite(
    connection: &mut Connection,
    steps: &[sqlx::migrate::Migration],
) -> Result<()> {
    connection.execute_batch(DONE_STEPS)?;
    let done: Vec<(i64, Vec<u8>)> = connection
        .prepare("select version, checksum from _sqlx_migrations order by version")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (version, _) in &done {
        if !steps.iter().any(|step| step.version == *version) {
            return Err(MigrateError::VersionMissing(*version).into());
        }
    }
    for step in steps {
        match done.iter().find(|(version, _)| *version == step.version) {
            Some((_, checksum)) if *checksum == *step.checksum => {}
            Some(_) => return Err(MigrateError::VersionMismatch(step.version).into()),
            None => {
                let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                // Another process may have been quicker.
                let had = tx
                    .prepare("select 1 from _sqlx_migrations where version = ?")?
                    .exists([step.version])?;
                if had {
                    continue;
                }
                tx.execute_batch(step.sql.as_str())?;
                tx.execute(
                    "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (?, ?, 1, ?, 0)",
                    (step.version, &*step.description, &*step.checksum),
                )?;
                tx.commit()?;
            }
        }
    }
    Ok(())
}
