select at_ms as value
from audit_entry
where business_id = $1 and subject_id = $2 and action = 'partnership.deactivated'
order by id desc
limit 1
