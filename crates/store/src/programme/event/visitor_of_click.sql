select visitor_id as value
from click
where business_id = $1 and id = $2
