//! Customers: contacts that leads and sales are about.

use axum::Json;
use serde::{Deserialize, Serialize};
use service::App;
use service::crm::contact::{self, Contact, Filter};
use service::domain::id::{AffiliateId, CampaignId, ContactId};
use service::domain::status::ContactStatus;
use service::domain::time::UnixMs;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::search;
use super::{Caller, Halt, Id, List, Listed, Page};

/// A customer.
#[derive(Serialize, ToSchema)]
#[schema(as = Customer)]
pub(super) struct CustomerOut {
    #[schema(value_type = String, example = "con_01h455vb4pex5vsknk084sn02q")]
    id: ContactId,
    /// The id in your own system.
    #[schema(example = "user-17")]
    external_id: Option<String>,
    name: String,
    #[schema(example = "bob@example.com")]
    email: Option<String>,
    phone: Option<String>,
    /// ISO 3166-1 alpha-2.
    country: Option<String>,
    /// `lead`, `customer` or `cancelled`.
    #[schema(value_type = String, example = "customer")]
    status: ContactStatus,
    /// To whom the customer belongs.
    #[schema(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// In which campaign.
    #[schema(value_type = Option<String>)]
    campaign_id: Option<CampaignId>,
    /// Since when.
    #[schema(value_type = Option<String>, format = DateTime)]
    bound_at: Option<UnixMs>,
    #[schema(value_type = Option<String>, format = DateTime)]
    first_sale_at: Option<UnixMs>,
    #[schema(value_type = Option<String>, format = DateTime)]
    cancelled_at: Option<UnixMs>,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
}

impl From<Contact> for CustomerOut {
    fn from(contact: Contact) -> Self {
        let Contact {
            id,
            external_id,
            name,
            email,
            phone,
            country,
            status,
            affiliate_id,
            campaign_id,
            partnership_id: _,
            link_id: _,
            bound_at_ms,
            first_sale_at_ms,
            cancelled_at_ms,
            created_at_ms,
        } = contact;
        Self {
            id,
            external_id,
            name,
            email,
            phone,
            country,
            status,
            affiliate_id,
            campaign_id,
            bound_at: bound_at_ms,
            first_sale_at: first_sale_at_ms,
            cancelled_at: cancelled_at_ms,
            created_at: created_at_ms,
        }
    }
}

/// Which customers are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CustomerFilter {
    /// `lead`, `customer` or `cancelled`.
    #[param(value_type = Option<String>)]
    status: Option<ContactStatus>,
    /// That belong to this affiliate.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// With this id in your own system.
    external_id: Option<String>,
    /// Part of name, e-mail or external id.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Lists customers, newest first.
#[utoipa::path(get, path = "/customers", tag = "customers", params(CustomerFilter, Page), responses((status = 200, body = Listed<CustomerOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<CustomerFilter>,
) -> Result<Json<Listed<CustomerOut>>, Halt> {
    let window = page.window::<ContactId>(contact::NEWEST)?;
    let CustomerFilter {
        status,
        affiliate_id,
        external_id,
        q,
    } = filter;
    let filter = Filter {
        affiliate_id,
        status,
        search: q,
        external_id,
        did: None,
    };
    let mut work = caller.view().await?;
    let contacts = contact::list(&mut work, &filter, window).await?;
    Ok(Json(page.listed(
        contacts,
        |contact| contact.id,
        CustomerOut::from,
    )))
}

/// One customer.
#[utoipa::path(get, path = "/customers/{id}", tag = "customers", params(("id" = String, Path)), responses((status = 200, body = CustomerOut)))]
async fn get(caller: Caller, Id(id): Id<ContactId>) -> Result<Json<CustomerOut>, Halt> {
    let mut work = caller.view().await?;
    Ok(Json(contact::get(&mut work, id).await?.into()))
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
}
