//! Connections and transactions.

use std::time::Duration;

use domain::id::BusinessId;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool, Postgres, SqlSafeStr,
    Transaction,
};

use super::Result;
use super::error::StoreError;
use super::migrate::{migrations, run_on_sqlite};
use super::narrow::narrowed;
use super::planner;
use super::row::{Column, Record, Row, Single};
use super::sqlite;
use super::url::DatabaseUrl;
use super::value::{Value, bind};

/// Statements kept prepared on a connection to PostgreSQL: more than the product has.
const PREPARED_STATEMENTS_MAX: usize = 600;
/// Connections of one process to PostgreSQL.
const POSTGRES_CONNECTIONS_MAX: u32 = 24;
/// A connection that nobody used for so long is asked whether it still stands before it is used again; one that
/// was just used would answer a question that costs as much as a statement.
const TRUSTED_FOR: Duration = Duration::from_secs(1);
/// How long a request waits for a connection before it is told to come back.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded file.
    Sqlite,
    /// A server, possibly with Citus.
    Postgres,
}

#[derive(Debug, Clone)]
enum Pools {
    Sqlite {
        readers: sqlite::Pool,
        writer: sqlite::Pool,
    },
    Postgres(PgPool),
}

/// An open database; cheap to clone.
///
/// What waits for PostgreSQL is put on the heap. It takes some thousand bytes, and without that every future around it would
/// be as much longer and be copied whole by each layer of the server, on SQLite, too.
#[derive(Debug, Clone)]
pub struct Db {
    pools: Pools,
}

pub(super) enum Open {
    Sqlite(sqlite::Transaction),
    Postgres(Transaction<'static, Postgres>),
    /// Nothing is begun: each statement stands for itself.
    PostgresUnbegun(PoolConnection<Postgres>),
}

/// What runs the statements of what is open.
enum Runner<'a> {
    Sqlite(&'a mut sqlite::Transaction),
    Postgres(&'a mut PgConnection),
}

impl Db {
    /// Opens the database; SQLite makes the file when it is missing. The schema is not touched.
    ///
    /// SQLite: one writer, readers beside it, write-ahead log, every commit on the disk
    /// (synchronous=FULL), foreign keys checked.
    ///
    /// # Errors
    /// When the address is wrong or the database cannot be reached.
    pub async fn connect(url: &DatabaseUrl) -> Result<Self> {
        let pools = match url {
            DatabaseUrl::Sqlite(path) => {
                let writer = sqlite::Pool::writer(path.clone());
                // Makes the file, and says now what is wrong with it.
                writer.with(|_| Ok(())).await?;
                let readers = sqlite::Pool::readers(path.clone());
                Pools::Sqlite { readers, writer }
            }
            DatabaseUrl::Postgres(address) => {
                let options: PgConnectOptions = address.parse()?;
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_CONNECTIONS_MAX)
                    .acquire_timeout(ACQUIRE_TIMEOUT)
                    .test_before_acquire(false)
                    .before_acquire(|connection, meta| {
                        Box::pin(async move {
                            if meta.idle_for > TRUSTED_FOR {
                                connection.ping().await?;
                            }
                            Ok(true)
                        })
                    })
                    .connect_with(options.statement_cache_capacity(PREPARED_STATEMENTS_MAX))
                    .await?;
                Pools::Postgres(pool)
            }
        };
        Ok(Self { pools })
    }

    /// The engine behind this database.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Connections that are open and those of them that nobody uses; none for the embedded file.
    #[must_use]
    pub fn connections(&self) -> Option<(u32, usize)> {
        match &self.pools {
            Pools::Sqlite { .. } => None,
            Pools::Postgres(pool) => Some((pool.size(), pool.num_idle())),
        }
    }

    /// Brings the schema up to date; does nothing when it is.
    ///
    /// # Errors
    /// When a migration fails, or the file was made by a newer version.
    pub async fn migrate(&self) -> Result<()> {
        let steps = migrations(self.engine());
        match &self.pools {
            Pools::Sqlite { writer, .. } => {
                let whole = move |connection: &mut rusqlite::Connection| {
                    run_on_sqlite(connection, &steps)?;
                    planner::inform(connection)
                };
                writer.with(whole).await?;
            }
            Pools::Postgres(pool) => Migrator::with_migrations(steps).run(pool).await?,
        }
        Ok(())
    }

    /// Closes all connections, after what runs on them has ended.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                tokio::join!(readers.close(), writer.close());
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Opens a consistent view of one business. It ends when dropped.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read(&self, business: BusinessId) -> Result<Tx> {
        Ok(self.system_read().await?.scoped(business))
    }

    /// Like [`Self::read`], for a single statement, which is a consistent view by itself: the engine is spared
    /// the transaction around it. Nothing is to be changed through it, so there is nothing to commit.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn read_once(&self, business: BusinessId) -> Result<Tx> {
        Ok(self.system_read_once().await?.scoped(business))
    }

