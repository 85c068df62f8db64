insert into staff_invitation (business_id, id, email, email_folded, name, role, created_at_ms, expires_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
