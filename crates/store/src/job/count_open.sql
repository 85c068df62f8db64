select count(*) as value
from job
where failed_at_ms is null
