select l.id, l.partnership_id, l.affiliate_id, l.campaign_id, l.code, l.label, l.target_url, l.active as link_active, l.created_at_ms,
    p.active as partnership_active, a.status as affiliate_status,
    c.name as campaign_name, c.active as campaign_active, c.starts_at_ms, c.ends_at_ms, c.destination_url,
    (
        select first.id
        from link first
        where first.business_id = $1 and first.partnership_id = l.partnership_id
        order by first.id
        limit 1
    ) as first_id
from link l
join partnership p on p.business_id = $1 and p.id = l.partnership_id
join affiliate a on a.business_id = $1 and a.id = l.affiliate_id
join campaign c on c.business_id = $1 and c.id = l.campaign_id
where l.business_id = $1 and l.partnership_id = $2
    and (cast($3 as text) is null or l.id < $4)
order by {order}
limit $5
