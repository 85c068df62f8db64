//! Rows: messaging.

pub mod mail;
pub mod notice;
