-- Whose a person is: bound to an affiliate, or else credited to one by the first event.
select k.id, k.name, k.email, k.phone, k.country, k.status, k.created_at_ms as seen_at_ms, f.source, f.via, l.code, l.label,
       c.sub_ids, c.referrer, a.name as affiliate_name, m.name as campaign_name
from contact k
left join event f on f.business_id = $1 and f.id = (
    select e.id
    from event e
    where e.business_id = $1 and e.contact_id = k.id and not e.seen_twice
    order by e.occurred_at_ms, e.id
    limit 1)
left join click c on c.business_id = $1 and c.id = f.click_id
left join link l on l.business_id = $1 and l.id = f.link_id
left join affiliate a on a.business_id = $1 and a.id = coalesce(k.affiliate_id, f.affiliate_id)
left join campaign m on m.business_id = $1 and m.id = coalesce(k.campaign_id, f.campaign_id)
where k.business_id = $1
  and (cast($2 as text) is null or k.search_folded like $2 escape '\')
  and (cast($3 as text) is null or coalesce(k.affiliate_id, f.affiliate_id) = $4)
  and (cast($5 as text) is null or coalesce(k.campaign_id, f.campaign_id) = $6)
  and (cast($7 as text) is null or f.source = $7)
  and (cast($8 as bigint) is null or k.created_at_ms >= $8)
  and (cast($9 as text) is null or k.status = $9)
order by {order}
limit $10 offset $11
