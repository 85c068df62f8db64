//! Signed statements: the journal of a period as a file that proves itself.

use axum::Json;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::id::AffiliateId;
use service::domain::status::Scope;
use service::identity::business;
use service::programme::signed_statement;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::date::{self, Date};
use super::{Caller, Halt, Problem, Query};
use crate::download::{MEDIA_TYPE_LINES, attachment};

/// Which entries a statement holds.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct StatementFilter {
    /// The first day, in the business's zone.
    #[param(value_type = String, format = Date, example = "2026-11-01")]
    from: Option<Date>,
    /// The last day, included.
    #[param(value_type = String, format = Date, example = "2026-11-30")]
    to: Option<Date>,
    /// Of this affiliate. Default: of the whole business.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
}

/// The signed statement of a period: one JSON object a line, as `tributary verify-statement` reads it. At most
/// 50,000 entries; take a longer period in parts, which join.
#[utoipa::path(get, path = "/ledger/signed-statement", tag = "ledger", params(StatementFilter),
    responses((status = 200, body = String, content_type = "application/jsonl")))]
async fn file(caller: Caller, Query(filter): Query<StatementFilter>) -> Result<Response, Halt> {
    let StatementFilter {
        from,
        to,
        affiliate_id,
    } = filter;
    let (Some(from), Some(to)) = date::range(from, to)? else {
        let missing = if from.is_none() { "from" } else { "to" };
        return Err(Problem::field(missing, "is missing").into());
    };
    if from.0 < 0 {
        return Err(Problem::field("from", "is too long ago").into());
    }
    let mut work = caller.view().await?;
    let zone = business::zone(&mut work).await?;
    let period = (from.start(&zone), to.plus(1).start(&zone));
    let file = signed_statement::write(&mut work, affiliate_id, period).await?;
    let name = format!("statement-{from}-{to}.jsonl");
    Ok(attachment(file, MEDIA_TYPE_LINES, &name))
}

/// The key that the business's statements are signed with.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementKey)]
struct KeyOut {
    /// Ed25519, 64 hexadecimal digits: for `tributary verify-statement --key`.
    public_key: String,
}

/// The public key of the business's signed statements.
#[utoipa::path(get, path = "/ledger/signed-statement/key", tag = "ledger", responses((status = 200, body = KeyOut)))]
async fn key(caller: Caller) -> Result<Json<KeyOut>, Halt> {
    let work = caller.view().await?;
    work.require(Scope::Read)?;
    let public_key = signed_statement::public_key(&work)?;
    Ok(Json(KeyOut { public_key }))
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(file))
        .routes(routes!(key))
}
