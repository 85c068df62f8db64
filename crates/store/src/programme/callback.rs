//! What providers told by themselves, as it came.

use domain::id::{CallbackId, ProviderId};
use domain::status::{CallbackState, ProviderKind};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// A call as it came.
    pub struct Callback {
        /// The call.
        pub id: CallbackId,
        /// By which connection.
        pub provider_id: ProviderId,
        /// Whose service called.
        pub source: ProviderKind,
        /// The provider's own id of the event.
        pub event_id: String,
        /// The headers that its signature is in, as a JSON object.
        pub head: String,
        /// The body, byte for byte.
        pub body: Vec<u8>,
        /// How far it has come.
        pub state: CallbackState,
        /// When it came.
        pub received_at_ms: UnixMs,
    }
}

/// Keeps a call; `false` when this event was kept before.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, callback: &Callback) -> Result<bool> {
    let Callback {
        id,
        provider_id,
        source,
        event_id,
        head,
        body,
        state,
        received_at_ms,
    } = callback;
    let values = args![
        *id,
        *provider_id,
        *source,
        event_id,
        head,
        body.clone(),
        *state,
        *received_at_ms
    ];
    Ok(tx
        .execute(include_str!("callback/insert.sql"), values)
        .await?
        == 1)
}

/// The call with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: CallbackId) -> Result<Option<Callback>> {
    tx.fetch_optional(include_str!("callback/find.sql"), args![id])
        .await
}

/// Notes how far it has come.
///
/// # Errors
/// As the database says.
pub async fn set_state(tx: &mut Tx, id: CallbackId, state: CallbackState) -> Result<()> {
    tx.execute(include_str!("callback/set_state.sql"), args![id, state])
        .await?;
    Ok(())
}

/// Removes what came before an instant; answers how many.
///
/// # Errors
/// As the database says.
pub async fn delete_old(tx: &mut Tx, before: UnixMs) -> Result<u64> {
    tx.execute_long(include_str!("callback/delete_old.sql"), args![before])
        .await
}
