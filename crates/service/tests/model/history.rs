//! Random histories: the business they happen in, its rules, and one step after the other, drawn so
//! that the interesting places are reached often.

use domain::money::Currency;
use domain::rule::{
    Band, BandReward, Caps, Condition, Field, Fixed, Level, LevelOf, Op, Recurrence, Reward,
    TierMetric, TierMode, TierPeriod, Tiers, Value,
};
use domain::status::{
    CommissionStatus, DisputeStatus, PayoutRunState, PayoutStatus, ReferralStatus,
};

use super::model::{Commission, Model};

/// JPY, USD, KWD and nine more: with no, two and three decimals.
pub const CURRENCIES: [&str; 12] = [
    "USD", "JPY", "KWD", "EUR", "GBP", "CHF", "INR", "BRL", "SEK", "KRW", "BHD", "CLP",
];
/// How many affiliates have links; the others stand above them.
pub const EARNERS: usize = 3;
pub const CAMPAIGNS: usize = 2;
pub const GROUPS: usize = 2;
const CUSTOMERS: usize = 4;
const PRODUCTS: [&str; 4] = ["basic", "pro", "extra", "other"];
const COUNTRIES: [&str; 3] = ["DE", "US", "JP"];
const LEADS: [&str; 2] = ["registration", "trial"];
const SALES: [&str; 2] = ["purchase", "renewal"];
const COUPONS: [&str; 2] = ["SPRING", "FALL10"];
pub const DAY: i64 = 86_400_000;
/// What passes after a step.
pub const STEP: i64 = 1_000;

/// A small generator of its own (splitmix64), so that a seed means the same history for ever.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.draw() % u64::try_from(end.max(1)).expect("a length")).expect("small")
    }

    /// From `low` up to and with `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).expect("low is below high") + 1;
        low + i64::try_from(self.draw() % width).expect("it fits")
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn maybe<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }
}

/// An affiliate as the business begins.
#[derive(Debug, Clone)]
pub struct Person {
    pub parent: Option<usize>,
    pub group: Option<usize>,
    pub country: Option<&'static str>,
    pub tags: Vec<&'static str>,
    pub approved: bool,
}

/// A business before anything happens in it; the same for every history with its number.
#[derive(Debug, Clone)]
pub struct World {
    pub number: usize,
    pub zone: &'static str,
    pub automatic_referrals: bool,
    /// The one source whose sales count; `None`: the first that reports.
    pub truth: Option<&'static str>,
    pub affiliates: Vec<Person>,
}

impl World {
    pub fn number(number: usize) -> Self {
        let mut dice = Dice::new(0x000a_110c_a7ed + u64::try_from(number).expect("a number"));
        let zones = [
            "UTC",
            "America/New_York",
            "Asia/Tokyo",
            "Europe/Berlin",
            "Asia/Kolkata",
            "Pacific/Auckland",
        ];
        // A chain of nine gives a rule of seven levels people to pay; elsewhere a tree.
        let chain = number.is_multiple_of(3);
        let people = if chain { 9 } else { 6 };
        let affiliates = (0..people)
            .map(|at| Person {
                parent: match at + 1 {
                    above if above == people => None,
                    above if chain => Some(above),
                    above => dice.maybe(80, |dice| above + dice.below(people - above)),
                },
                group: dice.maybe(65, |dice| dice.below(GROUPS + 1).min(GROUPS - 1)),
                country: dice.maybe(70, |dice| dice.one(&COUNTRIES)),
                tags: if dice.chance(40) {
                    vec!["vip", "press"]
                } else {
                    Vec::new()
                },
                approved: at < EARNERS || dice.chance(75),
            })
            .collect();
        Self {
            number,
            zone: zones[number % zones.len()],
            automatic_referrals: (number / 6).is_multiple_of(2),
            truth: (number % 5 == 2).then_some("api"),
            affiliates,
        }
    }

    /// What a group asks for before its affiliates are paid.
    pub fn minimum(&self, affiliate: usize, currency: Currency) -> i64 {
        match self.affiliates[affiliate].group {
            Some(group) => Self::group_minimum(group, currency.code()),
            None => 0,
        }
    }

