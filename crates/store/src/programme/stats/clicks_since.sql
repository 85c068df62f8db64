select cast(count(*) as bigint) as value
from click
where business_id = $1 and id >= $2 and counted = $3 and (cast($4 as text) is null or affiliate_id = $5)
