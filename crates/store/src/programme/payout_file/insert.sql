insert into payout_file (business_id, id, run_id, format, name, payments, currency, amount, sha256, made_by, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
