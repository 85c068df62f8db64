insert into staff_bell (business_id, staff_id, read_until_ms)
values ($1, $2, $3)
on conflict (business_id, staff_id) do update
set read_until_ms = excluded.read_until_ms
