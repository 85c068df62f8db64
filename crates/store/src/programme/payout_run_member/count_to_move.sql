select count(*) as value
from payout_run_member
where business_id = $1 and run_id = $2 and included = $3 and stage < $4 and (payout_id is not null or $4 = 1)
