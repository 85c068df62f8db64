select cast(count(*) as bigint) as value
from event
where business_id = $1 and contact_id = $2 and kind = 'lead' and id <> $3 and name = $4
