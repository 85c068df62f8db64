update payout_run set approved_name = $3, approved_at_ms = $4
where business_id = $1 and id = $2
