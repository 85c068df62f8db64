-- No more clicks of a link's day are settled than its roll-up has first ones.
select p.day, p.link_id, cast(sum(p.clicks) as bigint) as settled, cast(coalesce(max(d.unique_clicks), 0) as bigint) as counted
from click_pay p
left join click_day d on d.business_id = $1 and d.day = p.day and d.link_id = p.link_id
where p.business_id = $1
group by p.day, p.link_id
having sum(p.clicks) > coalesce(max(d.unique_clicks), 0)
order by p.day, p.link_id
limit $2
