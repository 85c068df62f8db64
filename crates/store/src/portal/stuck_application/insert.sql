insert into stuck_application (business_id, id, sealed, error, failed_at_ms)
values ($1, $2, $3, $4, $5)
on conflict (business_id, id) do update
set sealed = excluded.sealed, error = excluded.error, failed_at_ms = excluded.failed_at_ms
