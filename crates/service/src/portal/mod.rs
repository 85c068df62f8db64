//! Use cases: portal. An affiliate is invited ([`invitation`]), sets a password and has an
//! [`account`], which logs in and gets a [`session`]. Accounts are apart from staff.

pub mod account;
pub mod invitation;
pub mod session;
