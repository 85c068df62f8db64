select currency, amount
from payout_limit
where business_id = $1
order by currency
