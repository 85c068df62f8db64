insert into account_activity (business_id, account_id, day, first_log_in_at_ms, last_seen_at_ms, log_ins)
values ($1, $2, $3, $4, $4, 1)
on conflict (business_id, account_id) do nothing
