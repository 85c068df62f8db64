//! The only place with SQL.
//!
//! [`db`] is the two engines behind one face. Beside it a folder an area and a file a noun; each
//! query is one named `.sql` file, one text for SQLite and PostgreSQL. Functions take the
//! [`Tx`](db::Tx) first, which carries the business, so that no query can forget its tenant.
//!
//! Naming: `find` answers with an Option, `get` with an error when the row is missing, `list` with
//! many; `insert`, `update` and `set_…` write.

pub mod change_note;
pub mod db;
pub mod job;
pub mod list;

pub mod crm;
pub mod identity;
pub mod messaging;
pub mod portal;
pub mod programme;
