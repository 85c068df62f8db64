//! Draws a history, so that the interesting places are reached often.

use domain::money::Currency;
use domain::status::{
    CommissionStatus, DisputeStatus, PayoutRunState, PayoutStatus, ReferralStatus,
};

use super::kind::{Kind, OF_MONEY, OF_RULES};
use super::step::Scope;
use super::{
    CURRENCIES, CUSTOMERS, DAY, Dice, DisputeReport, EARNERS, GROUPS, On, Report, RunIn, STEP, Step,
};
use crate::model::{Commission, Model};

/// Draws a history step by step, looking at what the model has become.
pub struct Author {
    pub(super) dice: Dice,
    weights: &'static [(Kind, usize)],
    of_money: bool,
    pub(super) currencies: Vec<Currency>,
    pub(super) refunds: usize,
    begins: i64,
    length: usize,
    rules: usize,
    /// The ids of refunds so far with their sale, for repeating them.
    pub(super) told: Vec<(String, usize, Option<i64>)>,
    /// The source of truth was changed.
    truth_changed: bool,
}

impl Author {
    pub fn new(seed: u64, begins: i64) -> Self {
        let mut dice = Dice::new(seed);
        let of_money = dice.chance(55);
        let weights = if of_money { OF_MONEY } else { OF_RULES };
        let many = if dice.chance(60) { 1 } else { 2 };
        let currencies = (0..many)
            .map(|_| {
                let code = if dice.chance(25) {
                    "USD"
                } else {
                    dice.one(&CURRENCIES)
                };
                code.parse().expect("a currency")
            })
            .collect();
        let length = dice.below(13) + 9;
        let rules = dice.below(4) + 1;
        Self {
            dice,
            weights,
            of_money,
            currencies,
            refunds: 0,
            begins,
            length,
            rules,
            told: Vec::new(),
            truth_changed: false,
        }
    }

    /// How many steps it has, with those that make the first rules.
    pub fn length(&self) -> usize {
        self.length + self.rules
    }

    pub fn next(&mut self, number: usize, model: &Model) -> Step {
        if number < self.rules {
            let mut spec = self.spec(model);
            if number == 0 && self.dice.chance(75) {
                spec.scope = Scope::default();
                spec.conditions = None;
                spec.event = None;
            }
            let effective_from = if self.dice.chance(85) {
                self.begins - 200 * DAY
            } else {
                self.begins - self.dice.between(0, 20 * DAY)
            };
            return Step::NewRule {
                spec,
                effective_from,
            };
        }
        loop {
            if let Some(step) = self.step(number, model) {
                return step;
            }
        }
    }

    /// What kind of thing happens, by the weights of the history's theme.
    fn kind(&mut self) -> Kind {
        let all: usize = self.weights.iter().map(|kind| kind.1).sum();
        let mut draw = self.dice.below(all);
        for &(kind, weight) in self.weights {
            if draw < weight {
                return kind;
            }
            draw -= weight;
        }
        Kind::Record
    }

    /// What brings money on its way to an affiliate, or back: what is left to do with what there is, the
    /// last thing first.
    fn onward(&mut self, model: &Model) -> Kind {
        let dice = &mut self.dice;
        let is_paid = |status| (model.payouts.iter()).any(|payout| payout.status == status);
        let has_run = |state| model.runs.iter().any(|run| run.state == state);
        let has = |status| model.commissions.iter().any(|line| line.status == status);
        let waits = |referral: Option<usize>| {
            referral.is_some_and(|at| model.referrals[at].status == ReferralStatus::Pending)
        };
        let open = |line: &&Commission| line.status == CommissionStatus::Pending;
        let mut pending = model.commissions.iter().filter(open);
        let taken = has(CommissionStatus::Paid) || has(CommissionStatus::InPayout);
        let again = model
            .commissions
            .iter()
            .any(|line| line.given_again_of.is_some());
        let clawback = |line: &Commission| -model.balance(line.affiliate, line.currency).clawback;
        let owed = model.commissions.iter().any(|line| clawback(line) > 0);
        // A payout has settled what was taken back of another one.
        let settled = (model.commissions.iter()).any(|line| line.clawed > clawback(line));
        if again && dice.chance(50) {
            Kind::Refund
        } else if settled && dice.chance(60) {
            Kind::Dispute
        } else if owed && dice.chance(50) {
            dice.one(&[Kind::Bonus, Kind::PayAffiliate, Kind::MarkPaid])
        } else if has_run(PayoutRunState::Approved) && dice.chance(60) {
            Kind::PayRun
        } else if has_run(PayoutRunState::Drafted) && dice.chance(60) {
            Kind::SubmitRun
        } else if is_paid(PayoutStatus::Draft) && dice.chance(40) {
            dice.one(&[Kind::ApprovePayout, Kind::MarkPaid, Kind::MarkPaid])
        } else if is_paid(PayoutStatus::Pending) && dice.chance(40) {
            dice.one(&[Kind::MarkPaid, Kind::MarkPaid, Kind::CancelPayout])
        } else if taken && dice.chance(35) {
            dice.one(&[Kind::Refund, Kind::Dispute, Kind::Dispute])
        } else if has(CommissionStatus::Approved) && dice.chance(10) {
            Kind::Wait
        } else if has(CommissionStatus::Approved) && dice.chance(70) {
            dice.one(&[
                Kind::PayAffiliate,
                Kind::PayAll,
                Kind::Run,
                Kind::Run,
                Kind::Wait,
                Kind::Bonus,
            ])
        } else if pending.any(|line| waits(line.referral)) {
            Kind::ApproveReferrals
        } else if has(CommissionStatus::Pending) && dice.chance(70) {
            Kind::ApproveAll
        } else {
            Kind::Record
        }
    }

