select cast(count(*) as bigint) as value
from (select id from click where business_id = $1 and visitor_id = $2 limit 1) as seen
