update invitation
set state = 'accepted', updated_at_ms = $3
where business_id = $1 and id = $2 and state in ('queued', 'sent', 'opened', 'bounced') and expires_at_ms > $3
