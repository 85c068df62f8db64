select id as value
from affiliate_group
where business_id = $1 and name_folded = $2
