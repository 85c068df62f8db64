//! The JSON API under `/api/v1`: tracking and management, for programs with a key.
//!
//! One file a noun: its inputs (`XIn`, `XPatch`), its output (`XOut`), its handlers and
//! `routes()`. A handler reads a typed input, opens a work, calls one use case, and answers; rules
//! and scopes are the use case's. The frame around it:
//!
//! - [`Caller`] is the key's actor. Every endpoint stands behind it; without a valid key the answer is 401.
//! - [`Post`] is a POST: key, Idempotency-Key and body. [`Post::begin`] opens the work, or ends the
//!   handler with the kept answer of the same call; [`Call::created`] and [`Call::ok`] keep the answer, commit and send it.
//! - [`Input`] is the body of a PATCH. [`List`] is the query of a list (filter and page), [`Query`] any other query.
//! - [`Id`] is the id in the path; an unreadable one is answered like a missing one.
//! - [`Problem`] is what goes wrong, as `application/problem+json`; every service error becomes one.
//!   [`Halt`] is a handler's error: a problem or a kept answer.
//!
//! # Adding an endpoint
//!
//! Write `web/src/api/coupon.rs` and add it below, once as a module and once in [`endpoints`]:
//!
//! ```ignore
//! #[derive(Deserialize, ToSchema)]
//! #[serde(deny_unknown_fields)]
//! struct CouponIn {
//!     /// What the customer types.
//!     code: String,
//!     #[schema(value_type = String, example = "prt_01h455vb4pex5vsknk084sn02q")]
//!     partnership_id: PartnershipId,
//! }
//!
//! /// Makes a coupon.
//! #[utoipa::path(post, path = "/coupons", tag = "coupons", request_body = CouponIn,
//!     responses((status = 201, body = CouponOut)))]
//! async fn create(post: Post<CouponIn>) -> Result<Response, Halt> {
//!     let (mut call, input) = post.begin().await?;
//!     let CouponIn { code, partnership_id } = input;
//!     let coupon = coupon::create(&mut call.work, coupon::CouponIn { code, partnership_id }).await?;
//!     call.created(&CouponOut::from(coupon)).await
//! }
//!
//! /// Lists coupons, newest first.
//! #[utoipa::path(get, path = "/coupons", tag = "coupons", params(CouponFilter, Page),
//!     responses((status = 200, body = Listed<CouponOut>)))]
//! async fn list(caller: Caller, List { filter, page }: List<CouponFilter>) -> Result<Json<Listed<CouponOut>>, Halt> {
//!     let window = page.window::<CouponId>(coupon::NEWEST)?;
//!     let mut work = caller.view().await?;
//!     let coupons = coupon::list(&mut work, &filter.into(), window).await?;
//!     Ok(Json(page.listed(coupons, |coupon| coupon.id, CouponOut::from)))
//! }
//!
//! /// Changes a coupon.
//! #[utoipa::path(patch, path = "/coupons/{id}", tag = "coupons", request_body = CouponPatch,
//!     params(("id" = String, Path)), responses((status = 200, body = CouponOut)))]
//! async fn update(caller: Caller, Id(id): Id<CouponId>, Input(patch): Input<CouponPatch>) -> Result<Json<CouponOut>, Halt> {
//!     let mut work = caller.begin().await?;
//!     let coupon = coupon::update(&mut work, id, patch.into()).await?;
//!     work.commit().await?;
//!     Ok(Json(coupon.into()))
//! }
//!
//! pub fn routes() -> OpenApiRouter<App> {
//!     OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(update))
//! }
//! ```
//!
//! `routes!` takes handlers of one path; it adds them to the router and to the document. `Idempotency-Key`, the key and
//! the problem answers are added to every operation of the document by [`openapi`].

mod affiliate;
mod asset;
mod auth;
mod back_test;
mod campaign;
mod commission;
mod cursor;
mod customer;
mod date;
mod event;
mod group;
mod idempotency;
mod json;
mod ledger;
mod link;
pub mod openapi;
mod partnership;
mod payout;
mod payout_run;
mod problem;
mod query;
mod referral;
mod rule;
mod signed_statement;
mod stats;
mod track;
mod track_click;

use axum::Router;
use axum::extract::OriginalUri;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use service::App;
use utoipa_axum::router::OpenApiRouter;

pub use auth::Caller;
pub use cursor::{Listed, Page};
pub use idempotency::{Call, Post};
pub(crate) use json::parse_json;
pub use json::{Input, Nothing};
pub(crate) use problem::finish;
pub use problem::{Halt, Problem};
pub use query::{Id, List, Query};

/// Every endpoint, with its documentation. Alphabetical.
fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(affiliate::routes())
        .merge(asset::routes())
        .merge(back_test::routes())
        .merge(campaign::routes())
        .merge(commission::routes())
        .merge(customer::routes())
        .merge(event::routes())
        .merge(group::routes())
        .merge(ledger::routes())
        .merge(link::routes())
        .merge(partnership::routes())
        .merge(payout::routes())
        .merge(payout_run::routes())
        .merge(referral::routes())
        .merge(rule::routes())
        .merge(signed_statement::routes())
        .merge(stats::routes())
        .merge(track::routes())
        .merge(track_click::routes())
}

/// The API, to be nested at `/api/v1`.
pub fn routes(app: &App) -> Router<App> {
    let (router, _) = endpoints().split_for_parts();
    router
        .route_layer(from_fn_with_state(auth::Gate::new(app), auth::require))
        .route("/openapi.json", get(openapi::serve))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
}

async fn unknown_path(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path()))
}

async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Problem {
    Problem::wrong_method(format!("{} does not answer {method}", uri.path()))
}
