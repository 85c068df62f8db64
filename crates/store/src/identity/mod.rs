//! Rows: businesses, their settings, staff and sessions, passkeys, API keys, the audit log, log-in attempts.

pub mod api_key;
pub mod audit;
pub mod bell;
pub mod business;
mod holder;
pub mod idempotency;
pub mod log_in;
pub mod overview;
pub mod passkey;
pub mod payout_hold;
pub mod payout_minimum;
pub mod session;
pub mod setting;
pub mod staff;
pub mod staff_invitation;
pub mod ticket;
pub mod two_step;
