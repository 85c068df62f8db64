update transfer set next_at_ms = $4
where business_id = $1 and id = $2 and state = $3
