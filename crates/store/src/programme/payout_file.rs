//! Payment files that were made of payouts, the account they are paid from, and the files that tell how it went.

use domain::id::{
    AffiliateId, PayoutFileId, PayoutId, PayoutMethodId, PayoutResultId, PayoutRunId,
};
use domain::money::Currency;
use domain::status::{PayoutFileFormat, PayoutMethodKind, PayoutStatus};
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::list::fetch_of;
use crate::{args, record};

record! {
    /// The business's own account.
    pub struct DebtorRow {
        /// Sealed for this business.
        pub sealed: Vec<u8>,
        /// What may be shown of it.
        pub masked: String,
        /// When it was set.
        pub updated_at_ms: UnixMs,
    }
}

record! {
    /// A payout that could be in a file, with the method in force.
    pub struct PayableRow {
        /// The payout.
        pub id: PayoutId,
        /// Its number.
        pub number: i64,
        /// Who is paid.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub affiliate_name: String,
        /// In what.
        pub currency: Currency,
        /// How much.
        pub amount: i64,
        /// Draft or pending.
        pub status: PayoutStatus,
        /// The method.
        pub method_id: PayoutMethodId,
        /// Its kind.
        pub kind: PayoutMethodKind,
        /// Its details.
        pub sealed: Vec<u8>,
        /// Until when payouts wait.
        pub holds_until_ms: UnixMs,
    }
}

record! {
    /// A file that was made.
    pub struct PayoutFile {
        /// The file.
        pub id: PayoutFileId,
        /// The run it was made of.
        pub run_id: Option<PayoutRunId>,
        /// The run's number.
        pub run_number: Option<i64>,
        /// Its kind.
        pub format: PayoutFileFormat,
        /// What it is called.
        pub name: String,
        /// How many payments.
        pub payments: i64,
        /// In what.
        pub currency: Currency,
        /// What they add up to.
        pub amount: i64,
        /// Of what is in it.
        pub sha256: Vec<u8>,
        /// Who made it.
        pub made_by: String,
        /// When.
        pub created_at_ms: UnixMs,
        /// Payments without an answer.
        pub open: i64,
    }
}

record! {
    /// A payment of a file.
    pub struct FileLine {
        /// The payout.
        pub id: PayoutId,
        /// Its number.
        pub number: i64,
        /// Who is paid.
        pub affiliate_name: String,
        /// In what.
        pub currency: Currency,
        /// How much, as it is now.
        pub amount: i64,
        /// Where it stands.
        pub status: PayoutStatus,
    }
}

record! {
    /// A file that a payout is or was in.
    pub struct Filed {
        /// The payout.
        pub payout_id: PayoutId,
        /// The file.
        pub file_id: PayoutFileId,
        /// Its kind.
        pub format: PayoutFileFormat,
        /// Whether it needs no answer there any more.
        pub answered: bool,
    }
}

record! {
    /// A payout of a file.
    pub struct Member {
        /// The payout.
        pub payout_id: PayoutId,
        /// Whether it needs no answer any more.
        pub answered: bool,
    }
}

record! {
    /// A file that tells how payments went.
    pub struct PayoutResult {
        /// The file.
        pub id: PayoutResultId,
        /// What it is called.
        pub name: String,
        /// Of what is in it.
        pub sha256: Vec<u8>,
        /// Who brought it.
        pub read_by: String,
        /// When.
        pub created_at_ms: UnixMs,
        /// Who took it over.
        pub applied_by: Option<String>,
        /// When.
        pub applied_at_ms: Option<UnixMs>,
        /// Payouts that it paid.
        pub paid: i64,
        /// Payouts that it failed.
        pub failed: i64,
        /// Paid payouts whose money it told came back.
        pub returned: i64,
    }
}

/// The account that files are paid from.
///
/// # Errors
/// As the database says.
pub async fn debtor(tx: &mut Tx) -> Result<Option<DebtorRow>> {
    tx.fetch_optional(include_str!("payout_file/debtor.sql"), args![])
        .await
}

/// Sets the account.
///
/// # Errors
/// As the database says.
pub async fn set_debtor(tx: &mut Tx, row: &DebtorRow) -> Result<()> {
    let DebtorRow {
        sealed,
        masked,
        updated_at_ms,
    } = row;
    tx.execute(
        include_str!("payout_file/set_debtor.sql"),
        args![sealed.clone(), masked, *updated_at_ms],
    )
    .await?;
    Ok(())
}

/// Drafts and pending payouts with a payout method that are in no file without an answer: of a run, one, or all that
/// no unfinished run has.
///
/// # Errors
/// As the database says.
pub async fn payable(
    tx: &mut Tx,
    run: Option<PayoutRunId>,
    payout: Option<PayoutId>,
    limit: i64,
) -> Result<Vec<PayableRow>> {
    let values = args![
        run.map(|id| id.to_string()),
        run,
        payout.map(|id| id.to_string()),
        payout,
        false,
        limit
    ];
    tx.fetch_all(include_str!("payout_file/payable.sql"), values)
        .await
}

