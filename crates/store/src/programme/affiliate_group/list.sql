select g.id, g.name, g.region, g.note, g.payout_frequency, g.payout_method, g.created_at_ms,
    (select count(*) from affiliate a where a.business_id = $1 and a.group_id = g.id) as members
from affiliate_group g
where g.business_id = $1
    and (cast($2 as text) is null or g.name_folded like $2 escape '\')
    and (cast($3 as text) is null or g.id < $4)
order by {order}
limit $5 offset $6
