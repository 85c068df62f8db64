//! Pages for staff under `/admin`. One file a noun, each with its `routes()`.
//!
//! [`session::Admin`] is the extractor of every page but log-in and set-up; it lets in whom [`door`] lets in,
//! gives the actor and, with [`session::Admin::shell`], what stands around the page.

pub mod account;
mod act;
pub mod affiliate;
pub mod api_keys;
pub mod application;
pub mod asset;
pub mod audit;
pub mod brand;
pub mod campaign;
pub mod checklist;
pub mod commission;
pub mod customer;
pub mod dashboard;
pub mod door;
pub mod event;
pub mod group;
pub mod host_name;
pub mod invitation;
mod join;
pub mod lead;
pub mod ledger;
pub mod live;
pub mod log_in;
pub mod mail;
pub mod message;
mod notification;
pub mod partnership;
mod passkey;
pub mod payout;
pub mod payout_method;
pub mod portal;
pub mod referral;
pub mod rule;
pub mod search;
pub mod session;
pub mod set_up;
pub mod settings;
mod two_step;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use service::App;

use crate::error::PageError;
use crate::flash;

/// All of them.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(affiliate::routes())
        .merge(account::routes())
        .merge(api_keys::routes())
        .merge(application::routes())
        .merge(asset::routes())
        .merge(audit::routes())
        .merge(brand::routes())
        .merge(campaign::routes())
        .merge(checklist::routes())
        .merge(commission::routes())
        .merge(customer::routes())
        .merge(dashboard::routes())
        .merge(event::routes())
        .merge(group::routes())
        .merge(host_name::routes())
        .merge(invitation::routes())
        .merge(join::routes())
        .merge(lead::routes())
        .merge(ledger::routes())
        .merge(live::routes())
        .merge(log_in::routes())
        .merge(mail::routes())
        .merge(message::routes())
        .merge(notification::routes())
        .merge(partnership::routes())
        .merge(passkey::routes())
        .merge(payout::routes())
        .merge(portal::routes())
        .merge(payout_method::routes())
        .merge(referral::routes())
        .merge(rule::routes())
        .merge(search::routes())
        .merge(set_up::routes())
        .merge(two_step::routes())
        .merge(settings::routes())
}

/// `GET /`: to the set-up of a new installation, else to the admin, which asks to log in.
///
/// # Errors
/// When the database cannot serve.
pub async fn front_door(State(app): State<App>) -> Result<Response, PageError> {
    let none_yet = service::identity::business::none_yet(&app).await?;
    Ok(flash::see_other(if none_yet {
        set_up::PATH
    } else {
        "/admin"
    }))
}
