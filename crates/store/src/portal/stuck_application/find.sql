select id, sealed, error, failed_at_ms
from stuck_application
where business_id = $1 and id = $2
