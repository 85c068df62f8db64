//! The API, tracking and what machines ask, over HTTP.

mod calls;
mod frame;
mod ids;
mod input;
mod link;
mod metrics;
mod money;
mod payout_run;
mod tenants;
mod track;
mod tracking;
mod twice;
mod verdicts;
