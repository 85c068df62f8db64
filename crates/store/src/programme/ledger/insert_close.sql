insert into month_close (business_id, month, until_ms, seq, hash, closed_at_ms, actor_name)
values ($1, $2, $3, $4, $5, $6, $7)
