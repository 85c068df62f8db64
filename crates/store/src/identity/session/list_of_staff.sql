select id, staff_id, secret_hash, csrf, host, user_agent, created_at_ms, seen_at_ms, proven_at_ms, second_step
from staff_session
where business_id = $1 and staff_id = $2
order by seen_at_ms desc, id desc
limit 100
