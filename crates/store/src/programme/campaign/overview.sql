-- $6: true
select c.id, c.name, c.active, c.destination_url, c.cookie_days, c.model, c.starts_at_ms, c.ends_at_ms,
    coalesce(p.affiliates, 0) as affiliates,
    coalesce(d.clicks, 0) as clicks,
    coalesce(e.conversions, 0) as conversions
from campaign c
left join (
    select campaign_id, count(*) as affiliates
    from partnership
    where business_id = $1 and active = $6
    group by campaign_id
) p on p.campaign_id = c.id
left join (
    select campaign_id, cast(sum(clicks) as bigint) as clicks
    from click_day
    where business_id = $1
    group by campaign_id
) d on d.campaign_id = c.id
left join (
    select campaign_id, count(*) as conversions
    from event
    where business_id = $1 and kind = 'sale' and (refunded < amount or amount = 0)
    group by campaign_id
) e on e.campaign_id = c.id
where c.business_id = $1
    and (cast($2 as text) is null or c.name_folded like $2 escape '\')
    and (c.active = $3 or $3 is null)
    and (c.id = $7 or $7 is null)
order by {order}
limit $4 offset $5
