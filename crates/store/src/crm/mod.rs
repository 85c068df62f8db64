//! Rows: crm.
