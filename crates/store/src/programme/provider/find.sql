select id, kind, base_url, sealed, masked, endpoint, active, created_at_ms, updated_at_ms
from provider
where business_id = $1 and kind = $2
