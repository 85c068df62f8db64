select id, account_id, secret_hash, csrf, host, user_agent, created_at_ms, seen_at_ms, proven_at_ms, second_step
from account_session
where business_id = $1 and account_id = $2
order by id desc
