select affiliate_id, number, amount, currency, method, reference, paid_at_ms
from payout
where business_id = $1 and id = $2
