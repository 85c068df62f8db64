update invitation
set state = $3, updated_at_ms = $4
where business_id = $1 and mail_id = $2 and state = 'queued'
returning affiliate_id as value
