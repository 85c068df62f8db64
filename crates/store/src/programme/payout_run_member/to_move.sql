select m.affiliate_id, m.currency, m.payout_id, m.failure
from payout_run_member m
where m.business_id = $1 and m.run_id = $2 and m.included = $3 and m.stage < $4 and m.payout_id is not null
order by m.affiliate_id, m.currency
limit $5
