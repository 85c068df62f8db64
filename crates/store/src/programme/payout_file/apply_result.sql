update payout_result set applied_by = $3, applied_at_ms = $4, paid = $5, failed = $6, returned = $7
where business_id = $1 and id = $2 and applied_at_ms is null
