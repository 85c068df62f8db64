//! Runs the shop against a Tributary of yours.

use std::error::Error;

use example_shop::Connection;

/// `SHOP_LISTEN` (127.0.0.1:8081), `TRIBUTARY_URL` (http://localhost:8080), `TRIBUTARY_API_KEY` and
/// `TRIBUTARY_PUBLISHABLE_KEY` from the environment.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let connection = Connection {
        base_url: setting("TRIBUTARY_URL").unwrap_or_else(|| "http://localhost:8080".to_owned()),
        api_key: setting("TRIBUTARY_API_KEY")
            .ok_or("set TRIBUTARY_API_KEY to a key with the scope track")?,
        publishable_key: setting("TRIBUTARY_PUBLISHABLE_KEY")
            .ok_or("set TRIBUTARY_PUBLISHABLE_KEY; it is on the settings page")?,
    };
    let listen = setting("SHOP_LISTEN").unwrap_or_else(|| "127.0.0.1:8081".to_owned());
    let listener = tokio::net::TcpListener::bind(&listen).await?;
    println!("The shop listens on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, example_shop::router(connection)).await?)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is this example's only configuration"
)]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
