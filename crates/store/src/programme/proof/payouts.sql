select p.id, p.number, p.amount, cast(coalesce(sum(l.amount), 0) as bigint) as lines
from payout p
left join payout_line l on l.business_id = $1 and l.payout_id = p.id and l.live = $3
where p.business_id = $1 and p.status not in ('cancelled', 'returned')
group by p.id, p.number, p.amount, p.commissions_total, p.carried_forward
having p.amount <> p.commissions_total + p.carried_forward or coalesce(sum(l.amount), 0) <> p.commissions_total or p.amount <= 0
order by p.number
limit $2
