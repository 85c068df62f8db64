//! What happens on a day: clicks, registrations, purchases, renewals, refunds, decisions, payouts.

use domain::click::Uncounted;
use domain::id::{AffiliateId, ClickId, LinkId, PartnershipId, VisitorId};
use domain::status::{AffiliateStatus, PayoutStatus, ReferralStatus};
use domain::time::{DAY_MS, Day, UnixMs};
use service::Result;
use service::Work;
use service::programme::commission;
use service::programme::event::{
    self, CustomerIn, Hints, TrackCancel, TrackLead, TrackRefund, TrackSale,
};
use service::programme::payout::{self, PaymentIn, Whom};
use service::programme::referral;
use service::random::new_id;
use service::store::list::Window;
use service::store::programme::click::{self, NewClick};
use service::store::programme::{payout as payouts, referral as referrals};

use crate::dice::Dice;
use crate::{people, run};

/// How long a click counts, as the demo's campaigns have it.
pub const COOKIE_DAYS: i64 = 60;

/// Where clicks come from.
const REFERRERS: &[&str] = &[
    "https://newsletter.example/issue-48",
    "https://video.example/watch",
    "https://blog.example/agency-tools",
    "https://podcast.example/121",
    "https://reviews.example/crm",
    "https://community.example/t/tools",
];
/// What some links carry, as stored.
const SUB_IDS: &[&str] = &[
    r#"{"sub1":"issue-48"}"#,
    r#"{"sub1":"issue-49","sub2":"footer"}"#,
    r#"{"sub1":"review","utm_source":"video"}"#,
    r#"{"utm_campaign":"autumn","utm_medium":"mail","utm_source":"newsletter"}"#,
];
const BROWSERS: &[&str] = &[
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 15_6) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0",
    "Mozilla/5.0 (Linux; Android 16; Pixel 10) AppleWebKit/537.36 Chrome/156.0.0.0 Mobile Safari/537.36",
];
const BOT: &str = "Mozilla/5.0 (compatible; LinkChecker/3.1; +https://links.example/bot)";
/// Clicks a weekday in a thousand of the usual, Monday first.
const WEEK: [usize; 7] = [1080, 1150, 1120, 1060, 980, 760, 700];

/// What a campaign sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// 1,188.00 a year.
    AgencyPro,
    /// 49.00 a month, again every thirty days.
    Starter,
    /// 588.00, in summer only.
    Summer,
}

/// An affiliate's link, and how much it is clicked.
#[derive(Debug, Clone)]
pub struct Source {
    pub affiliate: AffiliateId,
    pub partnership: PartnershipId,
    pub campaign: domain::id::CampaignId,
    pub link: LinkId,
    pub offer: Offer,
    /// Its part of all clicks.
    pub weight: usize,
    /// Registrations of a thousand clicks.
    pub pull: usize,
    /// From this day of the story on.
    pub joined: i64,
}

/// Something that will happen.
#[derive(Debug, Clone)]
enum Coming {
    Lead {
        customer: usize,
        click: ClickId,
        offer: Offer,
    },
    Sale {
        customer: usize,
        offer: Offer,
        number: usize,
    },
    Refund {
        sale: String,
        amount: Option<i64>,
        reason: &'static str,
    },
    Cancel {
        customer: usize,
    },
}

/// The story so far.
pub struct Story {
    /// The dice.
    pub dice: Dice,
    /// All links.
    pub sources: Vec<Source>,
    /// Clicks on a usual day.
    pub clicks_a_day: usize,
    /// The story's last day, which is not over yet.
    pub last: i64,
    coming: Vec<(UnixMs, Coming)>,
    visitors: Vec<(VisitorId, usize)>,
    customers: usize,
    sales: usize,
}

impl Story {
    /// A story in which nothing has happened.
    #[must_use]
    pub fn new(dice: Dice, sources: Vec<Source>, clicks_a_day: usize, last: i64) -> Self {
        Self {
            dice,
            sources,
            clicks_a_day,
            last,
            coming: Vec::new(),
            visitors: Vec::new(),
            customers: 0,
            sales: 0,
        }
    }

    /// Plays a day from its first instant up to `until`.
    ///
    /// # Errors
    /// Whatever a use case refuses: the story asks for nothing that should be refused.
    pub async fn play(
        &mut self,
        work: &mut Work,
        number: i64,
        day: Day,
        start: UnixMs,
        until: UnixMs,
    ) -> Result<()> {
        self.clicks(work, number, day, start, until).await?;
        while let Some(index) = self.next_before(until) {
            let (at, coming) = self.coming.swap_remove(index);
            work.now = at.max(start);
            self.happen(work, coming).await?;
        }
        work.now = until.plus_ms(-1).max(start);
        self.decide(work, number).await?;
        while commission::mature(work).await? > 0 {}
        self.pay(work, number, day).await
    }

    /// Where the earliest of what is to come before `until` stands; what happens may bring more.
    fn next_before(&self, until: UnixMs) -> Option<usize> {
        let coming = self.coming.iter().enumerate();
        coming
            .filter(|(_, (at, _))| *at < until)
            .min_by_key(|(_, (at, _))| *at)
            .map(|(index, _)| index)
    }

