//! Storage: transactions that are broken off, clicks, the schema, and every statement.

mod broken_off;
mod click;
mod common;
mod schema;
mod statements;
