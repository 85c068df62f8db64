insert into api_key (business_id, id, name, prefix, secret_hash, scopes, allowed_ips, expires_at_ms, last_used_at_ms, revoked_at_ms, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
