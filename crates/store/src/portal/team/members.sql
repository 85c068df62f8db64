with recursive down (id, depth) as (
    select id, 1
    from affiliate
    where business_id = $1 and parent_id = $2
    union all
    select a.id, down.depth + 1
    from affiliate a
    join down on a.parent_id = down.id
    where a.business_id = $1 and down.depth < 7
)
select a.id, a.name, a.status, cast(d.depth as bigint) as level, a.created_at_ms
from down d
join affiliate a on a.business_id = $1 and a.id = d.id
where a.status <> 'terminated'
order by d.depth, a.id
limit 500
