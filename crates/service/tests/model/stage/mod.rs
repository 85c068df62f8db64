//! The product's side: the same steps through its use cases, and the comparison after them.

mod act;
mod compare;
mod founded;
mod record;
mod run;

pub use founded::{Founded, found};

use domain::id::{BulkActId, CommissionId, PayoutId, PayoutRunId, ReferralId, RuleId};
use domain::status::PayoutStatus;
use domain::time::UnixMs;
use service::programme::{commission, payout};
use service::{ServiceError, Work};
use store::list::Window;
use store::programme::commission as commissions;
use store::programme::ledger;
use store::programme::payout as payouts;
use testkit::TestApp;

use super::history::Step;
use super::model::{Answer, Model};

/// Where model and product differ, in words.
pub type Difference = String;

/// One history played on both sides.
pub struct Stage<'a> {
    test: &'a TestApp,
    founded: &'a Founded,
    pub model: Model,
    rules: Vec<RuleId>,
    referrals: Vec<ReferralId>,
    commissions: Vec<CommissionId>,
    payouts: Vec<PayoutId>,
    runs: Vec<PayoutRunId>,
    /// What was approved together.
    together: Vec<BulkActId>,
    /// The total that whoever submits or pays a run has seen.
    confirmed: String,
    /// The last entry of the journal that was looked at.
    seen: i64,
}

impl<'a> Stage<'a> {
    pub fn new(test: &'a TestApp, founded: &'a Founded, begins: i64) -> Self {
        test.clock.set(UnixMs(begins));
        Self {
            test,
            founded,
            model: Model::new(founded.world.clone(), begins),
            rules: Vec::new(),
            referrals: Vec::new(),
            commissions: Vec::new(),
            payouts: Vec::new(),
            runs: Vec::new(),
            together: Vec::new(),
            confirmed: String::new(),
            seen: 0,
        }
    }

    async fn work(&self) -> Work {
        let app = &self.test.app;
        app.begin(&self.founded.actor).await.expect("a work")
    }

    /// The work of who does a step.
    async fn work_for(&self, step: &Step) -> Work {
        let actor = match step {
            Step::Return(_) => &self.founded.owner,
            _ => &self.founded.actor,
        };
        self.test.app.begin(actor).await.expect("a work")
    }

    async fn view(&self) -> Work {
        let app = &self.test.app;
        app.view(&self.founded.actor).await.expect("a view")
    }

    /// Plays a step on both sides and compares the answers.
    pub async fn play(&mut self, step: &Step) -> Result<(), Difference> {
        self.confirmed = match *step {
            Step::SubmitRun(at) if at < self.runs.len() => self.model.run_total(at, None),
            Step::PayRun(at) if at < self.runs.len() => {
                self.model.run_total(at, Some(PayoutStatus::Pending))
            }
            _ => String::new(),
        };
        let expected = self.model.play(step);
        if expected == Answer::Void {
            return Ok(());
        }
        self.test.clock.set(UnixMs(self.model.now));
        let mut work = self.work_for(step).await;
        let made = match self.act(&mut work, step, &expected).await {
            Ok(made) => {
                work.commit()
                    .await
                    .map_err(|e| format!("not stored: {e:?}"))?;
                made
            }
            Err(ServiceError::Conflict(_) | ServiceError::Invalid(_))
                if expected == Answer::Refused =>
            {
                drop(work);
                return self.pass(step.takes()).await;
            }
            Err(error) => {
                return Err(format!(
                    "the model says {expected:?}, the product {error:?}"
                ));
            }
        };
        if expected == Answer::Refused {
            return Err("the model refuses it, the product does it".to_owned());
        }
        made?;
        match *step {
            Step::Run(_) => {
                self.work_on_run(*self.runs.last().expect("it was begun"))
                    .await?
            }
            Step::SubmitRun(at) | Step::PayRun(at) | Step::CancelRun(at) => {
                self.work_on_run(self.runs[at]).await?;
            }
            _ => {}
        }
        self.find_payouts().await?;
        self.look_at_journal().await?;
        self.pass(step.takes()).await
    }

    /// Lets time pass; what approves itself does.
    async fn pass(&mut self, ms: i64) -> Result<(), Difference> {
        if self.model.is_due() {
            self.mature().await?;
        }
        self.model.now += ms;
        self.test.clock.set(UnixMs(self.model.now));
        if self.model.is_due() {
            self.mature().await?;
        }
        Ok(())
    }

    async fn mature(&mut self) -> Result<(), Difference> {
        self.model.mature();
        let mut work = self.work().await;
        let matured = commission::mature(&mut work).await;
        matured.map_err(|e| format!("nothing matures: {e:?}"))?;
        work.commit()
            .await
            .map_err(|e| format!("not stored: {e:?}"))?;
        self.look_at_journal().await
    }

    /// Looks when the entries that were made now are dated.
    async fn look_at_journal(&mut self) -> Result<(), Difference> {
        let mut work = self.view().await;
        let entries = ledger::entries_after(&mut work.tx, self.seen, i64::MAX).await;
        for entry in entries.map_err(|e| format!("no journal: {e:?}"))? {
            let (dated, wanted) = (entry.at_ms.0, self.model.dated());
            if dated != wanted {
                return Err(format!(
                    "entry {} is dated {dated}, the model says {wanted}",
                    entry.seq
                ));
            }
            self.seen = entry.seq;
        }
        Ok(())
    }

    /// Learns the ids of payouts that were made, in the model's order.
    async fn find_payouts(&mut self) -> Result<(), Difference> {
        if self.payouts.len() >= self.model.payouts.len() {
            return Ok(());
        }
        let mut work = self.view().await;
        let found = payout::list(
            &mut work,
            &payouts::Filter::default(),
            Window::all(payouts::OLDEST),
        )
        .await
        .expect("a list");
        let mut fresh: Vec<_> = found
            .into_iter()
            .map(|(payout, _)| payout)
            .filter(|payout| !self.payouts.contains(&payout.id))
            .collect();
        // Of those made in one step: by affiliate and currency, as the model makes them.
        for wanted in &self.model.payouts[self.payouts.len()..] {
            let affiliate = self.founded.affiliates[wanted.affiliate];
            let at = fresh
                .iter()
                .position(|p| p.affiliate_id == affiliate && p.currency == wanted.currency);
            match at {
                Some(at) => self.payouts.push(fresh.remove(at).id),
                None => return Err(format!("the product has no {wanted:?}")),
            }
        }
        Ok(())
    }

    /// Learns the ids of commissions that a won dispute has made.
    async fn find_given_again(&mut self, work: &mut Work) {
        for at in self.commissions.len()..self.model.commissions.len() {
            let parent = self.model.commissions[at]
                .given_again_of
                .expect("of another");
            let found = commissions::credits_of(&mut work.tx, self.commissions[parent]).await;
            let found = found.expect("a list");
            let fresh = found.iter().find(|c| !self.commissions.contains(&c.id));
            let Some(fresh) = fresh else { return };
            self.commissions.push(fresh.id);
            self.model.commissions[at].rank = fresh.id.to_string();
        }
    }
}

fn same_duplicate(found: bool, expected: bool) -> Result<(), Difference> {
    if found == expected {
        return Ok(());
    }
    Err(format!(
        "recorded before: {found}, the model says {expected}"
    ))
}
