update invitation
set state = 'revoked', updated_at_ms = $3
where business_id = $1 and id = $2 and state not in ('accepted', 'revoked')
