//! What the money page says, once more: slow, without a database, with exact fractions. It shares the
//! rules' types with the product and not one computation.

use std::collections::{BTreeMap, BTreeSet};

use domain::money::Currency;
use domain::rule::{
    BandReward, Caps, Condition, Field, LevelOf, Op, Recurrence, Reward, TierMetric, TierMode,
    TierPeriod, Tiers, Value,
};
use domain::status::{
    CommissionStatus, DisputeStatus, PayoutRunState, PayoutStatus, ReferralStatus,
};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Unit, Zoned};

use super::fraction::Fraction;
use super::history::{
    CURRENCIES, Code, DAY, DisputeReport, On, Report, RuleSpec, RunIn, Step, World,
};

/// In the order of [`CURRENCIES`].
pub const CURRENCY_PLACES: [&str; 12] = [
    "a commission in USD",
    "a commission in JPY",
    "a commission in KWD",
    "a commission in EUR",
    "a commission in GBP",
    "a commission in CHF",
    "a commission in INR",
    "a commission in BRL",
    "a commission in SEK",
    "a commission in KRW",
    "a commission in BHD",
    "a commission in CLP",
];

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was done; an event names the commissions it made.
    Done(Vec<usize>),
    /// It had been recorded before, with these commissions.
    Known(Vec<usize>),
    /// It is not allowed, and nothing has changed.
    Refused,
    /// There is nothing it could be about.
    Void,
}

/// A version of a rule.
#[derive(Debug, Clone)]
pub struct Version {
    pub spec: RuleSpec,
    pub effective_from: i64,
}

#[derive(Debug, Clone)]
struct Customer {
    known_since: i64,
    country: Option<&'static str>,
    bound: Option<(usize, usize)>,
    /// Cancelled their subscription, and has not bought since.
    left: bool,
}

/// A recorded lead or sale.
#[derive(Debug, Clone)]
pub struct Event {
    pub report: Report,
    pub occurred: i64,
    pub refunded: i64,
    pub seen_twice: bool,
    pub credited: Option<(usize, usize)>,
    pub referral: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Referral {
    pub affiliate: usize,
    pub campaign: usize,
    pub customer: usize,
    pub status: ReferralStatus,
}

/// Where a commission came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub event: usize,
    pub rule: usize,
    pub level: usize,
}

#[derive(Debug, Clone)]
pub struct Commission {
    /// `None`: a free adjustment.
    pub source: Option<Source>,
    pub affiliate: usize,
    pub currency: Currency,
    pub version: usize,
    pub amount: i64,
    pub adjusted: i64,
    pub reversed: i64,
    /// The part of `reversed` that is, or was, owed back.
    pub clawed: i64,
    pub status: CommissionStatus,
    pub referral: Option<usize>,
    pub hold_until: i64,
    pub auto_approve: bool,
    pub payout: Option<usize>,
    /// When it was last earned, approved or adjusted: what a payout run's day is compared with.
    pub touched: i64,
    /// Rejected because its referral was, not by itself.
    with_referral: bool,
    /// What a won dispute gave again of a commission whose clawback was settled.
    pub given_again_of: Option<usize>,
    /// What it was before it was wholly reversed.
    before_reversal: CommissionStatus,
    /// A won dispute gave it again when its referral was rejected by then.
    revived_rejected: bool,
    /// Where the product's id puts it among others; told from outside, since ids made in one
    /// millisecond have no order that a model could know.
    pub rank: String,
}

impl Commission {
    fn due(&self) -> i64 {
        self.amount + self.adjusted
    }

    /// What its account holds for it.
    pub fn payable(&self) -> i64 {
        self.due() - self.reversed + self.clawed
    }

    /// What the affiliate keeps of it.
    fn net(&self) -> i64 {
        self.due() - self.reversed
    }

    fn reverse_wholly(&mut self) {
        self.before_reversal = self.status;
        self.status = CommissionStatus::Reversed;
    }

    /// One without an event, approved at once.
    fn free(affiliate: usize, currency: Currency, amount: i64, now: i64) -> Self {
        Self {
            source: None,
            affiliate,
            currency,
            version: 0,
            amount,
            adjusted: 0,
            reversed: 0,
            clawed: 0,
            status: CommissionStatus::Approved,
            referral: None,
            hold_until: 0,
            auto_approve: false,
            payout: None,
            touched: now,
            with_referral: false,
            given_again_of: None,
            before_reversal: CommissionStatus::Approved,
            revived_rejected: false,
            rank: String::new(),
        }
    }

    fn is_wholly_reversed(&self) -> bool {
        self.reversed > 0 && self.payable() == 0
    }
}

#[derive(Debug, Clone)]
pub struct Payout {
    pub affiliate: usize,
    pub currency: Currency,
    pub total: i64,
    pub carried: i64,
    pub status: PayoutStatus,
    run: Option<usize>,
}

impl Payout {
    pub fn amount(&self) -> i64 {
        self.total + self.carried
    }
}

/// A payout run whose payouts are drafted.
#[derive(Debug, Clone)]
pub struct Run {
    pub payouts: Vec<usize>,
    pub state: PayoutRunState,
}

/// Who is in a payout run, and the instant before which what it pays was approved.
pub struct Members {
    pub included: Vec<(usize, Currency)>,
    pub before: i64,
}

#[derive(Debug, Clone)]
struct RefundSeen {
    id: String,
    sale: usize,
    amount: i64,
}

#[derive(Debug, Clone)]
pub struct Dispute {
    pub id: String,
    pub sale: usize,
    pub amount: i64,
    /// What it takes of the sale now.
    taken: i64,
    pub status: DisputeStatus,
    decided: i64,
    reports: Vec<(DisputeStatus, i64)>,
}

/// What an event counts for under a rule: for tiers and caps of later ones.
#[derive(Debug, Clone)]
struct Credit {
    rule: usize,
    event: usize,
    affiliate: usize,
    base: i64,
    /// The commission of level 0; none when it was zero.
    commission: Option<usize>,
}

/// What one rule pays the affiliate for one group of items.
#[derive(Debug, Clone)]
struct Priced {
    rule: usize,
    /// Its recurrence is over: it decides, and pays nobody.
    over: bool,
    base: i64,
    amount: i64,
    currency: Currency,
}

/// Balances of one affiliate in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    pub earned: i64,
    pub reversed: i64,
    pub pending: i64,
    pub approved: i64,
    pub in_payout: i64,
    pub paid: i64,
    pub clawback: i64,
    pub owed: i64,
}

/// The state of one business.
pub struct Model {
    pub world: World,
    zone: TimeZone,
    pub now: i64,
    /// By affiliate: approved.
    pub approved: Vec<bool>,
    pub rules: Vec<Vec<Version>>,
    customers: BTreeMap<usize, Customer>,
    pub events: Vec<Event>,
    pub referrals: Vec<Referral>,
    pub commissions: Vec<Commission>,
    pub payouts: Vec<Payout>,
    pub runs: Vec<Run>,
    refunds: Vec<RefundSeen>,
    pub disputes: Vec<Dispute>,
    credits: Vec<Credit>,
    /// Commissions that were approved together, while that is not undone.
    pub together: Vec<Option<Vec<usize>>>,
    /// What this history came through, for counting.
    pub reached: BTreeSet<&'static str>,
}

impl Model {
    pub fn new(world: World, now: i64) -> Self {
        let zone = TimeZone::get(world.zone).expect("a zone");
        let approved = world.affiliates.iter().map(|a| a.approved).collect();
        Self {
            world,
            zone,
            now,
            approved,
            rules: Vec::new(),
            customers: BTreeMap::new(),
            events: Vec::new(),
            referrals: Vec::new(),
            commissions: Vec::new(),
            payouts: Vec::new(),
            runs: Vec::new(),
            refunds: Vec::new(),
            disputes: Vec::new(),
            credits: Vec::new(),
            together: Vec::new(),
            reached: BTreeSet::new(),
        }
    }

    fn hit(&mut self, what: &'static str) {
        self.reached.insert(what);
    }

    fn at(&self, ms: i64) -> Zoned {
        Timestamp::from_millisecond(ms)
            .expect("a time")
            .to_zoned(self.zone.clone())
    }

    /// The calendar month of an instant in the business's zone.
    pub fn month(&self, ms: i64) -> (i16, i8) {
        let at = self.at(ms);
        (at.year(), at.month())
    }

    /// The first millisecond of the month of an instant in the business's zone.
    pub fn month_begin(&self, ms: i64) -> i64 {
        let first = self.at(ms).first_of_month().expect("a day");
        first
            .start_of_day()
            .expect("it begins")
            .timestamp()
            .as_millisecond()
    }

