update transfer set called_at_ms = $3
where business_id = $1 and id = $2
