//! Rows: crm.

pub mod contact;
pub mod lead;
