with recursive up (id, parent_id, name, status, depth) as (
    select p.id, p.parent_id, p.name, p.status, 1
    from affiliate own
    join affiliate p on p.business_id = $1 and p.id = own.parent_id
    where own.business_id = $1 and own.id = $2
    union all
    select a.id, a.parent_id, a.name, a.status, up.depth + 1
    from affiliate a
    join up on a.id = up.parent_id
    where a.business_id = $1 and up.depth < 64
)
select id, name, status
from up
order by depth
limit $3
