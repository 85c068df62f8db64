//! What a provider is asked to do: the order, made and sealed when a payout is handed over, and opened whenever
//! the provider is asked.

use domain::id::{BusinessId, PayoutId, TransferId};
use domain::payout::Refused;
use domain::status::{PayoutStatus, ProviderKind, TransferState};
use store::programme::payout::Payout;
use store::programme::provider as providers;
use store::programme::transfer::{self as rows, Transfer};

use crate::app::App;
use crate::error::{Result, ServiceError, conflict};
use crate::identity::{audit, seal, vault};
use crate::messaging::notice;
use crate::programme::provider::{self, Adapter, Order};
use crate::programme::{ledger, payout, payout_method, payout_rule, payout_run};
use crate::work::Work;

const PURPOSE: &str = "transfer request";

/// Whose a sealed request is.
fn owner(business: BusinessId, id: TransferId) -> String {
    format!("{business} {id}")
}

/// Hands a payout to the provider of the place that the affiliate is paid at. It is `sending` from then on.
///
/// # Errors
/// Forbidden without the scope `payout`; a conflict with what stands in the way: the payout's state, no place to
/// pay to, no connection, a currency that the provider does not pay, a hold.
pub async fn send(work: &mut Work, id: PayoutId) -> Result<Payout> {
    payout_rule::require_payer(work).await?;
    ledger::order_to_pay(work).await?;
    let payout = payout::find(work, id).await?;
    if payout.status != PayoutStatus::Pending {
        return Err(Refused {
            from: payout.status,
            to: PayoutStatus::Sending,
        }
        .into());
    }
    payout_run::require_alone(work, &payout).await?;
    hand_over(work, &payout, None).await?;
    payout::find(work, id).await
}

/// Hands a pending payout, or one that had failed, to the provider of the place that the affiliate is paid at.
/// With `only`, nothing happens when that is another provider, or none; answers whether it was handed over. Everything
/// that may stand in the way is looked at before anything is written.
pub(crate) async fn hand_over(
    work: &mut Work,
    payout: &Payout,
    only: Option<ProviderKind>,
) -> Result<bool> {
    let id = payout.id;
    let found = payout_method::to_pay(work, payout.affiliate_id).await?;
    let kind = found
        .as_ref()
        .map(|(_, details)| provider::kind_for(&details.place, payout.currency));
    if only.is_some_and(|only| kind != Some(Ok(only))) {
        return Ok(false);
    }
    payout::require_unsent(work, id).await?;
    payout_method::require_settled(work, payout.affiliate_id, &payout.affiliate_name).await?;
    let (Some((_, details)), Some(kind)) = (found, kind) else {
        return Err(conflict(format!(
            "{} has not said where payouts go to",
            payout.affiliate_name
        )));
    };
    let kind = kind.map_err(conflict)?;
    let connection = connection(work, kind).await?;
    provider::check_amount(kind, payout.amount, payout.currency).map_err(conflict)?;
    let key: TransferId = work.new_id();
    let order = Order {
        key,
        payout_id: id,
        number: payout.number,
        amount: payout.amount,
        currency: payout.currency,
        place: details.place,
        legal_name: details.legal_name,
        business: notice::sender(work).await?.name,
        made_at: work.now,
    };
    let request = serde_json::to_string(&order)
        .map_err(|error| ServiceError::Internal(format!("a transfer's request: {error}")))?;
    let transfer = Transfer {
        id: key,
        payout_id: id,
        provider_id: connection.id,
        provider: kind,
        request: vault::seal_text(&work.app, PURPOSE, &owner(work.business(), key), &request)?,
        request_hash: seal::fingerprint(&work.app, PURPOSE, &request),
        amount: payout.amount,
        currency: payout.currency,
        state: TransferState::Sending,
        provider_ref: None,
        attempts: 0,
        called_at_ms: None,
        next_at_ms: work.now,
        last_answer: String::new(),
        told_at_ms: None,
        contradicted_at_ms: None,
        created_at_ms: work.now,
        updated_at_ms: work.now,
    };
    if !rows::insert(&mut work.tx, &transfer).await? {
        return Err(conflict("the payout is being executed already"));
    }
    let detail = format!("by {} as {key}", provider::label(kind));
    if payout.status == PayoutStatus::Failed {
        payout::set_status(work, payout, PayoutStatus::Pending).await?;
        let again = payout::find(work, id).await?;
        payout::set_status(work, &again, PayoutStatus::Sending).await?;
    } else {
        payout::set_status(work, payout, PayoutStatus::Sending).await?;
    }
    audit::record(work, "payout.send", "payout", &id.to_string(), &detail).await?;
    work.app.clone().trial().point("before sending").await;
    Ok(true)
}

/// The connection that payouts are sent by.
///
/// # Errors
/// A conflict when there is none, or it is switched off.
pub(crate) async fn connection(work: &mut Work, kind: ProviderKind) -> Result<providers::Provider> {
    providers::find(&mut work.tx, kind)
        .await?
        .filter(|connection| connection.active)
        .ok_or_else(|| {
            conflict(format!(
                "there is no connection to {}; make one under Settings, Payout providers",
                provider::label(kind)
            ))
        })
}

/// What a transfer asks for, and who speaks to its provider.
pub(super) fn opened(
    app: &App,
    business: BusinessId,
    connection: &providers::Provider,
    transfer: &Transfer,
) -> Result<(Order, Box<dyn Adapter>)> {
    let adapter = provider::adapter(app, business, connection)?;
    let owner = owner(business, transfer.id);
    let request = vault::open_text(app, PURPOSE, &owner, &transfer.request)?;
    let order = serde_json::from_str(&request)
        .map_err(|error| ServiceError::Internal(format!("a transfer's request: {error}")))?;
    Ok((order, adapter))
}

/// How a business pays by providers: what can be sent, for the page of a payout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By this provider.
    By(ProviderKind),
    /// Not by a provider, and why.
    No(String),
}

/// By which provider a payout would be sent.
///
/// # Errors
/// As the database says.
pub async fn way(work: &mut Work, payout: &Payout) -> Result<Way> {
    let details = match payout_method::to_pay(work, payout.affiliate_id).await {
        Ok(Some((_, details))) => details,
        Ok(None) => return Ok(Way::No(String::new())),
        Err(ServiceError::Conflict(why)) => return Ok(Way::No(why)),
        Err(error) => return Err(error),
    };
    let kind = match provider::kind_for(&details.place, payout.currency) {
        Ok(kind) => kind,
        Err(why) => return Ok(Way::No(why)),
    };
    let connected = providers::find(&mut work.tx, kind)
        .await?
        .is_some_and(|connection| connection.active);
    Ok(if connected {
        match provider::check_amount(kind, payout.amount, payout.currency) {
            Ok(()) => Way::By(kind),
            Err(why) => Way::No(why),
        }
    } else {
        Way::No(String::new())
    })
}
