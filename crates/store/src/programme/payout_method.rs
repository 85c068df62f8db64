//! Where affiliates want their money to go. What it says is sealed; the newest of an affiliate counts.

use domain::id::{AffiliateId, PayoutMethodId};
use domain::status::PayoutMethodKind;
use domain::time::UnixMs;

use crate::db::{Result, Single, Tx};
use crate::{args, record};

record! {
    /// A payout method as it was set.
    pub struct PayoutMethod {
        /// The method.
        pub id: PayoutMethodId,
        /// Whose it is.
        pub affiliate_id: AffiliateId,
        /// How they are paid.
        pub kind: PayoutMethodKind,
        /// The details, sealed for this business and affiliate.
        pub sealed: Vec<u8>,
        /// What may be shown of the details.
        pub masked: String,
        /// Keyed hash of the place the money goes to: the same for the same place.
        pub fingerprint: String,
        /// Until when payouts wait.
        pub holds_until_ms: UnixMs,
        /// When it was set.
        pub created_at_ms: UnixMs,
    }
}

record! {
    /// Another affiliate who is or was paid at the same place.
    pub struct Shared {
        /// The affiliate.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub name: String,
    }
}

/// Sets a method; the ones before become history.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, method: &PayoutMethod) -> Result<()> {
    let PayoutMethod {
        id,
        affiliate_id,
        kind,
        sealed,
        masked,
        fingerprint,
        holds_until_ms,
        created_at_ms,
    } = method;
    let values = args![
        *id,
        *affiliate_id,
        *kind,
        sealed.clone(),
        masked,
        fingerprint,
        *holds_until_ms,
        *created_at_ms
    ];
    tx.execute(include_str!("payout_method/insert.sql"), values)
        .await?;
    Ok(())
}

/// The methods of an affiliate, the newest first.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, affiliate: AffiliateId, limit: i64) -> Result<Vec<PayoutMethod>> {
    tx.fetch_all(
        include_str!("payout_method/list.sql"),
        args![affiliate, limit],
    )
    .await
}

/// Notes on the affiliate how it is paid from now on.
///
/// # Errors
/// As the database says.
pub async fn set_on_affiliate(
    tx: &mut Tx,
    affiliate: AffiliateId,
    kind: PayoutMethodKind,
) -> Result<()> {
    tx.execute(
        include_str!("payout_method/set_on_affiliate.sql"),
        args![affiliate, kind],
    )
    .await?;
    Ok(())
}

/// Other affiliates who are or were paid at a place.
///
/// # Errors
/// As the database says.
pub async fn shared(tx: &mut Tx, fingerprint: &str, affiliate: AffiliateId) -> Result<Vec<Shared>> {
    tx.fetch_all(
        include_str!("payout_method/shared.sql"),
        args![fingerprint, affiliate],
    )
    .await
}

/// Everybody who is or was paid at a place.
///
/// # Errors
/// As the database says.
pub async fn paid_at(tx: &mut Tx, fingerprint: &str) -> Result<Vec<AffiliateId>> {
    let rows: Vec<Single<AffiliateId>> = tx
        .fetch_all(
            include_str!("payout_method/paid_at.sql"),
            args![fingerprint],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}
