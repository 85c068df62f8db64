update journal_head set seq = $2, hash = $3, payout_number = $4
where business_id = $1
