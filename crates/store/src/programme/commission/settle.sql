update commission set status = 'paid', updated_at_ms = $3
where business_id = $1 and payout_id = $2 and status = 'in_payout'
