//! A migrated database for one test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::types::FromSql;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgPool};
use store::db::{DatabaseUrl, Db, Engine};

use crate::OnEngine;

/// Names the server that tests may make databases in, as a superuser's URL.
const SERVER_VARIABLE: &str = "TRIBUTARY_TEST_POSTGRES";

/// Names a folder of one run for what tests write, in memory where there is room (`scripts/with-postgres`). The first test leaves
/// a migrated SQLite file there, for the others to copy. Without it each test migrates a file of its own in a usual temporary folder,
/// which takes longer than most of what a small test does.
const FOLDER_VARIABLE: &str = "TRIBUTARY_TEST_FOLDER";

/// Guards the making of the template; any fixed number that nothing else takes.
const TEMPLATE_LOCK: i64 = 0x7472_6962_7574_6172;

/// The name of a SQLite file in its folder.
const FILE: &str = "tributary.db";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An empty, migrated database of its own; dropped with this value. An SQLite file lies in memory where there is
/// room: each commit waits for the disk otherwise, and what survives a loss of power is not tested
/// with it.
pub struct TestDb {
    /// The database as the product opens it.
    pub db: Db,
    /// Its address, for opening it once more.
    pub url: DatabaseUrl,
    _folder: Option<tempfile::TempDir>,
    _database: Option<PgDatabase>,
}

/// The engine's own connection, for what the product never does: preparing any statement, reading
/// the catalogue, trying what must be refused.
pub enum Raw {
    /// To the SQLite file.
    Sqlite(Mutex<rusqlite::Connection>),
    /// To the PostgreSQL database.
    Postgres(PgPool),
}

/// What an engine said.
pub type RawError = Box<dyn std::error::Error + Send + Sync>;

/// A database on the server; dropping this drops it.
struct PgDatabase {
    server: PgConnectOptions,
    name: String,
}

impl OnEngine for TestDb {
    async fn on(engine: Engine) -> Self {
        Self::new(engine).await
    }
}

impl TestDb {
    /// A migrated database on the engine.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => match variable(FOLDER_VARIABLE) {
                Some(folder) => Self::copy_of(&template_file(Path::new(&folder)).await).await,
                None => Self::migrated_file().await,
            },
            Engine::Postgres => Self::postgres(&template(&server()).await).await,
        }
    }

    async fn migrated_file() -> Self {
        let test = Self::empty(Engine::Sqlite).await;
        test.db.migrate().await.expect("the migrations run");
        test
    }

    /// A copy of an SQLite file that nobody has open.
    async fn copy_of(template: &Path) -> Self {
        let folder = quick_folder();
        std::fs::copy(template, folder.path().join(FILE)).expect("the template is copied");
        Self::file(folder).await
    }

    /// A copy of an SQLite database as it is now.
    ///
    /// # Panics
    /// On PostgreSQL, which copies only what nobody is connected to.
    pub async fn copy(&self) -> Self {
        assert!(
            matches!(self.url, DatabaseUrl::Sqlite(_)),
            "only an SQLite file is copied"
        );
        let folder = quick_folder();
        self.write_copy(&folder.path().join(FILE)).await;
        Self::file(folder).await
    }

    async fn write_copy(&self, path: &Path) {
        self.execute(&format!("vacuum into '{}'", path.display()))
            .await
            .expect("the copy is written");
    }

    /// The database in a folder, made when it is missing.
    async fn file(folder: tempfile::TempDir) -> Self {
        let url = DatabaseUrl::Sqlite(folder.path().join(FILE));
        let db = Db::connect(&url).await.expect("the file opens");
        Self {
            db,
            url,
            _folder: Some(folder),
            _database: None,
        }
    }

    /// A database without any table.
    pub async fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::file(quick_folder()).await,
            Engine::Postgres => Self::postgres("template0").await,
        }
    }

    async fn postgres(template: &str) -> Self {
        let address = server();
        let server: PgConnectOptions = address.parse().expect("a PostgreSQL address");
        let name = format!(
            "t_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let mut maintenance = connect(&server).await;
        // A server that outlives the tests may hold what a killed process of the same number left.
        run(
            &mut maintenance,
            format!("drop database if exists {name} with (force)"),
        )
        .await;
        run(
            &mut maintenance,
            format!("create database {name} template {template}"),
        )
        .await;
        let _ = maintenance.close().await;
        let url = DatabaseUrl::Postgres(with_database(&address, &name));
        let database = PgDatabase { server, name };
        let db = Db::connect(&url).await.expect("the database opens");
        Self {
            db,
            url,
            _folder: None,
            _database: Some(database),
        }
    }

    /// Runs statements past the product's own layers; for one, as [`Raw::execute`].
    ///
    /// # Errors
    /// As the engine says.
    pub async fn execute(&self, sql: &str) -> Result<u64, RawError> {
        self.raw().await.execute(sql).await
    }

    /// A second way in, past the product's own layers.
    pub async fn raw(&self) -> Raw {
        match &self.url {
            DatabaseUrl::Sqlite(path) => Raw::file(path),
            DatabaseUrl::Postgres(address) => Raw::Postgres(
                PgPoolOptions::new()
                    .max_connections(1)
                    .connect(address)
                    .await
                    .expect("the database opens"),
            ),
        }
    }
}

