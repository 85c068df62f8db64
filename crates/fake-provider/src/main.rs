//! `fake-provider LISTEN FILE`: the provider as a process, which prints its address and can die for good.

use std::path::PathBuf;

use fake_provider::{Death, Fake};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let file = arguments
        .next()
        .map_or_else(|| PathBuf::from("fake-provider.jsonl"), PathBuf::from);
    let fake = Fake::start(&address, &file, Death::Exit).await?;
    println!("The provider listens on {}", fake.base_url());
    tokio::signal::ctrl_c().await
}
