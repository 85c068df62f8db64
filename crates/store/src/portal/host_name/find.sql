select name, business_id, active, main, checked_at_ms, created_at_ms from host_name where name = $1
