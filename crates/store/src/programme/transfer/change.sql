update transfer
set state = $4, provider_ref = coalesce(cast($5 as text), provider_ref), next_at_ms = $6, last_answer = $7, updated_at_ms = $8
where business_id = $1 and id = $2 and state = $3
