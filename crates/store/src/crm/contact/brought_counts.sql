select cast(count(*) as bigint) as everyone,
       cast(coalesce(sum(b.led), 0) as bigint) as leads,
       cast(coalesce(sum(b.bought), 0) as bigint) as customers,
       cast(coalesce(sum(b.went), 0) as bigint) as cancelled
from (
    select case when exists (
               select 1 from event e
               where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice and e.kind = 'lead')
               then 1 else 0 end as led,
           case when exists (
               select 1 from event e
               where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice and e.kind = 'sale'
                 and (e.amount = 0 or e.refunded < e.amount))
               then 1 else 0 end as bought,
           case when k.status = 'cancelled' and exists (
               select 1 from event e
               where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice and e.kind = 'cancel')
               then 1 else 0 end as went
    from contact k
    join event f on f.business_id = $1 and f.id = (
        select e.id
        from event e
        where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice
        order by e.occurred_at_ms, e.id
        limit 1)
    where k.business_id = $1
      and k.id in (select e.contact_id from event e where e.business_id = $1 and e.affiliate_id = $2)
      and (cast($3 as text) is null or k.search_folded like $3 escape '\')
      and (cast($4 as text) is null or f.campaign_id = $5)
) b
