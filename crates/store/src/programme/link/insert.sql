insert into link (business_id, id, partnership_id, affiliate_id, campaign_id, code, label, target_url, active, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
