insert into staff_passkey (staff_id, id, name, host, credential, data, counter, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing
