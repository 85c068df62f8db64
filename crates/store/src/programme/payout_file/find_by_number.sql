select id as value
from payout
where business_id = $1 and number = $2
