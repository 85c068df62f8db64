delete from idempotency
where business_id = $1 and idempotency_key in (
    select idempotency_key from idempotency
    where business_id = $1 and created_at_ms < $2
    order by created_at_ms
    limit 100
)
