select cast(coalesce(min(effective_from_ms), -1) as bigint) as value
from rule
where business_id = $1 and trigger_on = 'click'
