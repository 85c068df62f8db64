select coalesce(e.link_id, k.link_id) as grouped, c.currency,
       cast(coalesce(sum(c.amount + c.adjusted - c.reversed + c.clawed_back) filter (where c.status = 'pending'), 0) as bigint) as pending,
       cast(coalesce(sum(c.amount + c.adjusted - c.reversed + c.clawed_back) filter (where c.status in ('approved', 'in_payout')), 0) as bigint) as approved,
       cast(coalesce(sum(c.amount + c.adjusted - c.reversed + c.clawed_back) filter (where c.status = 'paid'), 0) as bigint) as paid
from commission c
left join event e on e.business_id = $1 and e.id = c.event_id
left join click_commission k on k.business_id = $1 and k.commission_id = c.id
where c.business_id = $1
  and (cast($2 as bigint) is null or c.day >= $2)
  and (cast($3 as bigint) is null or c.day <= $3)
  and (cast($4 as text) is null or c.affiliate_id = $5)
  and (cast($6 as text) is null or c.campaign_id = $7)
group by grouped, c.currency
order by c.currency
