update payout_run
set submitted_by = $3, submitted_name = $4, submitted_at_ms = $5, submitted_totals = $6, approved_name = null, approved_at_ms = null
where business_id = $1 and id = $2
