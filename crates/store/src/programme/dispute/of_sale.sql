select event_id, source, external_id, sale_id, amount, taken, status, decided_at_ms
from dispute
where business_id = $1 and sale_id = $2
order by event_id
