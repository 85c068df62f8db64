update job
set failed_at_ms = $3, lease_until_ms = 0, last_error = $4, payload = ''
where id = $1 and attempts = $2 and failed_at_ms is null
