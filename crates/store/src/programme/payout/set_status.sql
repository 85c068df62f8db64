update payout set status = $4, updated_at_ms = $5
where business_id = $1 and id = $2 and status = $3
