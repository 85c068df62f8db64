//! Rows: programme.
