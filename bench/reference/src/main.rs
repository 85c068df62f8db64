//! The least a redirect can cost with the same HTTP stack, runtime and allocator as Tributary:
//! `GET /r/{code}` answers 302 and does nothing else. `bench/run` measures the two side by side.

use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
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
        .route("/readyz", get(|| async { "ready" }));
    axum::serve(TcpListener::bind(address).await?, app).await
}

/// The code goes into the answer, so that the path is really read.
async fn redirect(Path(code): Path<String>) -> impl IntoResponse {
    let location = format!("http://localhost/landing?via={code}");
    (StatusCode::FOUND, [(header::LOCATION, location)])
}
