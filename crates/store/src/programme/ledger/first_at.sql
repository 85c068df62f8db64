select at_ms as value
from journal_entry
where business_id = $1 and seq = 1
