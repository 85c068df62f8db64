select a.id, a.name, a.email, a.status, a.group_id, a.parent_id, a.company, a.phone, a.website, a.country,
    a.traffic_source, a.deal_type, a.note, a.tags, a.payout_method, a.created_at_ms, a.approved_at_ms
from affiliate a
where a.business_id = $1
    and (cast($2 as text) is null or a.status = $2)
    and (cast($3 as text) is null
        or (cast($3 as text) = 'none' and a.group_id is null)
        or (cast($3 as text) = 'of' and a.group_id = $4)
        or (cast($3 as text) = 'not' and a.group_id is distinct from $4))
    and (cast($5 as text) is null or a.tags like $5 escape '\')
    and (cast($6 as text) is null or a.email_folded = $6)
    and (cast($7 as text) is null or a.search_folded like $7 escape '\')
    and (cast($8 as text) is null or a.id < $9)
    and (cast($10 as text) is null or a.country = $10)
    and (cast($11 as text) is null or a.traffic_source = $11)
order by {order}
limit $12 offset $13
