insert into partnership (business_id, id, affiliate_id, campaign_id, active, created_at_ms)
values ($1, $2, $3, $4, $5, $6)
on conflict (business_id, affiliate_id, campaign_id) do nothing
