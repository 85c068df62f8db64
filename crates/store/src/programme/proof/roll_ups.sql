select day, link_id, cast(sum(clicks) as bigint) as clicks, cast(sum(unique_clicks) as bigint) as unique_clicks,
       cast(sum(uncounted_clicks) as bigint) as uncounted_clicks
from (select d.day, d.link_id, d.clicks, d.unique_clicks, d.uncounted_clicks
      from click_day d
      where d.business_id = $1
      union all
      select c.day, c.link_id, -count(*) filter (where c.counted = $3), -count(distinct c.visitor_id) filter (where c.counted = $3),
             -count(*) filter (where c.counted = $4)
      from click c
      where c.business_id = $1
      group by c.day, c.link_id) as sides
group by day, link_id
having sum(clicks) <> 0 or sum(unique_clicks) <> 0 or sum(uncounted_clicks) <> 0
order by day, link_id
limit $2
