update journal_head set seq = $2, hash = $3, payout_number = $4, at_ms = $5
where business_id = $1
