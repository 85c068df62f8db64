select id, kind, detail, path, unread, created_at_ms
from notification
where business_id = $1 and account_id = $2
order by {order}
limit $3 offset $4
