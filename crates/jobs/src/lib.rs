//! Background work: the runner and one job a file.
//!
//! Two kinds: **queued** jobs ([`Handler`]) follow from a change and were stored with it; **periodic**
//! tasks ([`Periodic`]) look after what time brings. The [`Runner`] does both until it is told to
//! [`Stop`].
//!
//! Everything here is done at least once and may run in several processes at a time, so every job and
//! task must bear to be done again.

pub mod application;
pub mod callback;
pub mod clean_up;
pub mod click_pay;
pub mod login_code;
pub mod mail;
pub mod mature;
pub mod payout_run;
pub mod proof;
mod runner;
mod schedule;
mod stop;
pub mod transfer;

pub use runner::{BoxFuture, Handler, JobError, Limits, Runner};
pub use schedule::Periodic;
pub use stop::{Stop, StopHandle, stop};
