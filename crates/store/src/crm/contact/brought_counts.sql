select k.status, cast(count(*) as bigint) as contacts
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
group by k.status
