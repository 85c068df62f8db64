select id as value
from transfer
where business_id = $1 and state in ($2, $3) and next_at_ms <= $4
order by next_at_ms, id
limit $5
