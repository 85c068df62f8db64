update payout set method = $3, reference = $4, paid_at_ms = $5, note = $6
where business_id = $1 and id = $2
