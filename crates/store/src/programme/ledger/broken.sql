select broken_at_ms as value
from journal_head
where business_id = $1
