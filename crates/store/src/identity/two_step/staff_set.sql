insert into staff_totp (staff_id, sealed, step, tries, tries_since_ms, created_at_ms)
values ($1, $2, 0, 0, $3, $3)
on conflict (staff_id) do update
set sealed = $2, step = 0, tries = 0, tries_since_ms = $3, created_at_ms = $3
where staff_totp.confirmed_at_ms is null
