//! Rows of either engine, read into records of domain types.

use std::cell::Cell;

use domain::id::BusinessId;
use domain::money::Currency;
use domain::time::{Day, UnixMs};
use rusqlite::types::ValueRef;
use sqlx::Row as _;
use uuid::Uuid;

/// A row of either engine.
#[derive(Debug)]
pub enum Row<'a> {
    /// From SQLite.
    Sqlite(SqliteRow<'a>),
    /// From PostgreSQL.
    Postgres(&'a sqlx::postgres::PgRow),
}

/// A row of SQLite, as long as its statement stands on it.
#[derive(Debug)]
pub struct SqliteRow<'a> {
    row: &'a rusqlite::Row<'a>,
    columns: &'a [Box<str>],
    // Records name their columns mostly in the statement's order: where the next one is looked for first.
    next: Cell<usize>,
}

impl<'a> SqliteRow<'a> {
    /// `columns`: what they are called, in their order.
    pub(super) const fn new(row: &'a rusqlite::Row<'a>, columns: &'a [Box<str>]) -> Self {
        Self {
            row,
            columns,
            next: Cell::new(0),
        }
    }

    /// The value in the column of this name; none for NULL.
    fn get<T: FromSqlite>(&self, name: &str) -> sqlx::Result<Option<T>> {
        let start = self.next.get();
        let found = (start..self.columns.len())
            .chain(0..start)
            .find(|index| *self.columns[*index] == *name)
            .ok_or_else(|| sqlx::Error::ColumnNotFound(name.to_owned()))?;
        self.next.set(found + 1);
        let value = self
            .row
            .get_ref(found)
            .map_err(|error| wrong(name, error))?;
        match value {
            ValueRef::Null => Ok(None),
            value => T::from_sqlite(value)
                .map(Some)
                .ok_or_else(|| wrong(name, Unfit(value.data_type()))),
        }
    }
}

/// A value of a type that a column does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the column holds {0}")]
struct Unfit(rusqlite::types::Type);

/// A type that SQLite stores as it is.
trait FromSqlite: Sized {
    /// None when the value is of another type.
    fn from_sqlite(value: ValueRef<'_>) -> Option<Self>;
}

macro_rules! from_sqlite {
    ($($type:ty: $pattern:pat => $convert:expr;)*) => {$(
        impl FromSqlite for $type {
            fn from_sqlite(value: ValueRef<'_>) -> Option<Self> {
                match value {
                    $pattern => $convert,
                    _ => None,
                }
            }
        }
    )*};
}
from_sqlite! {
    i64: ValueRef::Integer(v) => Some(v);
    bool: ValueRef::Integer(v) => Some(v != 0);
    String: ValueRef::Text(v) => std::str::from_utf8(v).ok().map(str::to_owned);
    Vec<u8>: ValueRef::Blob(v) => Some(v.to_vec());
    Uuid: ValueRef::Blob(v) => Uuid::from_slice(v).ok();
}

impl Row<'_> {
    /// Reads a column by name.
    ///
    /// # Errors
    /// When the column is missing or holds something else.
    pub fn get<T: Column>(&self, name: &str) -> sqlx::Result<T> {
        T::read(self, name)
    }
}

/// A type that one column can be read into.
pub trait Column: Sized + Send + 'static {
    /// Reads the column of this name.
    ///
    /// # Errors
    /// When the column is missing, or its value is not one of this type.
    fn read(row: &Row<'_>, name: &str) -> sqlx::Result<Self>;
}

/// A type that a whole row can be read into; made by [`record!`](crate::record).
pub trait Record: Sized + Send + 'static {
    /// Reads the row.
    ///
    /// # Errors
    /// When a column is missing, or its value is not one of the field's type.
    fn read(row: &Row<'_>) -> sqlx::Result<Self>;
}

macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Column for $type {
            fn read(row: &Row<'_>, name: &str) -> sqlx::Result<Self> {
                match row {
                    Row::Sqlite(row) => row.get(name)?.ok_or_else(|| wrong(name, Unfit(rusqlite::types::Type::Null))),
                    Row::Postgres(row) => row.try_get(name),
                }
            }
        }
        impl Column for Option<$type> {
            fn read(row: &Row<'_>, name: &str) -> sqlx::Result<Self> {
                match row {
                    Row::Sqlite(row) => row.get(name),
                    Row::Postgres(row) => row.try_get(name),
                }
            }
        }
    )*};
}
plain!(i64, String, Vec<u8>, Uuid, bool);

fn wrong(name: &str, error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: name.to_owned(),
        source: Box::new(error),
    }
}

macro_rules! through {
    ($($type:ty: $stored:ty, |$value:ident, $name:ident| $convert:expr;)*) => {$(
        impl Column for $type {
            fn read(row: &Row<'_>, $name: &str) -> sqlx::Result<Self> {
                let $value: $stored = row.get($name)?;
                $convert
            }
        }
        impl Column for Option<$type> {
            fn read(row: &Row<'_>, $name: &str) -> sqlx::Result<Self> {
                match row.get::<Option<$stored>>($name)? {
                    None => Ok(None),
                    Some($value) => $convert.map(Some),
                }
            }
        }
    )*};
}

through! {
    UnixMs: i64, |v, name| Ok(UnixMs(v));
    Day: i64, |v, name| Ok(Day(v));
    BusinessId: i64, |v, name| Ok(BusinessId::from_i64(v));
    Currency: String, |v, name| v.parse::<Currency>().map_err(|e| wrong(name, e));
    [u8; 32]: Vec<u8>, |v, name| <[u8; 32]>::try_from(v.as_slice()).map_err(|e| wrong(name, e));
}
macro_rules! ids { ($($name:ident),*) => { through! { $(domain::id::$name: Uuid, |v, name| Ok(domain::id::$name::from(v));)* } }; }
domain::for_each_id!(ids);
macro_rules! words { ($($name:ident),*) => { through! { $(domain::status::$name: String, |v, name| v.parse().map_err(|e: domain::status::UnknownWord| wrong(name, e));)* } }; }
domain::for_each_word!(words);

/// Declares a struct and how a row becomes one: each field is read from the column of its name.
///
/// ```ignore
/// record! {
///     /// What the list shows.
///     pub struct Line { pub id: AffiliateId, pub name: String, pub group_id: Option<GroupId> }
/// }
/// ```
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }

        impl $crate::db::Record for $name {
            fn read(row: &$crate::db::Row<'_>) -> sqlx::Result<Self> {
                Ok(Self { $($field: row.get(stringify!($field))?,)* })
            }
        }
    };
}

/// One column, named `value`, as a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Single<T>(pub T);

impl<T: Column> Record for Single<T> {
    fn read(row: &Row<'_>) -> sqlx::Result<Self> {
        row.get("value").map(Self)
    }
}