    /// The same day and time so many calendar months later.
    pub fn months_after(&self, ms: i64, months: i64) -> i64 {
        let later = self.at(ms).checked_add(months.months());
        later.expect("a time").timestamp().as_millisecond()
    }

    /// When a customer bought first.
    pub fn first_sale(&self, customer: usize) -> Option<i64> {
        let sales = self
            .events
            .iter()
            .filter(|e| e.report.on == On::Sale && e.report.customer == customer && !e.seen_twice);
        sales.map(|e| e.occurred).min()
    }

    /// Plays a step.
    pub fn play(&mut self, step: &Step) -> Answer {
        match step {
            Step::NewRule {
                spec,
                effective_from,
            } => {
                self.rules.push(vec![Version {
                    spec: spec.clone(),
                    effective_from: *effective_from,
                }]);
                Answer::Done(Vec::new())
            }
            Step::ChangeRule {
                rule,
                spec,
                effective_from,
            } => self.change_rule(*rule, spec, *effective_from),
            Step::Record(report) => self.record(report),
            Step::Refund { id, sale, amount } => self.refund(id, *sale, *amount),
            Step::Dispute(report) => self.dispute(report),
            Step::ApproveReferral(at) => self.approve_referral(*at),
            Step::ApproveReferrals => {
                for at in 0..self.referrals.len() {
                    if self.referrals[at].status == ReferralStatus::Pending {
                        self.approve_referral(at);
                    }
                }
                Answer::Done(Vec::new())
            }
            Step::RejectReferral(at) => self.reject_referral(*at),
            Step::Approve { at, release } => self.approve(*at, *release),
            Step::ApproveAll => self.approve_all(),
            Step::UndoAll(at) => self.undo_all(*at),
            Step::UndoReferral(at) => self.undo_referral(*at),
            Step::Reject(at) => self.reject(*at),
            Step::Undo(at) => self.undo(*at),
            Step::Adjust { at, by } => self.adjust(*at, *by),
            Step::Bonus {
                affiliate,
                amount,
                currency,
            } => self.bonus(*affiliate, *amount, *currency),
            Step::PayAll => self.pay_all(),
            Step::PayAffiliate(affiliate) => {
                for currency in self.currencies_of(*affiliate) {
                    self.draft(*affiliate, currency, None);
                }
                Answer::Done(Vec::new())
            }
            Step::ApprovePayout(at) => self.approve_payout(*at),
            Step::MarkPaid(at) => self.mark_paid(*at),
            Step::CancelPayout(at) => self.cancel_payout(*at),
            Step::PayCommission(at) => self.pay_commission(*at),
            Step::Run(input) => self.run(input),
            Step::SubmitRun(at) => self.submit_run(*at),
            Step::PayRun(at) => self.pay_run(*at),
            Step::CancelRun(at) => self.cancel_run(*at),
            Step::Leave(customer) => self.leave(*customer),
            Step::Truth(source) => {
                self.world.truth = *source;
                Answer::Done(Vec::new())
            }
            Step::SetStatus {
                affiliate,
                approved,
            } => {
                self.approved[*affiliate] = *approved;
                Answer::Done(Vec::new())
            }
            Step::Wait(ms) => {
                self.now += ms;
                Answer::Done(Vec::new())
            }
        }
    }

    /// Whether something is to be approved by itself now.
    pub fn is_due(&self) -> bool {
        (0..self.commissions.len()).any(|at| self.approves_itself(at))
    }

    /// Approves what approves itself and has passed its hold.
    pub fn mature(&mut self) {
        for at in 0..self.commissions.len() {
            if self.approves_itself(at) {
                self.hit("a hold passed and the commission approved itself");
                self.set_approved(at);
            }
        }
    }

    fn set_approved(&mut self, at: usize) {
        self.commissions[at].status = CommissionStatus::Approved;
        self.commissions[at].touched = self.now;
    }

    fn approves_itself(&self, at: usize) -> bool {
        let line = &self.commissions[at];
        line.auto_approve
            && line.status == CommissionStatus::Pending
            && self.referral_approved(line)
            && line.hold_until <= self.now
    }

    fn referral_approved(&self, line: &Commission) -> bool {
        line.referral
            .is_none_or(|at| self.referrals[at].status == ReferralStatus::Approved)
    }

    // Rules

    fn change_rule(&mut self, rule: usize, spec: &RuleSpec, from: Option<i64>) -> Answer {
        let Some(versions) = self.rules.get(rule) else {
            return Answer::Void;
        };
        let newest = versions.last().expect("a version");
        let from_now = from.unwrap_or(self.now.max(newest.effective_from));
        if from_now < newest.effective_from {
            return Answer::Refused;
        }
        // What says the same is no version.
        if newest.spec == *spec && from.is_none_or(|from| from == newest.effective_from) {
            return Answer::Done(Vec::new());
        }
        self.rules[rule].push(Version {
            spec: spec.clone(),
            effective_from: from_now,
        });
        self.hit("a rule changed");
        Answer::Done(Vec::new())
    }

    /// The version of a rule that is in force at an instant.
    fn version(&self, rule: usize, at: i64) -> Option<usize> {
        let versions = &self.rules[rule];
        let mut found: Option<usize> = None;
        for (number, version) in versions.iter().enumerate() {
            let later = found.is_none_or(|f| version.effective_from >= versions[f].effective_from);
            if version.effective_from <= at && later {
                found = Some(number);
            }
        }
        found.filter(|&number| versions[number].spec.active)
    }

    // Events

    fn record(&mut self, report: &Report) -> Answer {
        let occurred = report.occurred.unwrap_or(self.now);
        if occurred > self.now + 300_000 {
            self.hit("an event too far ahead");
            return Answer::Refused;
        }
        let items: i64 = report.items.iter().map(|item| item.1).sum();
        if report.tax + report.shipping > report.amount
            || (!report.items.is_empty() && items != report.amount)
        {
            self.hit("figures that do not fit together");
            return Answer::Refused;
        }
        let before = self.events.iter().position(|known| {
            let known = &known.report;
            (known.on, known.source, &known.id) == (report.on, report.source, &report.id)
        });
        if let Some(before) = before {
            let known = &self.events[before].report;
            let same = (known.customer, known.amount, known.currency)
                == (report.customer, report.amount, report.currency);
            if !same {
                self.hit("an id used for something else");
                return Answer::Refused;
            }
            self.hit("a repeated event");
            return Answer::Known(self.lines_of(before));
        }
        let now = self.now;
        let customer = self.customers.entry(report.customer).or_insert(Customer {
            known_since: now,
            country: None,
            bound: None,
            left: false,
        });
        customer.country = customer.country.or(report.country);
        let bound = customer.bound;

        let seen_twice = report.on == On::Sale
            && (self.world.truth.is_some_and(|truth| truth != report.source)
                || self.counted_sale(&report.id).is_some());
        if seen_twice && self.world.truth == Some(report.source) {
            self.hit("a sale counted once although the source of truth was changed");
        }
        let winner = match bound {
            Some(bound) => Some(bound),
            None => match report.code {
                Code::Of(affiliate, campaign) => Some((affiliate, campaign)),
                Code::None | Code::Unknown => None,
            },
        };
        if let (Some(bound), false) = (bound, winner.is_some_and(|w| self.approved[w.0])) {
            debug_assert!(!self.approved[bound.0]);
            self.hit("a bound customer of an affiliate who is not approved");
        }
        let winner = winner
            .filter(|w| self.approved[w.0])
            .filter(|_| !seen_twice);
        if seen_twice {
            self.hit("an invoice seen twice");
        }
        if occurred < self.now && self.month(occurred) != self.month(self.now) {
            self.hit("an event of an earlier month");
        }
        let mut referral = None;
        if let Some((affiliate, campaign)) = winner {
            self.customers.entry(report.customer).and_modify(|c| {
                c.bound = c.bound.or(Some((affiliate, campaign)));
            });
            referral = Some(self.referral_of(affiliate, campaign, report.customer));
        }
        if report.on == On::Sale && !seen_twice {
            let customer = self.customers.get_mut(&report.customer);
            if std::mem::take(&mut customer.expect("it was looked up").left) {
                self.hit("a customer came back");
            }
        }
        if self.events.iter().any(|e| e.occurred > occurred) {
            self.hit("an event that happened before one recorded earlier");
        }
        let event = self.events.len();
        self.events.push(Event {
            report: report.clone(),
            occurred,
            refunded: 0,
            seen_twice,
            credited: winner,
            referral,
        });
        if let Some(at) = referral {
            if self.referrals[at].status == ReferralStatus::Rejected {
                self.hit("an event on a rejected referral");
            } else {
                self.pay(event);
            }
        }
        Answer::Done(self.lines_of(event))
    }

