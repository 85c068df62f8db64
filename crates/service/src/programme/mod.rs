//! Use cases: programme.

pub mod affiliate;
pub mod affiliate_group;
pub mod click;
pub mod ledger;
pub mod campaign;
pub mod link;
pub mod partnership;
pub mod rule;
pub mod commission;
pub mod event;
pub mod payout;
pub mod referral;
pub mod stats;
pub mod verify;
