//! The product's side: the same steps through its use cases, and the comparison after them.

use std::collections::BTreeMap;

use domain::id::{
    AffiliateId, BulkActId, CampaignId, CommissionId, GroupId, PayoutId, PayoutRunId, ReferralId,
    RuleId,
};
use domain::rule::{Scope as RuleScope, Trigger};
use domain::status::{AffiliateStatus, Base, PayoutStatus, ReferralApproval, TriggerOn};
use domain::time::UnixMs;
use service::identity::business::{self, NewBusiness};
use service::identity::setting::{self, SettingPatch};
use service::job;
use service::programme::affiliate::{self, AffiliateIn};
use service::programme::affiliate_group::{self, GroupIn, MinimumIn};
use service::programme::campaign::{self, CampaignIn};
use service::programme::commission::{self, FreeAdjustment, Selection};
use service::programme::event::{
    self, CustomerIn, Hints, ItemIn, Recorded, TrackCancel, TrackDispute, TrackLead, TrackRefund,
    TrackSale,
};
use service::programme::partnership::{self, PartnershipIn};
use service::programme::payout::{self, PaymentIn, Whom};
use service::programme::rule::{self, RuleIn, RulePatch};
use service::programme::{ledger, payout_run, referral, verify};
use service::{Actor, App, ServiceError, Work};
use store::list::Window;
use store::programme::commission::{self as commissions, Commission};
use store::programme::payout as payouts;
use testkit::TestApp;

use super::history::{
    CAMPAIGNS, CURRENCIES, Code, DAY, EARNERS, GROUPS, On, Report, RuleSpec, RunIn, STEP, Step,
    World,
};
use super::model::{Answer, Model};

/// Where model and product differ, in words.
pub type Difference = String;

/// A founded business: who is who in the product.
#[derive(Clone)]
pub struct Founded {
    pub world: World,
    actor: Actor,
    affiliates: Vec<AffiliateId>,
    groups: Vec<GroupId>,
    campaigns: Vec<CampaignId>,
}

/// Founds the business of a world, with its people and links, and nothing earned yet.
pub async fn found(app: &App, number: usize) -> Founded {
    let world = World::number(number);
    let new = NewBusiness {
        name: format!("World {number}"),
        owner_email: format!("owner{number}@example.com"),
        owner_name: "Olive".to_owned(),
        owner_password: "correct horse battery staple".to_owned(),
        currency: "USD".to_owned(),
        timezone: world.zone.to_owned(),
    };
    let id = business::found(app, new)
        .await
        .expect("founded")
        .business
        .id;
    let actor = App::system(id);
    let mut work = app.begin(&actor).await.expect("a work");
    let patch = SettingPatch {
        referral_approval: world
            .automatic_referrals
            .then_some(ReferralApproval::Automatic),
        truth_source: world.truth.map(str::to_owned),
        ..SettingPatch::default()
    };
    setting::update(&mut work, patch).await.expect("settings");
    let mut groups = Vec::new();
    for group in 0..GROUPS {
        let minimums = CURRENCIES.iter().map(|&currency| MinimumIn {
            amount: World::group_minimum(group, currency),
            currency: currency.to_owned(),
        });
        let input = GroupIn {
            name: format!("Group {group}"),
            minimum_payout: minimums.filter(|minimum| minimum.amount > 0).collect(),
            ..GroupIn::default()
        };
        let (group, _) = affiliate_group::create(&mut work, input)
            .await
            .expect("a group");
        groups.push(group.id);
    }
    let mut campaigns = Vec::new();
    for campaign in 0..CAMPAIGNS {
        let input = CampaignIn {
            name: format!("Campaign {campaign}"),
            destination_url: "https://shop.example.com/".to_owned(),
            hosts: vec!["shop.example.com".to_owned()],
            ..CampaignIn::default()
        };
        let made = campaign::create(&mut work, input)
            .await
            .expect("a campaign");
        campaigns.push(made.campaign.id);
    }
    // Parents stand behind their children in the list, so the last is made first.
    let mut affiliates: Vec<Option<AffiliateId>> = vec![None; world.affiliates.len()];
    for (at, person) in world.affiliates.iter().enumerate().rev() {
        let input = AffiliateIn {
            name: format!("Affiliate {at}"),
            email: format!("a{at}@affiliates.example.com"),
            status: Some(match person.approved {
                true => AffiliateStatus::Approved,
                false => AffiliateStatus::Suspended,
            }),
            group_id: person.group.map(|group| groups[group]),
            parent_id: person.parent.and_then(|parent| affiliates[parent]),
            country: person.country.map(str::to_owned),
            tags: person.tags.iter().map(|&tag| tag.to_owned()).collect(),
            ..AffiliateIn::default()
        };
        affiliates[at] = Some(affiliate::create(&mut work, input).await.expect("made").id);
    }
    let affiliates: Vec<AffiliateId> = affiliates.into_iter().flatten().collect();
    for (at, campaign) in campaigns.iter().enumerate() {
        for (person, &affiliate_id) in affiliates[..EARNERS].iter().enumerate() {
            let code = Some(code(number, person, at));
            let input = PartnershipIn { affiliate_id, code };
            partnership::add(&mut work, *campaign, input)
                .await
                .expect("a partnership");
        }
    }
    work.commit().await.expect("stored");
    Founded {
        world,
        actor,
        affiliates,
        groups,
        campaigns,
    }
}

