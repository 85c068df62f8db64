select cast(coalesce(max(number), 0) as bigint) as value
from payout_run
where business_id = $1
