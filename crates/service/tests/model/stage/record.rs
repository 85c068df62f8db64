//! Leads and sales told to the product, and what it made of them.

use domain::time::UnixMs;
use service::programme::event::{self, CustomerIn, Hints, ItemIn, Recorded, TrackLead, TrackSale};
use service::{ServiceError, Work};
use store::programme::commission::Commission;

use super::founded::code;
use super::{Difference, Stage, same_duplicate};
use crate::history::{Code, On, Report};
use crate::model::Answer;

impl Stage<'_> {
    pub(super) async fn record(
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
