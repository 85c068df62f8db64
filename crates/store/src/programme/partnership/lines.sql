select p.id, p.affiliate_id, p.campaign_id, p.active, p.created_at_ms, l.id as link_id, l.code, l.active as link_active,
    a.status as affiliate_status, c.active as campaign_active, c.starts_at_ms, c.ends_at_ms,
    a.name as affiliate_name, a.email as affiliate_email, g.name as group_name, c.name as campaign_name,
    (
        select i.state
        from invitation i
        where i.business_id = $1 and i.affiliate_id = p.affiliate_id
        order by i.id desc
        limit 1
    ) as invitation_state,
    (
        select cast(coalesce(sum(d.clicks), 0) as bigint)
        from click_day d
        where d.business_id = $1 and d.affiliate_id = p.affiliate_id and d.campaign_id = p.campaign_id
    ) as clicks,
    (
        select count(*)
        from event e
        where e.business_id = $1 and e.affiliate_id = p.affiliate_id and e.campaign_id = p.campaign_id
            and e.kind = 'sale' and (e.refunded < e.amount or e.amount = 0)
    ) as conversions
from partnership p
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
join campaign c on c.business_id = $1 and c.id = p.campaign_id
join link l on l.business_id = $1 and l.id = (
    select first.id
    from link first
    where first.business_id = $1 and first.partnership_id = p.id
    order by first.id
    limit 1
)
left join affiliate_group g on g.business_id = $1 and g.id = a.group_id
where p.business_id = $1
    and (p.campaign_id = $2 or $2 is null)
    and (p.affiliate_id = $3 or $3 is null)
    and (p.active = $4 or $4 is null)
    and (cast($5 as text) is null or a.search_folded like $5 escape '\')
order by {order}
limit $6 offset $7
