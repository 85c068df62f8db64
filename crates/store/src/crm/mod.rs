//! Rows: crm.

pub mod contact;
