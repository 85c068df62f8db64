insert into commission_step (business_id, commission_id, line, at_ms, kind, status, amount, actor_name, note)
select cast($1 as bigint), c.id,
       coalesce((select max(t.line) from commission_step t where t.business_id = $1 and t.commission_id = c.id), 0) + 1,
       cast($3 as bigint), cast($4 as text), c.status, c.amount + c.adjusted - c.reversed + c.clawed_back, cast($5 as text), cast($6 as text)
from commission c
where c.business_id = $1 and c.payout_id = $2
