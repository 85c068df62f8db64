update affiliate
set status = $3, approved_at_ms = coalesce(approved_at_ms, $4)
where business_id = $1 and id = $2
