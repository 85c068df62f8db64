//! What is done later, by the programs that do it.

mod application;
mod click_pay;
mod mail;
mod paying;
mod payout_returned;
mod payout_run_send;
mod proof;
mod transfer;
