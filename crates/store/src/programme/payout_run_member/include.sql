update payout_run_member set included = $5
where business_id = $1 and run_id = $2 and affiliate_id = $3 and currency = $4
