insert into staff_session (business_id, id, staff_id, secret_hash, csrf, host, user_agent, created_at_ms, seen_at_ms, proven_at_ms, second_step)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
