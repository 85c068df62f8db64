select p.id, p.affiliate_id, p.campaign_id, p.active, p.created_at_ms, l.id as link_id, l.code, l.active as link_active,
    a.status as affiliate_status, c.active as campaign_active, c.starts_at_ms, c.ends_at_ms
from partnership p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
join campaign c on c.business_id = $1 and c.id = p.campaign_id
join link l on l.business_id = $1 and l.id = (
    select first.id
    from link first
    where first.business_id = $1 and first.partnership_id = p.id
    order by first.id
    limit 1
)
where p.business_id = $1
    and (p.campaign_id = $2 or $2 is null)
    and (p.affiliate_id = $3 or $3 is null)
    and (p.active = $4 or $4 is null)
    and (cast($5 as text) is null or a.search_folded like $5 escape '\')
    and (p.id < $6 or $6 is null)
order by {order}
limit $7 offset $8