    async fn clicks(
        &mut self,
        work: &mut Work,
        number: i64,
        day: Day,
        start: UnixMs,
        until: UnixMs,
    ) -> Result<()> {
        let weekday = usize::try_from(day.date().weekday().to_monday_zero_offset()).unwrap_or(0);
        // Growth over the story, the rhythm of the week, a mailing now and then.
        let growth = 700 + usize::try_from(number).unwrap_or(0) * 6;
        let mailing = if number % 17 == 5 { 1600 } else { 1000 };
        let luck = usize::try_from(self.dice.between(850, 1150)).unwrap_or(1000);
        let whole_day =
            self.clicks_a_day * WEEK[weekday] / 1000 * growth / 1000 * mailing / 1000 * luck / 1000;
        let part = usize::try_from((until.0 - start.0).clamp(0, DAY_MS)).unwrap_or(0);
        let count = whole_day * part / DAY_MS as usize;
        let weights: Vec<usize> = self
            .sources
            .iter()
            .map(|s| if s.joined <= number { s.weight } else { 0 })
            .collect();
        let span = until.0 - start.0;
        let mut times: Vec<i64> = (0..count)
            .map(|_| start.0 + self.time_of_day(span))
            .collect();
        times.sort_unstable();
        let mut clicks = Vec::with_capacity(count);
        for at in times.into_iter().map(UnixMs) {
            let index = self.dice.weighted(&weights);
            let (id, returning, visitor) = self.visitor(work, at, index);
            let source = &self.sources[index];
            let bot = self.dice.happens(35);
            if !bot && self.dice.happens(source.pull) {
                let customer = self.customers;
                self.customers += 1;
                let soon = at.plus_ms(self.dice.between(60_000, 3_000_000));
                self.coming.push((
                    soon,
                    Coming::Lead {
                        customer,
                        click: id,
                        offer: source.offer,
                    },
                ));
            }
            clicks.push(NewClick {
                id,
                link_id: source.link,
                partnership_id: source.partnership,
                affiliate_id: source.affiliate,
                campaign_id: source.campaign,
                visitor_id: visitor,
                returning,
                clicked_at: at,
                expires_at: at.plus_ms(COOKIE_DAYS * DAY_MS),
                day,
                uncounted: bot.then_some(Uncounted::Bot),
                url: None,
                referrer: self
                    .dice
                    .happens(700)
                    .then(|| (*self.dice.pick(REFERRERS)).to_owned()),
                ip_prefix: Some(format!("203.0.{}.0/24", self.dice.below(256))),
                user_agent: Some(if bot {
                    BOT.to_owned()
                } else {
                    (*self.dice.pick(BROWSERS)).to_owned()
                }),
                sub_ids: self
                    .dice
                    .happens(250)
                    .then(|| (*self.dice.pick(SUB_IDS)).to_owned()),
            });
        }
        Ok(click::record(&mut work.tx, clicks).await?)
    }

    /// More by day than by night.
    fn time_of_day(&self, span: i64) -> i64 {
        let (one, two) = (
            self.dice.between(0, span.max(1) - 1),
            self.dice.between(0, span.max(1) - 1),
        );
        if self.dice.happens(600) {
            (one + two) / 2
        } else {
            one
        }
    }

    /// One in eight clicks is by someone who clicked that link before.
    fn visitor(&mut self, work: &Work, at: UnixMs, source: usize) -> (ClickId, bool, VisitorId) {
        let click = new_id(work.app.random(), at);
        if self.dice.happens(125) {
            let known = self
                .visitors
                .iter()
                .rev()
                .take(400)
                .filter(|(_, of)| *of == source)
                .nth(self.dice.below(3));
            if let Some((visitor, _)) = known {
                return (click, true, *visitor);
            }
        }
        let visitor = new_id(work.app.random(), at);
        self.visitors.push((visitor, source));
        (click, false, visitor)
    }

    fn customer(&self, number: usize) -> CustomerIn {
        let (name, email) = people::customer(&Dice::new(number as u64), number);
        CustomerIn {
            external_id: format!("cus_{:05}", 10_000 + number),
            name: Some(name),
            email: Some(email),
            phone: None,
            country: None,
        }
    }

    async fn happen(&mut self, work: &mut Work, coming: Coming) -> Result<()> {
        let at = work.now;
        match coming {
            Coming::Lead {
                customer,
                click,
                offer,
            } => {
                let input = TrackLead {
                    external_id: format!("reg_{customer:05}"),
                    customer: self.customer(customer),
                    hints: Hints {
                        click_id: Some(click.to_string()),
                        ..Hints::default()
                    },
                    ..TrackLead::default()
                };
                event::lead(work, "api", input).await?;
                if self.dice.happens(560) {
                    let later = at.plus_ms(self.dice.between(120_000, 4 * DAY_MS));
                    self.coming.push((
                        later,
                        Coming::Sale {
                            customer,
                            offer,
                            number: 0,
                        },
                    ));
                }
            }
            Coming::Sale {
                customer,
                offer,
                number,
            } => self.sell(work, customer, offer, number).await?,
            Coming::Refund {
                sale,
                amount,
                reason,
            } => {
                let input = TrackRefund {
                    external_id: format!("re_{sale}"),
                    sale_external_id: sale,
                    amount,
                    reason: Some(reason.to_owned()),
                };
                event::refund(work, "api", input).await?;
            }
            Coming::Cancel { customer } => {
                let input = TrackCancel {
                    customer_external_id: self.customer(customer).external_id,
                    occurred_at: None,
                };
                event::cancel(work, "api", input).await?;
            }
        }
        Ok(())
    }

