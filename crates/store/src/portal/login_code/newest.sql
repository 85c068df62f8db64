select id, purpose, email, email_folded, flow_hash, code_mac, tries, tries_since_ms, created_at_ms, expires_at_ms, proven_at_ms, used_at_ms
from login_code
where business_id = $1 and email_folded = $2
order by id desc
limit 1
