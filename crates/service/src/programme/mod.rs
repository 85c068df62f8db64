//! Use cases: programme.
