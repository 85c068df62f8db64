select count(*) as value
from rule
where business_id = $1 and group_id = $2
