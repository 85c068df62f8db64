update login_code
set proven_at_ms = $3
where business_id = $1 and id = $2 and proven_at_ms is null and used_at_ms is null