    /// What a group asks for in a currency, minor units; 0: nothing.
    pub fn group_minimum(group: usize, currency: &str) -> i64 {
        match (group, currency) {
            (1, "USD") => 50_00,
            (1, "JPY") => 2_000,
            (1, _) => 1_000,
            _ => 0,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    Lead,
    Sale,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scope {
    pub affiliate: Option<usize>,
    pub product: Option<&'static str>,
    pub campaign: Option<usize>,
    pub group: Option<usize>,
}

impl Scope {
    pub fn rank(&self) -> (bool, bool, bool, bool) {
        (
            self.affiliate.is_some(),
            self.product.is_some(),
            self.campaign.is_some(),
            self.group.is_some(),
        )
    }
}

/// A version of a rule as somebody would type it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSpec {
    pub scope: Scope,
    pub on: On,
    pub event: Option<&'static str>,
    pub conditions: Option<Condition>,
    pub reward: Reward,
    pub gross: bool,
    pub recurrence: Recurrence,
    pub caps: Caps,
    pub levels: Vec<Level>,
    pub hold_days: i64,
    pub auto_approve: bool,
    pub active: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    None,
    Unknown,
    /// The link of an affiliate in a campaign.
    Of(usize, usize),
}

/// A lead or sale as it is reported.
#[derive(Debug, Clone)]
pub struct Report {
    pub on: On,
    pub source: &'static str,
    pub id: String,
    pub name: &'static str,
    pub customer: usize,
    pub country: Option<&'static str>,
    pub code: Code,
    pub amount: i64,
    pub currency: Option<Currency>,
    pub tax: i64,
    pub shipping: i64,
    pub items: Vec<(&'static str, i64)>,
    pub coupon: Option<&'static str>,
    pub metadata: Vec<(&'static str, &'static str)>,
    pub occurred: Option<i64>,
}

/// What becomes known of a dispute.
#[derive(Debug, Clone)]
pub struct DisputeReport {
    pub id: String,
    pub sale: usize,
    pub amount: Option<i64>,
    pub status: DisputeStatus,
    pub occurred: Option<i64>,
}

/// Whom a payout run looks at; whoever may be paid is put in by hand, but for one.
#[derive(Debug, Clone, Copy)]
pub struct RunIn {
    pub days_ago: i64,
    pub currency: Option<Currency>,
    pub group: Option<usize>,
    pub leave_out: Option<usize>,
}

/// One thing that happens. Numbers name what was made before, in the order in which it was made.
#[derive(Debug, Clone)]
pub enum Step {
    NewRule {
        spec: RuleSpec,
        effective_from: i64,
    },
    ChangeRule {
        rule: usize,
        spec: RuleSpec,
        effective_from: Option<i64>,
    },
    Record(Report),
    Refund {
        id: String,
        sale: usize,
        amount: Option<i64>,
    },
    Dispute(DisputeReport),
    ApproveReferral(usize),
    ApproveReferrals,
    RejectReferral(usize),
    UndoReferral(usize),
    Approve {
        at: usize,
        release: bool,
    },
    ApproveAll,
    /// Takes back what was approved together.
    UndoAll(usize),
    Reject(usize),
    Undo(usize),
    Adjust {
        at: usize,
        by: i64,
    },
    Bonus {
        affiliate: usize,
        amount: i64,
        currency: Currency,
    },
    PayAll,
    PayAffiliate(usize),
    ApprovePayout(usize),
    MarkPaid(usize),
    CancelPayout(usize),
    PayCommission(usize),
    /// A payout run, begun and drafted.
    Run(RunIn),
    SubmitRun(usize),
    PayRun(usize),
    CancelRun(usize),
    /// A customer cancels their subscription.
    Leave(usize),
    /// Which source's sales count from now on.
    Truth(Option<&'static str>),
    SetStatus {
        affiliate: usize,
        approved: bool,
    },
    Wait(i64),
}

/// A kind of step.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Record,
    Repeat,
    Refund,
    Dispute,
    ApproveReferral,
    ApproveReferrals,
    RejectReferral,
    UndoReferral,
    Approve,
    ApproveAll,
    UndoAll,
    Reject,
    Undo,
    Adjust,
    Bonus,
    PayAll,
    PayAffiliate,
    ApprovePayout,
    MarkPaid,
    CancelPayout,
    PayCommission,
    Run,
    SubmitRun,
    PayRun,
    CancelRun,
    Leave,
    SetStatus,
    Wait,
    NewRule,
    ChangeRule,
}

/// How often each kind comes in histories about what events earn.
const OF_RULES: &[(Kind, usize)] = &[
    (Kind::Record, 60),
    (Kind::Repeat, 4),
    (Kind::Refund, 12),
    (Kind::Dispute, 8),
    (Kind::ApproveReferral, 3),
    (Kind::ApproveReferrals, 3),
    (Kind::RejectReferral, 7),
    (Kind::UndoReferral, 1),
    (Kind::Approve, 3),
    (Kind::ApproveAll, 4),
    (Kind::Reject, 2),
    (Kind::Undo, 2),
    (Kind::Adjust, 2),
    (Kind::Bonus, 1),
    (Kind::PayAll, 2),
    (Kind::MarkPaid, 2),
    (Kind::PayCommission, 1),
    (Kind::Leave, 2),
    (Kind::SetStatus, 3),
    (Kind::Wait, 6),
    (Kind::NewRule, 4),
    (Kind::ChangeRule, 10),
];

/// How often each kind comes in histories about what becomes of it.
const OF_MONEY: &[(Kind, usize)] = &[
    (Kind::Record, 30),
    (Kind::Repeat, 2),
    (Kind::Refund, 20),
    (Kind::Dispute, 20),
    (Kind::ApproveReferral, 4),
    (Kind::ApproveReferrals, 12),
    (Kind::RejectReferral, 2),
    (Kind::UndoReferral, 3),
    (Kind::Approve, 5),
    (Kind::ApproveAll, 14),
    (Kind::UndoAll, 3),
    (Kind::Reject, 3),
    (Kind::Undo, 5),
    (Kind::Adjust, 4),
    (Kind::Bonus, 6),
    (Kind::PayAll, 8),
    (Kind::PayAffiliate, 8),
    (Kind::ApprovePayout, 10),
    (Kind::MarkPaid, 14),
    (Kind::CancelPayout, 7),
    (Kind::PayCommission, 3),
    (Kind::Run, 14),
    (Kind::SubmitRun, 14),
    (Kind::PayRun, 14),
    (Kind::CancelRun, 8),
    (Kind::Leave, 1),
    (Kind::SetStatus, 2),
    (Kind::Wait, 12),
    (Kind::NewRule, 1),
    (Kind::ChangeRule, 1),
];

/// Draws a history step by step, looking at what the model has become.
pub struct Author {
    dice: Dice,
    weights: &'static [(Kind, usize)],
    of_money: bool,
    currencies: Vec<Currency>,
    refunds: usize,
    begins: i64,
    length: usize,
    rules: usize,
    /// The ids of refunds so far with their sale, for repeating them.
    told: Vec<(String, usize, Option<i64>)>,
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

    fn refund(&mut self, model: &Model) -> Option<Step> {
        let dice = &mut self.dice;
        if !self.told.is_empty() && dice.chance(8) {
            let (id, sale, amount) = self.told[dice.below(self.told.len())].clone();
            return Some(Step::Refund { id, sale, amount });
        }
        let open: Vec<usize> = (0..model.events.len())
            .filter(|&at| {
                let event = &model.events[at];
                event.report.on == On::Sale
                    && !event.seen_twice
                    && (event.refunded < event.report.amount || dice.chance(5))
            })
            .collect();
        if open.is_empty() {
            return None;
        }
        let sale = sale(dice, model, &open);
        let event = &model.events[sale];
        let left = event.report.amount - event.refunded;
        let amount = match dice.below(10) {
            0..4 => None,
            4..6 => Some((left / 3).max(1)),
            6 => Some(left + 1),
            _ => Some(dice.between(1, left.max(1))),
        };
        self.refunds += 1;
        let id = format!("R{}", self.refunds);
        self.told.push((id.clone(), sale, amount));
        Some(Step::Refund { id, sale, amount })
    }

    fn dispute(&mut self, model: &Model) -> Option<Step> {
        let dice = &mut self.dice;
        let occurred = dice.maybe(25, |dice| model.now - dice.between(0, 3 * DAY));
        if !model.disputes.is_empty() && dice.chance(65) {
            let known = &model.disputes[dice.below(model.disputes.len())];
            let status = match dice.below(10) {
                0 => DisputeStatus::Opened,
                1..4 => DisputeStatus::Lost,
                _ => DisputeStatus::Won,
            };
            return Some(Step::Dispute(DisputeReport {
                id: known.id.clone(),
                sale: known.sale,
                amount: dice.maybe(10, |dice| known.amount + dice.between(0, 1)),
                status,
                occurred,
            }));
        }
        let open: Vec<usize> = (0..model.events.len())
            .filter(|&at| {
                let event = &model.events[at];
                event.report.on == On::Sale
                    && !event.seen_twice
                    && event.refunded < event.report.amount
            })
            .collect();
        if open.is_empty() {
            return None;
        }
        let sale = sale(dice, model, &open);
        let event = &model.events[sale];
        let left = event.report.amount - event.refunded;
        let amount = dice.maybe(50, |dice| dice.between(1, left));
        let status = match dice.below(20) {
            0 => DisputeStatus::Won,
            1..4 => DisputeStatus::Lost,
            _ => DisputeStatus::Opened,
        };
        let id = format!("D{}", model.disputes.len());
        Some(Step::Dispute(DisputeReport {
            id,
            sale,
            amount,
            status,
            occurred,
        }))
    }

    fn report(&mut self, number: usize, model: &Model) -> Report {
        let dice = &mut self.dice;
        let on = if dice.chance(15) { On::Lead } else { On::Sale };
        let code = match dice.below(20) {
            0 => Code::Unknown,
            1 => Code::None,
            _ => {
                let affiliate = if dice.chance(65) {
                    0
                } else {
                    dice.below(EARNERS)
                };
                Code::Of(affiliate, dice.below(CAMPAIGNS))
            }
        };
        let occurred = match dice.below(20) {
            0..4 => Some(model.now - dice.between(0, 60 * DAY)),
            4..7 => {
                let month = model.month_begin(model.now - dice.between(0, 31 * DAY));
                let near = dice.one(&[-3_600_000, -1, 0, 1, 3_600_000]);
                Some((month + near).min(model.now))
            }
            7 => Some(model.now + dice.between(0, 300_000)),
            8 if dice.chance(25) => Some(model.now + 300_001),
            _ => None,
        };
        let customer = dice.below(CUSTOMERS);
        // Where the months of a rule end for the customer, and just before.
        let months: Vec<i64> = (model.rules.iter().flatten())
            .filter_map(|version| match version.spec.recurrence {
                Recurrence::Months(months) => Some(months),
                _ => None,
            })
            .collect();
        let first = model.first_sale(customer).filter(|_| !months.is_empty());
        let ends = first.filter(|_| dice.chance(25)).map(|first| {
            let end = model.months_after(first, dice.one(&months));
            end - dice.between(0, 1)
        });
        let occurred = ends.filter(|&end| end <= model.now).or(occurred);
        let source = if dice.chance(7) { "stripe" } else { "api" };
        let metadata = [("seats", "10"), ("seats", "2.50"), ("plan", "Yearly Plus")];
        let mut report = Report {
            on,
            source,
            id: format!("E{number}"),
            name: dice.one(&LEADS),
            customer,
            country: dice.maybe(40, |dice| dice.one(&COUNTRIES)),
            code,
            amount: 0,
            currency: None,
            tax: 0,
            shipping: 0,
            items: Vec::new(),
            coupon: dice.maybe(15, |dice| dice.one(&COUPONS)),
            metadata: dice
                .maybe(30, |dice| dice.one(&metadata))
                .into_iter()
                .collect(),
            occurred,
        };
        if on == On::Lead {
            return report;
        }
        report.name = dice.one(&SALES);
        report.currency = Some(if dice.chance(6) {
            dice.one(&CURRENCIES).parse().expect("a currency")
        } else {
            dice.one(&self.currencies)
        });
        report.amount = match dice.below(20) {
            0..2 => dice.between(0, 10),
            2..13 => dice.between(1, 20_000),
            13..19 => dice.between(1, 300_000),
            _ => dice.between(1, 10_000_000_000_000),
        };
        let most = report.amount / 3;
        report.tax = if dice.chance(45) {
            dice.between(0, most)
        } else {
            0
        };
        report.shipping = if dice.chance(30) {
            dice.between(0, most)
        } else {
            0
        };
        if dice.chance(2) {
            report.tax = report.amount + 1;
        }
        // Small items, on which the remainders of tax and shipping meet.
        let small = (3..=10).contains(&report.amount) && dice.chance(60);
        if small {
            (report.tax, report.shipping) = (most, most);
        }
        if small || dice.chance(45) {
            let many = dice.below(4) + 1;
            // Equal items: whose remainders are equal, too.
            let even = dice.chance(20);
            let each = report.amount / i64::try_from(many).expect("few");
            let mut left = report.amount;
            for at in 0..many {
                let part = if at + 1 == many {
                    left
                } else if even {
                    each
                } else {
                    dice.between(0, left)
                };
                left -= part;
                report.items.push((dice.one(&PRODUCTS), part));
            }
            if dice.chance(2) {
                report.items[0].1 += 1;
            }
        }
        report
    }

    fn spec(&mut self, model: &Model) -> RuleSpec {
        let currency = self.dice.one(&self.currencies);
        let dice = &mut self.dice;
        let on = if dice.chance(18) { On::Lead } else { On::Sale };
        let sale = on == On::Sale;
        let mut scope = Scope::default();
        if dice.chance(55) {
            scope = Scope {
                affiliate: dice.maybe(25, |dice| dice.below(EARNERS)),
                product: dice.maybe(if sale { 35 } else { 0 }, |dice| dice.one(&PRODUCTS)),
                campaign: dice.maybe(35, |dice| dice.below(CAMPAIGNS)),
                group: dice.maybe(25, |dice| dice.below(GROUPS)),
            };
        }
        let reward = reward(dice, sale, currency);
        let levels = match dice.below(10) {
            0..6 => 0,
            6..9 => dice.below(3) + 1,
            _ => 7,
        };
        let levels = (0..levels)
            .map(|_| Level {
                ppm: ppm(dice),
                of: if sale && dice.chance(60) {
                    LevelOf::Base
                } else {
                    LevelOf::Below
                },
            })
            .collect();
        let names: &[&'static str] = if sale { &SALES } else { &LEADS };
        RuleSpec {
            scope,
            on,
            event: dice.maybe(15, |dice| dice.one(names)),
            conditions: dice.maybe(25, condition),
            reward,
            gross: dice.chance(25),
            recurrence: match dice.below(10) {
                0..6 => Recurrence::Every,
                6..8 => Recurrence::First(dice.between(1, 3)),
                _ => Recurrence::Months(dice.between(1, 3)),
            },
            caps: Caps {
                per_event: dice.maybe(18, |dice| dice.between(1, 3_000)),
                per_customer: dice.maybe(15, |dice| dice.between(1, 4_000)),
                per_affiliate_month: dice.maybe(15, |dice| dice.between(1, 5_000)),
            },
            levels,
            hold_days: if dice.chance(60) {
                0
            } else {
                dice.between(1, 40)
            },
            auto_approve: dice.chance(45),
            active: !dice.chance(3) || model.rules.is_empty(),
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

/// One of these sales, rather one of which something is paid or on its way.
fn sale(dice: &mut Dice, model: &Model, open: &[usize]) -> usize {
    let mut gone: Vec<usize> = open.to_vec();
    gone.retain(|&event| {
        model.lines_of(event).iter().any(|&line| {
            let status = model.commissions[line].status;
            matches!(status, CommissionStatus::InPayout | CommissionStatus::Paid)
        })
    });
    // Or one of which something was given again.
    let again: Vec<usize> = (model.commissions.iter())
        .filter_map(|line| model.commissions[line.given_again_of?].source)
        .map(|source| source.event)
        .filter(|event| open.contains(event))
        .collect();
    if !again.is_empty() && dice.chance(60) {
        gone = again;
    } else if gone.is_empty() || dice.chance(40) {
        gone = open.to_vec();
    }
    dice.one(&gone)
}

/// A run of this state, or now and then any.
fn run(dice: &mut Dice, model: &Model, state: PayoutRunState) -> Option<usize> {
    let any = dice.chance(10);
    let fit: Vec<usize> = (0..model.runs.len())
        .filter(|&at| any || model.runs[at].state == state)
        .collect();
    (!fit.is_empty()).then(|| dice.one(&fit))
}

fn ppm(dice: &mut Dice) -> i64 {
    match dice.below(10) {
        0..3 => dice.one(&[
            10_000, 25_000, 29_000, 50_000, 75_000, 100_000, 125_000, 200_000,
        ]),
        3..6 => dice.between(1, 40) * 5_000,
        6..9 => dice.between(1, 400_000),
        _ => dice.between(400_000, 1_000_000),
    }
}

fn reward(dice: &mut Dice, sale: bool, currency: Currency) -> Reward {
    let currency = if dice.chance(20) {
        dice.one(&CURRENCIES).parse().expect("a currency")
    } else {
        currency
    };
    match dice.below(10) {
        0..4 if sale => Reward::PercentPpm(ppm(dice)),
        0..6 => Reward::Fixed(Fixed {
            amount: dice.between(1, 2_500),
            currency,
        }),
        _ => {
            let revenue = sale && dice.chance(65);
            let graduated = revenue && dice.chance(60);
            let fixed = !sale || (!graduated && dice.chance(25));
            let mut from = 0;
            let bands = (0..dice.below(3) + 2)
                .map(|_| {
                    let band = Band {
                        from,
                        reward: if fixed {
                            BandReward::Fixed(Fixed {
                                amount: if dice.chance(20) {
                                    0
                                } else {
                                    dice.between(1, 2_500)
                                },
                                currency,
                            })
                        } else if dice.chance(20) {
                            BandReward::PercentPpm(0)
                        } else {
                            BandReward::PercentPpm(ppm(dice))
                        },
                    };
                    from += if revenue {
                        dice.between(1, 25_000)
                    } else {
                        dice.between(1, 2)
                    };
                    band
                })
                .collect();
            Reward::Tiers(Tiers {
                metric: if revenue {
                    TierMetric::Revenue
                } else {
                    TierMetric::Conversions
                },
                period: if dice.chance(55) {
                    TierPeriod::Month
                } else {
                    TierPeriod::Lifetime
                },
                mode: if graduated {
                    TierMode::Graduated
                } else {
                    TierMode::Volume
                },
                bands,
            })
        }
    }
}

fn condition(dice: &mut Dice) -> Condition {
    match dice.below(4) {
        0 => Condition::All(vec![comparison(dice), comparison(dice)]),
        1 => Condition::Any(vec![comparison(dice), comparison(dice)]),
        _ => comparison(dice),
    }
}

fn comparison(dice: &mut Dice) -> Condition {
    const SAME: [Op; 2] = [Op::Is, Op::IsNot];
    const LISTS: [Op; 2] = [Op::In, Op::NotIn];
    const ORDER: [Op; 4] = [Op::Gt, Op::Gte, Op::Lt, Op::Lte];
    const TEXT: [Op; 3] = [Op::Contains, Op::StartsWith, Op::EndsWith];
    let text = |text: &str| Value::Text(text.to_owned());
    let (field, op, value) = match dice.below(13) {
        0 => (Field::Product, dice.one(&SAME), text(dice.one(&PRODUCTS))),
        1 => (
            Field::Product,
            dice.one(&LISTS),
            Value::List(vec![text("BASIC"), text("pro")]),
        ),
        2 => (
            Field::Amount,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 20_000)),
        ),
        3 => (
            Field::Currency,
            dice.one(&SAME),
            text(dice.one(&["USD", "jpy", "KWD"])),
        ),
        4 => (
            Field::Customer,
            Op::Is,
            text(dice.one(&["new", "returning"])),
        ),
        5 => (
            Field::CustomerCountry,
            dice.one(&SAME),
            text(dice.one(&COUNTRIES)),
        ),
        6 => (
            Field::CustomerAgeMonths,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 2)),
        ),
        7 => (
            Field::Coupon,
            dice.one(&SAME),
            text(dice.one(&["spring", "FALL10"])),
        ),
        8 => (
            Field::AffiliateCountry,
            dice.one(&SAME),
            text(dice.one(&COUNTRIES)),
        ),
        9 => (
            Field::AffiliateTag,
            dice.one(&SAME),
            text(dice.one(&["vip", "new"])),
        ),
        10 => (
            Field::AffiliateConversions,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 4)),
        ),
        11 => (
            Field::AffiliateRevenue,
            dice.one(&ORDER),
            Value::Number(dice.between(0, 40_000)),
        ),
        _ => match dice.below(3) {
            0 => (
                Field::Metadata("seats".to_owned()),
                dice.one(&ORDER),
                text("2.5"),
            ),
            1 => (
                Field::Metadata("seats".to_owned()),
                dice.one(&SAME),
                text("2.5"),
            ),
            _ => (
                Field::Metadata("plan".to_owned()),
                dice.one(&TEXT),
                text(dice.one(&["yearly", "plus", "x"])),
            ),
        },
    };
    Condition::Test { field, op, value }
}