impl Raw {
    /// To any SQLite file, such as one that a process has made.
    ///
    /// # Panics
    /// When it cannot be opened, which fails the test.
    #[must_use]
    pub fn file(path: &Path) -> Self {
        let connection = rusqlite::Connection::open(path).expect("the file opens");
        connection
            .pragma_update(None, "foreign_keys", "on")
            .expect("foreign keys are checked");
        Self::Sqlite(Mutex::new(connection))
    }

    /// Prepares one statement; what is wrong with it, in the engine's words.
    ///
    /// # Errors
    /// When the engine does not understand it.
    pub async fn prepare(&self, sql: &str) -> Result<(), RawError> {
        use sqlx::SqlSafeStr as _;
        match self {
            Self::Sqlite(connection) => {
                locked(connection).prepare(sql)?;
            }
            Self::Postgres(pool) => {
                let sql = AssertSqlSafe(sql.to_owned()).into_sql_str();
                pool.acquire().await?.prepare(sql).await?;
            }
        }
        Ok(())
    }

    /// How SQLite would run a statement, a line a table; PostgreSQL plans by what it has counted and
    /// answers nothing.
    ///
    /// # Errors
    /// When the engine does not understand it.
    pub async fn plan(&self, sql: &str) -> Result<Vec<String>, RawError> {
        let Self::Sqlite(connection) = self else {
            return Ok(Vec::new());
        };
        Ok(column(
            &locked(connection),
            &format!("explain query plan {sql}"),
            "detail",
        )?)
    }

    /// Runs statements without parameters.
    ///
    /// # Errors
    /// As the engine says.
    pub async fn execute(&self, sql: &str) -> Result<u64, RawError> {
        Ok(match self {
            Self::Sqlite(connection) => {
                let connection = locked(connection);
                connection.execute_batch(sql)?;
                connection.changes()
            }
            Self::Postgres(pool) => {
                let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
                pool.execute(sql).await?.rows_affected()
            }
        })
    }

    /// The rows of a query whose columns are all text.
    ///
    /// # Errors
    /// As the engine says, or when a column is something else.
    pub async fn texts(&self, sql: &str) -> Result<Vec<Vec<String>>, RawError> {
        use sqlx::Row as _;
        match self {
            Self::Sqlite(connection) => {
                let connection = locked(connection);
                let mut statement = connection.prepare(sql)?;
                let columns = statement.column_count();
                let rows =
                    statement.query_map([], |row| (0..columns).map(|i| row.get(i)).collect())?;
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            }
            Self::Postgres(pool) => {
                let rows = pool
                    .fetch_all(sqlx::query(AssertSqlSafe(sql.to_owned())))
                    .await?;
                let texts = rows
                    .iter()
                    .map(|row| (0..row.len()).map(|i| row.try_get(i)).collect());
                Ok(texts.collect::<sqlx::Result<_>>()?)
            }
        }
    }

    /// Everything that is stored, as text: each table with its rows, in an order of their own.
    ///
    /// # Panics
    /// When the engine does not answer, which fails the test.
    pub async fn contents(&self) -> Vec<(String, Vec<Vec<String>>)> {
        let tables = match self {
            Self::Sqlite(_) => {
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name"
            }
            Self::Postgres(_) => {
                "select tablename::text from pg_tables where schemaname = 'public' order by 1"
            }
        };
        let mut all = Vec::new();
        for name in self
            .texts(tables)
            .await
            .expect("tables")
            .into_iter()
            .flatten()
        {
            let sql = match self {
                Self::Sqlite(_) => {
                    let columns = format!(
                        "select 'quote(\"' || name || '\")' from pragma_table_info('{name}')"
                    );
                    let columns = self.texts(&columns).await.expect("columns").concat();
                    format!(
                        "select {} as x from \"{name}\" order by 1",
                        columns.join(" || '|' || ")
                    )
                }
                Self::Postgres(_) => format!("select t::text from \"{name}\" t order by 1"),
            };
            let rows = self.texts(&sql).await.expect("rows");
            all.push((name, rows));
        }
        all
    }
}

