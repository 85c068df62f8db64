-- {ids} stands for the kinds.
update job
set lease_until_ms = $2, attempts = attempts + 1
where id in (
        select id
        from job
        where failed_at_ms is null and run_at_ms <= $1 and lease_until_ms <= $1 and kind in ({ids})
        order by run_at_ms, id
        limit $3
    )
    and failed_at_ms is null
    and run_at_ms <= $1
    and lease_until_ms <= $1
returning id, business_id, kind, payload, run_at_ms, attempts, last_error, created_at_ms
