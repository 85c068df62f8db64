select id, provider_id, source, event_id, head, body, state, received_at_ms
from callback
where business_id = $1 and id = $2
