select p.status, p.currency, cast(count(*) as bigint) as count, cast(coalesce(sum(p.amount), 0) as bigint) as amount
from payout_run_member m
join payout p on p.business_id = $1 and p.id = m.payout_id
where m.business_id = $1 and m.run_id = $2
group by p.status, p.currency
order by p.currency
