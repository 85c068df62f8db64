select created_at_ms as value
from login_code
where business_id = $1 and email_folded = $2 and created_at_ms > $3
order by created_at_ms
