//! Rows: portal.

pub mod account;
pub mod activity;
pub mod application;
pub mod brand;
pub mod engagement;
pub mod host_name;
pub mod invitation;
pub mod login_code;
pub mod notification;
pub mod profile;
pub mod profile_requirement;
pub mod question;
pub mod roster;
pub mod session;
pub mod sign_up;
pub mod team;
