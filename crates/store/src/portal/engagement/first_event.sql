select occurred_at_ms as value
from event
where business_id = $1 and affiliate_id = $2 and kind = $3
order by day, id
limit 1
