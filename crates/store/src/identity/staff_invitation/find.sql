select id, email, name, role, created_at_ms, expires_at_ms, accepted_at_ms, revoked_at_ms
from staff_invitation
where business_id = $1 and id = $2
