insert into referral (business_id, id, affiliate_id, campaign_id, contact_id, first_event, status, hold_reason, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
