select id, code as name
from link
where business_id = $1 and (cast($2 as text) is null or affiliate_id = $3)
