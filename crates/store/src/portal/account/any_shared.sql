select cast(1 as bigint) as value
from shared_address
where business_id = $1
limit 1
