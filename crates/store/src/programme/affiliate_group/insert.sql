insert into affiliate_group (business_id, id, name, name_folded, region, note, payout_frequency, payout_method, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (business_id, name_folded) do nothing
returning id as value
