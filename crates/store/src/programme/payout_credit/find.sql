select payout_id, number, name, sealed, issued_at_ms
from payout_credit
where business_id = $1 and payout_id = $2
