select payout_id, commission_id, live
from payout_line
where business_id = $1 and payout_id >= $2 and payout_id <= $3
order by payout_id, commission_id
