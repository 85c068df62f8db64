//! The least a request can cost with the same HTTP stack, runtime and allocator as Tributary:
//! `GET /r/{code}` answers 302, `POST /api/v1/track/sale` reads a sale and answers 201, and neither
//! does anything else. `bench/clicks` and `bench/sales` measure the two side by side.

use axum::{
    Json, Router,
    extract::Path,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Serves on the address given as the only argument, such as `127.0.0.1:9000`.
#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).ok_or_else(|| {
        std::io::Error::new(
            std::io::ErrorKind::InvalidInput,
            "usage: tributary-bench-reference ADDRESS",
        )
    })?;
    let app = Router::new()
        .route("/r/{code}", get(redirect))
        .route("/api/v1/track/sale", post(sale))
        .route("/readyz", get(|| async { "ready" }));
    axum::serve(TcpListener::bind(address).await?, app).await
}

/// The code goes into the answer, so that the path is really read.
async fn redirect(Path(code): Path<String>) -> impl IntoResponse {
    let location = format!("http://localhost/landing?via={code}");
    (StatusCode::FOUND, [(header::LOCATION, location)])
}

/// What `bench/sale.lua` sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sale {
    external_id: String,
    customer_external_id: String,
    amount: i64,
    currency: String,
    code: String,
}

#[derive(Serialize)]
struct Recorded {
    event_id: String,
    customer: String,
    amount: i64,
    currency: String,
    code: String,
}

/// All of it goes into the answer, so that the body is really read.
async fn sale(Json(sale): Json<Sale>) -> impl IntoResponse {
    let recorded = Recorded {
        event_id: sale.external_id,
        customer: sale.customer_external_id,
        amount: sale.amount,
        currency: sale.currency,
        code: sale.code,
    };
    (StatusCode::CREATED, Json(recorded))
}
