//! What the money page says, once more: slow, without a database, with exact fractions. It shares the
//! rules' types with the product and not one computation.

mod balance;
mod commission;
mod condition;
mod decision;
mod dispute;
mod event;
mod items;
mod month;
mod payout;
mod payout_run;
mod refund;
mod reward;
mod rule;
mod tier;
mod upline;

pub use balance::Balance;
pub use commission::Commission;

use std::collections::{BTreeMap, BTreeSet};

use domain::money::Currency;
use domain::status::ReferralStatus;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

use self::dispute::Dispute;
use self::event::{Customer, Event, Referral};
use self::payout::Payout;
use self::payout_run::Run;
use self::refund::RefundSeen;
use self::reward::Credit;
use self::rule::Version;
use super::history::{CURRENCIES, Step, World};

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
    /// The last closed month, counted from year 0, and the first millisecond after it.
    pub closed: Option<(i64, i64)>,
    /// The time of the last entry of the journal, or the end of the last closed month.
    journal_at: i64,
    /// Who has got another parent.
    moved: BTreeSet<usize>,
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
            closed: None,
            journal_at: 0,
            moved: BTreeSet::new(),
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
            Step::Return(at) => self.come_back(*at),
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
            Step::SetParent { affiliate, parent } => self.set_parent(*affiliate, *parent),
            Step::CloseMonth(month) => self.close_month(*month),
            Step::Wait(ms) => {
                self.now += ms;
                Answer::Done(Vec::new())
            }
        }
    }
}

/// The place a history comes through with a commission in a currency.
fn of_currency(currency: Currency) -> &'static str {
    let at = CURRENCIES.iter().position(|&code| code == currency.code());
    CURRENCY_PLACES[at.expect("one of the twelve")]
}
