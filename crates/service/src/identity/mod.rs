//! Who may come in, and what a business has chosen.
//!
//! A **business** is founded with its owner, a member of **staff**, who logs in with a **password**
//! and gets a **session**. Programs come with an **API key**. Failed **log-ins** slow down. What
//! staff and programs do is written to the **audit** log. **Settings** and the set-up
//! **checklist** belong to the business.

pub mod api_key;
pub mod audit;
pub mod bell;
pub mod business;
pub mod checklist;
pub mod idempotency;
pub mod log_in;
pub mod passkey;
pub mod password;
pub mod seal;
pub mod session;
pub mod setting;
pub mod staff;
pub mod staff_invitation;
pub mod two_step;
pub mod vault;
