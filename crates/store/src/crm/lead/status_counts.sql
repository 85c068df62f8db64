select k.status, cast(count(*) as bigint) as contacts
from contact k
left join event f on f.business_id = $1 and f.id = (
    select e.id
    from event e
    where e.business_id = $1 and e.contact_id = k.id and not e.seen_twice
    order by e.occurred_at_ms, e.id
    limit 1)
where k.business_id = $1
  and (cast($2 as text) is null or k.search_folded like $2 escape '\')
  and (cast($3 as text) is null or coalesce(k.affiliate_id, f.affiliate_id) = $4)
  and (cast($5 as text) is null or coalesce(k.campaign_id, f.campaign_id) = $6)
  and (cast($7 as text) is null or f.source = $7)
  and (cast($8 as bigint) is null or k.created_at_ms >= $8)
group by k.status
