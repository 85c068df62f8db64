select r.id, r.version, r.name, r.group_id, r.campaign_id, r.product_id, r.affiliate_id, r.trigger_on, r.trigger_event,
    r.conditions, r.reward, r.base, r.recurrence, r.caps, r.levels, r.hold_days, r.auto_approve, r.active,
    r.effective_from_ms, r.effective_day, r.created_at_ms as version_created_at_ms, f.created_at_ms as first_created_at_ms,
    g.name as group_name, c.name as campaign_name, a.name as affiliate_name
from rule r
join rule f on f.business_id = $1 and f.id = r.id and f.version = 1
left join affiliate_group g on g.business_id = $1 and g.id = r.group_id
left join campaign c on c.business_id = $1 and c.id = r.campaign_id
left join affiliate a on a.business_id = $1 and a.id = r.affiliate_id
where r.business_id = $1
    and (r.campaign_id = $2 or $2 is null)
    and (r.group_id = $3 or $3 is null)
    and (r.affiliate_id = $4 or $4 is null)
    and (r.active = $5 or $5 is null)
    and (cast($6 as text) is null
        or ($6 = 'affiliate' and r.affiliate_id is not null) or ($6 = 'product' and r.product_id is not null)
        or ($6 = 'campaign' and r.campaign_id is not null) or ($6 = 'group' and r.group_id is not null)
        or ($6 = 'default' and r.affiliate_id is null and r.product_id is null and r.campaign_id is null and r.group_id is null))
    and (cast($7 as text) is null or lower(r.name) like $7 escape '\' or a.search_folded like $7 escape '\' or g.name_folded like $7 escape '\'
        or c.name_folded like $7 escape '\' or lower(r.product_id) like $7 escape '\'
        or lower(r.name) like lower(cast($8 as text)) escape '\' or lower(r.product_id) like lower(cast($8 as text)) escape '\')
    and (r.id < $9 or $9 is null)
    and not exists (
        select 1
        from rule newer
        where newer.business_id = $1 and newer.id = r.id and newer.version > r.version
    )
order by {order}
limit $10 offset $11