/// Stores a file with what is in it and its payouts.
///
/// # Errors
/// As the database says; a unique violation when one of the payouts is in a file already.
pub async fn insert(
    tx: &mut Tx,
    file: &PayoutFile,
    sealed: Vec<u8>,
    payouts: &[PayoutId],
) -> Result<()> {
    let PayoutFile {
        id,
        run_id,
        run_number: _,
        format,
        name,
        payments,
        currency,
        amount,
        sha256,
        made_by,
        created_at_ms,
        open: _,
    } = file;
    let values = args![
        *id,
        *run_id,
        *format,
        name,
        *payments,
        *currency,
        *amount,
        sha256.clone(),
        made_by,
        *created_at_ms
    ];
    tx.execute(include_str!("payout_file/insert.sql"), values)
        .await?;
    tx.execute(
        include_str!("payout_file/insert_content.sql"),
        args![*id, sealed],
    )
    .await?;
    let rows = payouts
        .iter()
        .map(|payout| args![*id, *payout, false])
        .collect();
    tx.insert_many(
        "payout_file_line",
        &["file_id", "payout_id", "answered"],
        rows,
        "",
    )
    .await?;
    Ok(())
}

/// The file with this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: PayoutFileId) -> Result<Option<PayoutFile>> {
    tx.fetch_optional(include_str!("payout_file/find.sql"), args![id, false])
        .await
}

/// Files, the newest first: of a run, or all.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, run: Option<PayoutRunId>, limit: i64) -> Result<Vec<PayoutFile>> {
    let values = args![run.map(|id| id.to_string()), run, false, limit];
    tx.fetch_all(include_str!("payout_file/list.sql"), values)
        .await
}

/// What is in a file, sealed.
///
/// # Errors
/// As the database says.
pub async fn content(tx: &mut Tx, id: PayoutFileId) -> Result<Option<Vec<u8>>> {
    tx.value_optional(include_str!("payout_file/content.sql"), args![id])
        .await
}

/// The payments of a file, by number.
///
/// # Errors
/// As the database says.
pub async fn lines(tx: &mut Tx, id: PayoutFileId, limit: i64) -> Result<Vec<FileLine>> {
    tx.fetch_all(include_str!("payout_file/lines.sql"), args![id, limit])
        .await
}

/// The files that each of these payouts is or was in; one that is in none is missing.
///
/// # Errors
/// As the database says.
pub async fn of_payouts(tx: &mut Tx, payouts: &[PayoutId]) -> Result<Vec<Filed>> {
    fetch_of(tx, include_str!("payout_file/of_payouts.sql"), payouts).await
}

/// The payouts of a file, all of them.
///
/// # Errors
/// As the database says.
pub async fn members(tx: &mut Tx, id: PayoutFileId) -> Result<Vec<Member>> {
    tx.fetch_all(include_str!("payout_file/members.sql"), args![id])
        .await
}

/// Notes that a payout needs no answer any more: it may be in another file.
///
/// # Errors
/// As the database says.
pub async fn answer(tx: &mut Tx, payout: PayoutId) -> Result<()> {
    tx.execute(include_str!("payout_file/answer.sql"), args![payout, true])
        .await?;
    Ok(())
}

/// The name of the file in which a payout waits for its answer.
///
/// # Errors
/// As the database says.
pub async fn waiting_in(tx: &mut Tx, payout: PayoutId) -> Result<Option<String>> {
    tx.value_optional(
        include_str!("payout_file/waiting_in.sql"),
        args![payout, false],
    )
    .await
}

/// Notes that no payment of a file needs an answer any more.
///
/// # Errors
/// As the database says.
pub async fn withdraw(tx: &mut Tx, id: PayoutFileId) -> Result<u64> {
    tx.execute(
        include_str!("payout_file/withdraw.sql"),
        args![id, true, false],
    )
    .await
}

/// Keeps a result file to be looked at; nothing happens when the same was brought before.
///
/// # Errors
/// As the database says.
pub async fn insert_result(
    tx: &mut Tx,
    id: PayoutResultId,
    name: &str,
    sha256: Vec<u8>,
    sealed: Vec<u8>,
    read_by: &str,
    now: UnixMs,
) -> Result<()> {
    tx.execute(
        include_str!("payout_file/insert_result.sql"),
        args![id, name, sha256, sealed, read_by, now],
    )
    .await?;
    Ok(())
}

/// The result file with this in it.
///
/// # Errors
/// As the database says.
pub async fn result_by_hash(tx: &mut Tx, sha256: Vec<u8>) -> Result<Option<PayoutResult>> {
    tx.fetch_optional(
        include_str!("payout_file/result_by_hash.sql"),
        args![sha256],
    )
    .await
}

/// The result file with this id.
///
/// # Errors
/// As the database says.
pub async fn result(tx: &mut Tx, id: PayoutResultId) -> Result<Option<PayoutResult>> {
    tx.fetch_optional(include_str!("payout_file/result.sql"), args![id])
        .await
}

/// Result files, the newest first.
///
/// # Errors
/// As the database says.
pub async fn results(tx: &mut Tx, limit: i64) -> Result<Vec<PayoutResult>> {
    tx.fetch_all(include_str!("payout_file/results.sql"), args![limit])
        .await
}

/// What is in a result file, sealed.
///
/// # Errors
/// As the database says.
pub async fn result_content(tx: &mut Tx, id: PayoutResultId) -> Result<Option<Vec<u8>>> {
    tx.value_optional(include_str!("payout_file/result_content.sql"), args![id])
        .await
}

/// Notes that a result file was taken over; false when it was before.
///
/// # Errors
/// As the database says.
pub async fn apply_result(
    tx: &mut Tx,
    id: PayoutResultId,
    by: &str,
    now: UnixMs,
    [paid, failed, returned]: [i64; 3],
) -> Result<bool> {
    Ok(tx
        .execute(
            include_str!("payout_file/apply_result.sql"),
            args![id, by, now, paid, failed, returned],
        )
        .await?
        == 1)
}
