select days as value
from payout_hold
where business_id = $1
