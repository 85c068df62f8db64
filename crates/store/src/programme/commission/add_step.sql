insert into commission_step (business_id, commission_id, line, at_ms, kind, status, amount, actor_name, note)
select cast($1 as bigint), $2, coalesce(max(line), 0) + 1, $3, $4, $5, $6, $7, $8
from commission_step
where business_id = $1 and commission_id = $2
