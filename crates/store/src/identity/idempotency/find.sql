select route, body_hash, status, reply
from idempotency
where business_id = $1 and idempotency_key = $2
