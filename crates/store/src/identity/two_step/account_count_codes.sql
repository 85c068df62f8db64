select cast(count(*) as bigint) as value
from account_recovery_code
where business_id = $1 and account_id = $2
