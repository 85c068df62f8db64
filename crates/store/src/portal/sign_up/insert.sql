insert into sign_up (business_id, code_id, name, password_hash, language, created_at_ms)
values ($1, $2, $3, $4, $5, $6)
