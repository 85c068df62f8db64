//! Rows: portal.

pub mod account;
pub mod invitation;
pub mod session;