    async fn sell(
        &mut self,
        work: &mut Work,
        customer: usize,
        offer: Offer,
        number: usize,
    ) -> Result<()> {
        let at = work.now;
        let amount = match offer {
            Offer::AgencyPro => 1_188_00,
            Offer::Starter => 49_00,
            Offer::Summer => 588_00,
        };
        let tax = if customer.is_multiple_of(3) {
            domain::money::percent(amount, 115_044)?
        } else {
            0
        };
        let id = format!("INV-{:05}", 20_001 + self.sales);
        self.sales += 1;
        let input = TrackSale {
            external_id: id.clone(),
            customer: self.customer(customer),
            amount,
            currency: "USD"
                .parse()
                .map_err(|_| service::ServiceError::Internal("no USD".to_owned()))?,
            tax,
            shipping: 0,
            items: Vec::new(),
            event: (number > 0).then(|| "renewal".to_owned()),
            hints: Hints::default(),
            occurred_at: None,
            metadata: None,
        };
        event::sale(work, "api", input).await?;
        if self.dice.happens(55) {
            let amount = if self.dice.happens(500) {
                None
            } else {
                Some(amount / 4)
            };
            let later = at.plus_ms(self.dice.between(DAY_MS, 20 * DAY_MS));
            let reason =
                *self
                    .dice
                    .pick(&["Changed their mind", "Bought twice", "Missing feature"]);
            self.coming.push((
                later,
                Coming::Refund {
                    sale: id,
                    amount,
                    reason,
                },
            ));
        }
        if self.dice.happens(70) {
            self.coming.push((
                at.plus_ms(self.dice.between(5 * DAY_MS, 28 * DAY_MS)),
                Coming::Cancel { customer },
            ));
        } else if offer == Offer::Starter {
            self.coming.push((
                at.plus_ms(30 * DAY_MS),
                Coming::Sale {
                    customer,
                    offer,
                    number: number + 1,
                },
            ));
        }
        Ok(())
    }

    /// Staff look at referrals that are a day old; one in forty is refused.
    async fn decide(&mut self, work: &mut Work, number: i64) -> Result<()> {
        let filter = referrals::Filter {
            status: Some(ReferralStatus::Pending),
            ..referrals::Filter::default()
        };
        let waiting = referral::list(work, &filter, Window::all(referrals::OLDEST)).await?;
        let old_enough = if number == self.last {
            2 * DAY_MS
        } else {
            DAY_MS
        };
        let now = work.now;
        for waiting in waiting
            .into_iter()
            .filter(|r| r.created_at_ms.plus_ms(old_enough) <= now)
        {
            if self.dice.happens(25) {
                referral::reject(
                    work,
                    waiting.id,
                    "The address bounced and the card was declined",
                )
                .await?;
            } else {
                referral::approve(work, waiting.id).await?;
            }
        }
        Ok(())
    }

    /// On the first of a month everyone who is due gets a payout, executed the next day, in the last month by a payout
    /// run (`crate::run`); a week before
    /// the story ends another run waits for approval.
    async fn pay(&mut self, work: &mut Work, number: i64, day: Day) -> Result<()> {
        let date = day.date();
        if date.day() == 1 && !run::pays(number, self.last) {
            for id in payout::create(work, Whom::AllEligible).await? {
                payout::approve(work, id).await?;
            }
        }
        if date.day() == 2 && !run::pays(number - 1, self.last) {
            let filter = payouts::Filter {
                status: Some(PayoutStatus::Pending),
                ..payouts::Filter::default()
            };
            for (payout, _) in payout::list(work, &filter, Window::all(payouts::OLDEST)).await? {
                let payment = PaymentIn {
                    reference: Some(format!(
                        "WIRE-{}-{:04}",
                        date.strftime("%Y%m"),
                        payout.number
                    )),
                    ..PaymentIn::default()
                };
                payout::mark_paid(work, payout.id, payment).await?;
            }
        }
        if number == self.last - 2 {
            let made = payout::create(work, Whom::AllEligible).await?;
            let half = made.len() / 2;
            for id in made.into_iter().take(half) {
                payout::approve(work, id).await?;
            }
        }
        Ok(())
    }
}

/// The status an affiliate of this number has in the end.
#[must_use]
pub fn final_status(number: usize) -> AffiliateStatus {
    match number {
        n if n >= 3 && n % 29 == 3 => AffiliateStatus::Pending,
        n if n % 47 == 40 => AffiliateStatus::Suspended,
        n if n % 97 == 90 => AffiliateStatus::Terminated,
        _ => AffiliateStatus::Approved,
    }
}
