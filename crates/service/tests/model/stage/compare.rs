//! What the product has, beside what the model says.

use std::collections::BTreeMap;

use domain::id::{CommissionId, PayoutId};
use service::Work;
use service::programme::{commission, ledger, payout, verify};
use store::list::Window;
use store::programme::commission as commissions;
use store::programme::payout as payouts;

use super::{Difference, Stage};
use crate::model::Balance;

impl Stage<'_> {
    /// Compares every commission, payout and balance.
    pub async fn compare(&self) -> Result<(), Difference> {
        let mut work = self.view().await;
        let found = commission::list(
            &mut work,
            &commissions::Filter::default(),
            Window::all(commissions::OLDEST),
        )
        .await
        .map_err(|e| format!("no commissions: {e:?}"))?;
        if found.len() != self.model.commissions.len() {
            return Err(format!(
                "{} commissions, the model has {}",
                found.len(),
                self.model.commissions.len()
            ));
        }
        let found: BTreeMap<CommissionId, _> = found.into_iter().map(|c| (c.id, c)).collect();
        for (at, wanted) in self.model.commissions.iter().enumerate() {
            let Some(c) = self.commissions.get(at).and_then(|id| found.get(id)) else {
                return Err(format!("commission {at} is not there: {wanted:?}"));
            };
            let theirs = (
                c.amount,
                c.adjusted,
                c.reversed,
                c.clawed_back,
                c.status,
                c.currency,
                c.auto_approve,
                c.payout_id,
            );
            let ours = (
                wanted.amount,
                wanted.adjusted,
                wanted.reversed,
                wanted.clawed,
                wanted.status,
                wanted.currency,
                wanted.auto_approve,
                wanted.payout.map(|at| self.payouts[at]),
            );
            if ours != theirs {
                return Err(format!(
                    "commission {at} is (amount, adjusted, reversed, clawed back, status, currency, auto, payout)\n  \
                     {theirs:?}, the model says\n  {ours:?}\n  of {:?}\n  {}",
                    wanted.source, c.explanation
                ));
            }
            let version = c.rule_version.map(|v| v - 1);
            let ours = wanted
                .source
                .map(|_| i64::try_from(wanted.version).expect("few"));
            let hold = c.hold_until_ms.map_or(0, |at| at.0);
            // A rule that was made switched off has one version more in the product.
            let shift = wanted
                .source
                .is_some_and(|s| !self.model.rules[s.rule][0].spec.active);
            if (version != ours.map(|v| v + i64::from(shift))) || hold != wanted.hold_until {
                return Err(format!(
                    "commission {at} is of version {version:?}, held until {hold}; the model says {ours:?}, {}",
                    wanted.hold_until
                ));
            }
            let referral = wanted.referral.map(|at| self.model.referrals[at].status);
            if c.referral_status != referral {
                return Err(format!(
                    "the referral of {at} is {:?}, not {referral:?}",
                    c.referral_status
                ));
            }
        }
        self.compare_payouts(&mut work).await?;
        for (at, &id) in self.founded.affiliates.iter().enumerate() {
            let currencies = self.model.currencies_of(at);
            if currencies.is_empty() {
                continue;
            }
            let balances: BTreeMap<_, _> = ledger::balances(&mut work, id)
                .await
                .map_err(|e| format!("no balances: {e:?}"))?
                .into_iter()
                .collect();
            for currency in currencies {
                let b = balances.get(&currency).copied().unwrap_or_default();
                let theirs = Balance {
                    earned: b.earned,
                    reversed: b.reversed,
                    pending: b.pending,
                    approved: b.approved,
                    in_payout: b.in_payout,
                    paid: b.paid,
                    clawback: b.clawback,
                    owed: b.owed,
                };
                let ours = self.model.balance(at, currency);
                if ours != theirs {
                    return Err(format!(
                        "affiliate {at} has in {currency}\n  {theirs:?}, the model says\n  {ours:?}"
                    ));
                }
            }
        }
        Ok(())
    }

    async fn compare_payouts(&self, work: &mut Work) -> Result<(), Difference> {
        let found = payout::list(
            work,
            &payouts::Filter::default(),
            Window::all(payouts::OLDEST),
        )
        .await
        .map_err(|e| format!("no payouts: {e:?}"))?;
        if found.len() != self.model.payouts.len() || self.payouts.len() != found.len() {
            let theirs: Vec<_> = found
                .iter()
                .map(|(p, _)| {
                    (
                        &p.affiliate_name,
                        p.currency,
                        p.commissions_total,
                        p.carried_forward,
                    )
                })
                .collect();
            return Err(format!(
                "the payouts are {theirs:?}, the model has {:?}",
                self.model.payouts
            ));
        }
        let found: BTreeMap<PayoutId, _> =
            found.into_iter().map(|(p, ids)| (p.id, (p, ids))).collect();
        for (at, wanted) in self.model.payouts.iter().enumerate() {
            let (p, _) = &found[&self.payouts[at]];
            let theirs = (
                p.commissions_total,
                p.carried_forward,
                p.amount,
                p.status,
                p.currency,
            );
            let ours = (
                wanted.total,
                wanted.carried,
                wanted.amount(),
                wanted.status,
                wanted.currency,
            );
            if ours != theirs || p.affiliate_id != self.founded.affiliates[wanted.affiliate] {
                return Err(format!(
                    "payout {at} is (total, carried, amount, status, currency)\n  {theirs:?}, the model says\n  {ours:?}"
                ));
            }
        }
        Ok(())
    }

    /// The product's own proof of its books.
    pub async fn prove(&self) -> Result<(), Difference> {
        let mut work = self.work().await;
        let report = verify::verify(&mut work)
            .await
            .map_err(|e| format!("no proof: {e:?}"))?;
        match report.problems.as_slice() {
            [] => Ok(()),
            problems => Err(format!("the books do not prove: {problems:?}")),
        }
    }
}
