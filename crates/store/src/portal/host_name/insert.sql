insert into host_name (name, business_id, created_at_ms)
values ($1, $2, $3)
on conflict (name) do nothing
