insert into contact (business_id, id, external_id, name, email, email_folded, search_folded, phone, country, status, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
