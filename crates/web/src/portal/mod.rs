//! The portal of each business under `/portal/{slug}`. One file a noun, each with its `routes()`.
//!
//! [`session::Person`] is who is logged in; [`viewer::Viewer`] is the extractor of the affiliate's pages
//! ([`dashboard`], [`link`], [`leads`], [`commission`], [`asset`], [`payout`],
//! [`statement`], [`message`]), which staff can see from the inside, too.
//! [`account`] are the person's own pages, which all apps share.

mod account;
mod apply;
mod asset;
pub mod brand;
mod choice;
mod code;
mod commission;
mod dashboard;
pub mod find;
mod home;
pub mod invitation;
mod leads;
mod link;
mod live;
pub mod log_in;
mod login_link;
mod message;
mod notification;
mod passkey;
mod payout;
mod second_step;
pub mod session;
mod sign_up;
mod statement;
mod switch;
mod team;
mod unsubscribe;
pub mod viewer;

use axum::Router;
use service::App;

/// All of them.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(account::routes())
        .merge(brand::routes())
        .merge(apply::routes())
        .merge(asset::routes())
        .merge(code::routes())
        .merge(commission::routes())
        .merge(dashboard::routes())
        .merge(find::routes())
        .merge(home::routes())
        .merge(invitation::routes())
        .merge(leads::routes())
        .merge(link::routes())
        .merge(live::routes())
        .merge(log_in::routes())
        .merge(message::routes())
        .merge(notification::routes())
        .merge(login_link::routes())
        .merge(passkey::routes())
        .merge(payout::routes())
        .merge(second_step::routes())
        .merge(sign_up::routes())
        .merge(statement::routes())
        .merge(switch::routes())
        .merge(team::routes())
        .merge(unsubscribe::routes())
}
