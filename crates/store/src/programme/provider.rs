//! Connections to services that execute payouts, one a kind. What they authenticate with is sealed.

use domain::id::ProviderId;
use domain::status::ProviderKind;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A connection.
    pub struct Provider {
        /// The connection.
        pub id: ProviderId,
        /// Whose service it is.
        pub kind: ProviderKind,
        /// Where it answers, without a slash at its end.
        pub base_url: String,
        /// What we authenticate with, sealed for this business and connection.
        pub sealed: Vec<u8>,
        /// What may be shown of that.
        pub masked: String,
        /// The last part of the address that it calls by itself.
        pub endpoint: String,
        /// Whether payouts may be sent by it.
        pub active: bool,
        /// When it was made.
        pub created_at_ms: UnixMs,
        /// When it was changed.
        pub updated_at_ms: UnixMs,
    }
}

/// All connections, by kind.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx) -> Result<Vec<Provider>> {
    tx.fetch_all(include_str!("provider/list.sql"), args![])
        .await
}

/// The connection of a kind.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, kind: ProviderKind) -> Result<Option<Provider>> {
    tx.fetch_optional(include_str!("provider/find.sql"), args![kind])
        .await
}

/// Makes or replaces the connection of a kind; its id, endpoint and time of making stay.
///
/// # Errors
/// As the database says.
pub async fn save(tx: &mut Tx, provider: &Provider) -> Result<()> {
    let Provider {
        id,
        kind,
        base_url,
        sealed,
        masked,
        endpoint,
        active,
        created_at_ms,
        updated_at_ms,
    } = provider;
    let values = args![
        *id,
        *kind,
        base_url,
        sealed.clone(),
        masked,
        endpoint,
        *active,
        *created_at_ms,
        *updated_at_ms
    ];
    tx.execute(include_str!("provider/save.sql"), values)
        .await?;
    Ok(())
}