    /// A customer cancels their subscription: what was earned stays.
    fn leave(&mut self, customer: usize) -> Answer {
        let Some(found) = self.customers.get_mut(&customer) else {
            return Answer::Void;
        };
        if std::mem::replace(&mut found.left, true) {
            return Answer::Known(Vec::new());
        }
        self.hit("a customer left");
        Answer::Done(Vec::new())
    }

    fn referral_of(&mut self, affiliate: usize, campaign: usize, customer: usize) -> usize {
        let found = self
            .referrals
            .iter()
            .position(|r| (r.affiliate, r.campaign, r.customer) == (affiliate, campaign, customer));
        found.unwrap_or_else(|| {
            self.referrals.push(Referral {
                affiliate,
                campaign,
                customer,
                status: if self.world.automatic_referrals {
                    ReferralStatus::Approved
                } else {
                    ReferralStatus::Pending
                },
            });
            self.referrals.len() - 1
        })
    }

    /// The sale of this id that counts.
    pub fn counted_sale(&self, id: &str) -> Option<usize> {
        self.events
            .iter()
            .position(|e| e.report.on == On::Sale && e.report.id == id && !e.seen_twice)
    }

    pub fn lines_of(&self, event: usize) -> Vec<usize> {
        (0..self.commissions.len())
            .filter(|&at| {
                self.commissions[at]
                    .source
                    .is_some_and(|s| s.event == event)
            })
            .collect()
    }

    fn is_wholly_refunded(event: &Event) -> bool {
        event.refunded > 0 && event.refunded == event.report.amount
    }

    /// The sales of a customer that were recorded before an event and happened before it, and stand.
    fn earlier_sales(&self, event: usize) -> Vec<usize> {
        let customer = self.events[event].report.customer;
        let occurred = self.events[event].occurred;
        (0..event)
            .filter(|&at| {
                let e = &self.events[at];
                e.report.on == On::Sale
                    && e.report.customer == customer
                    && e.occurred <= occurred
                    && !e.seen_twice
                    && !Self::is_wholly_refunded(e)
            })
            .collect()
    }

    // What an event pays

    fn pay(&mut self, event: usize) {
        let (earner, _) = self.events[event].credited.expect("somebody is credited");
        for priced in self.choose(event, earner) {
            if priced.over {
                continue;
            }
            let found = self.events[event].clone();
            let version = self.version(priced.rule, found.occurred).expect("in force");
            let spec = self.rules[priced.rule][version].spec.clone();
            if version > 0 {
                self.hit("a later version paid");
            }
            if version + 1 < self.rules[priced.rule].len() {
                self.hit("an earlier version paid an event of its time");
            }
            if found.report.on == On::Lead {
                self.hit("a lead paid");
            } else if self.credits.iter().any(|c| {
                self.events[c.event].report.on == On::Lead
                    && self.events[c.event].report.customer == found.report.customer
            }) {
                self.hit("a customer's lead and sale both paid");
            }
            let mut credit = Credit {
                rule: priced.rule,
                event,
                affiliate: earner,
                base: priced.base,
                commission: None,
            };
            let line = |model: &mut Self, level, affiliate, amount, currency| {
                if amount == 0 {
                    model.hit("a line of zero");
                    return None;
                }
                let source = Some(Source {
                    event,
                    rule: priced.rule,
                    level,
                });
                model.commissions.push(Commission {
                    source,
                    version,
                    status: CommissionStatus::Pending,
                    referral: found.referral,
                    hold_until: match spec.hold_days {
                        0 => 0,
                        days => found.occurred + days * 86_400_000,
                    },
                    auto_approve: spec.auto_approve,
                    ..Commission::free(affiliate, currency, amount, model.now)
                });
                let at = model.commissions.len() - 1;
                model.hit(of_currency(currency));
                if model.approves_itself(at) {
                    model.hit("approved at once");
                    model.set_approved(at);
                } else if spec.hold_days > 0 {
                    model.hit("held");
                }
                Some(at)
            };
            credit.commission = line(self, 0, earner, priced.amount, priced.currency);
            let mut below = (priced.amount, priced.currency);
            let mut person = earner;
            for (number, level) in spec.levels.iter().enumerate() {
                let Some(parent) = self.world.affiliates[person].parent else {
                    break;
                };
                person = parent;
                let rate = Fraction::ppm(level.ppm);
                below = match level.of {
                    LevelOf::Base => (
                        Fraction::whole(priced.base).times(rate).round(),
                        found.report.currency.expect("a sale has one"),
                    ),
                    LevelOf::Below => (Fraction::whole(below.0).times(rate).round(), below.1),
                };
                if self.approved[person] {
                    line(self, number + 1, person, below.0, below.1);
                    self.hit(match number {
                        0 => "a parent earned",
                        1 => "a second level earned",
                        6 => "a seventh level earned",
                        _ => "a third level or more earned",
                    });
                } else {
                    self.hit("an upline who is not approved was skipped");
                }
            }
            self.credits.push(credit);
        }
    }

    /// The rules that pay an event, each with what it pays the affiliate.
    fn choose(&mut self, event: usize, earner: usize) -> Vec<Priced> {
        let found = self.events[event].clone();
        let mut groups: Vec<(Vec<usize>, i64, i64)> = Vec::new();
        if spread_together(&found.report) {
            self.hit("tax and shipping of an item were spread together");
        }
        for (product, net, gross) in parts(&found.report) {
            let able: Vec<usize> = (0..self.rules.len())
                .filter(|&rule| self.is_able(rule, event, earner, product))
                .collect();
            let rank = |rule: usize| self.spec_at(rule, found.occurred).scope.rank();
            let ranks: BTreeSet<_> = able.iter().map(|&rule| rank(rule)).collect();
            let Some(&closest) = ranks.last() else {
                continue;
            };
            let level: Vec<usize> = able.into_iter().filter(|&r| rank(r) == closest).collect();
            if ranks.len() > 1 {
                self.hit("a closer scope decided");
            }
            if closest.1 {
                self.hit("a product rule decided");
            }
            match groups.iter_mut().find(|group| group.0 == level) {
                Some(group) => {
                    group.1 += net;
                    group.2 += gross;
                    self.hit("items of one rule were summed");
                }
                None => groups.push((level, net, gross)),
            }
        }
        if groups.len() > 1 {
            self.hit("one sale, several rules by item");
        }
        groups
            .into_iter()
            .map(|(level, net, gross)| self.best(&level, event, earner, net, gross))
            .collect()
    }

    fn best(
        &mut self,
        level: &[usize],
        event: usize,
        earner: usize,
        net: i64,
        gross: i64,
    ) -> Priced {
        let sale = self.events[event].report.currency;
        let priced: Vec<Priced> = level
            .iter()
            .map(|&rule| self.price(rule, event, earner, net, gross))
            .collect();
        if priced.len() > 1 {
            self.hit("rules of one scope competed");
        }
        // The one that pays most in the sale's currency; what pays in others cannot be compared and
        // counts as nothing. Of equal ones the oldest. A lead has no currency: its rules' own counts,
        // when they have one in common.
        let first = priced[0].currency;
        let alike = priced.iter().all(|one| one.currency == first);
        let currency = sale.or(alike.then_some(first));
        if !alike {
            self.hit("rules of several currencies competed");
        }
        let worth = |one: &Priced| {
            if Some(one.currency) == currency {
                one.amount
            } else {
                0
            }
        };
        let mut best = priced[0].clone();
        for other in &priced[1..] {
            if worth(other) > worth(&best) {
                best = other.clone();
                self.hit("the younger rule of a scope paid more");
            }
        }
        best
    }

    fn spec_at(&self, rule: usize, at: i64) -> &RuleSpec {
        let version = self.version(rule, at).expect("in force");
        &self.rules[rule][version].spec
    }

    fn is_able(&mut self, rule: usize, event: usize, earner: usize, product: Option<&str>) -> bool {
        let found = self.events[event].clone();
        let Some(version) = self.version(rule, found.occurred) else {
            return false;
        };
        let spec = self.rules[rule][version].spec.clone();
        let (_, campaign) = found.credited.expect("somebody is credited");
        let scope = spec.scope;
        let covered = scope.affiliate.is_none_or(|a| a == earner)
            && scope.product.is_none_or(|p| Some(p) == product)
            && scope.campaign.is_none_or(|c| c == campaign)
            && scope
                .group
                .is_none_or(|g| Some(g) == self.world.affiliates[earner].group);
        let triggered =
            spec.on == found.report.on && spec.event.is_none_or(|e| e == found.report.name);
        if !covered || !triggered {
            return false;
        }
        match &spec.conditions {
            None => true,
            Some(condition) => {
                let holds = self.holds(condition, event, earner);
                self.hit(if holds {
                    "a condition held"
                } else {
                    "a condition did not hold"
                });
                holds
            }
        }
    }

