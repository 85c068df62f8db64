select min(effective_day) as value
from rule
where business_id = $1 and trigger_on = 'click'
