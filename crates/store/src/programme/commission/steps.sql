select at_ms, kind, status, amount, actor_name, note
from commission_step
where business_id = $1 and commission_id = $2
order by line
