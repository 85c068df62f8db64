insert into invitation
    (business_id, id, affiliate_id, partnership_id, email, state, mail_id, created_at_ms, expires_at_ms, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
