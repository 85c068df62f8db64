//! Money of a payout that came back less a fee: what arrived and what was kept.
//!
//! The affiliate has nothing of such a payout and is owed the whole of it again, so that the ledger is posted as for any
//! return. What a bank kept is the business's own cost: it belongs to no affiliate's account, and is noted beside.

use domain::id::PayoutId;
use domain::money::display;
use domain::status::Scope;
use store::programme::payout::Payout;
use store::programme::payout_return as rows;
pub use store::programme::payout_return::PayoutReturn;

use crate::error::Result;
use crate::identity::audit;
use crate::work::Work;

/// What came back less a fee of a payout, the newest first.
///
/// # Errors
/// Forbidden without the scope `read` or `payout`.
pub async fn of_payout(work: &mut Work, id: PayoutId) -> Result<Vec<PayoutReturn>> {
    if !work.actor.may(Scope::Payout) {
        work.require(Scope::Read)?;
    }
    Ok(rows::of_payout(&mut work.tx, id).await?)
}

/// Notes that only a part arrived; it is above zero and less than the payout.
pub(crate) async fn note(work: &mut Work, payout: &Payout, arrived: i64) -> Result<()> {
    let fee = payout.amount.saturating_sub(arrived);
    let earlier = rows::of_payout(&mut work.tx, payout.id).await?;
    let one = PayoutReturn {
        nth: earlier
            .first()
            .map_or(1, |newest| newest.nth.saturating_add(1)),
        arrived,
        fee,
        noted_by: work.actor.name().to_owned(),
        noted_at_ms: work.now,
    };
    rows::insert(&mut work.tx, payout.id, &one).await?;
    let detail = format!(
        "{} of {} arrived, a fee of {} was kept",
        display(arrived, payout.currency),
        display(payout.amount, payout.currency),
        display(fee, payout.currency)
    );
    let id = payout.id.to_string();
    audit::record(work, "payout.return_fee", "payout", &id, &detail).await
}
