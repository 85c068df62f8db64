update payout_run set finished = finished + $3, updated_at_ms = $4
where business_id = $1 and id = $2
