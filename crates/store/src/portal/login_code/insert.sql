insert into login_code (business_id, id, purpose, email, email_folded, flow_hash, tries, tries_since_ms, ip_prefix, created_at_ms, expires_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
