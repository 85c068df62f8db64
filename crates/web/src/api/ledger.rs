//! The journal and the balances that follow from it.

use axum::Json;
use serde::{Deserialize, Serialize};
use service::App;
use service::domain::balance::Balance;
use service::domain::id::{AffiliateId, CommissionId, EventId, JournalId, PayoutId};
use service::domain::money::Currency;
use service::domain::status::{Account, JournalKind};
use service::domain::time::UnixMs;
use service::programme::affiliate;
use service::programme::ledger::{self, Filter, JournalEntry};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::query::search;
use super::{Caller, Halt, Id, List, Listed, Page};

/// The journal has one order; its statement holds it.
const NEWEST: &str = "seq desc";

/// An entry of the journal. Its postings add up to zero.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalEntry)]
struct EntryOut {
    #[schema(value_type = String, example = "jrn_01h455vb4pex5vsknk084sn02q")]
    id: JournalId,
    /// Its place in the business's journal, from 1 without gaps.
    #[schema(example = 1)]
    seq: i64,
    #[schema(value_type = String, format = DateTime)]
    at: UnixMs,
    #[schema(value_type = String, example = "aff_01h455vb4pex5vsknk084sn02q")]
    affiliate_id: AffiliateId,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// `earn`, `adjust`, `approve`, `unapprove`, `reject`, `unreject`, `draft`, `cancel_payout`, `return_payout`, `pay`, `reverse` or `restore`.
    #[schema(value_type = String, example = "earn")]
    kind: JournalKind,
    #[schema(value_type = Option<String>)]
    commission_id: Option<CommissionId>,
    #[schema(value_type = Option<String>)]
    payout_id: Option<PayoutId>,
    #[schema(value_type = Option<String>)]
    event_id: Option<EventId>,
    postings: Vec<PostingOut>,
    /// The hash of the entry before: 64 hexadecimal digits.
    previous_hash: String,
    /// The hash of this entry and the one before.
    hash: String,
}

/// So many minor units on an account.
#[derive(Serialize, ToSchema)]
#[schema(as = Posting)]
struct PostingOut {
    /// `expense`, `pending`, `approved`, `in_payout`, `paid` or `clawback`.
    #[schema(value_type = String, example = "pending")]
    account: Account,
    #[schema(example = 980)]
    amount: i64,
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<JournalEntry> for EntryOut {
    fn from(JournalEntry { entry, postings }: JournalEntry) -> Self {
        Self {
            id: entry.id,
            seq: entry.seq,
            at: entry.at_ms,
            affiliate_id: entry.affiliate_id,
            currency: entry.currency,
            kind: entry.kind,
            commission_id: entry.commission_id,
            payout_id: entry.payout_id,
            event_id: entry.event_id,
            postings: postings
                .into_iter()
                .map(|posting| PostingOut {
                    account: posting.account,
                    amount: posting.amount,
                })
                .collect(),
            previous_hash: hex(&entry.previous_hash),
            hash: hex(&entry.hash),
        }
    }
}

/// Which entries are listed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LedgerFilter {
    /// Of this affiliate.
    #[param(value_type = Option<String>)]
    affiliate_id: Option<AffiliateId>,
    /// In this currency.
    #[param(value_type = Option<String>)]
    currency: Option<Currency>,
    /// Of this kind.
    #[param(value_type = Option<String>)]
    kind: Option<JournalKind>,
    /// About this commission.
    #[param(value_type = Option<String>)]
    commission_id: Option<CommissionId>,
    /// About this payout.
    #[param(value_type = Option<String>)]
    payout_id: Option<PayoutId>,
    /// Caused by this event.
    #[param(value_type = Option<String>)]
    event_id: Option<EventId>,
    /// Written from this time on.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<UnixMs>,
    /// Written before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<UnixMs>,
    /// Part of the affiliate's name, e-mail or company.
    #[serde(default, deserialize_with = "search")]
    q: Option<String>,
}

/// Lists the journal, newest first.
#[utoipa::path(get, path = "/ledger", tag = "ledger", params(LedgerFilter, Page), responses((status = 200, body = Listed<EntryOut>)))]
async fn list(
    caller: Caller,
    List { filter, page }: List<LedgerFilter>,
) -> Result<Json<Listed<EntryOut>>, Halt> {
    let window = page.window::<JournalId>(NEWEST)?;
    let LedgerFilter {
        affiliate_id,
        currency,
        kind,
        commission_id,
        payout_id,
        event_id,
        from,
        to,
        q,
    } = filter;
    let filter = Filter {
        affiliate_id,
        currency,
        kind,
        commission_id,
        payout_id,
        event_id,
        from,
        to,
        search: q,
    };
    let mut work = caller.view().await?;
    let entries = ledger::list(&mut work, &filter, window).await?;
    Ok(Json(page.listed(
        entries,
        |entry| entry.entry.id,
        EntryOut::from,
    )))
}

/// The balances of an affiliate.
#[derive(Serialize, ToSchema)]
#[schema(as = Balances)]
struct BalancesOut {
    /// A row a currency; none before anything was earned.
    data: Vec<BalanceOut>,
}

/// What an affiliate has in one currency, minor units.
/// `earned − reversed = pending + approved + in_payout + paid + clawback`, and `owed = approved + in_payout + clawback`.
#[derive(Serialize, ToSchema)]
#[schema(as = Balance)]
struct BalanceOut {
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    /// Everything ever earned, with adjustments.
    earned: i64,
    pending: i64,
    /// Approved, in no payout.
    approved: i64,
    in_payout: i64,
    paid: i64,
    /// Rejected and taken back.
    reversed: i64,
    /// Owed back; never above zero.
    clawback: i64,
    owed: i64,
}

/// What an affiliate has earned and is owed.
#[utoipa::path(get, path = "/affiliates/{id}/balance", tag = "affiliates", params(("id" = String, Path)),
    responses((status = 200, body = BalancesOut)))]
async fn balance(caller: Caller, Id(id): Id<AffiliateId>) -> Result<Json<BalancesOut>, Halt> {
    let mut work = caller.view().await?;
    affiliate::get(&mut work, id).await?;
    let balances = ledger::balances(&mut work, id).await?;
    let data = balances
        .into_iter()
        .map(|(currency, balance)| {
            let Balance {
                earned,
                pending,
                approved,
                in_payout,
                paid,
                reversed,
                clawback,
                owed,
            } = balance;
            BalanceOut {
                currency,
                earned,
                pending,
                approved,
                in_payout,
                paid,
                reversed,
                clawback,
                owed,
            }
        })
        .collect();
    Ok(Json(BalancesOut { data }))
}

/// The calls of this file.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(balance))
}
