update journal_head
set broken_at_ms = $2
where business_id = $1
