select id as value
from transfer
where business_id = $1 and provider = $2 and provider_ref = $3
