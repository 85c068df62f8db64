insert into provider (business_id, id, kind, base_url, sealed, masked, endpoint, active, created_at_ms, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (business_id, kind) do update
set base_url = excluded.base_url, sealed = excluded.sealed, masked = excluded.masked, active = excluded.active,
    updated_at_ms = excluded.updated_at_ms
