select cast(count(*) as bigint) as value
from application_attempt
where business_id = $1 and ip_prefix = $2 and created_at_ms > $3
