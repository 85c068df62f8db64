//! Rows: messaging.

pub mod mail;
pub mod message;
pub mod notice;
pub mod notice_mute;
pub mod template;
