//! What happens in a history, one step after the other.

use domain::money::Currency;
use domain::rule::{Caps, Condition, Level, Recurrence, Reward};
use domain::status::DisputeStatus;

use super::STEP;

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
    /// The money of a paid payout comes back.
    Return(usize),
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
    /// An affiliate stands below another one from now on, or below nobody.
    SetParent {
        affiliate: usize,
        parent: Option<usize>,
    },
    /// Closes a month, counted from year 0, and with it all before.
    CloseMonth(i64),
    Wait(i64),
}

impl Step {
    /// What passes after it. A month is closed beside a history, in no time, so that the history stays what it is.
    pub fn takes(&self) -> i64 {
        match self {
            Self::CloseMonth(_) => 0,
            _ => STEP,
        }
    }
}