    /// Opens a transaction that may write rows of one business. Dropped without
    /// [`Tx::commit`] it leaves nothing behind. SQLite has one writer: the second waits here.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write(&self, business: BusinessId) -> Result<Tx> {
        Ok(self.system_write().await?.scoped(business))
    }

    /// Like [`Self::write`], for what is short: on SQLite, those of concurrent requests are committed
    /// together. Each is answered when that is done, and rolled back by itself.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn write_together(&self, business: BusinessId) -> Result<Tx> {
        Ok(self.system_write_together().await?.scoped(business))
    }

    /// Like [`Self::read`], for tables without a tenant.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn system_read(&self) -> Result<SystemTx> {
        let open = match &self.pools {
            Pools::Sqlite { readers, .. } => Open::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => Open::Postgres(
                begun(
                    pool,
                    Some("begin isolation level repeatable read read only"),
                )
                .await?,
            ),
        };
        Ok(SystemTx { open })
    }

    /// Like [`Self::read_once`], for tables without a tenant. Of several statements each is a view of its own there.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn system_read_once(&self) -> Result<SystemTx> {
        let open = match &self.pools {
            Pools::Sqlite { readers, .. } => Open::Sqlite(readers.unbegun().await?),
            Pools::Postgres(pool) => Open::PostgresUnbegun(Box::pin(pool.acquire()).await?),
        };
        Ok(SystemTx { open })
    }

    /// Like [`Self::write`], for tables without a tenant.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn system_write(&self) -> Result<SystemTx> {
        let open = match &self.pools {
            Pools::Sqlite { writer, .. } => Open::Sqlite(writer.begin().await?),
            Pools::Postgres(pool) => Open::Postgres(begun(pool, None).await?),
        };
        Ok(SystemTx { open })
    }

    /// Like [`Self::write_together`], for tables without a tenant.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn system_write_together(&self) -> Result<SystemTx> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => Ok(SystemTx {
                open: Open::Sqlite(writer.begin_together().await?),
            }),
            Pools::Postgres(_) => self.system_write().await,
        }
    }

    /// Like [`Self::system_write`], for a single statement: PostgreSQL commits it by itself, so that a process that freezes
    /// behind it holds no row.
    ///
    /// # Errors
    /// When no connection can be had.
    pub async fn system_write_once(&self) -> Result<SystemTx> {
        match self.engine() {
            Engine::Sqlite => self.system_write().await,
            Engine::Postgres => self.system_read_once().await,
        }
    }
}

/// A transaction that is begun to the end, also when whoever asks for it goes away meanwhile: sqlx would give the connection
/// back with a transaction open that it knows nothing of, and the next error there would stand for ever.
async fn begun(
    pool: &PgPool,
    statement: Option<&'static str>,
) -> Result<Transaction<'static, Postgres>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move {
        match statement {
            Some(statement) => pool.begin_with(statement).await,
            None => pool.begin().await,
        }
    });
    Ok(begun.await.map_err(|_| StoreError::unavailable())??)
}

impl Open {
    fn runner(&mut self) -> Runner<'_> {
        match self {
            Self::Sqlite(tx) => Runner::Sqlite(tx),
            Self::Postgres(tx) => Runner::Postgres(tx),
            Self::PostgresUnbegun(connection) => Runner::Postgres(connection),
        }
    }

    pub(super) async fn execute(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64> {
        Ok(match self.runner() {
            Runner::Sqlite(tx) => tx.execute(sql.into_sql_str(), values).await?,
            Runner::Postgres(connection) => connection
                .execute(sqlx::query_with(sql, bind(values)?))
                .await?
                .rows_affected(),
        })
    }

    async fn execute_long(&mut self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<u64> {
        match self {
            Self::Sqlite(tx) => tx.execute_long(sql.into_sql_str(), values).await,
            Self::Postgres(_) | Self::PostgresUnbegun(_) => self.execute(sql, values).await,
        }
    }

    async fn fetch_all<T: Record>(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Vec<T>> {
        let sql = sql.into_sql_str();
        let sql = match narrowed(sql.as_str(), &values) {
            Some(text) => AssertSqlSafe(text).into_sql_str(),
            None => sql,
        };
        match self.runner() {
            Runner::Sqlite(tx) => tx.fetch_all(sql.as_str(), values).await,
            Runner::Postgres(connection) => {
                let query = sqlx::query_with(sql, bind(values)?);
                let rows = connection.fetch_all(query).await?;
                let records = rows.iter().map(|row| T::read(&Row::Postgres(row)));
                Ok(records.collect::<sqlx::Result<_>>()?)
            }
        }
    }

    async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => Box::pin(tx.commit()).await?,
            Self::PostgresUnbegun(_) => {}
        }
        Ok(())
    }

    pub(super) fn engine(&self) -> Engine {
        match self {
            Self::Sqlite(_) => Engine::Sqlite,
            Self::Postgres(_) | Self::PostgresUnbegun(_) => Engine::Postgres,
        }
    }
}

