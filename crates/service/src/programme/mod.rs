//! Use cases: programme.

pub mod affiliate;
pub mod affiliate_group;
pub mod asset;
pub mod back_test;
pub mod campaign;
pub mod click;
pub mod commission;
pub mod contest;
pub mod event;
pub mod ledger;
pub mod link;
pub mod partnership;
pub mod payout;
pub mod payout_method;
pub mod referral;
pub mod rule;
pub mod statement;
pub mod stats;
pub mod verify;
