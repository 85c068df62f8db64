select count(*) as value
from stuck_application
where business_id = $1
