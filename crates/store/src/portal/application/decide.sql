update application
set state = $3, by_rule = $4, decided_by = $5, reason = $6, reason_told = $7, decided_at_ms = $8
where business_id = $1 and id = $2 and state = 'pending'
