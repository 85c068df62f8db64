-- {ids} stands for the kinds.
select count(*) as value
from job
where failed_at_ms is null and run_at_ms <= $1 and lease_until_ms <= $1 and kind in ({ids})