    /// What a rule pays for this base.
    fn price(&mut self, rule: usize, event: usize, earner: usize, net: i64, gross: i64) -> Priced {
        let found = self.events[event].clone();
        let spec = self.spec_at(rule, found.occurred).clone();
        let base = if spec.gross { gross } else { net };
        let sale = found.report.currency;
        let (mut amount, currency) = match &spec.reward {
            Reward::PercentPpm(ppm) => (
                Fraction::whole(base).times(Fraction::ppm(*ppm)).round(),
                sale.expect("a sale has one"),
            ),
            Reward::Fixed(fixed) => (fixed.amount, fixed.currency),
            Reward::Tiers(tiers) => self.tier(tiers, rule, event, earner, base),
        };
        let over = !self.recurs(spec.recurrence, event);
        if over {
            self.hit(match spec.recurrence {
                Recurrence::Months(_) => "a recurrence by months was over",
                _ => "a recurrence by count was over",
            });
            amount = 0;
        }
        Priced {
            rule,
            over,
            base,
            amount: self.capped(&spec.caps, amount, currency, rule, event, earner),
            currency,
        }
    }

    fn recurs(&self, recurrence: Recurrence, event: usize) -> bool {
        let found = &self.events[event];
        let sales = self.earlier_sales(event);
        match recurrence {
            Recurrence::Every => true,
            Recurrence::First(count) => {
                let earlier = if found.report.on == On::Sale {
                    sales.len()
                } else {
                    self.events[..event]
                        .iter()
                        .filter(|e| {
                            e.report.on == On::Lead
                                && e.report.customer == found.report.customer
                                && e.report.name == found.report.name
                        })
                        .count()
                };
                i64::try_from(earlier).expect("few") < count
            }
            Recurrence::Months(count) => {
                let first = sales.iter().map(|&at| self.events[at].occurred).min();
                first.is_none_or(|first| found.occurred < self.months_after(first, count))
            }
        }
    }

    /// Whether what an event earned was refused: its commission, or, where that was zero and no
    /// commission at all, its referral.
    fn is_rejected(&self, credit: &Credit) -> bool {
        match (credit.commission, self.events[credit.event].referral) {
            (Some(at), _) => self.commissions[at].status == CommissionStatus::Rejected,
            (None, Some(at)) => self.referrals[at].status == ReferralStatus::Rejected,
            (None, None) => false,
        }
    }

    /// The earlier events of the affiliate under a rule that were not rejected.
    fn standing_credits(&self, rule: usize, earner: usize) -> Vec<&Credit> {
        self.credits
            .iter()
            .filter(|credit| credit.rule == rule && credit.affiliate == earner)
            .filter(|credit| !self.is_rejected(credit))
            .collect()
    }

    fn tier(
        &mut self,
        tiers: &Tiers,
        rule: usize,
        event: usize,
        earner: usize,
        base: i64,
    ) -> (i64, Currency) {
        let found = self.events[event].clone();
        let month = self.month(found.occurred);
        let mut count = 0_i64;
        let mut revenue = 0_i64;
        let mut foreign = false;
        let mut shrunk = false;
        for credit in self.standing_credits(rule, earner) {
            let earlier = &self.events[credit.event];
            let in_period =
                tiers.period == TierPeriod::Lifetime || self.month(earlier.occurred) == month;
            if !in_period || earlier.report.currency != found.report.currency {
                foreign |= !in_period;
                continue;
            }
            if Self::is_wholly_refunded(earlier) {
                shrunk = true;
                continue;
            }
            count += 1;
            revenue += credit.base - share(credit.base, earlier.refunded, earlier.report.amount);
            shrunk |= earlier.refunded > 0;
        }
        let mut refused = self.credits.iter().filter(|credit| {
            credit.rule == rule && credit.affiliate == earner && self.is_rejected(credit)
        });
        let (any, zero) = (
            refused.clone().next().is_some(),
            refused.any(|credit| credit.commission.is_none()),
        );
        if any {
            self.hit("a tier left a rejected event out");
        }
        if zero {
            self.hit("a tier left a rejected line of zero out");
        }
        if foreign {
            self.hit("a tier left another month out");
        }
        if shrunk {
            self.hit("a refund lowered a tier");
        }
        let before = match tiers.metric {
            TierMetric::Conversions => count,
            TierMetric::Revenue => revenue,
        };
        let band_of = |figure: i64| {
            let reached = tiers
                .bands
                .iter()
                .filter(|band| band.from <= figure)
                .count();
            reached.saturating_sub(1)
        };
        let band = band_of(before);
        if tiers.mode == TierMode::Volume {
            if band > 0 {
                self.hit(match (tiers.metric, tiers.period) {
                    (TierMetric::Conversions, TierPeriod::Month) => "a band by count in the month",
                    (TierMetric::Conversions, TierPeriod::Lifetime) => "a band by count ever",
                    (TierMetric::Revenue, TierPeriod::Month) => "a band by revenue in the month",
                    (TierMetric::Revenue, TierPeriod::Lifetime) => "a band by revenue ever",
                });
            }
            return match tiers.bands[band].reward {
                BandReward::PercentPpm(ppm) => (
                    Fraction::whole(base).times(Fraction::ppm(ppm)).round(),
                    found.report.currency.expect("a sale has one"),
                ),
                BandReward::Fixed(fixed) => (fixed.amount, fixed.currency),
            };
        }
        // Each part of the base at its own band's rate.
        let end = before + base;
        let mut sum = Fraction::ZERO;
        let mut parts = 0;
        for (number, here) in tiers.bands.iter().enumerate() {
            let BandReward::PercentPpm(ppm) = here.reward else {
                panic!("graduated bands are percentages");
            };
            let upper = tiers
                .bands
                .get(number + 1)
                .map_or(i64::MAX, |next| next.from);
            let part = end.min(upper) - before.max(here.from);
            if part > 0 {
                parts += 1;
                sum = sum.plus(Fraction::whole(part).times(Fraction::ppm(ppm)));
            }
        }
        if parts > 1 {
            self.hit("a graduated sale crossed bands");
        }
        (sum.round(), found.report.currency.expect("a sale has one"))
    }

    fn capped(
        &mut self,
        caps: &Caps,
        amount: i64,
        currency: Currency,
        rule: usize,
        event: usize,
        earner: usize,
    ) -> i64 {
        let found = &self.events[event];
        let month = self.month(found.occurred);
        let (mut of_customer, mut of_month) = (0_i64, 0_i64);
        for credit in self.standing_credits(rule, earner) {
            let earlier = &self.events[credit.event];
            let Some(line) = credit.commission.map(|at| &self.commissions[at]) else {
                continue;
            };
            if line.currency != currency {
                continue;
            }
            let kept = line.due() - line.reversed;
            if earlier.report.customer == found.report.customer {
                of_customer += kept;
            }
            if self.month(earlier.occurred) == month {
                of_month += kept;
            }
        }
        let mut left = amount;
        for (cap, used, what) in [
            (caps.per_event, 0, "a cap an event cut"),
            (caps.per_customer, of_customer, "a cap a customer cut"),
            (caps.per_affiliate_month, of_month, "a cap a month cut"),
        ] {
            let Some(cap) = cap else { continue };
            let room = (cap - used).max(0);
            if left > room {
                left = room;
                self.hit(what);
            }
        }
        left
    }

    // Conditions

    fn holds(&self, condition: &Condition, event: usize, earner: usize) -> bool {
        match condition {
            Condition::All(list) => list.iter().all(|c| self.holds(c, event, earner)),
            Condition::Any(list) => list.iter().any(|c| self.holds(c, event, earner)),
            Condition::Test { field, op, value } => {
                let known = self.known(field, event, earner);
                if known.is_empty() {
                    return false;
                }
                let wanted = texts(value);
                let is = |a: &str, b: &str| match (Fraction::parse(a), Fraction::parse(b)) {
                    (Some(a), Some(b)) => a == b,
                    _ => a.eq_ignore_ascii_case(b),
                };
                let test = |known: &str, wanted: &str| {
                    let (low, want) = (known.to_lowercase(), wanted.to_lowercase());
                    let numbers = Fraction::parse(known).zip(Fraction::parse(wanted));
                    match op {
                        Op::Is | Op::In | Op::IsNot | Op::NotIn => is(known, wanted),
                        Op::Contains => low.contains(&want),
                        Op::StartsWith => low.starts_with(&want),
                        Op::EndsWith => low.ends_with(&want),
                        Op::Gt => numbers.is_some_and(|(a, b)| a > b),
                        Op::Gte => numbers.is_some_and(|(a, b)| a >= b),
                        Op::Lt => numbers.is_some_and(|(a, b)| a < b),
                        Op::Lte => numbers.is_some_and(|(a, b)| a <= b),
                    }
                };
                let any = known.iter().any(|k| wanted.iter().any(|w| test(k, w)));
                if matches!(op, Op::IsNot | Op::NotIn) {
                    !any
                } else {
                    any
                }
            }
        }
    }

