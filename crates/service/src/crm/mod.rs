//! Use cases: crm.
