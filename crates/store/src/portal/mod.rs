//! Rows: portal.

pub mod account;
pub mod brand;
pub mod host_name;
pub mod invitation;
pub mod login_code;
pub mod profile;
pub mod profile_requirement;
pub mod session;
pub mod sign_up;
