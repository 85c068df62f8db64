//! The demo: a believable business, filled through the real use cases.
//!
//! [`fill`] plays ninety days of Fernhill Studio, which sells software to agencies: [`people`] are its
//! affiliates and customers, [`day`] is what happens on a day, [`dice`] decide. Only the clock is moved
//! and only clicks are stored in bulk; every lead, sale, refund, approval and payout goes the way that
//! a real one would. The same day gives the same business.

mod day;
mod dice;
mod fill;
mod people;
mod portal;
mod run;
mod tools;

pub use fill::{DAYS, Filled, fill};
