select e.affiliate_id, c.currency, cast(count(*) as bigint) as count,
       cast(sum(c.amount + c.adjusted - c.reversed) as bigint) as amount
from commission c
join event e on e.business_id = $1 and e.id = c.event_id
where c.business_id = $1 and c.affiliate_id = $2 and c.level > 0 and c.status <> 'rejected' and e.affiliate_id is not null
group by e.affiliate_id, c.currency
order by e.affiliate_id, c.currency
