select count(*) as value
from transfer
where business_id = $1 and provider_id = $2 and state in ($3, $4)
