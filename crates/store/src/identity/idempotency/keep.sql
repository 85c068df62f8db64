update idempotency
set status = $3, reply = $4
where business_id = $1 and idempotency_key = $2
