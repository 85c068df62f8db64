select a.id, a.email, a.name, a.password_hash, a.affiliate_id, a.blocked, a.created_at_ms
from session_reach r
join account a on a.business_id = $1 and a.id = r.account_id
where r.business_id = $1 and r.session_id = $2
order by a.id
