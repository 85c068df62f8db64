insert into account_totp (business_id, account_id, sealed, step, tries, tries_since_ms, created_at_ms)
values ($1, $2, $3, 0, 0, $4, $4)
on conflict (business_id, account_id) do update
set sealed = $3, step = 0, tries = 0, tries_since_ms = $4, created_at_ms = $4
where account_totp.confirmed_at_ms is null
