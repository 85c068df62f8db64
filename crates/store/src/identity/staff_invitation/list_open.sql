select id, email, name, role, created_at_ms, expires_at_ms, accepted_at_ms, revoked_at_ms
from staff_invitation
where business_id = $1 and accepted_at_ms is null and revoked_at_ms is null
order by id desc
limit $2
