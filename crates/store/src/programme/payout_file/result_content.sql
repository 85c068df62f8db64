select sealed as value
from payout_result
where business_id = $1 and id = $2
