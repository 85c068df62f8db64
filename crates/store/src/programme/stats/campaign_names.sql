select id, name
from campaign
where business_id = $1
