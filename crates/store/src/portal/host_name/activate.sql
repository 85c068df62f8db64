update host_name
set active = $3, checked_at_ms = coalesce($4, checked_at_ms)
where business_id = $1 and name = $2
