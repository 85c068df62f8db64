insert into payout_request (business_id, id, affiliate_id, currency, amount, state, created_at_ms)
values ($1, $2, $3, $4, $5, 'open', $6)
on conflict do nothing
