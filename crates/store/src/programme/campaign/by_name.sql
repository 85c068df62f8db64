select id as value
from campaign
where business_id = $1 and name_folded = $2
