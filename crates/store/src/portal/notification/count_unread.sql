select cast(count(*) as bigint) as value
from notification
where business_id = $1 and account_id = $2 and unread = $3
