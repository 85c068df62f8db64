select id, email, name, password_hash, affiliate_id, blocked, created_at_ms
from account
where business_id = $1 and id = $2
