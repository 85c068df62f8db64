//! Storage: clicks, the schema, and every statement.

mod click;
mod common;
mod schema;
mod statements;
