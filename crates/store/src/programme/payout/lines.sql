select commission_id, amount, live
from payout_line
where business_id = $1 and payout_id = $2
order by commission_id
