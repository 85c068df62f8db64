//! Use cases: crm.

pub mod contact;
