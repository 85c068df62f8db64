update invitation
set state = 'revoked', updated_at_ms = $4
where business_id = $1 and affiliate_id = $2 and id <> $3 and state not in ('accepted', 'revoked')
