select account_id as value
from address_change
where business_id = $1 and code_id = $2
