select
    (select count(*) from affiliate where business_id = $1) as affiliates,
    (select count(*) from referral where business_id = $1 and status = 'pending') as referrals_pending,
    (select count(*) from commission where business_id = $1 and status = 'pending') as commissions_pending,
    (select count(*) from payout where business_id = $1 and status in ('draft', 'pending', 'failed', 'unknown')) as payouts_open,
    (select count(*) from transfer where business_id = $1 and state = 'unknown') as transfers_unknown,
    (select count(*) from mail where business_id = $1 and state = 'failed') as mail_failed,
    (select count(*) from message_thread where business_id = $1 and staff_unread > 0) as messages_unread,
    (select count(*) from application where business_id = $1 and state = 'pending') as applications_pending
