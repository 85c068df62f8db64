//! Correcting the address of an invitation; sending again and taking back are acts of the affiliate's page.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;
use domain::id::InvitationId;
use service::portal::invitation;
use service::{App, ServiceError};

use super::session::Admin;
use crate::error::PageError;
use crate::flash;
use crate::form::{self, PostForm};

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/admin/invitations/{id}/address", post(correct))
}

#[derive(Debug, serde::Deserialize)]
struct AddressForm {
    email: String,
}

async fn correct(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(AddressForm { email }): PostForm<AddressForm>,
) -> Result<Response, PageError> {
    let id: InvitationId = id.parse().map_err(|_| PageError::not_found())?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let affiliate = invitation::affiliate_of(&mut work, id).await?;
    let back = format!("/admin/affiliates/{affiliate}");
    match invitation::correct_address(&mut work, id, &email).await {
        Ok(view) => {
            work.commit().await?;
            Ok(flash::redirect(
                &back,
                format!(
                    "The address is {} now, and a new invitation goes there. The first link has ended.",
                    view.email
                ),
            ))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(
            &back,
            format!("Nothing was changed: {text}."),
        )),
        Err(error) => {
            let reason = form::refused(error)?.of("email").to_owned();
            Ok(flash::redirect_with_error(
                &back,
                format!("Nothing was changed. The address: {reason}."),
            ))
        }
    }
}