    /// Where a rejection and a dispute can meet, what makes them: rejected while it is open, then won, and
    /// the rejection undone. Dice fall only where there is such a commission.
    fn entangled(&mut self, model: &Model) -> Option<Step> {
        let on_its_way = |referral: usize| {
            model.commissions.iter().any(|line| {
                line.referral == Some(referral)
                    && matches!(
                        line.status,
                        CommissionStatus::InPayout | CommissionStatus::Paid
                    )
            })
        };
        let found = model
            .commissions
            .iter()
            .enumerate()
            .find_map(|(at, line)| {
                let (sale, referral) = (line.source?.event, line.referral?);
                let of_it = |status| {
                    (model.disputes.iter())
                        .find(|dispute| dispute.sale == sale && dispute.status == status)
                };
                let open = of_it(DisputeStatus::Opened).filter(|_| line.reversed > 0);
                let kept = model.referrals[referral].status != ReferralStatus::Rejected;
                match (line.status, open) {
                    (CommissionStatus::Pending, Some(_)) if kept => Some(Step::Reject(at)),
                    (CommissionStatus::Reversed, Some(_)) if kept && !on_its_way(referral) => {
                        Some(Step::RejectReferral(referral))
                    }
                    (CommissionStatus::Rejected | CommissionStatus::Reversed, Some(dispute))
                        if !kept || line.status == CommissionStatus::Rejected =>
                    {
                        Some(Step::Dispute(DisputeReport {
                            id: dispute.id.clone(),
                            sale,
                            amount: None,
                            status: DisputeStatus::Won,
                            occurred: None,
                        }))
                    }
                    (CommissionStatus::Rejected, None) => {
                        let undo = if kept {
                            Step::Undo(at)
                        } else {
                            Step::UndoReferral(referral)
                        };
                        of_it(DisputeStatus::Won).map(|_| undo)
                    }
                    _ => None,
                }
            })?;
        let percent = if matches!(found, Step::RejectReferral(_)) {
            25
        } else {
            50
        };
        self.dice.chance(percent).then_some(found)
    }

    /// Once the source of truth was changed: what counted, told by another source.
    fn told_again(&mut self, model: &Model) -> Option<Step> {
        let sales: Vec<&Report> = (model.events.iter())
            .filter(|event| event.report.on == On::Sale)
            .map(|event| &event.report)
            .collect();
        if !self.truth_changed || sales.is_empty() || !self.dice.chance(40) {
            return None;
        }
        let mut report = sales[self.dice.below(sales.len())].clone();
        report.source = if report.source == "api" {
            "stripe"
        } else {
            "api"
        };
        Some(Step::Record(report))
    }

