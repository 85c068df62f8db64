with recursive up (id, parent_id, depth) as (
    select id, parent_id, 1
    from affiliate
    where business_id = $1 and id = $2
    union all
    select a.id, a.parent_id, up.depth + 1
    from affiliate a
    join up on a.id = up.parent_id
    where a.business_id = $1 and up.depth < 64
)
select id as value
from up
order by depth
