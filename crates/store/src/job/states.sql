select
    cast(coalesce(sum(case when failed_at_ms is null then 1 else 0 end), 0) as bigint) as waiting,
    cast(coalesce(sum(case when failed_at_ms is null then 0 else 1 end), 0) as bigint) as failed
from job
