//! Use cases: crm.

pub mod contact;
pub mod lead;
