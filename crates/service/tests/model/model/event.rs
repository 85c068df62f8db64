//! Leads and sales as they are recorded: whom they are credited to, and what counts.

use domain::status::ReferralStatus;

use super::{Answer, Model};
use crate::history::{Code, On, Report};

#[derive(Debug, Clone)]
pub(super) struct Customer {
    pub(super) known_since: i64,
    pub(super) country: Option<&'static str>,
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

impl Model {
    pub(super) fn record(&mut self, report: &Report) -> Answer {
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
        if self.closed.is_some_and(|(_, until)| occurred < until) {
            self.hit("an event of a closed month");
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
    pub(super) fn leave(&mut self, customer: usize) -> Answer {
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

    /// When a customer bought first.
    pub fn first_sale(&self, customer: usize) -> Option<i64> {
        let sales = self
            .events
            .iter()
            .filter(|e| e.report.on == On::Sale && e.report.customer == customer && !e.seen_twice);
        sales.map(|e| e.occurred).min()
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

    pub(super) fn is_wholly_refunded(event: &Event) -> bool {
        event.refunded > 0 && event.refunded == event.report.amount
    }

    /// The sales of a customer that were recorded before an event and happened before it, and stand.
    pub(super) fn earlier_sales(&self, event: usize) -> Vec<usize> {
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
}
