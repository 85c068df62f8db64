//! The pure rules of Tributary.
//!
//! A **business** runs **campaigns**. An **affiliate** takes part in a campaign through a
//! **partnership**, which has its own link. A click on that link is a **touchpoint**; a recorded
//! lead, sale, refund, dispute or cancellation is a **conversion event**. [`attribution`] decides
//! whom an event is credited to, [`rule`] and [`commission`] what it pays, and [`ledger`] which
//! postings that makes. A **payout** bundles approved commissions of one affiliate and currency.
//!
//! Nothing here does I/O, reads a clock or draws a random number: inputs are complete, outputs are
//! data.

pub mod address;
pub mod application;
pub mod asset;
pub mod attribution;
pub mod back_test;
pub mod balance;
pub mod brand;
pub mod click;
pub mod commission;
pub mod country;
pub mod exchange;
pub mod host;
pub mod iban;
pub mod id;
pub mod language;
pub mod ledger;
pub mod link;
pub mod money;
pub mod payout;
pub mod payout_file;
pub mod payout_schedule;
pub mod referral;
pub mod rule;
pub mod self_referral;
pub mod status;
pub mod tag;
pub mod team;
pub mod text;
pub mod time;
pub mod transfer;
