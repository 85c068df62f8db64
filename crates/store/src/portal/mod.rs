//! Rows: portal.

pub mod account;
pub mod invitation;
pub mod login_code;
pub mod session;
pub mod sign_up;