fn locked(connection: &Mutex<rusqlite::Connection>) -> MutexGuard<'_, rusqlite::Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One column of all rows; parameters stay unbound.
fn column<T: FromSql>(
    connection: &rusqlite::Connection,
    sql: &str,
    name: &str,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.raw_query();
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.push(row.get(name)?);
    }
    Ok(values)
}

impl Drop for PgDatabase {
    /// Drops the database from a thread of its own, because `drop` cannot wait for the runtime it may
    /// be called on. A failure leaves the database to the temporary server's end.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                runtime.block_on(async {
                    if let Ok(mut maintenance) = server.connect().await {
                        let sql =
                            AssertSqlSafe(format!("drop database if exists {name} with (force)"));
                        let _ = maintenance.execute(sqlx::raw_sql(sql)).await;
                    }
                });
            }
        });
        let _ = dropped.join();
    }
}

/// A temporary folder, in memory where there is room for what tests write.
///
/// # Panics
/// When there is no place for it.
#[must_use]
pub fn quick_folder() -> tempfile::TempDir {
    match variable(FOLDER_VARIABLE) {
        Some(folder) => tempfile::tempdir_in(&folder)
            .unwrap_or_else(|error| panic!("{folder}, which {FOLDER_VARIABLE} names: {error}")),
        None => tempfile::tempdir().expect("a temporary folder"),
    }
}

/// The server's address from the environment.
fn server() -> String {
    variable(SERVER_VARIABLE).unwrap_or_else(|| {
        panic!(
            "{SERVER_VARIABLE} is not set, so there is no PostgreSQL to test on.\n\
             Run the tests through the script that starts a private, temporary one:\n\n\
             \x20   scripts/with-postgres cargo nextest run\n"
        )
    })
}

fn variable(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are configured by their environment"
    )]
    std::env::var(name).ok()
}

/// The name of a template. It carries the checksums of the migrations, so that what outlives them never serves an
/// old schema.
fn template_name(engine: Engine) -> String {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for migration in store::db::migrations(engine) {
        for byte in migration.checksum.iter() {
            sum = (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("tributary_template_{sum:016x}")
}

/// A migrated SQLite file to copy, made by the first processes that need it: each makes one, and any of them serves.
async fn template_file(folder: &Path) -> PathBuf {
    let path = folder.join(format!("{}.db", template_name(Engine::Sqlite)));
    if !path.exists() {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let mine = folder.join(format!("{}-{number}.db", std::process::id()));
        TestDb::migrated_file().await.write_copy(&mine).await;
        std::fs::rename(&mine, &path).expect("the template gets its name");
    }
    path
}

/// The name of a migrated database to copy, made by the first process that needs it.
async fn template(address: &str) -> String {
    let server: PgConnectOptions = address.parse().expect("a PostgreSQL address");
    let name = template_name(Engine::Postgres);
    let mut maintenance = connect(&server).await;
    // Tests run in many processes: the first makes the template while the others wait here.
    run(
        &mut maintenance,
        format!("select pg_advisory_lock({TEMPLATE_LOCK})"),
    )
    .await;
    let found = maintenance
        .fetch_optional(sqlx::query("select 1 from pg_database where datname = $1").bind(&name))
        .await
        .expect("the catalogue answers");
    if found.is_none() {
        let unfinished = format!("{name}_unfinished");
        run(
            &mut maintenance,
            format!("drop database if exists {unfinished} with (force)"),
        )
        .await;
        run(
            &mut maintenance,
            format!("create database {unfinished} template template0"),
        )
        .await;
        let db = Db::connect(&DatabaseUrl::Postgres(with_database(address, &unfinished)))
            .await
            .expect("the template opens");
        db.migrate().await.expect("the migrations run");
        db.close().await;
        run(
            &mut maintenance,
            format!("alter database {unfinished} rename to {name}"),
        )
        .await;
    }
    let _ = maintenance.close().await;
    name
}

async fn connect(server: &PgConnectOptions) -> PgConnection {
    server.connect().await.unwrap_or_else(|error| {
        panic!("{SERVER_VARIABLE} names a server that does not answer: {error}")
    })
}

async fn run(connection: &mut PgConnection, sql: String) {
    let text = sql.clone();
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await
        .unwrap_or_else(|error| panic!("{text}: {error}"));
}

/// The same address with another database's name.
fn with_database(address: &str, name: &str) -> String {
    let (path, options) = address
        .split_once('?')
        .map_or((address, None), |(path, options)| (path, Some(options)));
    let server = path.rsplit_once('/').map_or(path, |(server, _)| server);
    options.map_or_else(
        || format!("{server}/{name}"),
        |options| format!("{server}/{name}?{options}"),
    )
}
