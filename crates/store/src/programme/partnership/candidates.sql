select a.id, a.name, a.email, a.status, a.group_id, g.name as group_name
from affiliate a
left join affiliate_group g on g.business_id = $1 and g.id = a.group_id
where a.business_id = $1
    and a.status <> 'terminated'
    and (cast($3 as text) is null or a.search_folded like $3 escape '\')
    and not exists (
        select 1
        from partnership p
        where p.business_id = $1 and p.affiliate_id = a.id and p.campaign_id = $2
    )
order by a.search_folded, a.id
limit $4
