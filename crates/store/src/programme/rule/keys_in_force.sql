-- $4: true
select r.id, r.version, r.created_at_ms
from rule r
where r.business_id = $1
    and r.effective_from_ms <= $2
    and r.trigger_on = $3
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
