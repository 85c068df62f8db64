select created_at_ms as value
from message
where business_id = $1 and affiliate_id = $2 and from_staff = $3 and created_at_ms > $4
order by number desc
limit $5
