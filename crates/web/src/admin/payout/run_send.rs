//! What the page of a payout run shows of its execution by providers: what can be sent, how far it is, what could not
//! be sent and why.

use domain::money::display;
use domain::status::{PayoutRunState, PayoutStatus, ProviderKind};
use service::Work;
use service::programme::payout::exact_totals;
use service::programme::payout_run::{self, PayoutRun, WayTotal, to_send, way_of};
use service::programme::provider;

use super::PATH;
use crate::error::{PageError, sentence};
use crate::shown::money::{by_currency, counted, listed, payout_badge};
use crate::ui::Tone;

/// Payouts that need a person, shown one by one.
const TROUBLED_MAX: i64 = 20;

/// A provider and the run's payouts.
pub(super) struct Card {
    pub kind: &'static str,
    pub label: &'static str,
    /// What waits for it; none: nothing may be sent now.
    pub offer: Option<Offer>,
    /// What failed there and can be sent again.
    pub again: Option<Offer>,
    /// Payouts that it had, and those that have ended; none of them: 0.
    pub sent: i64,
    pub ended: i64,
    /// "3 paid, $20.00 · 1 on its way, $9.80".
    pub progress: String,
}

/// What can be sent with one press.
pub(super) struct Offer {
    /// "3 payouts".
    pub counted: String,
    pub total: String,
    /// The exact total, for the form to send back.
    pub expected: String,
}

/// A payout that needs a person.
pub(super) struct Troubled {
    pub href: String,
    pub number: String,
    pub affiliate: String,
    pub amount: String,
    pub badge: (String, Tone),
    pub why: String,
}

/// All of it.
#[derive(Default)]
pub(super) struct Sending {
    pub cards: Vec<Card>,
    /// Payouts that no provider can be asked to pay: how many and what, and why.
    pub left: Vec<(String, String)>,
    pub troubled: Vec<Troubled>,
    /// The provider that the run is being handed to now; empty: none.
    pub now: &'static str,
}

impl Sending {
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.left.is_empty() && self.troubled.is_empty()
    }

    /// Of a run. Nothing before it is approved.
    pub async fn of(work: &mut Work, run: &PayoutRun) -> Result<Self, PageError> {
        use PayoutRunState::{Approved, Paid, Paying, Sending as Handing};
        if !matches!(run.state, Approved | Handing | Paying | Paid) {
            return Ok(Self::default());
        }
        let ways = payout_run::ways(work, run.id).await?;
        let connected: Vec<ProviderKind> = provider::connected(work).await?;
        let may = run.state == Approved;
        let mut cards = Vec::new();
        for kind in ProviderKind::ALL {
            let is_connected = connected.contains(kind);
            let offered = |again| {
                (may && is_connected)
                    .then(|| offer(&ways, *kind, again))
                    .flatten()
            };
            let had: Vec<&WayTotal> = ways
                .iter()
                .filter(|way| way.provider == Some(*kind) && had_it(way.status))
                .collect();
            let (offer, again) = (offered(false), offered(true));
            if offer.is_none() && again.is_none() && had.is_empty() {
                continue;
            }
            let number = |statuses: &[PayoutStatus]| -> i64 {
                let of = had.iter().filter(|way| statuses.contains(&way.status));
                of.map(|way| way.count).sum()
            };
            let (sending, unknown) = (PayoutStatus::Sending, PayoutStatus::Unknown);
            let sent = had.iter().map(|way| way.count).sum();
            cards.push(Card {
                kind: kind.as_str(),
                label: provider::label(*kind),
                offer,
                again,
                sent,
                ended: sent - number(&[sending, unknown]),
                progress: progress(&had),
            });
        }
        let troubled = payout_run::troubled(work, run.id, TROUBLED_MAX).await?;
        let now = match run.state {
            Handing => payout_run::sent_by(work, run.id)
                .await?
                .map_or("", |send| provider::label(send.provider)),
            _ => "",
        };
        Ok(Self {
            left: if may && !connected.is_empty() {
                left(&ways, &connected)
            } else {
                Vec::new()
            },
            cards,
            troubled: troubled
                .into_iter()
                .map(|one| Troubled {
                    href: format!("{PATH}/{}", one.payout_id),
                    number: format!("PO-{}", one.number),
                    affiliate: one.affiliate_name,
                    amount: display(one.amount, one.currency),
                    badge: payout_badge(one.status),
                    why: sentence(&one.why),
                })
                .collect(),
            now,
        })
    }
}

/// Whether a payout of this state is with the provider that was asked last, or was.
fn had_it(status: PayoutStatus) -> bool {
    !matches!(
        status,
        PayoutStatus::Draft | PayoutStatus::Pending | PayoutStatus::Cancelled
    )
}

fn offer(ways: &[WayTotal], kind: ProviderKind, again: bool) -> Option<Offer> {
    let status = if again {
        PayoutStatus::Failed
    } else {
        PayoutStatus::Pending
    };
    let count: i64 = ways
        .iter()
        .filter(|way| way.status == status && way_of(way) == Some(Ok(kind)))
        .map(|way| way.count)
        .sum();
    let totals = to_send(ways, kind, again);
    (count > 0).then(|| Offer {
        counted: counted(count, "payout", "payouts"),
        total: listed(&totals),
        expected: exact_totals(&totals),
    })
}

fn progress(had: &[&WayTotal]) -> String {
    let words = [
        (PayoutStatus::Paid, "paid"),
        (PayoutStatus::Sending, "on the way"),
        (PayoutStatus::Unknown, "not known"),
        (PayoutStatus::Failed, "failed"),
        (PayoutStatus::Returned, "came back"),
    ];
    let parts = words.iter().filter_map(|(status, word)| {
        let of: Vec<_> = had.iter().filter(|way| way.status == *status).collect();
        let count: i64 = of.iter().map(|way| way.count).sum();
        let sums = by_currency(of.iter().map(|way| (way.currency, way.amount)));
        (count > 0).then(|| format!("{count} {word}, {}", listed(&sums)))
    });
    parts.collect::<Vec<_>>().join(" · ")
}

/// What no provider can be asked to pay, and why.
fn left(ways: &[WayTotal], connected: &[ProviderKind]) -> Vec<(String, String)> {
    let waits = ways
        .iter()
        .filter(|way| way.status == PayoutStatus::Pending);
    let mut left: Vec<(String, i64, Vec<_>)> = Vec::new();
    for way in waits {
        let why = match way_of(way) {
            Some(Ok(kind)) if connected.contains(&kind) => continue,
            Some(Ok(kind)) => format!("there is no connection to {}", provider::label(kind)),
            Some(Err(why)) => why,
            None => "the affiliates have not said where payouts go to".to_owned(),
        };
        let sum = (way.currency, way.amount);
        match left.iter_mut().find(|(known, ..)| *known == why) {
            Some((_, count, sums)) => {
                *count += way.count;
                sums.push(sum);
            }
            None => left.push((why, way.count, vec![sum])),
        }
    }
    left.into_iter()
        .map(|(why, count, sums)| {
            let total = listed(&by_currency(sums));
            let what = format!("{}, {total}", counted(count, "payout", "payouts"));
            (what, sentence(&why))
        })
        .collect()
}
