//! Rows: messaging.

pub mod mail;
pub mod notice;
pub mod notice_mute;
