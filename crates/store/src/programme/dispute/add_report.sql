insert into dispute_report (business_id, dispute_id, line, event_id, status, occurred_at_ms, counted)
values ($1, $2, $3, $4, $5, $6, $7)
