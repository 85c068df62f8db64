//! A run as the API answers it: with the sums of its members and payouts.

use serde::{Deserialize, Serialize};
use service::domain::id::{GroupId, PayoutRunId};
use service::domain::money::Currency;
use service::domain::status::{PayoutMethodKind, PayoutRunState, PayoutStatus, ProviderKind};
use service::domain::time::{Day, UnixMs};
use service::programme::payout_run::{self, COUNTED, PayoutRun, sums};
use service::{ServiceError, Work};
use utoipa::ToSchema;

/// A payout run. Minor units.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRun)]
pub(super) struct RunOut {
    #[schema(value_type = String, example = "run_01h455vb4pex5vsknk084sn02q")]
    pub(super) id: PayoutRunId,
    #[schema(example = 1)]
    number: i64,
    /// `open`, `drafting`, `drafted`, `submitted`, `approving`, `approved`, `sending`, `paying`, `paid`, `cancelling`
    /// or `cancelled`. Those that end in `-ing` are being worked on; ask again.
    #[schema(value_type = String, example = "open")]
    state: PayoutRunState,
    /// The last day whose approvals count.
    #[schema(value_type = String, format = Date)]
    until: Day,
    #[schema(value_type = Option<String>)]
    group_id: Option<GroupId>,
    #[schema(value_type = Option<String>)]
    method: Option<PayoutMethodKind>,
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// How far the present work is.
    progress: ProgressOut,
    /// Members that are in, by currency, and what they would be paid as they were looked at.
    included: Vec<MembersOut>,
    /// Members that are left out.
    left_out: Vec<MembersOut>,
    /// Its payouts by state and currency.
    payouts: Vec<PayoutsOut>,
    /// The exact totals now: what `submit` wants as `expected`.
    totals: Vec<Money>,
    /// What waits to be sent of an approved run, by provider: what `send` wants.
    to_send: Vec<ToSendOut>,
    made_by: String,
    submitted_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    submitted_at: Option<UnixMs>,
    approved_by: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    approved_at: Option<UnixMs>,
    paid_reference: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: UnixMs,
    #[schema(value_type = String, format = DateTime)]
    updated_at: UnixMs,
}

/// How far a work is; nothing is worked on: 0 of 0.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunProgress)]
struct ProgressOut {
    finished: i64,
    total: i64,
}

/// Members of a currency.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunMembers)]
struct MembersOut {
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    members: i64,
    amount: i64,
}

/// Payouts of a state and currency.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunPayouts)]
struct PayoutsOut {
    #[schema(value_type = String, example = "draft")]
    status: PayoutStatus,
    #[schema(value_type = String, example = "USD")]
    currency: Currency,
    count: i64,
    amount: i64,
}

/// Payouts that a provider can have.
#[derive(Serialize, ToSchema)]
#[schema(as = PayoutRunToSend)]
struct ToSendOut {
    /// `paypal`, `stripe` or `wise`, by how the affiliates are paid; whether it is connected or not.
    #[schema(value_type = String, example = "paypal")]
    provider: ProviderKind,
    /// Whether these are payouts that had failed: `again` of `send`.
    again: bool,
    /// What they add up to: `expected` of `send`.
    totals: Vec<Money>,
}

/// An amount in minor units of its currency.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RunTotal)]
pub(super) struct Money {
    pub(super) amount: i64,
    #[schema(value_type = String, example = "USD")]
    pub(super) currency: Currency,
}

fn moneys(totals: Vec<(Currency, i64)>) -> Vec<Money> {
    totals
        .into_iter()
        .map(|(currency, amount)| Money { amount, currency })
        .collect()
}

/// What waits to be sent by each provider, first and again.
async fn to_send(work: &mut Work, run: &PayoutRun) -> Result<Vec<ToSendOut>, ServiceError> {
    if run.state != PayoutRunState::Approved {
        return Ok(Vec::new());
    }
    let ways = payout_run::ways(work, run.id).await?;
    let kinds = ProviderKind::ALL.iter().copied();
    let all = kinds.flat_map(|provider| [false, true].map(|again| (provider, again)));
    Ok(all
        .map(|(provider, again)| ToSendOut {
            provider,
            again,
            totals: moneys(payout_run::to_send(&ways, provider, again)),
        })
        .filter(|part| !part.totals.is_empty())
        .collect())
}

/// A run with all that counts it.
pub(super) async fn whole(work: &mut Work, id: PayoutRunId) -> Result<RunOut, ServiceError> {
    let run = payout_run::get(work, id).await?;
    let members = payout_run::member_totals(work, id).await?;
    let payouts = payout_run::payout_totals(work, id).await?;
    let of = |included| {
        let of = members.iter().filter(|total| total.included == included);
        of.map(|total| MembersOut {
            currency: total.currency,
            members: total.members,
            amount: total.planned,
        })
        .collect()
    };
    let totals = sums(&payouts, COUNTED);
    let (included, left_out) = (of(true), of(false));
    let to_send = to_send(work, &run).await?;
    let PayoutRun {
        id,
        number,
        state,
        until_day,
        group_id,
        method,
        currency,
        made_by,
        submitted_name,
        submitted_at_ms,
        approved_name,
        approved_at_ms,
        paid_reference,
        finished,
        total,
        created_at_ms,
        updated_at_ms,
        ..
    } = run;
    Ok(RunOut {
        id,
        number,
        state,
        until: until_day,
        group_id,
        method,
        currency,
        progress: ProgressOut {
            finished: finished.min(total),
            total,
        },
        included,
        left_out,
        payouts: payouts
            .into_iter()
            .map(|total| PayoutsOut {
                status: total.status,
                currency: total.currency,
                count: total.count,
                amount: total.amount,
            })
            .collect(),
        totals: moneys(totals),
        to_send,
        made_by,
        submitted_by: submitted_name,
        submitted_at: submitted_at_ms,
        approved_by: approved_name,
        approved_at: approved_at_ms,
        paid_reference,
        created_at: created_at_ms,
        updated_at: updated_at_ms,
    })
}
