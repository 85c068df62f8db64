-- {ids} stands for the payouts.
select distinct run_id as value
from payout_run_member
where business_id = $1 and payout_id in ({ids})
