update mail
set state = $3, last_error = $4, attempts = attempts + 1
where business_id = $1 and id = $2 and state = 'queued'
