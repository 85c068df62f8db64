insert into application_attempt (business_id, id, email_folded, fingerprint, ip_prefix, created_at_ms)
values ($1, $2, $3, $4, $5, $6)
