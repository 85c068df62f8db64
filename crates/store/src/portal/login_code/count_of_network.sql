select cast(count(*) as bigint) as value
from login_code
where business_id = $1 and ip_prefix = $2 and created_at_ms > $3
