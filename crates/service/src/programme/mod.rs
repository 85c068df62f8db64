//! Use cases: programme.

pub mod affiliate;
pub mod affiliate_group;
pub mod asset;
pub mod callback;
pub mod campaign;
pub mod click;
pub mod commission;
pub mod event;
pub mod ledger;
pub mod link;
pub mod partnership;
pub mod payout;
pub mod payout_file;
pub mod payout_invoice;
pub mod payout_method;
pub mod payout_request;
pub mod payout_rule;
pub mod payout_run;
pub mod provider;
pub mod referral;
pub mod rule;
pub mod statement;
pub mod stats;
pub mod transfer;
pub mod verify;
