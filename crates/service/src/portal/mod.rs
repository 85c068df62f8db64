//! Use cases: portal. Whoever wants to take part applies ([`application`], with the [`question`]s of the
//! business). An affiliate is invited ([`invitation`]), sets a password and has an
//! [`account`]; anybody else signs up ([`sign_up`]). An account logs in and gets a [`session`]. Accounts are
//! apart from staff; a [`profile`](mod@profile) is shared by all apps. What an account is told
//! stands in [`notification`]. What the portal
//! shows comes from the programme's use cases, which narrow to the affiliate who acts; [`standing`] are
//! the totals that are the same on every page. The business chooses how all of it looks: its [`brand`], and
//! where it is: its [`host_name`]s.

pub mod account;
pub mod address;
pub mod application;
pub mod brand;
pub mod engagement;
pub mod host_name;
pub mod invitation;
pub mod login_code;
pub mod login_link;
pub mod notification;
pub mod passkey;
pub mod profile;
pub mod question;
pub mod roster;
pub mod session;
pub mod sign_up;
pub mod standing;
pub mod team;
pub mod two_step;
