-- $4: true
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
    and r.effective_from_ms <= $2
    and (cast($3 as text) is null or r.trigger_on = $3)
    and r.active = $4
    and not exists (
        select 1
        from rule later
        where later.business_id = $1 and later.id = r.id and later.effective_from_ms <= $2
            and (
                later.effective_from_ms > r.effective_from_ms
                or (later.effective_from_ms = r.effective_from_ms and later.version > r.version)
            )
    )
order by r.id