    fn known(&self, field: &Field, event: usize, earner: usize) -> Vec<String> {
        let found = &self.events[event];
        let report = &found.report;
        let customer = &self.customers[&report.customer];
        let affiliate = &self.world.affiliates[earner];
        let one = |text: Option<String>| text.into_iter().collect::<Vec<_>>();
        let standing: Vec<&Event> = self.events[..event]
            .iter()
            .filter(|e| e.report.on == On::Sale && !Self::is_wholly_refunded(e))
            .filter(|e| e.credited.is_some_and(|c| c.0 == earner))
            .collect();
        match field {
            Field::Product => report.items.iter().map(|item| item.0.to_owned()).collect(),
            Field::Amount => one((report.on == On::Sale).then(|| report.amount.to_string())),
            Field::Currency => one(report.currency.map(|c| c.code().to_owned())),
            Field::Customer => {
                let new = self.earlier_sales(event).is_empty();
                vec![if new { "new" } else { "returning" }.to_owned()]
            }
            Field::CustomerCountry => one(customer.country.map(str::to_owned)),
            Field::CustomerAgeMonths => {
                let (from, to) = (self.at(customer.known_since), self.at(found.occurred));
                let span = from.until((Unit::Month, &to)).expect("a span");
                vec![span.get_months().max(0).to_string()]
            }
            Field::SubId(_) => Vec::new(),
            Field::Coupon => one(report.coupon.map(str::to_owned)),
            Field::AffiliateCountry => one(affiliate.country.map(str::to_owned)),
            Field::AffiliateTag => affiliate.tags.iter().map(|&t| t.to_owned()).collect(),
            Field::AffiliateConversions => vec![standing.len().to_string()],
            Field::AffiliateRevenue => {
                if report.currency.is_none() {
                    return Vec::new();
                }
                let same = standing
                    .iter()
                    .filter(|e| e.report.currency == report.currency);
                let revenue: i64 = same.map(|e| e.report.amount - e.refunded).sum();
                vec![revenue.to_string()]
            }
            Field::Metadata(name) => report
                .metadata
                .iter()
                .filter(|pair| pair.0 == name)
                .map(|pair| pair.1.to_owned())
                .collect(),
        }
    }

    // Refunds

    fn refund(&mut self, id: &str, sale: usize, amount: Option<i64>) -> Answer {
        let Some(found) = self.events.get(sale) else {
            return Answer::Void;
        };
        if found.report.on != On::Sale || found.seen_twice {
            return Answer::Void;
        }
        if let Some(known) = self.refunds.iter().find(|known| known.id == id) {
            let same = known.sale == sale && amount.is_none_or(|amount| amount == known.amount);
            self.hit("a repeated refund");
            return if same {
                Answer::Known(Vec::new())
            } else {
                Answer::Refused
            };
        }
        let left = found.report.amount - found.refunded;
        let amount = amount.unwrap_or(left);
        if amount <= 0 || amount > left {
            self.hit("a refund of more than is left");
            return Answer::Refused;
        }
        self.refunds.push(RefundSeen {
            id: id.to_owned(),
            sale,
            amount,
        });
        self.hit(if amount == left {
            "a full refund"
        } else {
            "a partial refund"
        });
        self.move_sale(sale, amount);
        Answer::Done(Vec::new())
    }

    /// Moves what is gone of a sale by a refund or dispute, and its commissions with it. They are taken
    /// level by level in the order of their ids, since an emptied draft releases the others.
    fn move_sale(&mut self, sale: usize, by: i64) {
        self.events[sale].refunded += by;
        let mut lines = self.lines_of(sale);
        lines.sort_by_key(|&at| {
            let line = &self.commissions[at];
            (line.source.map(|source| source.level), line.rank.clone())
        });
        for at in lines {
            if by > 0 {
                self.reverse(at);
            } else {
                self.restore(at);
            }
        }
    }

    /// What should be gone of a commission by now, and what is: what was given again as commissions of
    /// their own is not gone.
    fn target_and_gone(&self, at: usize) -> Option<(i64, i64)> {
        let line = &self.commissions[at];
        let sale = &self.events[line.source?.event];
        let again: i64 = self
            .children(at)
            .iter()
            .map(|&c| self.commissions[c].net())
            .sum();
        let target = share(line.due(), sale.refunded, sale.report.amount);
        Some((target, line.reversed - again))
    }

    fn children(&self, at: usize) -> Vec<usize> {
        (0..self.commissions.len())
            .filter(|&child| self.commissions[child].given_again_of == Some(at))
            .collect()
    }

    /// Takes back the share of what was refunded so far.
    fn reverse(&mut self, at: usize) {
        let Some((target, gone)) = self.target_and_gone(at) else {
            return;
        };
        if self.commissions[at].status == CommissionStatus::Rejected {
            return;
        }
        let mut by = target - gone;
        for child in self.children(at) {
            let part = by.min(self.commissions[child].net());
            if part > 0 {
                self.hit("what was given again was taken again");
                self.take(child, part);
                by -= part;
            }
        }
        if by > 0 {
            self.take(at, by);
        }
    }

    /// Gives again what a won dispute has taken.
    fn restore(&mut self, at: usize) {
        let Some((target, gone)) = self.target_and_gone(at) else {
            return;
        };
        if self.commissions[at].status == CommissionStatus::Rejected {
            return;
        }
        let mut by = gone - target;
        let mut left = 0;
        for child in self.children(at) {
            let part = by.min(self.commissions[child].reversed);
            if part > 0 {
                left += self.give(child, part);
                by -= part;
            }
        }
        let part = by.min(self.commissions[at].reversed);
        if part > 0 {
            left += self.give(at, part);
        }
        if left > 0 {
            self.hit("a settled clawback was given again as a commission of its own");
            let of = self.commissions[at].clone();
            self.commissions.push(Commission {
                given_again_of: Some(at),
                ..Commission::free(of.affiliate, of.currency, left, self.now)
            });
        }
    }

    /// Brings what was rejected, and is not any more, to the share of its sale that is left: while it was
    /// rejected, neither refunds nor won disputes moved it.
    fn catch_up(&mut self, at: usize) {
        let Some((target, gone)) = self.target_and_gone(at) else {
            return;
        };
        if target < gone {
            let sale = self.commissions[at].source.map(|source| source.event);
            if (self.disputes.iter())
                .any(|dispute| Some(dispute.sale) == sale && dispute.status == DisputeStatus::Won)
            {
                self.hit("a rejection was undone after a dispute was won");
            }
            self.restore(at);
        } else {
            self.reverse(at);
        }
    }

    fn take(&mut self, at: usize, by: i64) {
        let line = self.commissions[at].clone();
        if matches!(
            line.status,
            CommissionStatus::Rejected | CommissionStatus::Reversed
        ) {
            return;
        }
        self.commissions[at].reversed += by;
        let payout = line.payout.map(|p| (p, self.payouts[p].status));
        match (line.status, payout) {
            (CommissionStatus::InPayout, Some((p, PayoutStatus::Draft))) => {
                self.hit("a refund shrank a draft");
                self.payouts[p].total -= by;
                if self.commissions[at].is_wholly_reversed() {
                    self.commissions[at].reverse_wholly();
                    self.commissions[at].payout = None;
                }
                if self.payouts[p].amount() <= 0 {
                    self.hit("a refund emptied a draft");
                    self.take_back(p);
                }
            }
            (CommissionStatus::InPayout | CommissionStatus::Paid, _) => {
                self.hit(if line.status == CommissionStatus::Paid {
                    "a refund after payment"
                } else {
                    "a refund of what is on its way"
                });
                self.commissions[at].clawed += by;
            }
            _ => {
                if self.commissions[at].is_wholly_reversed() {
                    self.hit("a commission was wholly reversed");
                    self.commissions[at].reverse_wholly();
                }
            }
        }
    }

    /// Gives again to where it was taken; answers with what cannot go there, because the clawback was
    /// carried by a payout already and the account is never above zero.
    fn give(&mut self, at: usize, by: i64) -> i64 {
        let line = self.commissions[at].clone();
        let payout = line.payout.map(|p| (p, self.payouts[p].status));
        match (line.status, payout) {
            (CommissionStatus::InPayout, Some((p, PayoutStatus::Draft))) => {
                self.hit("a won dispute gave to a draft");
                self.commissions[at].reversed -= by;
                self.payouts[p].total += by;
                0
            }
            (CommissionStatus::InPayout | CommissionStatus::Paid, _) => {
                let owed = -self.balance(line.affiliate, line.currency).clawback;
                let settled = by.min(line.clawed).min(owed);
                self.commissions[at].reversed -= settled;
                self.commissions[at].clawed -= settled;
                if settled > 0 {
                    self.hit("a won dispute settled a clawback");
                }
                by - settled
            }
            (CommissionStatus::Reversed, _) => {
                self.hit("a won dispute revived a commission");
                self.commissions[at].reversed -= by;
                self.revive(at);
                0
            }
            _ => {
                self.hit("a won dispute gave to what is unpaid");
                self.commissions[at].reversed -= by;
                0
            }
        }
    }

