insert into notification (business_id, id, account_id, kind, detail, path, unread, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
