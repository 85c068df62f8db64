select id, at_ms, asked, answered, state
from transfer_step
where business_id = $1 and transfer_id = $2
order by id desc
limit $3
