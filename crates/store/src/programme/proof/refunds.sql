-- A refund's or dispute's net is what it took from the sale, below zero what it gave back.
select s.id, s.refunded, cast(coalesce(sum(r.net), 0) as bigint) as refunds
from event s
left join event r on r.business_id = $1 and r.sale_id = s.id and r.kind in ('refund', 'dispute')
where s.business_id = $1 and s.kind = 'sale'
group by s.id, s.refunded
having s.refunded <> coalesce(sum(r.net), 0)
order by s.id
limit $2
