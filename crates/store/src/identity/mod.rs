//! Rows: identity.
