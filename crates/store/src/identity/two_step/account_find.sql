select sealed, step, confirmed_at_ms
from account_totp
where business_id = $1 and account_id = $2