    /// What was wholly reversed and has something again goes back to where it was, as its referral
    /// stands by now.
    fn revive(&mut self, at: usize) {
        let line = self.commissions[at].clone();
        let was_approved = line.before_reversal != CommissionStatus::Pending;
        let referral = line.referral.map(|r| self.referrals[r].status);
        self.commissions[at].status = match referral {
            Some(ReferralStatus::Rejected) => CommissionStatus::Rejected,
            Some(ReferralStatus::Pending) => CommissionStatus::Pending,
            _ if was_approved => CommissionStatus::Approved,
            _ => CommissionStatus::Pending,
        };
        self.commissions[at].with_referral = true;
        self.commissions[at].revived_rejected = referral == Some(ReferralStatus::Rejected);
        if self.approves_itself(at) {
            self.set_approved(at);
        }
    }

    // Disputes: taken like a refund until one is won; reports come twice and in any order.

    fn dispute(&mut self, report: &DisputeReport) -> Answer {
        let Some(found) = self.events.get(report.sale) else {
            return Answer::Void;
        };
        if found.report.on != On::Sale || found.seen_twice {
            return Answer::Void;
        }
        let at = report.occurred.unwrap_or(self.now);
        if at > self.now + 300_000 {
            return Answer::Refused;
        }
        let left = found.report.amount - found.refunded;
        let status = report.status;
        let known = self.disputes.iter().position(|d| d.id == report.id);
        let Some(known) = known else {
            let amount = report.amount.unwrap_or(left);
            if amount <= 0 || amount > left {
                return Answer::Refused;
            }
            let taken = if status == DisputeStatus::Won {
                0
            } else {
                amount
            };
            self.disputes.push(Dispute {
                id: report.id.clone(),
                sale: report.sale,
                amount,
                taken,
                status,
                decided: at,
                reports: vec![(status, at)],
            });
            self.hit("a dispute");
            if taken > 0 {
                self.move_sale(report.sale, taken);
            }
            return Answer::Done(Vec::new());
        };
        let dispute = self.disputes[known].clone();
        if dispute.sale != report.sale || report.amount.is_some_and(|a| a != dispute.amount) {
            return Answer::Refused;
        }
        let again = dispute.reports.iter().any(|&(s, when)| {
            s == status && (s == dispute.status || report.occurred.is_none_or(|at| at == when))
        });
        if again {
            self.hit("a repeated dispute");
            return Answer::Known(Vec::new());
        }
        self.disputes[known].reports.push((status, at));
        let counts = match (dispute.status, status) {
            (_, DisputeStatus::Opened) => false,
            (DisputeStatus::Opened, _) => true,
            _ => at >= dispute.decided,
        };
        if !counts {
            self.hit("a report of a dispute that came late");
            return Answer::Done(Vec::new());
        }
        let taken = match status {
            DisputeStatus::Won => 0,
            _ if dispute.taken > 0 => dispute.taken,
            _ => dispute.amount.min(left),
        };
        self.hit(if status == DisputeStatus::Won {
            "a dispute was won"
        } else {
            "a dispute was lost"
        });
        let found = &mut self.disputes[known];
        (found.status, found.taken, found.decided) = (status, taken, at);
        if taken != dispute.taken {
            self.move_sale(report.sale, taken - dispute.taken);
        }
        Answer::Done(Vec::new())
    }

    // Decisions

    fn approve_referral(&mut self, at: usize) -> Answer {
        let Some(referral) = self.referrals.get_mut(at) else {
            return Answer::Void;
        };
        if referral.status != ReferralStatus::Pending {
            return Answer::Refused;
        }
        referral.status = ReferralStatus::Approved;
        for line in 0..self.commissions.len() {
            if self.commissions[line].referral == Some(at) && self.approves_itself(line) {
                self.set_approved(line);
                self.hit("approved with its referral");
            }
        }
        Answer::Done(Vec::new())
    }

    fn reject_referral(&mut self, at: usize) -> Answer {
        let Some(referral) = self.referrals.get(at) else {
            return Answer::Void;
        };
        let on_its_way = self.commissions.iter().any(|line| {
            line.referral == Some(at)
                && matches!(
                    line.status,
                    CommissionStatus::InPayout | CommissionStatus::Paid
                )
        });
        if referral.status == ReferralStatus::Rejected {
            return Answer::Refused;
        }
        if on_its_way {
            self.hit("a referral with a commission in a payout cannot be rejected");
            return Answer::Refused;
        }
        self.referrals[at].status = ReferralStatus::Rejected;
        for line in &mut self.commissions {
            let open = matches!(
                line.status,
                CommissionStatus::Pending | CommissionStatus::Approved
            );
            if line.referral == Some(at) && open {
                line.status = CommissionStatus::Rejected;
                line.with_referral = true;
                line.revived_rejected = false;
            }
        }
        self.hit("a referral was rejected");
        Answer::Done(Vec::new())
    }

    /// Takes the decision on a referral back. What was rejected with it is pending again.
    fn undo_referral(&mut self, at: usize) -> Answer {
        let Some(referral) = self.referrals.get(at).cloned() else {
            return Answer::Void;
        };
        let of_it: Vec<usize> = (0..self.commissions.len())
            .filter(|&line| self.commissions[line].referral == Some(at))
            .collect();
        let further = of_it.iter().any(|&line| {
            matches!(
                self.commissions[line].status,
                CommissionStatus::Approved | CommissionStatus::InPayout | CommissionStatus::Paid
            )
        });
        if referral.status == ReferralStatus::Pending || further {
            return Answer::Refused;
        }
        self.referrals[at].status = ReferralStatus::Pending;
        if referral.status == ReferralStatus::Approved {
            self.hit("a referral's approval was undone");
            return Answer::Done(Vec::new());
        }
        self.hit("a referral's rejection was undone");
        for line in of_it {
            let found = &self.commissions[line];
            if found.status == CommissionStatus::Rejected && found.with_referral {
                if found.revived_rejected {
                    self.hit("what a won dispute revived was undone with its referral");
                }
                self.undo(line);
            }
        }
        Answer::Done(Vec::new())
    }

    fn approve_all(&mut self) -> Answer {
        let mut done = Vec::new();
        for at in 0..self.commissions.len() {
            if self.commissions[at].status == CommissionStatus::Pending
                && self.approve(at, false) != Answer::Refused
            {
                done.push(at);
            }
        }
        if !done.is_empty() {
            self.together.push(Some(done));
        }
        Answer::Done(Vec::new())
    }

    /// Takes back what was approved together, as far as it is still approved.
    fn undo_all(&mut self, at: usize) -> Answer {
        let Some(act) = self.together.get_mut(at) else {
            return Answer::Void;
        };
        let Some(done) = act.take() else {
            return Answer::Refused;
        };
        self.hit("approvals were undone together");
        for line in done {
            if self.commissions[line].status == CommissionStatus::Approved {
                self.undo(line);
            } else {
                self.hit("what was approved together has gone on");
            }
        }
        Answer::Done(Vec::new())
    }

    fn approve(&mut self, at: usize, release: bool) -> Answer {
        let Some(line) = self.commissions.get(at) else {
            return Answer::Void;
        };
        if line.status != CommissionStatus::Pending || !self.referral_approved(line) {
            return Answer::Refused;
        }
        if line.hold_until > self.now {
            if !release {
                self.hit("an approval during the hold was refused");
                return Answer::Refused;
            }
            self.hit("a hold was released");
        }
        self.set_approved(at);
        Answer::Done(Vec::new())
    }

    fn reject(&mut self, at: usize) -> Answer {
        let Some(line) = self.commissions.get_mut(at) else {
            return Answer::Void;
        };
        if line.status != CommissionStatus::Pending {
            return Answer::Refused;
        }
        line.status = CommissionStatus::Rejected;
        line.with_referral = false;
        self.hit("a commission was rejected");
        Answer::Done(Vec::new())
    }

