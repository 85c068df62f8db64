//! Use cases over storage, on both engines.

mod back_test;
mod click_pay;
mod echo;
mod money;
mod payout_run;
mod portal;
