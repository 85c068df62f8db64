-- {ids} stands for the affiliates.
select affiliate_id, currency, obstacle
from payout_run_member
where business_id = $1 and run_id = $2 and included = $3 and affiliate_id in ({ids})
order by affiliate_id, currency
