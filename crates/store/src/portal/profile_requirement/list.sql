select field as value
from profile_requirement
where business_id = $1
order by field
