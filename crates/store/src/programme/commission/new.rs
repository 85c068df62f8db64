//! Storing commissions.

use domain::id::{AffiliateId, CampaignId, CommissionId, ContactId, EventId, ReferralId, RuleId};
use domain::money::Currency;
use domain::status::CommissionStatus;
use domain::time::{Day, UnixMs};

use super::Commission;
use crate::args;
use crate::db::{Result, Tx};
use crate::programme::event::Event;
use crate::programme::referral::Referral;

/// A commission to be stored.
#[derive(Debug, Clone)]
pub struct NewCommission {
    /// Its id.
    pub id: CommissionId,
    /// Who earns.
    pub affiliate_id: AffiliateId,
    /// The referral it belongs to; none for clicks and for a free adjustment.
    pub referral_id: Option<ReferralId>,
    /// The event that pays; none for clicks and for a free adjustment.
    pub event_id: Option<EventId>,
    /// The campaign.
    pub campaign_id: Option<CampaignId>,
    /// The customer.
    pub contact_id: Option<ContactId>,
    /// The rule and its version.
    pub rule: Option<(RuleId, i64)>,
    /// 0 for who referred, 1 and up for the parents.
    pub level: i64,
    /// The currency of all amounts.
    pub currency: Currency,
    /// What the percent was taken of.
    pub base_amount: i64,
    /// What was earned.
    pub amount: i64,
    /// Its first state.
    pub status: CommissionStatus,
    /// When the hold ends.
    pub hold_until_ms: Option<UnixMs>,
    /// Whether it is approved by itself.
    pub auto_approve: bool,
    /// What a person wrote.
    pub note: String,
    /// How the amount came about, as JSON.
    pub explanation: String,
    /// When.
    pub created_at_ms: UnixMs,
    /// The day in the business's zone.
    pub day: Day,
}

impl NewCommission {
    /// The commission of an event as it is once it is stored, with what is read along.
    #[must_use]
    pub fn stored(self, affiliate_name: String, referral: &Referral, event: &Event) -> Commission {
        let Self {
            id,
            affiliate_id,
            referral_id,
            event_id,
            campaign_id,
            contact_id,
            rule,
            level,
            currency,
            base_amount,
            amount,
            status,
            hold_until_ms,
            auto_approve,
            note,
            explanation,
            created_at_ms,
            day,
        } = self;
        Commission {
            id,
            affiliate_id,
            affiliate_name,
            referral_id,
            referral_status: Some(referral.status),
            event_id,
            event_name: Some(event.name.clone()),
            event_amount: Some(event.amount),
            event_external_id: Some(event.external_id.clone()),
            event_currency: event.currency,
            campaign_id,
            campaign_name: Some(referral.campaign_name.clone()),
            contact_id,
            customer_name: Some(referral.customer_name.clone()),
            customer_email: referral.customer_email.clone(),
            customer_external_id: referral.customer_external_id.clone(),
            rule_id: rule.map(|rule| rule.0),
            rule_version: rule.map(|rule| rule.1),
            level,
            currency,
            base_amount,
            amount,
            adjusted: 0,
            reversed: 0,
            clawed_back: 0,
            status,
            hold_until_ms,
            auto_approve,
            payout_id: None,
            payout_number: None,
            paid_at_ms: None,
            note,
            explanation,
            created_at_ms,
            day,
            updated_at_ms: created_at_ms,
        }
    }
}

/// Stores commissions.
pub async fn insert(tx: &mut Tx, new: &[NewCommission]) -> Result<()> {
    let columns = [
        "id",
        "affiliate_id",
        "referral_id",
        "event_id",
        "campaign_id",
        "contact_id",
        "rule_id",
        "rule_version",
        "level",
        "currency",
        "base_amount",
        "amount",
        "status",
        "hold_until_ms",
        "auto_approve",
        "note",
        "explanation",
        "created_at_ms",
        "day",
        "updated_at_ms",
    ];
    let rows = new
        .iter()
        .map(|c| {
            args![
                c.id,
                c.affiliate_id,
                c.referral_id,
                c.event_id,
                c.campaign_id,
                c.contact_id,
                c.rule.map(|r| r.0),
                c.rule.map(|r| r.1),
                c.level,
                c.currency,
                c.base_amount,
                c.amount,
                c.status,
                c.hold_until_ms,
                c.auto_approve,
                &c.note,
                &c.explanation,
                c.created_at_ms,
                c.day,
                c.created_at_ms
            ]
        })
        .collect();
    tx.insert_many("commission", &columns, rows, "").await?;
    Ok(())
}
