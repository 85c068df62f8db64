//! Executions of payouts by providers, and what was asked and answered about them.

use domain::id::{AffiliateId, PayoutId, ProviderId, TransferId, TransferStepId};
use domain::money::Currency;
use domain::status::{PayoutStatus, ProviderKind, TransferState};
use domain::time::UnixMs;

use crate::db::{Result, Single, Tx, Value};
use crate::list::{Window, fetch_of, ordered};
use crate::{args, record};

record! {
    /// An execution.
    pub struct Transfer {
        /// The transfer; also its idempotency key at the provider.
        pub id: TransferId,
        /// What is paid.
        pub payout_id: PayoutId,
        /// By which connection.
        pub provider_id: ProviderId,
        /// Whose service it is.
        pub provider: ProviderKind,
        /// The request, sealed.
        pub request: Vec<u8>,
        /// A keyed hash of the request.
        pub request_hash: String,
        /// Minor units of `currency`.
        pub amount: i64,
        pub currency: Currency,
        /// Where it stands.
        pub state: TransferState,
        /// The provider's own id of it.
        pub provider_ref: Option<String>,
        /// How often the provider was asked to pay or asked about it.
        pub attempts: i64,
        /// When the provider was last asked to pay, if it may have heard of it.
        pub called_at_ms: Option<UnixMs>,
        /// When it is asked about again.
        pub next_at_ms: UnixMs,
        /// What it answered last, without what is personal.
        pub last_answer: String,
        /// When the owner was told that it needs a person.
        pub told_at_ms: Option<UnixMs>,
        /// When the provider said that it paid what had been given up.
        pub contradicted_at_ms: Option<UnixMs>,
        pub created_at_ms: UnixMs,
        pub updated_at_ms: UnixMs,
    }
}

record! {
    /// A question to a provider and its answer.
    pub struct Step {
        /// The step.
        pub id: TransferStepId,
        /// When it was answered.
        pub at_ms: UnixMs,
        /// What was asked.
        pub asked: String,
        /// What was answered, without what is personal.
        pub answered: String,
        /// What that made of the transfer.
        pub state: TransferState,
    }
}

/// Stores a transfer; `false` when the payout has one already that has not failed.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, transfer: &Transfer) -> Result<bool> {
    let Transfer {
        id,
        payout_id,
        provider_id,
        provider,
        request,
        request_hash,
        amount,
        currency,
        state,
        next_at_ms,
        created_at_ms,
        ..
    } = transfer;
    let values = args![
        *id,
        *payout_id,
        *provider_id,
        *provider,
        request.clone(),
        request_hash,
        *amount,
        *currency,
        *state,
        *next_at_ms,
        *created_at_ms
    ];
    Ok(tx
        .execute(include_str!("transfer/insert.sql"), values)
        .await?
        == 1)
}

/// The transfer with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: TransferId) -> Result<Option<Transfer>> {
    tx.fetch_optional(include_str!("transfer/find.sql"), args![id])
        .await
}

/// The transfer that the provider knows by this id of its own.
///
/// # Errors
/// As the database says.
pub async fn find_by_reference(
    tx: &mut Tx,
    provider: ProviderKind,
    reference: &str,
) -> Result<Option<TransferId>> {
    let found: Option<Single<TransferId>> = tx
        .fetch_optional(
            include_str!("transfer/find_by_reference.sql"),
            args![provider, reference],
        )
        .await?;
    Ok(found.map(|row| row.0))
}

/// The transfers of a payout, the newest first.
///
/// # Errors
/// As the database says.
pub async fn of_payout(tx: &mut Tx, payout: PayoutId) -> Result<Vec<Transfer>> {
    tx.fetch_all(include_str!("transfer/of_payout.sql"), args![payout])
        .await
}

/// The transfers of these payouts, those of each the newest first.
///
/// # Errors
/// As the database says.
pub async fn of_payouts(tx: &mut Tx, payouts: &[PayoutId]) -> Result<Vec<Transfer>> {
    fetch_of(tx, include_str!("transfer/of_payouts.sql"), payouts).await
}

