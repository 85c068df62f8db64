select id as value
from transfer
where business_id = $1 and state in ($2, $3, $4) and next_at_ms <= $5
order by case when state = $4 then 1 else 0 end, next_at_ms, id
limit $6
