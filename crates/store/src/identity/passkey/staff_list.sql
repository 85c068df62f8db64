select id, name, host, credential, data, counter, created_at_ms, used_at_ms
from staff_passkey
where staff_id = $1
order by created_at_ms, id
