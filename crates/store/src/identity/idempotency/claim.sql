insert into idempotency (business_id, idempotency_key, route, body_hash, status, reply, created_at_ms)
values ($1, $2, $3, $4, 0, '', $5)
on conflict (business_id, idempotency_key) do update
set route = excluded.route, body_hash = excluded.body_hash, status = 0, reply = '', created_at_ms = excluded.created_at_ms
where idempotency.created_at_ms < $6
