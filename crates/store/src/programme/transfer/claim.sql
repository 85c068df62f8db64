update transfer
set attempts = attempts + case when state = $5 then 0 else 1 end, next_at_ms = $7
where business_id = $1 and id = $2 and state in ($3, $4, $5) and next_at_ms <= $6
returning id, payout_id, provider_id, provider, request, request_hash, amount, currency, state, provider_ref, attempts, called_at_ms,
       next_at_ms, last_answer, told_at_ms, contradicted_at_ms, created_at_ms, updated_at_ms
