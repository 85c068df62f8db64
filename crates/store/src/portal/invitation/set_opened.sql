update invitation
set state = 'opened', updated_at_ms = $3
where business_id = $1 and id = $2 and state in ('queued', 'sent', 'bounced') and expires_at_ms > $3
