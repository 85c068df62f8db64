//! The OpenAPI document, made from the endpoints themselves.

use axum::Json;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
    ServerBuilder, Type,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem::{FieldProblem, ProblemOut};

const DESCRIPTION: &str = "Tracking and management for one business, by API key (`Authorization: Bearer <key>`). \
Amounts are integers in minor units of their currency, rates are parts per million, times are RFC 3339 in UTC, ids are prefixed text. \
Unknown fields are refused. A POST with an `Idempotency-Key` has one effect within 48 hours, however often it is sent.";

/// The document, complete.
#[must_use]
pub fn document() -> OpenApi {
    let (_, endpoints) = super::endpoints().split_for_parts();
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Tributary")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION)),
        )
        .servers(Some([ServerBuilder::new().url("/api/v1").build()]))
        .security(Some([SecurityRequirement::new(
            "key",
            Vec::<String>::new(),
        )]))
        .paths(endpoints.paths)
        .components(endpoints.components)
        .build();
    let components = document.components.get_or_insert_default();
    components
        .schemas
        .insert("Problem".into(), ProblemOut::schema());
    components
        .schemas
        .insert(FieldProblem::name().into(), FieldProblem::schema());
    components.add_security_scheme(
        "key",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    for item in document.paths.paths.values_mut() {
        for operation in [
            &mut item.get,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ]
        .into_iter()
        .flatten()
        {
            add_problem(operation);
        }
        if let Some(post) = &mut item.post {
            add_problem(post);
            post.parameters
                .get_or_insert_default()
                .push(idempotency_key().into());
        }
    }
    document
}

/// Every call can answer with a problem.
fn add_problem(operation: &mut Operation) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let response = ResponseBuilder::new()
        .description("What is wrong: 400, 401, 403, 404, 409, 413, 415, 422, 429, 503")
        .content("application/problem+json", content)
        .build();
    operation
        .responses
        .responses
        .insert("default".into(), response.into());
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Any text of up to 255 characters, one for each intended effect.",
        ))
        .schema(Some(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .max_length(Some(255))
                .build(),
        ))
        .build()
}

/// `GET /api/v1/openapi.json`; open to everybody, it holds no data.
pub(super) async fn serve() -> Response {
    Json(document()).into_response()
}
