-- {ids} stands for the commissions.
select c.status, c.currency, cast(count(*) as bigint) as count,
       cast(coalesce(sum(c.amount + c.adjusted - c.reversed), 0) as bigint) as amount
from commission c
where c.business_id = $1 and c.id in ({ids})
group by c.status, c.currency
order by c.currency
