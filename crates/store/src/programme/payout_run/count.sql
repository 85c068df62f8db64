select count(*) as value
from payout_run
where business_id = $1
