update invitation
set state = 'queued', partnership_id = $3, mail_id = $4, expires_at_ms = $5, updated_at_ms = $6
where business_id = $1 and id = $2 and state not in ('accepted', 'revoked')
