select cast(count(*) as bigint) as value
from event
where business_id = $1 and day >= $2 and day <= $3 and kind in ('lead', 'sale')
