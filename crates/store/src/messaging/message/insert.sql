insert into message (business_id, affiliate_id, number, from_staff, author_name, body, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
