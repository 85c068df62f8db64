insert into staff (id, email, email_folded, name, password_hash, created_at_ms)
values ($1, $2, $3, $4, $5, $6)
on conflict (email_folded) do nothing
