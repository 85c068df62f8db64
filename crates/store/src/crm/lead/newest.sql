select id, name, email, external_id, created_at_ms as seen_at_ms
from contact
where business_id = $1
order by id desc
limit $2
