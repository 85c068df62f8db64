select count(*) as value
from link
where business_id = $1 and partnership_id = $2
