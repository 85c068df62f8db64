-- {ids} stands for the payouts.
select id, payout_id, provider_id, provider, request, request_hash, amount, currency, state, provider_ref, attempts, called_at_ms,
       next_at_ms, last_answer, told_at_ms, contradicted_at_ms, created_at_ms, updated_at_ms
from transfer
where business_id = $1 and payout_id in ({ids})
order by id desc
