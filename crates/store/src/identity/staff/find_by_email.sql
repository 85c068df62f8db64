select id, email, name, password_hash, created_at_ms from staff where email_folded = $1
