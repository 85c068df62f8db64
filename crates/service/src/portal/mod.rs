//! Use cases: portal.
