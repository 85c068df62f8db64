with recount as (
    select day, link_id,
        count(*) filter (where counted = $2) as clicks,
        count(distinct visitor_id) filter (where counted = $2) as unique_clicks,
        count(*) filter (where counted <> $2) as uncounted_clicks
    from click
    where business_id = $1
    group by day, link_id
),
both_sides as (
    select day, link_id, clicks as kept_clicks, unique_clicks as kept_unique_clicks, uncounted_clicks as kept_uncounted_clicks,
        0 as counted_clicks, 0 as counted_unique_clicks, 0 as counted_uncounted_clicks
    from click_day
    where business_id = $1
    union all
    select day, link_id, 0, 0, 0, clicks, unique_clicks, uncounted_clicks
    from recount
)
select day, link_id,
    cast(sum(kept_clicks) as bigint) as kept_clicks,
    cast(sum(kept_unique_clicks) as bigint) as kept_unique_clicks,
    cast(sum(kept_uncounted_clicks) as bigint) as kept_uncounted_clicks,
    cast(sum(counted_clicks) as bigint) as counted_clicks,
    cast(sum(counted_unique_clicks) as bigint) as counted_unique_clicks,
    cast(sum(counted_uncounted_clicks) as bigint) as counted_uncounted_clicks
from both_sides
group by day, link_id
having sum(kept_clicks) <> sum(counted_clicks)
    or sum(kept_unique_clicks) <> sum(counted_unique_clicks)
    or sum(kept_uncounted_clicks) <> sum(counted_uncounted_clicks)
order by day, link_id
limit $3
