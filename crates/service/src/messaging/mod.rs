//! Use cases: messaging.
