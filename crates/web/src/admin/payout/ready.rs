//! Who is ready to be paid: what is due, what is carried, the minimum, and why not yet.

use domain::money::display;
use domain::status::AffiliateStatus;
use service::programme::payout;
use service::store::programme::payout::Eligible;

use crate::shown::money::{by_currency, count, counted, listed};

/// Rows that the panel shows; those who are due come first.
const SHOWN_MAX: usize = 12;

/// The panel.
pub(super) struct Ready {
    pub rows: Vec<ReadyRow>,
    /// How many more there are than shown.
    pub more: usize,
    /// "12 affiliates reached the minimum".
    pub heading: String,
    /// "Create 12 payouts, $9,204.00 in all?"
    pub question: String,
    pub button: String,
    /// The exact totals, for the form to send back.
    pub expected: String,
    pub any_due: bool,
}

/// One affiliate and currency.
pub(super) struct ReadyRow {
    pub affiliate: String,
    pub affiliate_id: String,
    pub email: String,
    pub href: String,
    pub due: String,
    /// What is carried from earlier refunds; empty when nothing is.
    pub carried: String,
    pub amount: String,
    pub minimum: String,
    pub reached: bool,
    /// Why a run leaves it out.
    pub why: String,
    /// Whether a payout of one's own may be made: something would be paid.
    pub may_create: bool,
}

fn amount(eligible: &Eligible) -> i64 {
    eligible.commissions_total.saturating_add(eligible.clawback)
}

impl Ready {
    pub(super) fn new(mut eligible: Vec<Eligible>) -> Self {
        eligible.sort_by_key(|e| !payout::is_due(e));
        let due: Vec<&Eligible> = eligible.iter().filter(|e| payout::is_due(e)).collect();
        let totals = by_currency(due.iter().map(|e| (e.currency, amount(e))));
        let payouts = i64::try_from(due.len()).unwrap_or(i64::MAX);
        Self {
            heading: match payouts {
                0 if eligible.is_empty() => "Nothing approved is waiting to be paid".to_owned(),
                0 => "Nobody has reached the minimum yet".to_owned(),
                n => format!(
                    "{} reached the minimum: {}",
                    counted(n, "payout has", "payouts have"),
                    listed(&totals)
                ),
            },
            question: format!(
                "Create {}, {} in all?",
                counted(payouts, "payout", "payouts"),
                listed(&totals)
            ),
            button: format!("Create {}", counted(payouts, "payout", "payouts")),
            expected: payout::exact_totals(&totals),
            any_due: payouts > 0,
            more: eligible.len().saturating_sub(SHOWN_MAX),
            rows: eligible.iter().take(SHOWN_MAX).map(ReadyRow::new).collect(),
        }
    }
}

impl ReadyRow {
    fn new(eligible: &Eligible) -> Self {
        let show = |amount: i64| display(amount, eligible.currency);
        let amount = amount(eligible);
        let reached = payout::is_due(eligible);
        let why = match eligible.affiliate_status {
            _ if reached => String::new(),
            AffiliateStatus::Approved if amount <= 0 => {
                "Earlier refunds are more than what is due".to_owned()
            }
            AffiliateStatus::Approved => format!(
                "{} short of the minimum",
                show(eligible.minimum.saturating_sub(amount))
            ),
            status => format!("The affiliate is {status}"),
        };
        Self {
            affiliate: eligible.affiliate_name.clone(),
            affiliate_id: eligible.affiliate_id.to_string(),
            email: format!(
                "{} {}",
                count(eligible.commissions),
                if eligible.commissions == 1 {
                    "commission"
                } else {
                    "commissions"
                }
            ),
            href: format!(
                "/admin/commissions?status=approved&affiliate={}",
                eligible.affiliate_id
            ),
            due: show(eligible.commissions_total),
            carried: if eligible.clawback == 0 {
                String::new()
            } else {
                show(eligible.clawback)
            },
            amount: show(amount),
            minimum: if eligible.minimum > 0 {
                show(eligible.minimum)
            } else {
                "none".to_owned()
            },
            reached,
            why,
            may_create: amount > 0,
        }
    }
}
