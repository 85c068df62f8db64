//! Each step as the product does it.

use domain::rule::{Scope, Trigger};
use domain::status::{AffiliateStatus, Base, TriggerOn};
use domain::time::UnixMs;
use service::identity::setting::{self, SettingPatch};
use service::programme::affiliate::{self, AffiliatePatch};
use service::programme::commission::{self, FreeAdjustment, Selection};
use service::programme::event::{self, TrackCancel, TrackDispute, TrackRefund};
use service::programme::month_close::{self, Month};
use service::programme::payout::{self, PaymentIn, Whom};
use service::programme::rule::{self, RuleIn, RulePatch};
use service::programme::transfer::{self, ReturnIn};
use service::programme::{payout_run, referral};
use service::{ServiceError, Work};

use super::{Difference, Stage, same_duplicate};
use crate::history::{On, RuleSpec, Step};
use crate::model::Answer;

impl Stage<'_> {
    pub(super) async fn act(
        &mut self,
        work: &mut Work,
        step: &Step,
        expected: &Answer,
    ) -> Result<Result<(), Difference>, ServiceError> {
        let done = Ok(Ok(()));
        match step {
            Step::NewRule {
                spec,
                effective_from,
            } => {
                let made = rule::create(work, self.rule_in(spec, *effective_from)).await?;
                self.rules.push(made.rule.id);
                if !spec.active {
                    let patch = RulePatch {
                        active: Some(false),
                        effective_from: Some(UnixMs(*effective_from)),
                        ..RulePatch::default()
                    };
                    rule::change(work, made.rule.id, patch).await?;
                }
                done
            }
            Step::ChangeRule {
                rule,
                spec,
                effective_from,
            } => {
                let input = self.rule_in(spec, 0);
                let patch = RulePatch {
                    name: None,
                    scope: Some(input.scope),
                    trigger: Some(input.trigger),
                    conditions: Some(input.conditions),
                    reward: Some(input.reward),
                    base: input.base,
                    recurrence: input.recurrence,
                    caps: input.caps,
                    levels: input.levels,
                    hold_days: input.hold_days,
                    auto_approve: input.auto_approve,
                    active: Some(spec.active),
                    effective_from: effective_from.map(UnixMs),
                };
                rule::change(work, self.rules[*rule], patch).await?;
                done
            }
            Step::Record(report) => self.record(work, report, expected).await,
            Step::Refund { id, sale, amount } => {
                let input = TrackRefund {
                    external_id: id.clone(),
                    sale_external_id: self.model.events[*sale].report.id.clone(),
                    amount: *amount,
                    reason: None,
                };
                let back = event::refund(work, "api", input).await?;
                let known = matches!(expected, Answer::Known(_));
                Ok(same_duplicate(back.duplicate, known))
            }
            Step::Dispute(report) => {
                let input = TrackDispute {
                    external_id: report.id.clone(),
                    sale_external_id: self.model.events[report.sale].report.id.clone(),
                    amount: report.amount,
                    status: report.status,
                    reason: None,
                    occurred_at: report.occurred.map(UnixMs),
                };
                let told = event::dispute(work, "api", input).await?;
                self.find_given_again(work).await;
                let known = matches!(expected, Answer::Known(_));
                Ok(same_duplicate(told.duplicate, known))
            }
            Step::ApproveReferral(at) => {
                referral::approve(work, self.referrals[*at]).await?;
                done
            }
            Step::ApproveReferrals => {
                let all = referral::Selection::Filter(Box::default());
                referral::approve_many(work, &all).await?;
                done
            }
            Step::RejectReferral(at) => {
                referral::reject(work, self.referrals[*at], "A check failed").await?;
                done
            }
            Step::UndoReferral(at) => {
                referral::undo(work, self.referrals[*at]).await?;
                self.find_given_again(work).await;
                done
            }
            Step::Approve { at, release } => {
                let note = release.then_some("Released");
                commission::approve(work, self.commissions[*at], *release, note).await?;
                done
            }
            Step::ApproveAll => {
                let all = Selection::Filter(Box::default());
                let result = commission::approve_many(work, &all).await?;
                self.together.extend(result.act);
                done
            }
            Step::UndoAll(at) => {
                commission::undo_many(work, self.together[*at]).await?;
                done
            }
            Step::Reject(at) => {
                commission::reject(work, self.commissions[*at], "No").await?;
                done
            }
            Step::Undo(at) => {
                commission::undo(work, self.commissions[*at]).await?;
                self.find_given_again(work).await;
                done
            }
            Step::Adjust { at, by } => {
                commission::adjust(work, self.commissions[*at], *by, "Adjusted").await?;
                done
            }
            Step::Bonus {
                affiliate,
                amount,
                currency,
            } => {
                let input = FreeAdjustment {
                    affiliate_id: self.founded.affiliates[*affiliate],
                    amount: *amount,
                    currency: *currency,
                    note: "Bonus".to_owned(),
                };
                let made = commission::adjust_freely(work, input).await?;
                self.commissions.push(made.id);
                let at = self.commissions.len() - 1;
                self.model.commissions[at].rank = made.id.to_string();
                done
            }
            Step::PayAll => {
                payout::create(work, Whom::AllEligible).await?;
                done
            }
            Step::PayAffiliate(at) => {
                payout::create(work, Whom::Affiliate(self.founded.affiliates[*at])).await?;
                done
            }
            Step::ApprovePayout(at) => {
                payout::approve(work, self.payouts[*at]).await?;
                done
            }
            Step::MarkPaid(at) => {
                payout::mark_paid(work, self.payouts[*at], PaymentIn::default()).await?;
                done
            }
            Step::CancelPayout(at) => {
                payout::cancel(work, self.payouts[*at]).await?;
                done
            }
            Step::Return(at) => {
                let seen = ReturnIn {
                    note: "Seen on the statement of the bank".to_owned(),
                    arrived: String::new(),
                };
                transfer::note_returned(work, self.payouts[*at], seen).await?;
                done
            }
            Step::PayCommission(at) => {
                let id = self.commissions[*at];
                payout::pay_commission(work, id, PaymentIn::default()).await?;
                done
            }
            Step::Run(input) => {
                let id = self.begin_run(work, input).await?;
                self.runs.push(id);
                done
            }
            Step::SubmitRun(at) => {
                let waits = payout_run::submit(work, self.runs[*at], &self.confirmed).await?;
                Ok(match waits {
                    false => Ok(()),
                    true => Err("a run without a limit waits for a second person".to_owned()),
                })
            }
            Step::PayRun(at) => {
                let payment = PaymentIn::default();
                payout_run::pay(work, self.runs[*at], payment, &self.confirmed).await?;
                done
            }
            Step::CancelRun(at) => {
                payout_run::cancel(work, self.runs[*at]).await?;
                done
            }
            Step::Truth(source) => {
                let patch = SettingPatch {
                    truth_source: Some(source.unwrap_or_default().to_owned()),
                    ..SettingPatch::default()
                };
                setting::update(work, patch).await?;
                done
            }
            Step::Leave(customer) => {
                let input = TrackCancel {
                    customer_external_id: format!("customer-{customer}"),
                    occurred_at: None,
                };
                let (_, again) = event::cancel(work, "api", input).await?;
                Ok(same_duplicate(again, matches!(expected, Answer::Known(_))))
            }
            Step::SetStatus {
                affiliate,
                approved,
            } => {
                let status = match approved {
                    true => AffiliateStatus::Approved,
                    false => AffiliateStatus::Suspended,
                };
                affiliate::set_status(work, self.founded.affiliates[*affiliate], status).await?;
                done
            }
            Step::SetParent { affiliate, parent } => {
                let patch = AffiliatePatch {
                    parent_id: Some(parent.map(|at| self.founded.affiliates[at])),
                    ..AffiliatePatch::default()
                };
                affiliate::patch(work, self.founded.affiliates[*affiliate], patch).await?;
                done
            }
            Step::CloseMonth(month) => {
                let until = month_close::close(work, Month(*month)).await?.until_ms.0;
                Ok(match self.model.closed {
                    Some((_, wanted)) if wanted == until => Ok(()),
                    wanted => Err(format!("closed until {until}, the model says {wanted:?}")),
                })
            }
            Step::Wait(_) => done,
        }
    }

    fn rule_in(&self, spec: &RuleSpec, effective_from: i64) -> RuleIn {
        RuleIn {
            name: String::new(),
            scope: Scope {
                affiliate_id: spec.scope.affiliate.map(|at| self.founded.affiliates[at]),
                product_id: spec.scope.product.map(str::to_owned),
                campaign_id: spec.scope.campaign.map(|at| self.founded.campaigns[at]),
                group_id: spec.scope.group.map(|at| self.founded.groups[at]),
            },
            trigger: Trigger {
                on: match spec.on {
                    On::Lead => TriggerOn::Lead,
                    On::Sale => TriggerOn::Sale,
                },
                event: spec.event.map(str::to_owned),
            },
            conditions: spec.conditions.clone(),
            reward: spec.reward.clone(),
            base: Some(if spec.gross { Base::Gross } else { Base::Net }),
            recurrence: Some(spec.recurrence),
            caps: Some(spec.caps),
            levels: Some(spec.levels.clone()),
            hold_days: Some(spec.hold_days),
            auto_approve: Some(spec.auto_approve),
            effective_from: Some(UnixMs(effective_from)),
        }
    }
}
