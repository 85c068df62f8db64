update journal_head set seq = seq
where business_id = $1
returning seq, hash, payout_number, at_ms
