//! What tests share.
//!
//! A [`TestDb`] is a migrated database of its own on SQLite or PostgreSQL, gone when dropped.
//! [`both_engines!`] makes two tests of one body, `name::sqlite` and `name::postgres`. With the
//! feature `app`, a [`TestApp`] is the whole application in process over such a database, with a clock
//! that stands and a seeded generator; a [`Client`] talks to it as a browser or a program would.
//!
//! ```ignore
//! both_engines! {
//!     async fn refuses_a_second_group_of_that_name(app: TestApp) {
//!         let shop = app.business("Northwind").await;
//!         shop.api().post("/groups", json!({"name": "VIP"})).await.expect(201);
//!         shop.api().post("/groups", json!({"name": "vip"})).await.expect(422);
//!     }
//! }
//! ```

#[cfg(feature = "app")]
mod app;
#[cfg(feature = "app")]
mod client;
mod database;
#[cfg(feature = "app")]
mod job;

#[cfg(feature = "app")]
pub use app::{METRICS_TOKEN, Names, START, Shop, TestApp, called};
#[cfg(feature = "app")]
pub use client::{Answer, Api, Client};
pub use database::{Raw, TestDb, quick_folder};
pub use store::db::Engine;

/// What a test can be given for an engine; see [`both_engines!`].
pub trait OnEngine: Sized {
    /// Makes it.
    fn on(engine: Engine) -> impl Future<Output = Self>;
}

/// Runs a test body to its end on a runtime of its own.
pub fn block_on<F: Future>(body: F) -> F::Output {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(body)
}

/// Makes two tests of each function: `name::sqlite` and `name::postgres`. The argument is a
/// [`TestDb`], a `TestApp`, or anything else that is [`OnEngine`].
#[macro_export]
macro_rules! both_engines {
    ($($(#[$attribute:meta])* async fn $name:ident($argument:ident: $type:ty) $body:block)*) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn the_test($argument: $type) $body

            #[test]
            fn sqlite() {
                $crate::block_on(async { the_test(<$type as $crate::OnEngine>::on($crate::Engine::Sqlite).await).await });
            }

            #[test]
            fn postgres() {
                $crate::block_on(async { the_test(<$type as $crate::OnEngine>::on($crate::Engine::Postgres).await).await });
            }
        }
    )*};
}
