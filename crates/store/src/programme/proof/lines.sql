select c.id, cast(count(l.commission_id) as bigint) as lines
from commission c
left join payout_line l on l.business_id = $1 and l.commission_id = c.id and l.live = $3
where c.business_id = $1
group by c.id, c.status
having count(l.commission_id) <> case when c.status in ('in_payout', 'paid') then 1 else 0 end
order by c.id
limit $2
