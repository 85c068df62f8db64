select id, email, name, password_hash, affiliate_id, blocked, created_at_ms
from account
where business_id = $1 and email_folded = $2
order by id
limit $3
