insert into payout_result (business_id, id, name, sha256, sealed, read_by, created_at_ms, paid, failed)
values ($1, $2, $3, $4, $5, $6, $7, 0, 0)
on conflict do nothing
