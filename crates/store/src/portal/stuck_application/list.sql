select id, sealed, error, failed_at_ms
from stuck_application
where business_id = $1
order by failed_at_ms desc, id desc
limit $2
