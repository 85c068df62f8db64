update payout_run set paid_method = $3, paid_reference = $4, paid_note = $5, paid_at_ms = $6
where business_id = $1 and id = $2
