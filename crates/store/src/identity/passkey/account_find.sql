select id, name, host, credential, data, counter, created_at_ms, used_at_ms
from account_passkey
where business_id = $1 and account_id = $2 and host = $3 and credential = $4