    fn step(&mut self, number: usize, model: &Model) -> Option<Step> {
        if let Some(step) = self.entangled(model) {
            return Some(step);
        }
        if let Some(step) = self.told_again(model) {
            return Some(step);
        }
        let kind = if self.of_money && self.dice.chance(55) {
            self.onward(model)
        } else {
            self.kind()
        };
        let dice = &mut self.dice;
        let commissions = model.commissions.len();
        let drafts = |status: PayoutStatus| -> Vec<usize> {
            (0..model.payouts.len())
                .filter(|&at| model.payouts[at].status == status)
                .collect()
        };
        match kind {
            Kind::Record => Some(Step::Record(self.report(number, model))),
            Kind::Repeat => {
                let mut report = (!model.events.is_empty())
                    .then(|| model.events[dice.below(model.events.len())].report.clone())?;
                match dice.below(6) {
                    0 | 1 => {
                        report.source = if report.source == "api" {
                            "stripe"
                        } else {
                            "api"
                        }
                    }
                    2 => {
                        report.amount += i64::from(report.on == On::Sale && report.items.is_empty())
                    }
                    3 => report.customer = dice.below(CUSTOMERS),
                    4 => {
                        self.truth_changed = true;
                        let source = dice.one(&[None, Some("api"), Some("stripe"), Some("stripe")]);
                        return Some(Step::Truth(source));
                    }
                    _ => {}
                }
                Some(Step::Record(report))
            }
            Kind::Refund => self.refund(model),
            Kind::Dispute => self.dispute(model),
            Kind::Run => {
                // Up to today, or up to the day of one of those that are there.
                let at = pick(dice, model, CommissionStatus::Approved)?;
                let days_ago = (model.now - model.commissions[at].touched) / DAY;
                Some(Step::Run(RunIn {
                    days_ago: if dice.chance(40) { 0 } else { days_ago },
                    currency: dice.maybe(20, |dice| dice.one(&self.currencies)),
                    group: dice.maybe(15, |dice| dice.below(GROUPS)),
                    leave_out: dice.maybe(35, |dice| dice.below(EARNERS)),
                }))
            }
            Kind::SubmitRun => run(dice, model, PayoutRunState::Drafted).map(Step::SubmitRun),
            Kind::PayRun => run(dice, model, PayoutRunState::Approved).map(Step::PayRun),
            Kind::CancelRun => {
                (!model.runs.is_empty()).then(|| Step::CancelRun(dice.below(model.runs.len())))
            }
            Kind::Leave => Some(Step::Leave(dice.below(CUSTOMERS))),
            Kind::UndoReferral => {
                let decided: Vec<usize> = (0..model.referrals.len())
                    .filter(|&at| model.referrals[at].status != ReferralStatus::Pending)
                    .collect();
                (!decided.is_empty()).then(|| Step::UndoReferral(dice.one(&decided)))
            }
            Kind::UndoAll => (!model.together.is_empty())
                .then(|| Step::UndoAll(dice.below(model.together.len()))),
            Kind::ApproveReferral => {
                let open: Vec<usize> = (0..model.referrals.len())
                    .filter(|&at| model.referrals[at].status == ReferralStatus::Pending)
                    .collect();
                (!open.is_empty()).then(|| Step::ApproveReferral(dice.one(&open)))
            }
            Kind::ApproveReferrals => Some(Step::ApproveReferrals),
            Kind::RejectReferral => (!model.referrals.is_empty())
                .then(|| Step::RejectReferral(dice.below(model.referrals.len()))),
            Kind::Approve => {
                let at = pick(dice, model, CommissionStatus::Pending)?;
                let release = dice.chance(25);
                Some(Step::Approve { at, release })
            }
            Kind::ApproveAll => Some(Step::ApproveAll),
            Kind::Reject => Some(Step::Reject(pick(dice, model, CommissionStatus::Pending)?)),
            Kind::Undo => {
                let of = if dice.chance(50) {
                    CommissionStatus::Approved
                } else {
                    CommissionStatus::Rejected
                };
                Some(Step::Undo(pick(dice, model, of)?))
            }
            Kind::Adjust => {
                let at = pick(dice, model, CommissionStatus::Pending)?;
                let most = model.commissions[at].amount.unsigned_abs().min(1_000_000);
                let most = i64::try_from(most).expect("small").max(3);
                let by = dice.between(-most, most);
                Some(Step::Adjust { at, by })
            }
            Kind::Bonus => {
                // Rather for somebody who owes something, or has something approved.
                let mut whose: Vec<(usize, Currency)> = (model.commissions.iter())
                    .map(|line| (line.affiliate, line.currency))
                    .filter(|&(affiliate, currency)| {
                        model.balance(affiliate, currency).clawback < 0
                    })
                    .collect();
                if let Some(at) = pick(dice, model, CommissionStatus::Approved) {
                    let line = &model.commissions[at];
                    whose.push((line.affiliate, line.currency));
                }
                if whose.is_empty() || dice.chance(40) {
                    whose = vec![(dice.below(EARNERS), dice.one(&self.currencies))];
                }
                let (affiliate, currency) = dice.one(&whose);
                let minimum = model.world.minimum(affiliate, currency);
                let amount = match dice.below(3) {
                    0 => -dice.between(1, 500),
                    // Exactly what a group asks for, or one less.
                    1 if minimum > 0 => {
                        let balance = model.balance(affiliate, currency);
                        let missing = minimum - balance.approved - balance.clawback;
                        missing.clamp(-1_000_000, 1_000_000) - dice.between(0, 1)
                    }
                    _ => dice.between(1, 4_000),
                };
                Some(Step::Bonus {
                    affiliate,
                    amount,
                    currency,
                })
            }
            Kind::PayAll => (commissions > 0).then_some(Step::PayAll),
            Kind::PayAffiliate => {
                let approved = pick(dice, model, CommissionStatus::Approved)?;
                Some(Step::PayAffiliate(model.commissions[approved].affiliate))
            }
            Kind::ApprovePayout => {
                let drafts = drafts(PayoutStatus::Draft);
                (!drafts.is_empty()).then(|| Step::ApprovePayout(dice.one(&drafts)))
            }
            Kind::MarkPaid => {
                let mut ready = drafts(PayoutStatus::Pending);
                if dice.chance(40) {
                    ready.extend(drafts(PayoutStatus::Draft));
                }
                (!ready.is_empty()).then(|| Step::MarkPaid(dice.one(&ready)))
            }
            Kind::CancelPayout => {
                let mut open = drafts(PayoutStatus::Pending);
                open.extend(drafts(PayoutStatus::Draft));
                if open.is_empty() || dice.chance(10) {
                    open = (0..model.payouts.len()).collect();
                }
                (!open.is_empty()).then(|| Step::CancelPayout(dice.one(&open)))
            }
            Kind::PayCommission => Some(Step::PayCommission(pick(
                dice,
                model,
                CommissionStatus::Approved,
            )?)),
            Kind::SetStatus => {
                let affiliate = dice.below(model.approved.len());
                let approved = !model.approved[affiliate];
                Some(Step::SetStatus {
                    affiliate,
                    approved,
                })
            }
            Kind::Wait => Some(Step::Wait(match dice.below(4) {
                // To the end of a hold exactly, or to just before it.
                3 => {
                    let mut holds: Vec<i64> = model
                        .commissions
                        .iter()
                        .map(|line| line.hold_until)
                        .collect();
                    holds.retain(|hold| *hold > model.now + STEP);
                    if holds.is_empty() {
                        return None;
                    }
                    dice.one(&holds) - model.now - STEP - dice.between(0, 1)
                }
                0 => dice.between(1, 3 * DAY),
                1 => dice.between(DAY, 45 * DAY),
                _ => 30 * DAY,
            })),
            Kind::NewRule => {
                let spec = self.spec(model);
                let past = self.dice.between(-2 * DAY, 30 * DAY);
                Some(Step::NewRule {
                    spec,
                    effective_from: model.now - past,
                })
            }
            Kind::ChangeRule => {
                let rule = dice.below(model.rules.len());
                let newest = model.rules[rule].last().expect("a version");
                let (mut spec, from) = (newest.spec.clone(), newest.effective_from);
                let other = self.spec(model);
                match self.dice.below(6) {
                    0 => spec.active = !spec.active,
                    1 => spec.hold_days = other.hold_days,
                    2 => spec.caps = other.caps,
                    3 if spec.on == other.on => spec.levels = other.levels,
                    _ if spec.on == other.on => spec.reward = other.reward,
                    _ => return None,
                }
                let effective_from = match self.dice.below(3) {
                    0 => None,
                    1 => Some(model.now + self.dice.between(-20 * DAY, DAY)),
                    _ => Some(self.dice.between(from, from.max(model.now))),
                };
                Some(Step::ChangeRule {
                    rule,
                    spec,
                    effective_from,
                })
            }
        }
    }
}

/// A commission of this state, or now and then any.
fn pick(dice: &mut Dice, model: &Model, status: CommissionStatus) -> Option<usize> {
    if model.commissions.is_empty() {
        return None;
    }
    if dice.chance(10) {
        return Some(dice.below(model.commissions.len()));
    }
    let fit: Vec<usize> = (0..model.commissions.len())
        .filter(|&at| model.commissions[at].status == status)
        .collect();
    (!fit.is_empty()).then(|| dice.one(&fit))
}

/// A run of this state, or now and then any.
fn run(dice: &mut Dice, model: &Model, state: PayoutRunState) -> Option<usize> {
    let any = dice.chance(10);
    let fit: Vec<usize> = (0..model.runs.len())
        .filter(|&at| any || model.runs[at].state == state)
        .collect();
    (!fit.is_empty()).then(|| dice.one(&fit))
}