fn the_first<T>(rows: Vec<T>) -> Result<T> {
    rows.into_iter()
        .next()
        .ok_or_else(|| StoreError::Inconsistent("a row that must exist is missing".to_owned()))
}

macro_rules! statements {
    ($name:ident, |$self:ident, $values:ident| $with:expr) => {
        impl $name {
            /// Runs a statement; answers with how many rows it changed.
            ///
            /// # Errors
            /// As the database says.
            pub(crate) async fn execute(&mut $self, sql: impl SqlSafeStr, $values: Vec<Value>) -> Result<u64> {
                let values = $with;
                $self.open.execute(sql, values).await
            }

            /// As [`Self::execute`], for what may take very many rows with it.
            ///
            /// # Errors
            /// As the database says.
            pub(crate) async fn execute_long(&mut $self, sql: impl SqlSafeStr, $values: Vec<Value>) -> Result<u64> {
                let values = $with;
                $self.open.execute_long(sql, values).await
            }

            /// All rows.
            ///
            /// # Errors
            /// As the database says, or when a row does not fit the record.
            pub(crate) async fn fetch_all<T: Record>(&mut $self, sql: impl SqlSafeStr, $values: Vec<Value>) -> Result<Vec<T>> {
                let values = $with;
                $self.open.fetch_all(sql, values).await
            }

            /// The first row, if there is one.
            ///
            /// # Errors
            /// As [`Self::fetch_all`].
            pub(crate) async fn fetch_optional<T: Record>(&mut $self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<Option<T>> {
                Ok($self.fetch_all(sql, values).await?.into_iter().next())
            }

            /// The first row, which must exist (sums, counts, `returning`).
            ///
            /// # Errors
            /// As [`Self::fetch_all`].
            pub(crate) async fn fetch_one<T: Record>(&mut $self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<T> {
                the_first($self.fetch_all(sql, values).await?)
            }

            /// The column `value` of the first row, which must exist.
            ///
            /// # Errors
            /// As [`Self::fetch_all`].
            pub(crate) async fn value<T: Column>(&mut $self, sql: impl SqlSafeStr, values: Vec<Value>) -> Result<T> {
                Ok($self.fetch_one::<Single<T>>(sql, values).await?.0)
            }

            /// Makes all changes lasting.
            ///
            /// # Errors
            /// When the database could not; nothing was stored then.
            pub async fn commit($self) -> Result<()> {
                $self.open.commit().await
            }

            /// The engine, for the few statements that bulk loading shapes differently.
            #[must_use]
            pub fn engine(&$self) -> Engine {
                $self.open.engine()
            }
        }
    };
}

/// A transaction over one business. Every statement gets the business as its `$1`.
pub struct Tx {
    pub(super) open: Open,
    business: BusinessId,
}

/// A transaction over tables without a tenant. Statements get just the values given.
pub struct SystemTx {
    pub(super) open: Open,
}

statements!(Tx, |self, values| {
    let mut all = Vec::with_capacity(values.len() + 1);
    all.push(Value::from(self.business));
    all.extend(values);
    all
});
statements!(SystemTx, |self, values| values);

impl Tx {
    /// The business this transaction is about.
    #[must_use]
    pub fn business(&self) -> BusinessId {
        self.business
    }

    /// The column `value` of the first row, if there is one.
    ///
    /// # Errors
    /// As [`Self::fetch_all`].
    pub(crate) async fn value_optional<T: Column>(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Option<T>> {
        Ok(self
            .fetch_optional::<Single<T>>(sql, values)
            .await?
            .map(|single| single.0))
    }

    /// The same transaction, for tables without a tenant (jobs, routes).
    #[must_use]
    pub fn into_system(self) -> SystemTx {
        SystemTx { open: self.open }
    }

    /// Runs a statement on a table without a tenant inside this transaction (jobs, routes).
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn execute_system(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<u64> {
        self.open.execute(sql, values).await
    }

    /// Reads from a table without a tenant inside this transaction.
    ///
    /// # Errors
    /// As the database says, or when a row does not fit the record.
    pub(crate) async fn fetch_system<T: Record>(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Value>,
    ) -> Result<Vec<T>> {
        self.open.fetch_all(sql, values).await
    }
}

impl SystemTx {
    /// The same transaction, over one business.
    #[must_use]
    pub fn scoped(self, business: BusinessId) -> Tx {
        Tx {
            open: self.open,
            business,
        }
    }

    /// Runs a statement on the rows that its query with the token `{unheld}` finds: PostgreSQL passes over those that another
    /// transaction holds, instead of waiting for it. SQLite has one writer, so nobody holds any.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn execute_unheld(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64> {
        let unheld = match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => "for update skip locked",
        };
        let sql = AssertSqlSafe(sql.replace("{unheld}", unheld));
        self.open.execute(sql, values).await
    }
}