/// Whether a transfer of this connection has not ended.
///
/// # Errors
/// As the database says.
pub async fn count_open(tx: &mut Tx, provider: ProviderId) -> Result<i64> {
    tx.value(
        include_str!("transfer/count_open.sql"),
        args![provider, TransferState::Sending, TransferState::Unknown],
    )
    .await
}

/// What is to be asked about now, the longest due first: what has not ended, and behind all of it what was paid and is
/// watched.
///
/// # Errors
/// As the database says.
pub async fn due(tx: &mut Tx, now: UnixMs, limit: i64) -> Result<Vec<TransferId>> {
    let values = args![
        TransferState::Sending,
        TransferState::Unknown,
        TransferState::Paid,
        now,
        limit
    ];
    let rows: Vec<Single<TransferId>> = tx
        .fetch_all(include_str!("transfer/due.sql"), values)
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Takes a transfer that is due until `lease_until`; none when somebody else has it, or it has ended. The
/// attempt counts, whatever becomes of it; a look at what was paid is none.
///
/// # Errors
/// As the database says.
pub async fn claim(
    tx: &mut Tx,
    id: TransferId,
    now: UnixMs,
    lease_until: UnixMs,
) -> Result<Option<Transfer>> {
    let values = args![
        id,
        TransferState::Sending,
        TransferState::Unknown,
        TransferState::Paid,
        now,
        lease_until
    ];
    tx.fetch_optional(include_str!("transfer/claim.sql"), values)
        .await
}

/// Notes when the provider is asked to pay; nothing when it never heard of it.
///
/// # Errors
/// As the database says.
pub async fn set_called(tx: &mut Tx, id: TransferId, at: Option<UnixMs>) -> Result<()> {
    tx.execute(include_str!("transfer/set_called.sql"), args![id, at])
        .await?;
    Ok(())
}

/// What an answer changes.
#[derive(Debug, Clone)]
pub struct Change {
    /// The state it must be in.
    pub from: TransferState,
    /// The state it is in then.
    pub to: TransferState,
    /// The provider's own id, where it is known now.
    pub provider_ref: Option<String>,
    /// When it is asked about again.
    pub next_at_ms: UnixMs,
    /// The answer, without what is personal.
    pub last_answer: String,
    /// Now.
    pub now: UnixMs,
}

/// Writes what an answer changes, compare-and-set. Answers false when it was in another state.
///
/// # Errors
/// As the database says.
pub async fn change(tx: &mut Tx, id: TransferId, change: &Change) -> Result<bool> {
    let Change {
        from,
        to,
        provider_ref,
        next_at_ms,
        last_answer,
        now,
    } = change;
    let values = args![
        id,
        *from,
        *to,
        provider_ref.as_deref(),
        *next_at_ms,
        last_answer,
        *now
    ];
    Ok(tx
        .execute(include_str!("transfer/change.sql"), values)
        .await?
        == 1)
}

/// Has a transfer that has not ended asked about at once.
///
/// # Errors
/// As the database says.
pub async fn hurry(tx: &mut Tx, id: TransferId, now: UnixMs) -> Result<bool> {
    let values = args![id, TransferState::Sending, TransferState::Unknown, now];
    Ok(tx
        .execute(include_str!("transfer/hurry.sql"), values)
        .await?
        == 1)
}

/// Says when a transfer in this state is asked about again.
///
/// # Errors
/// As the database says.
pub async fn set_next(tx: &mut Tx, id: TransferId, state: TransferState, at: UnixMs) -> Result<()> {
    tx.execute(include_str!("transfer/set_next.sql"), args![id, state, at])
        .await?;
    Ok(())
}

/// Notes that the owner was told that it needs a person.
///
/// # Errors
/// As the database says.
pub async fn set_told(tx: &mut Tx, id: TransferId, now: UnixMs) -> Result<()> {
    tx.execute(include_str!("transfer/set_told.sql"), args![id, now])
        .await?;
    Ok(())
}

/// Notes when the provider said that it paid what had been given up; nothing when that money came back.
///
/// # Errors
/// As the database says.
pub async fn set_contradicted(tx: &mut Tx, id: TransferId, at: Option<UnixMs>) -> Result<()> {
    tx.execute(include_str!("transfer/set_contradicted.sql"), args![id, at])
        .await?;
    Ok(())
}

/// Keeps what was asked and answered.
///
/// # Errors
/// As the database says.
pub async fn insert_step(tx: &mut Tx, transfer: TransferId, step: &Step) -> Result<()> {
    let Step {
        id,
        at_ms,
        asked,
        answered,
        state,
    } = step;
    let values = args![transfer, *id, *at_ms, asked, answered, *state];
    tx.execute(include_str!("transfer/insert_step.sql"), values)
        .await?;
    Ok(())
}

/// What was asked and answered about a transfer, the newest first.
///
/// # Errors
/// As the database says.
pub async fn steps(tx: &mut Tx, transfer: TransferId, limit: i64) -> Result<Vec<Step>> {
    tx.fetch_all(include_str!("transfer/steps.sql"), args![transfer, limit])
        .await
}

/// Which executions a list shows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<TransferState>,
    /// By this service.
    pub provider: Option<ProviderKind>,
    /// A part of the affiliate's name, the payout's number or the provider's own id; or our whole key.
    pub search: Option<String>,
}

