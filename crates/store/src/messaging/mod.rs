//! Rows: messaging.
