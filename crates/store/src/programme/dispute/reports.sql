select line, event_id, status, occurred_at_ms, counted
from dispute_report
where business_id = $1 and dispute_id = $2
order by line
