//! The two engines behind one face.
//!
//! [`Db`] is an open database. [`Db::read`] and [`Db::write`] open a [`Tx`] that carries its business:
//! every statement that goes through it gets the business as `$1`, so a query cannot forget its
//! tenant. What has no tenant yet (log-in, route tables, jobs) goes through a [`SystemTx`], which
//! [`SystemTx::scoped`] turns into a [`Tx`]. Rows are read by [`record!`](crate::record), values
//! bound by [`args!`](crate::args). This module is the only one that names an engine.

mod bulk;
mod engine;
mod error;
mod migrate;
mod narrow;
mod planner;
mod row;
mod sqlite;
mod url;
mod value;

pub use engine::{Db, Engine, SystemTx, Tx};
pub use error::{StoreError, broken};
pub use migrate::{Migration, migrations};
pub(crate) use row::Single;
pub use row::{Column, Record, Row};
pub use url::DatabaseUrl;
pub use value::Value;

/// What every function of this crate answers with.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
