update dispute set status = $3, taken = $4, decided_at_ms = $5
where business_id = $1 and event_id = $2
