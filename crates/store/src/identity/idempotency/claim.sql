insert into idempotency (business_id, idempotency_key, route, body_hash, status, reply, created_at_ms)
values ($1, $2, $3, $4, 0, '', $5)
on conflict (business_id, idempotency_key) do nothing
