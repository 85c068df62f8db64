select id, name, prefix, secret_hash, scopes, allowed_ips, expires_at_ms, last_used_at_ms, revoked_at_ms, created_at_ms
from api_key
where business_id = $1 and prefix = $2
