//! The address of a database.

use std::path::PathBuf;
use std::str::FromStr;

use super::error::StoreError;

/// `sqlite:PATH` or `postgres://…`.
#[derive(Debug, Clone)]
pub enum DatabaseUrl {
    /// A SQLite file, made when missing.
    Sqlite(PathBuf),
    /// A PostgreSQL address as libpq writes them.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:") {
            Some(path) if !path.strip_prefix("//").unwrap_or(path).is_empty() => Ok(Self::Sqlite(
                PathBuf::from(path.strip_prefix("//").unwrap_or(path)),
            )),
            _ => Err(StoreError::Address(
                "the database address must begin with sqlite: or postgres://".to_owned(),
            )),
        }
    }
}
