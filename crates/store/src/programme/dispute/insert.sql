insert into dispute (business_id, event_id, source, external_id, sale_id, amount, taken, status, decided_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
