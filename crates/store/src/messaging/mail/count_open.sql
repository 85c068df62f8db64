select
    cast(coalesce(sum(case when state = 'queued' then 1 else 0 end), 0) as bigint) as waiting,
    cast(coalesce(sum(case when state = 'failed' then 1 else 0 end), 0) as bigint) as failed
from mail
where business_id = $1 and state in ('queued', 'failed')
