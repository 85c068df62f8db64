//! Random histories: the business they happen in, its rules, and one step after the other, drawn so
//! that the interesting places are reached often.

mod afterwards;
mod author;
mod close;
mod dice;
mod event;
mod kind;
mod rule;
mod step;
mod upline;
mod world;

pub use afterwards::afterwards;
pub use author::Author;
pub use close::{behind, closing};
pub use dice::Dice;
pub use step::{Code, DisputeReport, On, Report, RuleSpec, RunIn, Step};
pub use world::World;

/// JPY, USD, KWD and nine more: with no, two and three decimals.
pub const CURRENCIES: [&str; 12] = [
    "USD", "JPY", "KWD", "EUR", "GBP", "CHF", "INR", "BRL", "SEK", "KRW", "BHD", "CLP",
];
/// How many affiliates have links; the others stand above them.
pub const EARNERS: usize = 3;
pub const CAMPAIGNS: usize = 2;
pub const GROUPS: usize = 2;
const CUSTOMERS: usize = 4;
const PRODUCTS: [&str; 4] = ["basic", "pro", "extra", "other"];
const COUNTRIES: [&str; 3] = ["DE", "US", "JP"];
const LEADS: [&str; 2] = ["registration", "trial"];
const SALES: [&str; 2] = ["purchase", "renewal"];
const COUPONS: [&str; 2] = ["SPRING", "FALL10"];
pub const DAY: i64 = 86_400_000;
/// What passes after a step.
pub const STEP: i64 = 1_000;
