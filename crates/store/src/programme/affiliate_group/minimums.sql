select group_id, currency, amount
from group_minimum
where business_id = $1 and (cast($2 as text) is null or group_id = $3)
order by group_id, currency
