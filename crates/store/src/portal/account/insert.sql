insert into account (business_id, id, email, email_folded, name, password_hash, affiliate_id, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (business_id, affiliate_id) do nothing
