update mail
set state = 'queued', last_error = null
where business_id = $1 and id = $2 and state in ('kept', 'failed')
