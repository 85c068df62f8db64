insert into transfer (business_id, id, payout_id, provider_id, provider, request, request_hash, amount, currency, state, attempts,
                      next_at_ms, last_answer, created_at_ms, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, '', $12, $12)
on conflict do nothing