    fn undo(&mut self, at: usize) -> Answer {
        let Some(line) = self.commissions.get(at) else {
            return Answer::Void;
        };
        let Some(referral) = line.referral else {
            return Answer::Refused;
        };
        match line.status {
            CommissionStatus::Approved => self.hit("an approval was undone"),
            CommissionStatus::Rejected => {
                if self.referrals[referral].status == ReferralStatus::Rejected {
                    return Answer::Refused;
                }
                self.hit("a rejection was undone");
            }
            _ => return Answer::Refused,
        }
        let was_rejected = self.commissions[at].status == CommissionStatus::Rejected;
        self.commissions[at].status = CommissionStatus::Pending;
        self.commissions[at].auto_approve = false;
        if was_rejected {
            self.catch_up(at);
        }
        Answer::Done(Vec::new())
    }

    fn adjust(&mut self, at: usize, by: i64) -> Answer {
        let Some(line) = self.commissions.get(at) else {
            return Answer::Void;
        };
        let open = matches!(
            line.status,
            CommissionStatus::Pending | CommissionStatus::Approved
        );
        let below = line.source.is_some() && line.due() - line.reversed + by < 0;
        if by == 0 || !open || below {
            return Answer::Refused;
        }
        self.commissions[at].adjusted += by;
        self.commissions[at].touched = self.now;
        self.hit("an adjustment");
        Answer::Done(Vec::new())
    }

    fn bonus(&mut self, affiliate: usize, amount: i64, currency: Currency) -> Answer {
        if amount == 0 {
            return Answer::Refused;
        }
        self.hit(if amount > 0 {
            "a bonus"
        } else {
            "a correction below zero"
        });
        self.commissions
            .push(Commission::free(affiliate, currency, amount, self.now));
        Answer::Done(vec![self.commissions.len() - 1])
    }

    // Payouts

    pub fn currencies_of(&self, affiliate: usize) -> Vec<Currency> {
        let all: BTreeSet<Currency> = self
            .commissions
            .iter()
            .filter(|line| line.affiliate == affiliate)
            .map(|line| line.currency)
            .collect();
        all.into_iter().collect()
    }

    fn approved_of(&self, affiliate: usize, currency: Currency) -> Vec<usize> {
        (0..self.commissions.len())
            .filter(|&at| {
                let line = &self.commissions[at];
                line.affiliate == affiliate
                    && line.currency == currency
                    && line.status == CommissionStatus::Approved
                    && line.payable() != 0
            })
            .collect()
    }

    fn pay_all(&mut self) -> Answer {
        for affiliate in 0..self.approved.len() {
            if !self.approved[affiliate] {
                continue;
            }
            for currency in self.currencies_of(affiliate) {
                let total: i64 = self
                    .approved_of(affiliate, currency)
                    .iter()
                    .map(|&at| self.commissions[at].payable())
                    .sum();
                let amount = total + self.balance(affiliate, currency).clawback;
                let minimum = self.world.minimum(affiliate, currency);
                if amount >= minimum {
                    self.draft(affiliate, currency, None);
                } else if amount > 0 {
                    self.hit("a minimum was not reached");
                }
            }
        }
        Answer::Done(Vec::new())
    }

    /// Drafts a payout of everything approved, or of one commission; none when nothing would be paid.
    fn draft(
        &mut self,
        affiliate: usize,
        currency: Currency,
        only: Option<usize>,
    ) -> Option<usize> {
        let mut lines = self.approved_of(affiliate, currency);
        if let Some(only) = only {
            lines.retain(|&at| at == only);
        }
        let total: i64 = lines.iter().map(|&at| self.commissions[at].payable()).sum();
        let carried = self.balance(affiliate, currency).clawback;
        if lines.is_empty() {
            return None;
        }
        if total + carried <= 0 {
            self.hit("no payout, since nothing would be paid");
            return None;
        }
        if carried < 0 {
            self.hit("a clawback was carried forward");
        }
        if self
            .commissions
            .iter()
            .any(|l| l.affiliate == affiliate && l.currency != currency)
        {
            self.hit("an affiliate of several currencies was paid");
        }
        let before = self.payouts.iter().any(|p| {
            (p.affiliate, p.currency, p.status) == (affiliate, currency, PayoutStatus::Paid)
        });
        if before {
            self.hit("a second payout of a currency");
        }
        Some(self.draft_of(affiliate, currency, &lines, None))
    }

    /// Drafts a payout of these commissions and of what is carried forward.
    fn draft_of(
        &mut self,
        affiliate: usize,
        currency: Currency,
        lines: &[usize],
        run: Option<usize>,
    ) -> usize {
        self.payouts.push(Payout {
            affiliate,
            currency,
            total: lines.iter().map(|&at| self.commissions[at].payable()).sum(),
            carried: self.balance(affiliate, currency).clawback,
            status: PayoutStatus::Draft,
            run,
        });
        let payout = self.payouts.len() - 1;
        for &at in lines {
            self.commissions[at].status = CommissionStatus::InPayout;
            self.commissions[at].payout = Some(payout);
        }
        self.hit("a payout was drafted");
        payout
    }

    fn approve_payout(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        if payout.status != PayoutStatus::Draft || self.is_in_run(at) {
            return Answer::Refused;
        }
        self.payouts[at].status = PayoutStatus::Pending;
        Answer::Done(Vec::new())
    }

    fn mark_paid(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        let open = matches!(payout.status, PayoutStatus::Draft | PayoutStatus::Pending);
        if !open || self.is_in_run(at) {
            return Answer::Refused;
        }
        self.pay_payout(at);
        Answer::Done(Vec::new())
    }

    /// While a run has a payout and is not approved, nobody approves or pays it by itself.
    fn is_in_run(&mut self, at: usize) -> bool {
        let state = self.payouts[at].run.map(|run| self.runs[run].state);
        let held = matches!(
            state,
            Some(PayoutRunState::Drafted | PayoutRunState::Submitted)
        );
        if held {
            self.hit("a payout of a run is not paid by itself");
        }
        held
    }

    fn pay_payout(&mut self, at: usize) {
        self.payouts[at].status = PayoutStatus::Paid;
        for line in &mut self.commissions {
            if line.payout == Some(at) {
                line.status = CommissionStatus::Paid;
            }
        }
        self.hit("a payout was paid");
    }

    fn cancel_payout(&mut self, at: usize) -> Answer {
        let Some(payout) = self.payouts.get(at) else {
            return Answer::Void;
        };
        match payout.status {
            PayoutStatus::Draft => self.hit("a draft was cancelled"),
            PayoutStatus::Pending => self.hit("a pending payout was cancelled"),
            _ => return Answer::Refused,
        }
        self.take_back(at);
        Answer::Done(Vec::new())
    }

    /// Cancels a payout: what it carried is owed again, and what was clawed back while it was on its
    /// way is settled with what comes back, as far as no other payout has carried it.
    fn take_back(&mut self, at: usize) {
        self.payouts[at].status = PayoutStatus::Cancelled;
        let payout = self.payouts[at].clone();
        let mut left = -self.balance(payout.affiliate, payout.currency).clawback;
        let mut lines: Vec<usize> = (0..self.commissions.len())
            .filter(|&line| self.commissions[line].payout == Some(at))
            .collect();
        lines.sort_by(|&a, &b| self.commissions[a].rank.cmp(&self.commissions[b].rank));
        for line in lines {
            let line = &mut self.commissions[line];
            let settled = left.min(line.clawed);
            left -= settled;
            line.clawed -= settled;
            line.payout = None;
            if line.is_wholly_reversed() {
                line.reverse_wholly();
            } else {
                line.status = CommissionStatus::Approved;
            }
            if settled > 0 {
                self.reached.insert("a cancelled payout settled a clawback");
            }
        }
    }

    fn pay_commission(&mut self, at: usize) -> Answer {
        let Some(line) = self.commissions.get(at).cloned() else {
            return Answer::Void;
        };
        if line.status != CommissionStatus::Approved {
            return Answer::Refused;
        }
        match self.draft(line.affiliate, line.currency, Some(at)) {
            Some(payout) => {
                self.hit("one commission was paid by hand");
                self.mark_paid(payout)
            }
            None => Answer::Refused,
        }
    }

    // Payout runs: begun, drafted, submitted with their total, paid.

    /// Who is in a run: everyone with something approved before the end of its last day, but for those who
    /// may not be paid, and whoever is left out.
    pub fn members(&self, input: &RunIn) -> Members {
        let last = self.at(self.now - input.days_ago * DAY);
        let next = last.tomorrow().expect("a day").start_of_day();
        let before = next.expect("it begins").timestamp().as_millisecond();
        let mut included = Vec::new();
        for affiliate in 0..self.approved.len() {
            let group = self.world.affiliates[affiliate].group;
            let is_out = input.leave_out == Some(affiliate) || !self.approved[affiliate];
            if is_out || input.group.is_some_and(|wanted| group != Some(wanted)) {
                continue;
            }
            for currency in self.currencies_of(affiliate) {
                let lines = self.approved_before(affiliate, currency, before);
                let total: i64 = lines.iter().map(|&at| self.commissions[at].payable()).sum();
                let fits = input.currency.is_none_or(|wanted| wanted == currency);
                let carried = self.balance(affiliate, currency).clawback;
                if fits && !lines.is_empty() && total + carried > 0 {
                    included.push((affiliate, currency));
                }
            }
        }
        Members { included, before }
    }

