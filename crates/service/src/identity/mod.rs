//! Use cases: identity.
