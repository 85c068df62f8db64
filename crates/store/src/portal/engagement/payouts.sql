select id, number, amount, currency, paid_at_ms
from payout
where business_id = $1 and affiliate_id = $2 and status = 'paid' and paid_at_ms is not null
order by id desc
limit $3
