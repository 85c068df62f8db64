insert into payout_run_send (business_id, run_id, provider, again, began_name, began_at_ms)
values ($1, $2, $3, $4, $5, $6)
on conflict (business_id, run_id) do update
set provider = excluded.provider, again = excluded.again, began_name = excluded.began_name, began_at_ms = excluded.began_at_ms
