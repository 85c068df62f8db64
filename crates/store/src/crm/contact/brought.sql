select k.id, k.name, k.email, k.country, k.status, m.name as campaign_name, l.code, l.label, c.sub_ids, c.referrer, f.via,
       f.occurred_at_ms as since_ms, k.first_sale_at_ms, k.cancelled_at_ms,
       cast((select count(*) from event e
             where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and e.kind = 'sale' and not e.seen_twice
               and (e.amount = 0 or e.refunded < e.amount)) as bigint) as sales
from contact k
join event f on f.business_id = $1 and f.id = (
    select e.id
    from event e
    where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice
    order by e.occurred_at_ms, e.id
    limit 1)
left join click c on c.business_id = $1 and c.id = f.click_id
left join link l on l.business_id = $1 and l.id = f.link_id
left join campaign m on m.business_id = $1 and m.id = f.campaign_id
where k.business_id = $1
  and k.id in (select e.contact_id from event e where e.business_id = $1 and e.affiliate_id = $2)
  and (cast($3 as text) is null or k.search_folded like $3 escape '\')
  and (cast($4 as text) is null or f.campaign_id = $5)
  and (cast($6 as text) is null
       or ($6 = 'lead' and exists (
           select 1 from event e
           where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice and e.kind = 'lead'))
       or ($6 = 'customer' and exists (
           select 1 from event e
           where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice and e.kind = 'sale'
             and (e.amount = 0 or e.refunded < e.amount)))
       or ($6 = 'cancelled' and k.status = 'cancelled' and exists (
           select 1 from event e
           where e.business_id = $1 and e.contact_id = k.id and e.affiliate_id = $2 and not e.seen_twice and e.kind = 'cancel')))
order by {order}
limit $7 offset $8
