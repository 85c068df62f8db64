//! Use cases: programme.

pub mod affiliate;
pub mod affiliate_group;
pub mod asset;
pub mod callback;
pub mod campaign;
pub mod click;
pub mod commission;
pub mod event;
pub mod exchange_rate;
pub mod ledger;
pub mod liability;
pub mod link;
pub mod month_close;
pub mod partnership;
pub mod payout;
pub mod payout_method;
pub mod provider;
pub mod referral;
pub mod rule;
pub mod signed_statement;
pub mod statement;
pub mod stats;
pub mod transfer;
pub mod verify;