    fn approved_before(&self, affiliate: usize, currency: Currency, before: i64) -> Vec<usize> {
        let mut lines = self.approved_of(affiliate, currency);
        lines.retain(|&at| self.commissions[at].touched < before);
        lines
    }

    fn run(&mut self, input: &RunIn) -> Answer {
        let Members { included, before } = self.members(input);
        if included.is_empty() {
            return Answer::Refused;
        }
        if input.leave_out.is_some_and(|out| {
            let everyone = RunIn {
                leave_out: None,
                ..*input
            };
            let all = self.members(&everyone).included;
            all.iter().any(|member| member.0 == out)
        }) {
            self.hit("an affiliate was left out of a run");
        }
        let run = self.runs.len();
        let mut payouts = Vec::new();
        for (affiliate, currency) in included {
            let lines = self.approved_before(affiliate, currency, before);
            if lines.len() < self.approved_of(affiliate, currency).len() {
                self.hit("a run's last day left a commission out");
            }
            if self.balance(affiliate, currency).clawback < 0 {
                self.hit("a run carried a clawback forward");
            }
            payouts.push(self.draft_of(affiliate, currency, &lines, Some(run)));
        }
        if payouts.len() > 1 {
            self.hit("a run drafted several payouts");
        }
        self.runs.push(Run {
            payouts,
            state: PayoutRunState::Drafted,
        });
        self.hit("a run was drafted");
        Answer::Done(Vec::new())
    }

    /// What the payouts of a run add up to by currency, but for cancelled ones; as a form shows it.
    pub fn run_total(&self, run: usize, only: Option<PayoutStatus>) -> String {
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for &at in &self.runs[run].payouts {
            let payout = &self.payouts[at];
            if payout.status != PayoutStatus::Cancelled && only.is_none_or(|s| s == payout.status) {
                *sums.entry(payout.currency).or_default() += payout.amount();
            }
        }
        let texts: Vec<String> = sums
            .into_iter()
            .map(|(currency, sum)| format!("{} {sum}", currency.code()))
            .collect();
        texts.join(", ")
    }

    fn payouts_of(&self, run: usize, status: PayoutStatus) -> Vec<usize> {
        let mut payouts = self.runs[run].payouts.clone();
        payouts.retain(|&at| self.payouts[at].status == status);
        payouts
    }

    fn submit_run(&mut self, run: usize) -> Answer {
        let Some(found) = self.runs.get(run) else {
            return Answer::Void;
        };
        if found.state != PayoutRunState::Drafted || self.run_total(run, None).is_empty() {
            return Answer::Refused;
        }
        for at in self.payouts_of(run, PayoutStatus::Draft) {
            self.payouts[at].status = PayoutStatus::Pending;
        }
        self.runs[run].state = PayoutRunState::Approved;
        self.hit("a run was submitted");
        Answer::Done(Vec::new())
    }

    fn pay_run(&mut self, run: usize) -> Answer {
        let Some(found) = self.runs.get(run) else {
            return Answer::Void;
        };
        let waiting = self.payouts_of(run, PayoutStatus::Pending);
        if found.state != PayoutRunState::Approved || waiting.is_empty() {
            return Answer::Refused;
        }
        for at in waiting {
            self.pay_payout(at);
        }
        self.runs[run].state = PayoutRunState::Paid;
        self.hit("a run was paid");
        Answer::Done(Vec::new())
    }

    fn cancel_run(&mut self, run: usize) -> Answer {
        let Some(found) = self.runs.get(run) else {
            return Answer::Void;
        };
        let open = matches!(
            found.state,
            PayoutRunState::Drafted | PayoutRunState::Approved
        );
        // One whose payouts have all ended has ended with them.
        let ended = found.state == PayoutRunState::Approved
            && self.payouts_of(run, PayoutStatus::Draft).is_empty()
            && self.payouts_of(run, PayoutStatus::Pending).is_empty();
        if !open || ended || !self.payouts_of(run, PayoutStatus::Paid).is_empty() {
            return Answer::Refused;
        }
        for status in [PayoutStatus::Draft, PayoutStatus::Pending] {
            for at in self.payouts_of(run, status) {
                self.take_back(at);
            }
        }
        self.runs[run].state = PayoutRunState::Cancelled;
        self.hit("a run was cancelled");
        Answer::Done(Vec::new())
    }

    // Balances

    pub fn balance(&self, affiliate: usize, currency: Currency) -> Balance {
        let mut balance = Balance::default();
        for line in &self.commissions {
            if line.affiliate != affiliate || line.currency != currency {
                continue;
            }
            // What is given again is not earned anew: it is reversed less.
            if line.given_again_of.is_some() {
                balance.earned += line.adjusted;
                balance.reversed += line.reversed - line.amount;
            } else {
                balance.earned += line.due();
                balance.reversed += line.reversed;
            }
            balance.clawback -= line.clawed;
            match line.status {
                CommissionStatus::Pending => balance.pending += line.payable(),
                CommissionStatus::Approved => balance.approved += line.payable(),
                CommissionStatus::Rejected => balance.reversed += line.due() - line.reversed,
                CommissionStatus::InPayout
                | CommissionStatus::Paid
                | CommissionStatus::Reversed => {}
            }
        }
        for payout in &self.payouts {
            if payout.affiliate != affiliate || payout.currency != currency {
                continue;
            }
            match payout.status {
                PayoutStatus::Cancelled => continue,
                PayoutStatus::Paid => balance.paid += payout.amount(),
                _ => balance.in_payout += payout.amount(),
            }
            balance.clawback -= payout.carried;
        }
        balance.owed = balance.approved + balance.in_payout + balance.clawback;
        balance
    }
}

/// `value × part / whole`, rounded.
fn share(value: i64, part: i64, whole: i64) -> i64 {
    if part == 0 {
        return 0;
    }
    let part = Fraction::new(i128::from(part), i128::from(whole));
    Fraction::whole(value).times(part).round()
}

/// The items of a sale as (product, net, gross), or the whole event without a product.
fn parts(report: &Report) -> Vec<(Option<&'static str>, i64, i64)> {
    if report.items.is_empty() {
        let net = report.amount - report.tax - report.shipping;
        return vec![(None, net, report.amount)];
    }
    let weights: Vec<i64> = report.items.iter().map(|item| item.1).collect();
    let taxes = spread(report.tax, &weights);
    let shipping = spread(report.shipping, &weights);
    let mut both: Vec<i64> = (0..weights.len())
        .map(|at| taxes[at] + shipping[at])
        .collect();
    if spread_together(report) {
        both = spread(report.tax + report.shipping, &weights);
    }
    report
        .items
        .iter()
        .zip(both)
        .map(|(item, gone)| (Some(item.0), item.1 - gone, item.1))
        .collect()
}

/// Whether the remainders of tax and shipping would meet on an item that is smaller than both: they are
/// spread as one sum then, so that no item is below zero.
fn spread_together(report: &Report) -> bool {
    let weights: Vec<i64> = report.items.iter().map(|item| item.1).collect();
    let taxes = spread(report.tax, &weights);
    let shipping = spread(report.shipping, &weights);
    (0..weights.len()).any(|at| taxes[at] + shipping[at] > weights[at])
}

/// Spreads a sum by weight: everyone the whole part of the share, and what is left one by one to
/// the largest remainders, of equal ones to the first.
pub fn spread(sum: i64, weights: &[i64]) -> Vec<i64> {
    let total: i64 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: i64| {
        Fraction::whole(sum).times(Fraction::new(i128::from(weight), i128::from(total)))
    };
    let mut shares: Vec<i64> = weights.iter().map(|&w| exact(w).floor()).collect();
    let rest = |at: usize| exact(weights[at]).minus(Fraction::whole(exact(weights[at]).floor()));
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|&a, &b| rest(b).cmp(&rest(a)).then(a.cmp(&b)));
    let mut left = sum - shares.iter().sum::<i64>();
    for at in order {
        if left == 0 {
            break;
        }
        shares[at] += 1;
        left -= 1;
    }
    shares
}

/// The place a history comes through with a commission in a currency.
fn of_currency(currency: Currency) -> &'static str {
    let at = CURRENCIES.iter().position(|&code| code == currency.code());
    CURRENCY_PLACES[at.expect("one of the twelve")]
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Number(number) => vec![number.to_string()],
        Value::Flag(flag) => vec![flag.to_string()],
        Value::Text(text) => vec![text.clone()],
        Value::List(list) => list.iter().flat_map(texts).collect(),
    }
}
