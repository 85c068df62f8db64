update mail
set state = 'sent', sent_at_ms = $3, attempts = attempts + 1, last_error = null
where business_id = $1 and id = $2 and state = 'queued'
