select account_id as value
from account_passkey
where business_id = $1 and host = $2 and credential = $3
