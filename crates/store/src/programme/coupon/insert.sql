insert into coupon (business_id, id, code_folded, code, partnership_id, active, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (business_id, code_folded) do nothing
