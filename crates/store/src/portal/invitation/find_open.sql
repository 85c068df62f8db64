select id, affiliate_id, partnership_id, email, state, mail_id, created_at_ms, expires_at_ms, updated_at_ms
from invitation
where business_id = $1 and affiliate_id = $2 and state not in ('accepted', 'revoked')
order by id desc
limit 1