impl Filter {
    fn args(&self) -> Vec<Value> {
        let key: Option<TransferId> = self.search.as_deref().and_then(|text| text.parse().ok());
        args![
            self.provider,
            self.search.as_deref().map(domain::text::like_pattern),
            self.search.as_deref().map(domain::text::typed_pattern),
            key.map(|key| key.to_string()),
            key
        ]
    }
}

record! {
    /// An execution in a list.
    pub struct Listed {
        /// The execution.
        pub id: TransferId,
        /// What is paid.
        pub payout_id: PayoutId,
        /// Its number.
        pub payout_number: i64,
        /// Where the payout stands.
        pub payout_status: PayoutStatus,
        /// Who is paid.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub affiliate_name: String,
        /// By which service.
        pub provider: ProviderKind,
        /// Minor units of `currency`.
        pub amount: i64,
        /// In what.
        pub currency: Currency,
        /// Where it stands.
        pub state: TransferState,
        /// The provider's own id of it.
        pub provider_ref: Option<String>,
        /// How often the provider was asked.
        pub attempts: i64,
        /// When it is asked about again.
        pub next_at_ms: UnixMs,
        /// What was answered last.
        pub last_answer: String,
        /// When it was made.
        pub created_at_ms: UnixMs,
        /// When it changed last.
        pub updated_at_ms: UnixMs,
    }
}

record! {
    /// How many executions are in a state.
    pub struct StateTotal { pub state: TransferState, pub count: i64 }
}

/// Orders of [`list`]: a public sort key, its order upwards and downwards. By state, what needs a person stands first.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "state",
        "case t.state when 'unknown' then 0 when 'sending' then 1 when 'returned' then 2 when 'failed' then 3 else 4 end, t.id desc",
        "case t.state when 'unknown' then 0 when 'sending' then 1 when 'returned' then 2 when 'failed' then 3 else 4 end desc, t.id desc",
    ),
    ("payout", "p.number, t.id", "p.number desc, t.id desc"),
    (
        "affiliate",
        "a.search_folded, t.id desc",
        "a.search_folded desc, t.id desc",
    ),
    ("amount", "t.amount, t.id", "t.amount desc, t.id desc"),
    ("tries", "t.attempts, t.id", "t.attempts desc, t.id desc"),
    ("made", "t.id", "t.id desc"),
];

/// A part of the executions that pass the filter.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<Listed>> {
    let mut values = filter.args();
    values.extend(args![filter.state, window.limit, window.offset]);
    tx.fetch_all(
        ordered(include_str!("transfer/list.sql"), window.order),
        values,
    )
    .await
}

/// How many pass the filter, by state, whatever state it asks for.
///
/// # Errors
/// As the database says.
pub async fn totals(tx: &mut Tx, filter: &Filter) -> Result<Vec<StateTotal>> {
    tx.fetch_all(include_str!("transfer/totals.sql"), filter.args())
        .await
}
