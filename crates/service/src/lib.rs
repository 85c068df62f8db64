//! Use cases.
//!
//! An [`App`](app::App) holds what the process has one of. A request opens a [`Work`](work::Work): one actor,
//! one business, one transaction, one instant. Use cases are functions that take the work and a
//! typed input, check what the actor may do, load, let `domain` decide, and save; whoever opened the
//! work commits it, so that use cases compose and a failure leaves nothing behind.

pub mod actor;
pub mod app;
pub mod check;
pub mod clean_up;
pub mod clock;
pub mod echo;
pub mod error;
pub mod hub;
pub mod job;
pub mod metrics;
pub mod outbound;
pub mod random;
pub mod resolver;
mod session;
pub mod trial;
pub mod work;

pub mod crm;
pub mod identity;
pub mod messaging;
pub mod portal;
pub mod programme;

pub use actor::Actor;
pub use app::App;
pub use error::{Result, ServiceError};
pub use work::Work;

pub use domain;
pub use store;
