select coalesce(e.affiliate_id, p.affiliate_id) as affiliate_id, c.currency, cast(count(*) as bigint) as count,
       cast(sum(c.amount + c.adjusted - c.reversed) as bigint) as amount
from commission c
left join event e on e.business_id = $1 and e.id = c.event_id
left join click_commission k on k.business_id = $1 and k.commission_id = c.id
left join click_pay p on p.business_id = $1 and p.day = k.day and p.link_id = k.link_id and p.number = k.number
where c.business_id = $1 and c.affiliate_id = $2 and c.level > 0 and c.status <> 'rejected'
  and coalesce(e.affiliate_id, p.affiliate_id) is not null
group by coalesce(e.affiliate_id, p.affiliate_id), c.currency
order by coalesce(e.affiliate_id, p.affiliate_id), c.currency
