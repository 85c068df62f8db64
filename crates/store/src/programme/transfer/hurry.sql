update transfer set next_at_ms = $5
where business_id = $1 and id = $2 and state in ($3, $4)
