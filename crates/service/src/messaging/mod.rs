//! Use cases: messaging. [`notice`] decides who hears of what
//! ([`preference`]: what they want to hear of), [`mail`] writes it and keeps the
//! outbox; sending is a job. [`message`] is what affiliates and staff write to each other.

pub mod letter;
pub mod mail;
pub mod message;
pub mod notice;
pub mod preference;
pub mod template;
