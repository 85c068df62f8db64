select {key} as grouped,
       cast(count(distinct e.contact_id) filter (where e.kind = 'lead') as bigint) as leads,
       cast(count(distinct e.contact_id) filter (where e.kind = 'sale' and (e.amount = 0 or e.refunded < e.amount)) as bigint) as customers,
       cast(count(distinct e.contact_id) filter (where e.kind = 'cancel' and k.status = 'cancelled') as bigint) as cancelled_customers,
       cast(count(*) filter (where e.kind = 'sale' and (e.amount = 0 or e.refunded < e.amount)) as bigint) as conversions
from event e
join contact k on k.business_id = $1 and k.id = e.contact_id
where e.business_id = $1 and e.affiliate_id is not null and not e.seen_twice
  and (cast($2 as bigint) is null or e.day >= $2)
  and (cast($3 as bigint) is null or e.day <= $3)
  and (cast($4 as text) is null or e.affiliate_id = $5)
  and (cast($6 as text) is null or e.campaign_id = $7)
group by grouped
