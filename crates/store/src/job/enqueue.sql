insert into job (id, business_id, kind, payload, run_at_ms, created_at_ms)
values ($1, $2, $3, $4, $5, $6)