fn code(world: usize, affiliate: usize, campaign: usize) -> String {
    format!("w{world}-a{affiliate}-c{campaign}")
}

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
        }
    }

    async fn work(&self) -> Work {
        let app = &self.test.app;
        app.begin(&self.founded.actor).await.expect("a work")
    }

    /// Begins a run with everyone in it who is to be, and has its payouts drafted.
    async fn begin_run(&self, work: &mut Work, input: &RunIn) -> Result<PayoutRunId, ServiceError> {
        let zone = domain::time::zone(self.founded.world.zone).expect("a zone");
        let until = UnixMs(self.model.now - input.days_ago * DAY).day_in(&zone);
        let begun = payout_run::RunIn {
            until,
            group: input.group.map(|at| self.founded.groups[at]),
            method: None,
            currency: input.currency,
        };
        let id = payout_run::begin(work, begun).await?;
        // Nobody has told where the money goes to, so nobody is in by itself.
        let found = payout_run::members(work, id, false, i64::MAX, 0).await?;
        let left_out = input.leave_out.map(|at| self.founded.affiliates[at]);
        let whom: Vec<_> = found
            .iter()
            .map(|member| (member.affiliate_id, member.currency))
            .filter(|member| Some(member.0) != left_out)
            .collect();
        payout_run::include(work, id, &whom, true).await?;
        payout_run::draft(work, id).await?;
        Ok(id)
    }

    /// Does what a payout run waits for.
    async fn work_on_run(&self, run: PayoutRunId) -> Result<(), Difference> {
        let app = &self.test.app;
        loop {
            let jobs = job::claim(app, i64::MAX).await;
            let jobs = jobs.map_err(|e| format!("no jobs: {e:?}"))?;
            let mut worked = false;
            for job in jobs.iter().filter(|job| job.kind == payout_run::JOB) {
                let payload: payout_run::RunPayload =
                    serde_json::from_str(&job.payload).expect("a payload");
                if payload.run_id == run {
                    worked = true;
                    let done = payout_run::work_on(app, job, run).await;
                    done.map_err(|e| format!("a run does not go on: {e:?}"))?;
                }
            }
            if !worked {
                return Ok(());
            }
        }
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
        let mut work = self.work().await;
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
                return self.pass(STEP).await;
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
        self.pass(STEP).await
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
            .map_err(|e| format!("not stored: {e:?}"))
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

    async fn view(&self) -> Work {
        let app = &self.test.app;
        app.view(&self.founded.actor).await.expect("a view")
    }

    async fn act(
        &mut self,
        work: &mut Work,
        step: &Step,
        expected: &Answer,
    ) -> Result<Result<(), Difference>, ServiceError> {
        let done = Ok(Ok(()));
        match step {
            Step::NewRule {
                spec,
                effective_from,
            } => {
                let made = rule::create(work, self.rule_in(spec, *effective_from)).await?;
                self.rules.push(made.rule.id);
                if !spec.active {
                    let patch = RulePatch {
                        active: Some(false),
                        effective_from: Some(UnixMs(*effective_from)),
                        ..RulePatch::default()
                    };
                    rule::change(work, made.rule.id, patch).await?;
                }
                done
            }
            Step::ChangeRule {
                rule,
                spec,
                effective_from,
            } => {
                let input = self.rule_in(spec, 0);
                let patch = RulePatch {
                    name: None,
                    scope: Some(input.scope),
                    trigger: Some(input.trigger),
                    conditions: Some(input.conditions),
                    reward: Some(input.reward),
                    base: input.base,
                    recurrence: input.recurrence,
                    caps: input.caps,
                    levels: input.levels,
                    hold_days: input.hold_days,
                    auto_approve: input.auto_approve,
                    active: Some(spec.active),
                    effective_from: effective_from.map(UnixMs),
                };
                rule::change(work, self.rules[*rule], patch).await?;
                done
            }
            Step::Record(report) => self.record(work, report, expected).await,
            Step::Refund { id, sale, amount } => {
                let input = TrackRefund {
                    external_id: id.clone(),
                    sale_external_id: self.model.events[*sale].report.id.clone(),
                    amount: *amount,
                    reason: None,
                };
                let back = event::refund(work, "api", input).await?;
                let known = matches!(expected, Answer::Known(_));
                Ok(same_duplicate(back.duplicate, known))
            }
            Step::Dispute(report) => {
                let input = TrackDispute {
                    external_id: report.id.clone(),
                    sale_external_id: self.model.events[report.sale].report.id.clone(),
                    amount: report.amount,
                    status: report.status,
                    reason: None,
                    occurred_at: report.occurred.map(UnixMs),
                };
                let told = event::dispute(work, "api", input).await?;
                self.find_given_again(work).await;
                let known = matches!(expected, Answer::Known(_));
                Ok(same_duplicate(told.duplicate, known))
            }
            Step::ApproveReferral(at) => {
                referral::approve(work, self.referrals[*at]).await?;
                done
            }
            Step::ApproveReferrals => {
                let all = referral::Selection::Filter(Box::default());
                referral::approve_many(work, &all).await?;
                done
            }
            Step::RejectReferral(at) => {
                referral::reject(work, self.referrals[*at], "A check failed").await?;
                done
            }
            Step::UndoReferral(at) => {
                referral::undo(work, self.referrals[*at]).await?;
                self.find_given_again(work).await;
                done
            }
            Step::Approve { at, release } => {
                let note = release.then_some("Released");
                commission::approve(work, self.commissions[*at], *release, note).await?;
                done
            }
            Step::ApproveAll => {
                let all = Selection::Filter(Box::default());
                let result = commission::approve_many(work, &all).await?;
                self.together.extend(result.act);
                done
            }
            Step::UndoAll(at) => {
                commission::undo_many(work, self.together[*at]).await?;
                done
            }
            Step::Reject(at) => {
                commission::reject(work, self.commissions[*at], "No").await?;
                done
            }
            Step::Undo(at) => {
                commission::undo(work, self.commissions[*at]).await?;
                self.find_given_again(work).await;
                done
            }
            Step::Adjust { at, by } => {
                commission::adjust(work, self.commissions[*at], *by, "Adjusted").await?;
                done
            }
            Step::Bonus {
                affiliate,
                amount,
                currency,
            } => {
                let input = FreeAdjustment {
                    affiliate_id: self.founded.affiliates[*affiliate],
                    amount: *amount,
                    currency: *currency,
                    note: "Bonus".to_owned(),
                };
                let made = commission::adjust_freely(work, input).await?;
                self.commissions.push(made.id);
                let at = self.commissions.len() - 1;
                self.model.commissions[at].rank = made.id.to_string();
                done
            }
            Step::PayAll => {
                payout::create(work, Whom::AllEligible).await?;
                done
            }
            Step::PayAffiliate(at) => {
                payout::create(work, Whom::Affiliate(self.founded.affiliates[*at])).await?;
                done
            }
            Step::ApprovePayout(at) => {
                payout::approve(work, self.payouts[*at]).await?;
                done
            }
            Step::MarkPaid(at) => {
                payout::mark_paid(work, self.payouts[*at], PaymentIn::default()).await?;
                done
            }
            Step::CancelPayout(at) => {
                payout::cancel(work, self.payouts[*at]).await?;
                done
            }
            Step::PayCommission(at) => {
                let id = self.commissions[*at];
                payout::pay_commission(work, id, PaymentIn::default()).await?;
                done
            }
            Step::Run(input) => {
                let id = self.begin_run(work, input).await?;
                self.runs.push(id);
                done
            }
            Step::SubmitRun(at) => {
                let waits = payout_run::submit(work, self.runs[*at], &self.confirmed).await?;
                Ok(match waits {
                    false => Ok(()),
                    true => Err("a run without a limit waits for a second person".to_owned()),
                })
            }
            Step::PayRun(at) => {
                let payment = PaymentIn::default();
                payout_run::pay(work, self.runs[*at], payment, &self.confirmed).await?;
                done
            }
            Step::CancelRun(at) => {
                payout_run::cancel(work, self.runs[*at]).await?;
                done
            }
            Step::Truth(source) => {
                let patch = SettingPatch {
                    truth_source: Some(source.unwrap_or_default().to_owned()),
                    ..SettingPatch::default()
                };
                setting::update(work, patch).await?;
                done
            }
            Step::Leave(customer) => {
                let input = TrackCancel {
                    customer_external_id: format!("customer-{customer}"),
                    occurred_at: None,
                };
                let (_, again) = event::cancel(work, "api", input).await?;
                Ok(same_duplicate(again, matches!(expected, Answer::Known(_))))
            }
            Step::SetStatus {
                affiliate,
                approved,
            } => {
                let status = match approved {
                    true => AffiliateStatus::Approved,
                    false => AffiliateStatus::Suspended,
                };
                affiliate::set_status(work, self.founded.affiliates[*affiliate], status).await?;
                done
            }
            Step::Wait(_) => done,
        }
    }

    async fn record(
        &mut self,
        work: &mut Work,
        report: &Report,
        expected: &Answer,
    ) -> Result<Result<(), Difference>, ServiceError> {
        let customer = CustomerIn {
            external_id: format!("customer-{}", report.customer),
            country: report.country.map(str::to_owned),
            ..CustomerIn::default()
        };
        let hints = Hints {
            code: match report.code {
                Code::None => None,
                Code::Unknown => Some("nobodys-code".to_owned()),
                Code::Of(affiliate, campaign) => {
                    Some(code(self.founded.world.number, affiliate, campaign))
                }
            },
            coupon: report.coupon.map(str::to_owned),
            ..Hints::default()
        };
        let pairs = report
            .metadata
            .iter()
            .map(|&(key, value)| (key.to_owned(), value.into()));
        let metadata =
            (!report.metadata.is_empty()).then(|| serde_json::Value::Object(pairs.collect()));
        let occurred_at = report.occurred.map(UnixMs);
        let recorded = match report.on {
            On::Lead => {
                let input = TrackLead {
                    external_id: report.id.clone(),
                    customer,
                    hints,
                    event: Some(report.name.to_owned()),
                    occurred_at,
                    metadata,
                };
                event::lead(work, report.source, input).await?
            }
            On::Sale => {
                let input = TrackSale {
                    external_id: report.id.clone(),
                    customer,
                    amount: report.amount,
                    currency: report.currency.expect("a sale has one"),
                    tax: report.tax,
                    shipping: report.shipping,
                    items: report
                        .items
                        .iter()
                        .map(|item| ItemIn {
                            product_id: item.0.to_owned(),
                            amount: item.1,
                            // Line totals are what counts, however many pieces they are.
                            quantity: (item.1 % 3 > 0).then_some(item.1 % 3 + 1),
                        })
                        .collect(),
                    event: Some(report.name.to_owned()),
                    hints,
                    occurred_at,
                    metadata,
                };
                event::sale(work, report.source, input).await?
            }
        };
        let (known, lines) = match expected {
            Answer::Done(lines) => (false, lines),
            Answer::Known(lines) => (true, lines),
            Answer::Refused | Answer::Void => return Ok(Ok(())),
        };
        let stored = event::recorded(work, recorded.event.id).await?;
        if let Err(difference) = same_as_stored(&recorded, &stored) {
            return Ok(Err(difference));
        }
        Ok(self.learn(&recorded, known, lines))
    }

    /// Learns what the product made of an event, and whether that is what the model has made.
    fn learn(
        &mut self,
        recorded: &Recorded,
        known: bool,
        lines: &[usize],
    ) -> Result<(), Difference> {
        same_duplicate(recorded.duplicate, known)?;
        if !known {
            let expected = self.model.events.last().and_then(|event| event.referral);
            match (expected, &recorded.referral) {
                (None, None) => {}
                (Some(at), Some(found)) if at == self.referrals.len() => {
                    self.referrals.push(found.id);
                }
                (Some(at), Some(found)) if self.referrals[at] == found.id => {}
                (expected, found) => {
                    return Err(format!(
                        "the referral is {found:?}, the model says {expected:?}"
                    ));
                }
            }
        }
        let describe = |c: &Commission| (c.level, c.amount, c.currency, c.rule_version);
        let all: Vec<_> = recorded.commissions.iter().map(describe).collect();
        for &line in lines {
            let wanted = &mut self.model.commissions[line];
            let source = wanted.source.expect("an event made it");
            let found = recorded.commissions.iter().find(|c| {
                c.rule_id == Some(self.rules[source.rule])
                    && usize::try_from(c.level) == Ok(source.level)
                    && c.affiliate_id == self.founded.affiliates[wanted.affiliate]
            });
            let Some(found) = found else {
                return Err(format!(
                    "the product has (level, amount, currency, version) {all:?}, not {wanted:?}"
                ));
            };
            if !known {
                self.commissions.push(found.id);
                wanted.rank = found.id.to_string();
            }
        }
        if lines.len() == recorded.commissions.len() {
            return Ok(());
        }
        let wanted: Vec<_> = lines
            .iter()
            .map(|&at| &self.model.commissions[at])
            .collect();
        Err(format!(
            "the product has (level, amount, currency, version) {all:?}, the model {wanted:#?}"
        ))
    }

    fn rule_in(&self, spec: &RuleSpec, effective_from: i64) -> RuleIn {
        RuleIn {
            name: String::new(),
            scope: RuleScope {
                affiliate_id: spec.scope.affiliate.map(|at| self.founded.affiliates[at]),
                product_id: spec.scope.product.map(str::to_owned),
                campaign_id: spec.scope.campaign.map(|at| self.founded.campaigns[at]),
                group_id: spec.scope.group.map(|at| self.founded.groups[at]),
            },
            trigger: Trigger {
                on: match spec.on {
                    On::Lead => TriggerOn::Lead,
                    On::Sale => TriggerOn::Sale,
                },
                event: spec.event.map(str::to_owned),
            },
            conditions: spec.conditions.clone(),
            reward: spec.reward.clone(),
            base: Some(if spec.gross { Base::Gross } else { Base::Net }),
            recurrence: Some(spec.recurrence),
            caps: Some(spec.caps),
            levels: Some(spec.levels.clone()),
            hold_days: Some(spec.hold_days),
            auto_approve: Some(spec.auto_approve),
            effective_from: Some(UnixMs(effective_from)),
        }
    }

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
                let theirs = super::model::Balance {
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

/// What the product answers, partly from memory, is what it has stored.
fn same_as_stored(answered: &Recorded, stored: &Recorded) -> Result<(), Difference> {
    let same = answered.event == stored.event
        && answered.referral == stored.referral
        && answered.commissions == stored.commissions
        && answered.candidates == stored.candidates;
    if same {
        return Ok(());
    }
    Err(format!(
        "the answer is {answered:#?}, but stored is {stored:#?}"
    ))
}

fn same_duplicate(found: bool, expected: bool) -> Result<(), Difference> {
    if found == expected {
        return Ok(());
    }
    Err(format!(
        "recorded before: {found}, the model says {expected}"
    ))
}
