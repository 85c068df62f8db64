select
    s.settings_reviewed_at_ms is not null as settings_reviewed,
    s.checklist_dismissed as dismissed,
    exists (select 1 from affiliate_group where business_id = $1) as groups,
    exists (select 1 from campaign where business_id = $1) as campaigns,
    exists (select 1 from affiliate where business_id = $1) as affiliates,
    exists (select 1 from referral where business_id = $1) as referrals,
    exists (select 1 from commission where business_id = $1 and status in ('approved', 'in_payout', 'paid')) as commissions_approved,
    exists (select 1 from payout where business_id = $1 and status = 'paid') as payouts_paid,
    exists (select 1 from payout_minimum where business_id = $1)
    or exists (select 1 from group_minimum where business_id = $1) as minimums
from setting s
where s.business_id = $1
