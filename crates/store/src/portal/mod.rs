//! Rows: portal.
