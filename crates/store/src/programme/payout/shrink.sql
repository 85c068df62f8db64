update payout set commissions_total = commissions_total - $3, amount = amount - $3, updated_at_ms = $4
where business_id = $1 and id = $2
